import type { RegisterDescription } from '#description/register-description.ts'

/** The version of the register description that applies to a call's numbering, numbers and decisions (R11, R14). */
export interface VersionInForce {
  version: number
  description: RegisterDescription
}

/** Returns the version in force at an instant. */
export type VersionAt = (at: Temporal.Instant) => VersionInForce
