// What every folder's faults have in common: a stable code, one sentence for an operator, and the cause.
// In: nothing. Out: the class that a folder's own catalogue of codes narrows. Never: a refusal (those are returned).

/**
 * Something outside the program is not as it must be (a disk, a database, a setting).
 * `code` is stable and belongs to the catalogue of the folder that throws; `message` is one line for an operator.
 */
export class Fault<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
  }
}
