/** Where in the file: `['recordingPlan', 'rules', 1, 'share']`. */
export type FieldPath = readonly (string | number)[]

/** What is wrong with a field, before the line is known. */
export type FieldProblem = { path: FieldPath; message: string }

/** What is wrong, for the person who wrote the file: `line 93, recordingPlan.rules[1].share: …`. */
export type Problem = { line: number; field: string; message: string }

/** `recordingPlan.rules[1].share`; the file as a whole is `(file)`. */
export function fieldName(path: FieldPath): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name === '' ? '(file)' : name.replace(/^\./, '')
}

/** A description that cannot be obeyed: the program does not start with it. Code `description.invalid`. */
export class DescriptionFault extends Error {
  readonly code = 'description.invalid'
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ line, field, message }) => `  line ${line}, ${field}: ${message}`)
    super([`The register description ${file} cannot be used:`, ...lines].join('\n'))
    this.name = 'DescriptionFault'
    this.problems = problems
  }
}
