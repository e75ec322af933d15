import type { Trilingual } from '../closed-lists.ts'

/** One thing that a version changes, as a sentence for people. */
export type Change = {
  /** The field, as problems name it: `recordingPlan.rules[0].share`. */
  field: string
  text: Trilingual
}
