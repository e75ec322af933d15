/** Parses filters and paths (RFC 7644 sections 3.4.2.2 and 3.5.2). Does not check attribute names, and runs no query. */
import { attributePath, type AttributePath } from './attribute-path.ts'
import { ScimError } from './scim-error.ts'

const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof comparisons)[number]

export type Filter =
  | { op: 'and' | 'or'; one: Filter; other: Filter }
  | { op: 'not'; filter: Filter }
  | { op: 'present'; path: AttributePath }
  | { op: 'compare'; comparison: Comparison; path: AttributePath; value: string | number | boolean | null }
  /** Matches if at least one value of a multi-valued attribute does: `phoneNumbers[type eq "work"]`. */
  | { op: 'some'; path: AttributePath; filter: Filter }

export interface PatchPath {
  path: AttributePath
  /** Selects values of a multi-valued attribute. */
  filter?: Filter
  /** Sub-attribute of the selected values, in lower case. */
  sub?: string
}

type Wrong = 'invalidFilter' | 'invalidPath'

const maxTextLength = 2000
const maxDepth = 20
/** Token: a bracket, a JSON string, or a word without spaces, brackets and quotation marks; spaces before it are skipped. */
const token = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y

export function parseFilter(text: string): Filter {
  const reader = new Reader(text, 'invalidFilter')
  const filter = reader.readOr(0)
  reader.end()
  return filter
}

/** Parses `displayName`, `urn:…:User:manager`, `phoneNumbers[type eq "work"]`, `phoneNumbers[type eq "work"].value`. */
export function parsePath(text: string): PatchPath {
  const reader = new Reader(text, 'invalidPath')
  const path = reader.readPath()
  if (!reader.take('[')) {
    reader.end()
    return { path }
  }
  const filter = reader.readOr(0)
  reader.expect(']')
  const sub = reader.readSub()
  reader.end()
  return { path, filter, ...(sub !== undefined && { sub }) }
}

class Reader {
  private readonly tokens: string[] = []
  private readonly text: string
  private readonly wrong: Wrong
  private next = 0

  constructor(text: string, wrong: Wrong) {
    this.text = text
    this.wrong = wrong
    if (text.length > maxTextLength) throw this.fail()
    token.lastIndex = 0
    for (let end = 0; end < text.trimEnd().length; end = token.lastIndex) {
      const [, bracket, quoted, word] = token.exec(text) ?? []
      const found = bracket ?? quoted ?? word
      if (found === undefined) throw this.fail()
      this.tokens.push(found)
    }
  }

  readOr(depth: number): Filter {
    if (depth > maxDepth) throw this.fail()
    let one = this.readAnd(depth)
    while (this.take('or')) one = { op: 'or', one, other: this.readAnd(depth) }
    return one
  }

  private readAnd(depth: number): Filter {
    let one = this.readOne(depth)
    while (this.take('and')) one = { op: 'and', one, other: this.readOne(depth) }
    return one
  }

  private readOne(depth: number): Filter {
    const not = this.take('not')
    if (this.take('(')) {
      const filter = this.readOr(depth + 1)
      this.expect(')')
      return not ? { op: 'not', filter } : filter
    }
    if (not) throw this.fail()
    const path = this.readPath()
    if (!this.take('[')) return this.readComparison(path)
    const filter = this.readOr(depth + 1)
    this.expect(']')
    // Not in the RFC's grammar, but sent by Entra ID: `emails[type eq "work"].value eq "…"`.
    const sub = this.readSub()
    return {
      op: 'some',
      path,
      filter: sub === undefined ? filter : { op: 'and', one: filter, other: this.readComparison({ attribute: sub }) },
    }
  }

  private readComparison(path: AttributePath): Filter {
    const word = this.read().toLowerCase()
    if (word === 'pr') return { op: 'present', path }
    const comparison = comparisons.find((known) => known === word)
    if (!comparison) throw this.fail()
    return { op: 'compare', comparison, path, value: this.readValue() }
  }

  private readValue(): string | number | boolean | null {
    const text = this.read()
    try {
      const value: unknown = JSON.parse(/^(?:true|false|null)$/i.test(text) ? text.toLowerCase() : text)
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
        return value as string | number | boolean | null
      }
    } catch {
      // Not JSON: refused below, like any other word that is not a value.
    }
    throw this.fail()
  }

  readPath(): AttributePath {
    return attributePath(this.read(), this.wrong)
  }

  /** Reads `.value` after a bracket. */
  readSub(): string | undefined {
    const found = /^\.([$a-z][\w$-]*)$/i.exec(this.tokens[this.next] ?? '')?.[1]
    if (found === undefined) return undefined
    this.next += 1
    return found.toLowerCase()
  }

  take(wanted: string): boolean {
    if (this.tokens[this.next]?.toLowerCase() !== wanted) return false
    this.next += 1
    return true
  }

  expect(wanted: string): void {
    if (!this.take(wanted)) throw this.fail()
  }

  end(): void {
    if (this.next < this.tokens.length) throw this.fail()
  }

  private read(): string {
    const found = this.tokens[this.next]
    if (found === undefined) throw this.fail()
    this.next += 1
    return found
  }

  private fail(): ScimError {
    const part = this.wrong === 'invalidFilter' ? 'filter' : 'path'
    return new ScimError(400, `The ${part} cannot be read: ${this.text.slice(0, 200)}`, this.wrong)
  }
}
