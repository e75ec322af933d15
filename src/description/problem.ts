import assert from 'node:assert/strict'
import { type Placeholders, problemTexts, type ProblemCode } from './problem-texts/problem-texts.ts'
import { languages, type Language, type Trilingual } from './closed-lists.ts'

/** Where in the file: `['recordingPlan', 'rules', 1, 'share']`. */
export type FieldPath = readonly (string | number)[]

/** What stands in a sentence's braces: the same for all languages, or a text for each. */
export type ProblemValue = string | number | Trilingual

/** What is wrong with a field, before the line is known. */
export type FieldProblem = {
  path: FieldPath
  code: ProblemCode
  values?: Readonly<Record<string, ProblemValue>>
}

/** What is wrong, where, and what to do about it, for the person who wrote the file. `code` is stable; lines count from 1. */
export type Problem = { line: number; field: string; code: ProblemCode; message: Trilingual; remedy: Trilingual }

/** A problem with every value that its two sentences have a place for: the compiler sees to that. */
export function problemAt<Code extends ProblemCode>(
  path: FieldPath,
  code: Code,
  ...values: [Placeholders<Code>] extends [never] ? [] : [Record<Placeholders<Code>, ProblemValue>]
): FieldProblem {
  const [given] = values
  return given ? { path, code, values: given } : { path, code }
}

/** The problem in words, at its line. */
export function tellProblem({ path, code, values = {} }: FieldProblem, line: number): Problem {
  const { message, remedy } = problemTexts[code]
  return { line, field: fieldName(path), code, message: fill(message, values), remedy: fill(remedy, values) }
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

function fill(text: Trilingual, values: Readonly<Record<string, ProblemValue>>): Trilingual {
  const [fi, sv, en] = languages.map((language) => fillOne(text[language], values, language))
  return { fi: fi!, sv: sv!, en: en! }
}

function fillOne(text: string, values: Readonly<Record<string, ProblemValue>>, language: Language): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    assert(value !== undefined, `nothing to put into {${name}} of "${text}"`)
    return typeof value === 'object' ? value[language] : String(value)
  })
}
