import texts from '#texts/server/problem.json' with { type: 'json' }
import { sayInAll, type KeyOf, type Values } from '#platform/texts/texts.ts'
import type { Trilingual } from './closed-lists.ts'

const say = sayInAll(texts)

/** Stable, because people and programs quote them. */
export type ProblemCode = Exclude<CodeOf<KeyOf<typeof texts>>, `expected.${string}` | `${string}.remedy`>
type CodeOf<Key> = Key extends `problem.${infer Code}` ? Code : never

/** Where in the file: `['recordingPlan', 'rules', 1, 'share']`. */
export type FieldPath = readonly (string | number)[]

/** What is wrong with a field, before the line is known. */
export type FieldProblem = {
  path: FieldPath
  code: ProblemCode
  values?: Values
}

/** What is wrong, where, and what to do about it, for the person who wrote the file. `code` is stable; lines count from 1. */
export type Problem = { line: number; field: string; code: ProblemCode; message: Trilingual; remedy: Trilingual }

/** A problem with every value that its two sentences have a blank for. */
export function problemAt(path: FieldPath, code: ProblemCode, values?: Values): FieldProblem {
  return values ? { path, code, values } : { path, code }
}

/** The problem in words, at its line. */
export function tellProblem({ path, code, values = {} }: FieldProblem, line: number): Problem {
  const [message, remedy] = [say(`problem.${code}`, values), say(`problem.${code}.remedy`, values)]
  return { line, field: fieldName(path), code, message, remedy }
}

/** `recordingPlan.rules[1].share`; the file as a whole is `(file)`, and a field without a name `""`. */
export function fieldName(path: FieldPath): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part || nameless}`)).join('')
  return name === '' ? '(file)' : name.replace(/^\./, '')
}

/** The name of a field that has none, as YAML writes it. */
export const nameless = '""'

/** A description that cannot be obeyed: the program does not start with it. Code `description.invalid`. */
export class DescriptionFault extends Error {
  readonly code = 'description.invalid'
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(
      ({ line, field, message, remedy }) => `  line ${line}, ${field}: ${message.en} ${remedy.en}`,
    )
    super([`The register description ${file} cannot be used:`, ...lines].join('\n'))
    this.name = 'DescriptionFault'
    this.problems = problems
  }
}
