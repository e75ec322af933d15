/**
 * Parses XML into a small tree by local names: prefixes and namespaces differ from client to client and are ignored. No DTD, no
 * entities other than XML's own five, and hard limits on size, depth and number.
 */
import { SaxesParser } from 'saxes'
import type { Problem } from './problem.ts'
import { repairXml } from './repair-xml.ts'

const maxChars = 65_536
const maxDepth = 32
const maxElements = 4000
const maxAttributes = 20_000
const maxErrors = 50

export interface XmlElement {
  /** Local name, lower case. */
  readonly name: string
  /** Local name as written. */
  readonly writtenName: string
  /** By local name in lower case, without namespace declarations. */
  readonly attributes: ReadonlyMap<string, string>
  /** Namespaces declared by the element. */
  readonly namespaces: readonly string[]
  readonly children: XmlElement[]
  /** Own text without the children's. */
  text: string
}

export interface XmlTree {
  readonly root?: XmlElement
  readonly problems: readonly Problem[]
}

/** Never throws; `root` is missing if nothing is usable. */
export function readXmlTree(text: string): XmlTree {
  if (text.length > maxChars) return { problems: ['xml-too-large'] }
  if (/<!(?:doctype|entity)/i.test(text)) return { problems: ['xml-doctype-refused'] }
  const strict = build(text.trim(), 0)
  if (strict.errors === 0) return result(strict)
  const repaired = repairXml(text.trim())
  if (repaired === undefined) return result(strict, 'xml-broken')
  const lenient = build(repaired, maxErrors)
  return result(lenient, lenient.errors === 0 ? 'xml-repaired' : 'xml-broken')
}

interface Build {
  readonly root?: XmlElement
  readonly errors: number
  /** A limit of this parser stopped it before the end of the text. */
  readonly isCut: boolean
}

function result({ root, isCut }: Build, ...problems: Problem[]): XmlTree {
  return { ...(root ? { root } : {}), problems: isCut ? [...problems, 'xml-too-large'] : problems }
}

class LimitReached extends Error {}
class TooManyErrors extends Error {}

/** Parses and stops after `allowedErrors` errors; returns what was built by then. */
function build(text: string, allowedErrors: number): Build {
  const parser = new SaxesParser({ xmlns: false, position: false })
  // saxes reads entities from an object with a prototype: `&constructor;` would become the text of a function.
  parser.ENTITIES = Object.assign(Object.create(null) as Record<string, string>, xmlEntities)
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  let attributes = 0
  let errors = 0
  parser.on('error', () => {
    if (++errors > allowedErrors) throw new TooManyErrors()
  })
  parser.on('doctype', () => {
    throw new LimitReached()
  })
  parser.on('attribute', () => {
    if (++attributes > maxAttributes) throw new LimitReached()
  })
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth || ++elements > maxElements) throw new LimitReached()
    const element = newElement(tag.name, tag.attributes)
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const addText = (more: string) => {
    const element = open.at(-1)
    if (element) element.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  let isCut = false
  try {
    parser.write(text).close()
  } catch (error) {
    isCut = error instanceof LimitReached
    if (!isCut) errors = Math.max(errors, 1)
  }
  return { ...(root ? { root } : {}), errors, isCut }
}

const xmlEntities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function newElement(writtenName: string, written: Record<string, string>): XmlElement {
  const attributes = new Map<string, string>()
  const namespaces: string[] = []
  for (const [name, value] of Object.entries(written)) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      namespaces.push(value)
      continue
    }
    const local = localName(name).toLowerCase()
    if (!attributes.has(local)) attributes.set(local, value.trim())
  }
  const name = localName(writtenName)
  return { name: name.toLowerCase(), writtenName: name, attributes, namespaces, children: [], text: '' }
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

export function textOf(element: XmlElement | undefined): string {
  return element?.text.trim() ?? ''
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name)
}

/** Returns the attribute or child’s text of the first name that has one: clients write ids and addresses both ways. */
export function valueOf(element: XmlElement, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = element.attributes.get(name) || textOf(childOf(element, name))
    if (value) return value
  }
  return undefined
}
