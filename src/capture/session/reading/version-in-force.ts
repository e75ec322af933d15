import type { RegisterDescription } from '#description/register-description.ts'

/** The version of the register description that holds for a call: it numbers, names and decides (R11, R14). */
export interface VersionInForce {
  version: number
  description: RegisterDescription
}

/** Which version was in force at an instant. */
export type VersionAt = (at: Temporal.Instant) => VersionInForce
