import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { buildDescription } from './build-description.ts'
import { checkDescription } from './check-description.ts'
import { descriptionFile } from './description-file.ts'
import { DescriptionFault, fieldName, type FieldPath, type FieldProblem, type Problem } from './problem.ts'
import { type RegisterDescription } from './register-description.ts'

/** The description that comes with the program: the Tax Administration's telephone service. */
export const seedDescriptionFile = fileURLToPath(new URL('./seed.yaml', import.meta.url))

/**
 * Reads the description the program will obey.
 * @throws DescriptionFault (`description.invalid`) naming every line and field that is wrong; the file system's own
 * error where there is no such file
 */
export async function readDescription(path: string = seedDescriptionFile): Promise<RegisterDescription> {
  const parsed = parseDescription(await readFile(path, 'utf8'))
  if (!parsed.ok) throw new DescriptionFault(path, parsed.problems)
  return parsed.description
}

/** Reads a description from its text: a draft that is refused is an answer, not a fault (AC2). */
export function parseDescription(
  text: string,
): { ok: true; description: RegisterDescription } | { ok: false; problems: Problem[] } {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map(({ pos, message }) => syntaxProblem(lineCounter, pos[0], message)),
    }
  }
  // No aliases: a line should say what it means where it stands, and none can be multiplied.
  let file: unknown
  try {
    file = document.toJS({ maxAliasCount: 0 })
  } catch {
    return { ok: false, problems: [{ line: 1, field: fieldName([]), message: 'aliases (*name) are not read' }] }
  }
  if (!descriptionFile.Check(file)) return refuse(shapeProblems(file))
  const problems: FieldProblem[] = []
  const description = buildDescription(file, problems)
  if (problems.length === 0) problems.push(...checkDescription(description))
  return problems.length === 0 ? { ok: true, description } : refuse(problems)

  function refuse(found: FieldProblem[]): { ok: false; problems: Problem[] } {
    const problems = found.map(({ path, message }) => ({
      line: lineOf(document, lineCounter, path),
      field: fieldName(path),
      message,
    }))
    return { ok: false, problems: problems.sort((a, b) => a.line - b.line) }
  }
}

function syntaxProblem(lineCounter: LineCounter, offset: number, message: string): Problem {
  return { line: lineCounter.linePos(offset).line, field: fieldName([]), message: message.split('\n')[0] ?? message }
}

/** The line of a field, or of the nearest thing around it that is there. */
function lineOf(document: Document, lineCounter: LineCounter, path: FieldPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line
  }
  return 1
}

function shapeProblems(file: unknown): FieldProblem[] {
  return descriptionFile.Errors(file).flatMap((error) => {
    const path = error.instancePath.split('/').slice(1).map(pathPart)
    switch (error.keyword) {
      // Said better by additionalProperties, which follows.
      case 'boolean':
        return []
      case 'required':
        return error.params.requiredProperties.map((name) => ({ path: [...path, name], message: 'is missing' }))
      case 'additionalProperties':
        return error.params.additionalProperties.map((name) => ({
          path: [...path, name],
          message: 'is not known here',
        }))
      case 'enum':
        return [{ path, message: `must be one of ${error.params.allowedValues.join(', ')}` }]
      case 'const':
        return [{ path, message: `must be ${String(error.params.allowedValue)}` }]
      default:
        return [{ path, message: error.message }]
    }
  })
}

function pathPart(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text.replace(/~1/g, '/').replace(/~0/g, '~')
}
