import texts from '#texts/server/problem.json' with { type: 'json' }
import { trilingualTexts, type KeyOf, type Values } from '#platform/texts/texts.ts'
import type { Trilingual } from './closed-lists.ts'

const t = trilingualTexts(texts)

/** Stable codes: people and programs refer to them. */
export type ProblemCode = Exclude<CodeOf<KeyOf<typeof texts>>, `expected.${string}` | `${string}.remedy`>
type CodeOf<Key> = Key extends `problem.${infer Code}` ? Code : never

/** Path of a field: `['recordingPlan', 'rules', 1, 'share']`. */
export type FieldPath = readonly (string | number)[]

/** Problem of a field, before its line is known. */
export type FieldProblem = {
  path: FieldPath
  code: ProblemCode
  values?: Values
}

/** A problem with its place and remedy, for the author of the file. `code` is stable; lines count from 1. */
export type Problem = { line: number; field: string; code: ProblemCode; message: Trilingual; remedy: Trilingual }

/** Returns a problem with the values for its message and remedy. */
export function problemAt(path: FieldPath, code: ProblemCode, values?: Values): FieldProblem {
  return values ? { path, code, values } : { path, code }
}

/** Returns the problem as sentences, with its line. */
export function describeProblem({ path, code, values = {} }: FieldProblem, line: number): Problem {
  const [message, remedy] = [t(`problem.${code}`, values), t(`problem.${code}.remedy`, values)]
  return { line, field: fieldName(path), code, message, remedy }
}

/** Formats a path: `recordingPlan.rules[1].share`; the whole file is `(file)`, a field without a name `""`. */
export function fieldName(path: FieldPath): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part || nameless}`)).join('')
  return name === '' ? '(file)' : name.replace(/^\./, '')
}

/** A field without a name, as YAML writes it. */
export const nameless = '""'

/** An invalid description: the program does not start with it. Code `description.invalid`. */
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
