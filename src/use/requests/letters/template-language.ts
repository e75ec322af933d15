/**
 * The language of letter templates: blank lines separate paragraphs; a line starting with # is a heading, with - an item;
 * {words in braces} are fields. A heading on the first line is the letter's title.
 */
import type { LetterPart } from './letter.ts'

export type TemplateProblem = { code: 'unknown-field' | 'missing-field' | 'unclosed'; field: string }

/** A field's value: words within a sentence, or blocks of their own. A field without a value is left out. */
export type FieldValue = string | readonly LetterPart[]
export type FieldValues = Readonly<Record<string, FieldValue | undefined>>

/** Fields by their names in the template's language; `needed` ones are required by law. */
export interface KnownFields {
  names: readonly string[]
  needed: readonly string[]
}

type Piece = { text: string } | { field: string }
type Block =
  { kind: 'heading'; pieces: Piece[] } | { kind: 'paragraph'; pieces: Piece[] } | { kind: 'list'; items: Piece[][] }

/** Returns the problems of a template: unknown fields, missing needed fields, unclosed braces. */
export function problemsOf(text: string, { names, needed }: KnownFields): TemplateProblem[] {
  const found = new Map<string, TemplateProblem>()
  const addProblem = (code: TemplateProblem['code'], field: string) => found.set(`${code} ${field}`, { code, field })
  const used = new Set<string>()
  for (const piece of blocksOf(text).flatMap((block) => (block.kind === 'list' ? block.items.flat() : block.pieces))) {
    if ('field' in piece) {
      used.add(piece.field)
      if (!names.includes(piece.field)) addProblem('unknown-field', piece.field)
      continue
    }
    const [brace] = /[{}].*/.exec(piece.text) ?? []
    if (brace) addProblem('unclosed', brace.slice(0, 40))
  }
  for (const field of needed) if (!used.has(field)) addProblem('missing-field', field)
  return [...found.values()]
}

/**
 * Fills a template that has no problems. Values are not parsed as template text; a paragraph or item whose fields all lack a
 * value is left out.
 */
export function fillTemplate(text: string, values: FieldValues): { title?: string; parts: LetterPart[] } {
  const all = blocksOf(text)
  const [first] = all
  const title = first?.kind === 'heading' ? inline(first.pieces, values) : ''
  const blocks = title === '' ? all : all.slice(1)
  const parts = blocks.flatMap((block): LetterPart[] => {
    if (block.kind === 'paragraph') return partsOf(block.pieces, values)
    if (block.kind === 'list') {
      const items = block.items.map((item) => inline(item, values)).filter((item) => item !== '')
      return items.length === 0 ? [] : [{ kind: 'list', items }]
    }
    const words = inline(block.pieces, values)
    return words === '' ? [] : [{ kind: 'heading', level: 2, text: words }]
  })
  return { ...(title !== '' && { title }), parts: levelled(parts) }
}

/** Splits a paragraph at block values; the words before and after become paragraphs. */
function partsOf(pieces: readonly Piece[], values: FieldValues): LetterPart[] {
  const parts: LetterPart[] = []
  let words: Piece[] = []
  const end = () => {
    const text = inline(words, values)
    if (text !== '') parts.push({ kind: 'paragraph', text })
    words = []
  }
  for (const piece of pieces) {
    const value = 'field' in piece ? values[piece.field] : undefined
    if (typeof value === 'object') {
      end()
      parts.push(...value)
    } else words.push(piece)
  }
  end()
  return parts
}

/** Returns words on one line; blocks within a line are joined. */
function inline(pieces: readonly Piece[], values: FieldValues): string {
  const rendered = pieces.map((piece) => ('text' in piece ? piece.text : textOf(values[piece.field])))
  const isEmpty = pieces.every((piece, index) =>
    'text' in piece ? !/[\p{L}\p{N}]/u.test(piece.text) : rendered[index] === '',
  )
  return isEmpty ? '' : rendered.join('').replace(/\s+/g, ' ').trim()
}

function textOf(value: FieldValue | undefined): string {
  if (value === undefined || typeof value === 'string') return value ?? ''
  return value
    .flatMap((part) => {
      if (part.kind === 'list') return part.items
      return part.kind === 'facts' ? part.facts.map(({ label, text }) => `${label}: ${text}`) : [part.text]
    })
    .join(' ')
}

/** Makes heading levels continuous: a third-level heading without a second-level one before it becomes second-level. */
function levelled(parts: readonly LetterPart[]): LetterPart[] {
  let isUnderSecond = false
  return parts.map((part) => {
    if (part.kind !== 'heading') return part
    if (part.level === 2) isUnderSecond = true
    return isUnderSecond ? part : { ...part, level: 2 }
  })
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let isOpen = false
  for (const line of text.split(/\r\n?|\n/)) {
    const words = line.trim()
    const last = isOpen ? blocks.at(-1) : undefined
    isOpen = words !== '' && !words.startsWith('#')
    if (words === '') continue
    if (words.startsWith('#')) blocks.push({ kind: 'heading', pieces: piecesOf(words.replace(/^#+\s*/, '')) })
    else if (words.startsWith('- ')) {
      const item = piecesOf(words.slice(2).trim())
      if (last?.kind === 'list') last.items.push(item)
      else blocks.push({ kind: 'list', items: [item] })
    } else if (last?.kind === 'paragraph') last.pieces.push({ text: ' ' }, ...piecesOf(words))
    else if (last?.kind === 'list') last.items.at(-1)?.push({ text: ' ' }, ...piecesOf(words))
    else blocks.push({ kind: 'paragraph', pieces: piecesOf(words) })
  }
  return blocks
}

function piecesOf(words: string): Piece[] {
  return words
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      /^\{[^{}]*\}$/.test(piece) ? { field: piece.slice(1, -1).trim().replace(/\s+/g, ' ') } : { text: piece },
    )
}
