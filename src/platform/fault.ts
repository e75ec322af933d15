// Base of every folder's faults: a stable code, one sentence for an operator, and the cause. Refusals are returned, not thrown.

/**
 * Something outside the program is wrong (a disk, a database, a setting). `code` is stable and belongs to the throwing folder's
 * catalogue; `message` is one line for an operator.
 */
export class Fault<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
  }
}
