import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildDescription } from './build-description.ts'
import { checkDescription } from './checks/check-description.ts'
import { checkSuccession } from './checks/check-succession.ts'
import { DescriptionFault, type FieldProblem, type Problem } from './problem.ts'
import { inOrder, readText } from './read-text.ts'
import { type RegisterDescription } from './register-description.ts'
import { shapeProblems, strangeTexts } from './shape-problems.ts'
import { soundFile } from './sound-file.ts'

/** The description that comes with the program: the Tax Administration's telephone service. */
export const seedDescriptionFile = fileURLToPath(new URL('./seed.yaml', import.meta.url))

/** How long a new installation has before a day of its description comes. */
const shippedAhead = { months: 3 }

/**
 * Text of the description that comes with the program, for an installation that begins on a day. An end of a rule or a review of a
 * site that comes sooner than three months later, or has passed, moves by whole years.
 */
export async function shippedDescription(today: Temporal.PlainDate): Promise<string> {
  const first = today.add(shippedAhead)
  const text = await readFile(seedDescriptionFile, 'utf8')
  return text.replace(/(?<=^ +(?:until|nextReview): )\S+$/gm, (written) => {
    const day = Temporal.PlainDate.from(written)
    const sameYear = day.with({ year: Math.max(day.year, first.year) })
    return (Temporal.PlainDate.compare(sameYear, first) < 0 ? sameYear.add({ years: 1 }) : sameYear).toString()
  })
}

/** What a text says, or everything that is wrong with it, from the top of the text down. */
export type ParsedDescription = { ok: true; description: RegisterDescription } | { ok: false; problems: Problem[] }

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

/** Reads a description from its text: a draft that is refused is an answer, not a fault (AC2). Every problem at once. */
export function parseDescription(text: string): ParsedDescription {
  return parse(text, () => [])
}

/**
 * Reads the text of the version that is to follow `history` (oldest first): the problems of parseDescription and those
 * of checkSuccession, all at once.
 */
export function parseSuccessor(text: string, history: readonly RegisterDescription[]): ParsedDescription {
  return parse(text, (description, shortened) => checkSuccession(history, description, shortened))
}

/** What of a text can be read, and what is wrong with the rest; see soundFile. */
export function readSoundParts(file: unknown): {
  description: Partial<RegisterDescription>
  shortened: ReadonlySet<string>
  asWritten: (path: FieldProblem['path']) => FieldProblem['path']
  problems: FieldProblem[]
} {
  const misshapen = shapeProblems(file)
  const shaped = soundFile(file, misshapen)
  const unreadable: FieldProblem[] = []
  const first = buildDescription(shaped.file, unreadable)
  const problems = [
    ...misshapen,
    ...unreadable.map((problem) => ({ ...problem, path: shaped.asWritten(problem.path) })),
  ]
  if (unreadable.length === 0) {
    return { description: first, shortened: shaped.shortened, asWritten: shaped.asWritten, problems }
  }
  const { file: sound, shortened, asWritten } = soundFile(file, problems)
  return { description: buildDescription(sound, []), shortened, asWritten, problems }
}

function parse(
  text: string,
  furtherChecks: (description: Partial<RegisterDescription>, shortened: ReadonlySet<string>) => FieldProblem[],
): ParsedDescription {
  const reading = readText(text)
  if (!reading.ok) return reading
  const { file, spoilt, tell } = reading.read
  const { description, shortened, asWritten, problems } = readSoundParts(file)
  const found = [...checkDescription(description, shortened), ...furtherChecks(description, shortened)]
  const all = [...problems, ...found.map((problem) => ({ ...problem, path: asWritten(problem.path) }))]
  // A letter that is told of by its line is not told of by its field again.
  const strange = tell(strangeTexts(file)).filter(({ line }) => !spoilt.some((one) => one.line === line))
  const told = inOrder([...spoilt, ...strange, ...tell(all)])
  // Without a problem every section was read.
  return told.length === 0
    ? { ok: true, description: description as RegisterDescription }
    : { ok: false, problems: told }
}
