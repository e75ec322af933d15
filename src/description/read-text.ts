import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml'
import { problemAt, tellProblem, type FieldPath, type FieldProblem, type Problem } from './problem.ts'
import { type ProblemCode } from './problem-texts/problem-texts.ts'

/** No description is that long; what is longer is not read. */
export const mostCharacters = 1_000_000

/** A text as YAML reads it: its values, and a way to say at which line a problem lies. */
export type ReadText = {
  document: Document.Parsed
  /** The values of the file, of any shape. */
  file: unknown
  /** Problems in words with their lines, from the top of the text down. */
  tell: (found: readonly FieldProblem[]) => Problem[]
}

/** Reads a text as YAML 1.2, without aliases and tags: a line says what it means where it stands, and none is multiplied. */
export function readText(text: string): { ok: true; read: ReadText } | { ok: false; problems: Problem[] } {
  if (text.length > mostCharacters) {
    return { ok: false, problems: [tellProblem(problemAt([], 'yaml.too-large'), 1)] }
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) return { ok: false, problems: inOrder(faults.map(syntaxProblem)) }
  let file: unknown
  try {
    file = document.toJS({ maxAliasCount: 0 })
  } catch {
    return { ok: false, problems: [tellProblem(problemAt([], 'yaml.alias'), aliasLine())] }
  }
  return { ok: true, read: { document, file, tell } }

  function tell(found: readonly FieldProblem[]): Problem[] {
    return inOrder(found.map((problem) => tellProblem(problem, lineOf(problem.path))))
  }

  function syntaxProblem({ code, pos }: YAMLError): Problem {
    return tellProblem({ path: [], code: syntaxCodes[code] ?? 'yaml.syntax' }, lineCounter.linePos(pos[0]).line)
  }

  /** The line of a field, or of the nearest thing around it that is there. */
  function lineOf(path: FieldPath): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const start = startOf(path.slice(0, length))
      if (start !== undefined) return lineCounter.linePos(start).line
    }
    return 1
  }

  /** Of a field its name, of an item the item. */
  function startOf(path: FieldPath): number | undefined {
    const within = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true)
    if (path.length > 0 && isMap(within)) {
      const pair = within.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
      return isNode(pair?.key) ? pair.key.range?.[0] : undefined
    }
    const node = path.length === 0 ? document.contents : document.getIn(path, true)
    return isNode(node) ? node.range?.[0] : undefined
  }

  function aliasLine(): number {
    const place = /(?:^|[\s[{,:-])\*[^\s,\]}]+/m.exec(text)
    return place ? lineCounter.linePos(place.index + 1).line : 1
  }
}

const syntaxCodes: Partial<Record<YAMLError['code'], ProblemCode>> = {
  BAD_INDENT: 'yaml.indentation',
  TAB_AS_INDENT: 'yaml.indentation',
  MULTILINE_IMPLICIT_KEY: 'yaml.indentation',
  DUPLICATE_KEY: 'yaml.duplicate-key',
  BAD_ALIAS: 'yaml.alias',
  ALIAS_PROPS: 'yaml.alias',
  TAG_RESOLVE_FAILED: 'yaml.tag',
  MULTIPLE_TAGS: 'yaml.tag',
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((one, other) => one.line - other.line)
}
