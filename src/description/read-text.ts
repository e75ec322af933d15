import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml'
import { mojibake } from '#platform/csv/decode-text.ts'
import {
  problemAt,
  describeProblem,
  type FieldPath,
  type FieldProblem,
  type Problem,
  type ProblemCode,
} from './problem.ts'

/** Longest text that is parsed. */
export const maxCharacters = 1_000_000
/** Most words that look like tags, or like anchors and aliases, in a text that is parsed. */
const maxNodeProperties = 1_000
const nodeProperties: [ProblemCode, RegExp][] = [
  ['yaml.tag', /(?<=^|[\s,[{])!/g],
  ['yaml.alias', /(?<=^|[\s,[{])[&*]/g],
]
/** Longest word around a broken character that is shown. */
const maxShown = 60
/** Most problems returned. */
export const maxProblems = 500

/** Parsed YAML: its values, and a mapping from fields to lines. */
export type ReadText = {
  document: Document.Parsed
  /** The file's values, of any shape. */
  file: unknown
  /** Problems of characters, not of content. */
  characterProblems: Problem[]
  /** Returns problems as sentences with lines, in the order of the text. */
  toProblems: (found: readonly FieldProblem[]) => Problem[]
}

/** Parses YAML 1.2 without aliases and tags, so that a line depends on no other line and no alias multiplies the text. */
export function readText(text: string): { ok: true; read: ReadText } | { ok: false; problems: Problem[] } {
  if (text.length > maxCharacters) {
    return { ok: false, problems: [describeProblem(problemAt([], 'yaml.too-large'), 1)] }
  }
  // A description has no tags and no aliases; the parser's time is quadratic in their number.
  for (const [code, properties] of nodeProperties) {
    if ([...text.matchAll(properties)].length > maxNodeProperties) {
      return { ok: false, problems: [describeProblem(problemAt([], code), 1)] }
    }
  }
  const lineCounter = new LineCounter()
  // The parser's own check for duplicate keys, and its excerpts for errors, take minutes for a long text.
  const document = parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false })
  const characterProblems = findCharacterProblems(text)
  const faults = [
    ...[...document.errors, ...document.warnings].map(({ code, pos }) =>
      fault(syntaxCodes[code] ?? 'yaml.syntax', pos[0]),
    ),
    ...(document.errors.length > 0 ? [] : duplicateKeysAndAliases(document)),
  ]
  if (faults.length > 0) return { ok: false, problems: sortByLine([...characterProblems, ...faults]) }
  if (document.contents === null) return { ok: false, problems: [...characterProblems, fault('yaml.empty', 0)] }
  return { ok: true, read: { document, file: document.toJS({ maxAliasCount: 0 }), characterProblems, toProblems } }

  function toProblems(found: readonly FieldProblem[]): Problem[] {
    return sortByLine(found.map((problem) => describeProblem(problem, lineOf(problem.path))))
  }

  function fault(code: ProblemCode, position: number): Problem {
    return describeProblem({ path: [], code }, lineCounter.linePos(position).line || 1)
  }

  /** Returns duplicate keys and aliases. */
  function duplicateKeysAndAliases(whole: Document.Parsed): Problem[] {
    const found: Problem[] = []
    visit(whole, {
      Alias: (_, { range }) => {
        found.push(fault('yaml.alias', range?.[0] ?? 0))
      },
      Map: (_, { items }) => {
        const names = new Set<string>()
        for (const { key } of items) {
          if (!isScalar(key)) continue
          const name = String(key.value)
          if (names.has(name)) found.push(fault('yaml.duplicate-key', key.range?.[0] ?? 0))
          names.add(name)
        }
      },
    })
    return found
  }

  /** Returns the line of a field, or of its nearest existing parent. */
  function lineOf(path: FieldPath): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const start = startOf(path.slice(0, length))
      if (start !== undefined) return lineCounter.linePos(start).line
    }
    return 1
  }

  /** Returns the offset of a field's name, or of a list's item. */
  function startOf(path: FieldPath): number | undefined {
    const within = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true)
    if (path.length > 0 && isMap(within)) {
      const pair = within.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
      return isNode(pair?.key) ? pair.key.range?.[0] : undefined
    }
    const node = path.length === 0 ? document.contents : document.getIn(path, true)
    return isNode(node) ? node.range?.[0] : undefined
  }
}

/** Sorts by line and limits the number. */
export function sortByLine(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => one.line - other.line).slice(0, maxProblems)
}

/**
 * Returns a character that no text for people has: a sign of a wrong encoding, a control character, or one that changes the
 * reading direction.
 */
export function findForbiddenCharacter(text: string): string | undefined {
  return forbiddenCharacter.exec(text)?.[0]
}
const forbiddenCharacter = /(?![\n\r\t])\p{Cc}|\p{Cs}|[\u202A-\u202E\u2066-\u2069]/u

/** Formats an invisible character: U+0007. */
export function characterName(letter: string): string {
  return `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Returns the word at an offset, at most `maxShown` characters of it. */
function wordAround(written: string, at: number): string {
  const before = written
    .slice(Math.max(0, at - maxShown), at)
    .split(/\s/)
    .at(-1)!
  const after = written.slice(at, at + maxShown).split(/\s/, 1)[0]!
  return (before + after).slice(0, maxShown)
}

function findCharacterProblems(text: string): Problem[] {
  return text.split('\n').flatMap((written, index) => {
    const broken = mojibake.exec(written)
    const read = broken && wordAround(written, broken.index)
    const letter = findForbiddenCharacter(written)
    return [
      ...(read ? [describeProblem(problemAt([], 'text.encoding', { read }), index + 1)] : []),
      ...(letter
        ? [describeProblem(problemAt([], 'text.character', { letter: characterName(letter) }), index + 1)]
        : []),
    ]
  })
}

const syntaxCodes: Partial<Record<YAMLError['code'], ProblemCode>> = {
  BAD_INDENT: 'yaml.indentation',
  TAB_AS_INDENT: 'yaml.indentation',
  MULTILINE_IMPLICIT_KEY: 'yaml.indentation',
  BAD_ALIAS: 'yaml.alias',
  ALIAS_PROPS: 'yaml.alias',
  TAG_RESOLVE_FAILED: 'yaml.tag',
  MULTIPLE_TAGS: 'yaml.tag',
}
