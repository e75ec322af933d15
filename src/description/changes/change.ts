import type { Trilingual } from '../closed-lists.ts'

/** One entry of a version's diff, as a sentence. */
export type Change = {
  /** The field, as in problems: `recordingPlan.rules[0].share`. */
  field: string
  text: Trilingual
}
