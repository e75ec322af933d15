/** Lets a process do what {@link giveBack} asks. */
export const collectFlag = '--expose-gc'

/**
 * Gives memory back that is not needed any more: what reading the program has left, or a day's calls. Everything stands still for
 * up to a tenth of a second. Nothing where the process was started without {@link collectFlag}.
 */
export function giveBack(): void {
  // As V8 does it where memory runs out: the young generation is given back, too.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
