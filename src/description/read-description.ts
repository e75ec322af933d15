import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildDescription } from './build-description.ts'
import { checkDescription } from './checks/check-description.ts'
import { checkSuccession } from './checks/check-succession.ts'
import { DescriptionFault, type FieldProblem, type Problem } from './problem.ts'
import { sortByLine, readText } from './read-text.ts'
import { type RegisterDescription } from './register-description.ts'
import { shapeProblems, findForbiddenTexts } from './shape-problems.ts'
import { keepValidParts } from './valid-parts.ts'

/** The bundled description: the Tax Administration's telephone service. */
export const seedDescriptionFile = fileURLToPath(new URL('./seed.yaml', import.meta.url))

/** Minimum time between a new installation and the dates of its description. */
const minLeadTime = { months: 3 }

/**
 * Returns the bundled description for an installation that begins on a day. Ends of rules and reviews of sites that are past,
 * or less than three months ahead, move by whole years.
 */
export async function shippedDescription(today: Temporal.PlainDate): Promise<string> {
  const first = today.add(minLeadTime)
  const text = await readFile(seedDescriptionFile, 'utf8')
  return text.replace(/(?<=^ +(?:until|nextReview): )\S+$/gm, (written) => {
    const day = Temporal.PlainDate.from(written)
    const sameYear = day.with({ year: Math.max(day.year, first.year) })
    return (Temporal.PlainDate.compare(sameYear, first) < 0 ? sameYear.add({ years: 1 }) : sameYear).toString()
  })
}

/** The parsed description, or all problems in the order of the text. */
export type ParsedDescription = { ok: true; description: RegisterDescription } | { ok: false; problems: Problem[] }

/**
 * Reads the description that the program obeys.
 * @throws DescriptionFault (`description.invalid`) with every line and field that is wrong; the file system's error if there is
 * no file
 */
export async function readDescription(path: string = seedDescriptionFile): Promise<RegisterDescription> {
  const parsed = parseDescription(await readFile(path, 'utf8'))
  if (!parsed.ok) throw new DescriptionFault(path, parsed.problems)
  return parsed.description
}

/** Parses a description. Returns all problems at once: an invalid draft is a result, not a fault (AC2). */
export function parseDescription(text: string): ParsedDescription {
  return parse(text, () => [])
}

/** Parses the next version after `history` (oldest first): the problems of parseDescription and of checkSuccession together. */
export function parseSuccessor(text: string, history: readonly RegisterDescription[]): ParsedDescription {
  return parse(text, (description, shortened) => checkSuccession(history, description, shortened))
}

/** Returns the readable parts of a text, and the problems of the rest; see keepValidParts. */
export function readValidParts(file: unknown): {
  description: Partial<RegisterDescription>
  shortened: ReadonlySet<string>
  asWritten: (path: FieldProblem['path']) => FieldProblem['path']
  problems: FieldProblem[]
} {
  const misshapen = shapeProblems(file)
  const shaped = keepValidParts(file, misshapen)
  const unreadable: FieldProblem[] = []
  const first = buildDescription(shaped.file, unreadable)
  const problems = [
    ...misshapen,
    ...unreadable.map((problem) => ({ ...problem, path: shaped.asWritten(problem.path) })),
  ]
  if (unreadable.length === 0) {
    return { description: first, shortened: shaped.shortened, asWritten: shaped.asWritten, problems }
  }
  const { file: sound, shortened, asWritten } = keepValidParts(file, problems)
  return { description: buildDescription(sound, []), shortened, asWritten, problems }
}

function parse(
  text: string,
  furtherChecks: (description: Partial<RegisterDescription>, shortened: ReadonlySet<string>) => FieldProblem[],
): ParsedDescription {
  const reading = readText(text)
  if (!reading.ok) return reading
  const { file, characterProblems, toProblems } = reading.read
  const { description, shortened, asWritten, problems } = readValidParts(file)
  const found = [...checkDescription(description, shortened), ...furtherChecks(description, shortened)]
  const all = [...problems, ...found.map((problem) => ({ ...problem, path: asWritten(problem.path) }))]
  // A character reported by its line is not reported by its field again.
  const strange = toProblems(findForbiddenTexts(file)).filter(
    ({ line }) => !characterProblems.some((one) => one.line === line),
  )
  const reported = sortByLine([...characterProblems, ...strange, ...toProblems(all)])
  // Without problems every section was read.
  return reported.length === 0
    ? { ok: true, description: description as RegisterDescription }
    : { ok: false, problems: reported }
}
