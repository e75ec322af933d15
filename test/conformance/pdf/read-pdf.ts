// Reads the objects of a PDF without object streams (ISO 32000-1), so that the checker needs no library. Inflates
// streams that are not encrypted. Does not repair damaged files.
import { inflateSync } from 'node:zlib'

export type PdfValue = null | boolean | number | Name | Text | Reference | PdfArray | Dictionary
export type PdfArray = PdfValue[]
export class Name {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}
/** PDF string, as bytes. */
export class Text {
  readonly bytes: Buffer
  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
  /** Decodes UTF-16BE with a byte order mark, or Latin-1. */
  get text(): string {
    const { bytes } = this
    if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return bytes.toString('latin1')
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le')
  }
}
export class Reference {
  readonly id: number
  constructor(id: number) {
    this.id = id
  }
}
export type Dictionary = Map<string, PdfValue>

export interface PdfFile {
  trailer: Dictionary
  /** Returns the value itself, or the object to which a reference points. */
  follow: (value: PdfValue | undefined) => PdfValue
  /** Returns a dictionary, empty if the value is something else. */
  dictionary: (value: PdfValue | undefined) => Dictionary
  array: (value: PdfValue | undefined) => PdfArray
  nameOf: (value: PdfValue | undefined) => string | undefined
  /** Returns the content of a stream. */
  stream: (value: PdfValue | undefined) => Buffer | undefined
}

export function readPdf(bytes: Buffer): PdfFile {
  const source = bytes.toString('latin1')
  const objects = new Map<number, PdfValue>()
  const streams = new Map<number, Buffer>()
  const end = readerOf(source, source.lastIndexOf('trailer') + 'trailer'.length).value()
  const trailer: Dictionary = end instanceof Map ? end : new Map()
  const isSealed = trailer.has('Encrypt')
  for (const [found, id] of source
    .matchAll(/(?<=^|[\r\n])(\d+) 0 obj\b/g)
    .map((one) => [one, Number(one[1])] as const)) {
    const reader = readerOf(source, found.index + found[0].length)
    const value = reader.value()
    objects.set(id, value)
    const rest = /^\s*stream\r?\n/.exec(source.slice(reader.at(), reader.at() + 20))
    if (rest && value instanceof Map) {
      const from = reader.at() + rest[0].length
      const to = source.indexOf('endstream', from)
      const length = value.get('Length')
      const raw = bytes.subarray(from, typeof length === 'number' ? from + length : to)
      const filter = value.get('Filter')
      streams.set(id, !isSealed && filter instanceof Name && filter.name === 'FlateDecode' ? inflateSync(raw) : raw)
    }
  }
  const follow = (value: PdfValue | undefined): PdfValue =>
    value instanceof Reference ? follow(objects.get(value.id)) : (value ?? null)
  const dictionary = (value: PdfValue | undefined): Dictionary => {
    const found = follow(value)
    return found instanceof Map ? found : new Map()
  }
  return {
    trailer,
    follow,
    dictionary,
    array(value) {
      const found = follow(value)
      return Array.isArray(found) ? found : []
    },
    nameOf(value) {
      const found = follow(value)
      return found instanceof Name ? found.name : undefined
    },
    stream: (value) => (value instanceof Reference ? streams.get(value.id) : undefined),
  }
}

/** Operator of a page's content with its operands. */
export interface Operation {
  operator: string
  operands: PdfValue[]
}

export function readContent(content: Buffer): Operation[] {
  const reader = readerOf(content.toString('latin1'), 0)
  const operations: Operation[] = []
  let operands: PdfValue[] = []
  while (!reader.atEnd()) {
    const word = reader.operator()
    if (word === undefined) operands.push(reader.value())
    else {
      operations.push({ operator: word, operands })
      operands = []
    }
  }
  return operations
}

const delimiter = /[\s()<>[\]{}/%]/

function readerOf(source: string, from: number) {
  let at = from

  function skip(): void {
    for (;;) {
      while (at < source.length && /[\s\0]/.test(source[at] ?? '')) at += 1
      if (source[at] !== '%') return
      while (at < source.length && source[at] !== '\n') at += 1
    }
  }

  function regular(): string {
    const start = at
    while (at < source.length && !delimiter.test(source[at] ?? '')) at += 1
    return source.slice(start, at)
  }

  function value(): PdfValue {
    skip()
    const character = source[at]
    if (character === '/') {
      at += 1
      return new Name(
        regular().replace(/#([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
      )
    }
    if (source.startsWith('<<', at)) return readDictionary()
    if (character === '<') return readHexadecimal()
    if (character === '(') return readLiteral()
    if (character === '[') {
      at += 1
      const items: PdfArray = []
      for (skip(); source[at] !== ']'; skip()) items.push(value())
      at += 1
      return items
    }
    const reference = /^(\d+) \d+ R\b/.exec(source.slice(at, at + 24))
    if (reference) {
      at += reference[0].length
      return new Reference(Number(reference[1]))
    }
    const word = regular()
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null') return null
    const number = Number(word)
    if (word === '' || Number.isNaN(number))
      throw new Error(`not a PDF value at ${at}: ${source.slice(at - 10, at + 20)}`)
    return number
  }

  function readDictionary(): Dictionary {
    at += 2
    const entries: Dictionary = new Map()
    for (skip(); !source.startsWith('>>', at); skip()) {
      const key = value()
      if (!(key instanceof Name)) throw new Error(`not a key at ${at}`)
      entries.set(key.name, value())
    }
    at += 2
    return entries
  }

  function readHexadecimal(): Text {
    const end = source.indexOf('>', at)
    const digits = source.slice(at + 1, end).replace(/\s/g, '')
    at = end + 1
    return new Text(Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex'))
  }

  function readLiteral(): Text {
    const codes: number[] = []
    let depth = 0
    do {
      const character = source[at]
      if (character === '\\') {
        const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4))
        const escaped = source[at + 1] ?? ''
        if (octal) codes.push(parseInt(octal[0], 8))
        else codes.push({ n: 10, r: 13, t: 9, b: 8, f: 12 }[escaped] ?? escaped.charCodeAt(0))
        at += octal ? octal[0].length : 1
      } else {
        if (character === '(') depth += 1
        if (character === ')') depth -= 1
        const isEdge = (character === '(' && depth === 1) || (character === ')' && depth === 0)
        if (!isEdge) codes.push(source.charCodeAt(at))
      }
      at += 1
    } while (depth > 0 && at < source.length)
    return new Text(Buffer.from(codes))
  }

  return {
    value,
    at: () => at,
    atEnd() {
      skip()
      return at >= source.length
    },
    /** Returns the operator at this position, if any. */
    operator(): string | undefined {
      skip()
      const word = /^[A-Za-z'"][A-Za-z0-9*'"]*/.exec(source.slice(at, at + 12))?.[0]
      if (word === undefined || ['true', 'false', 'null'].includes(word)) return undefined
      at += word.length
      return word
    },
  }
}
