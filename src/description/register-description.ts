/**
 * The register description: what is recorded, who may look and why, and when it is destroyed. In: one YAML file, read by
 * an explicit call. Out: the values that the rest of the program obeys. Never here: other I/O, a look at the clock, or
 * an agency's name in code (R2): everything that is this agency's own is data.
 */
import { type NumberingOptions, type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { type Purpose } from './purposes.ts'
import { type RoleRights } from './roles.ts'

/** Texts for people come in the two national languages and English (Language Act 423/2003). */
export type Trilingual = { fi: string; sv: string; en: string }

export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

/** R7. */
export const numberKinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const
export type NumberKind = (typeof numberKinds)[number]

/** A number that customers call. It means this from `validFrom` until before `validTo`: numbers change hands (R11). */
export type ServiceNumber = {
  key: PhoneNumberKey
  /** As customers see it: 029 497 000. */
  display: string
  kind: NumberKind
  language: Language
  /** Of a regional number, and of no other. */
  region?: Trilingual
  names: Trilingual
  validFrom: Temporal.Instant
  validTo?: Temporal.Instant
}

/** One version of a recording rule (R14). In force from `from` until before `until`. */
export type RecordingRule = {
  id: string
  version: number
  numbers: readonly PhoneNumberKey[]
  /** Share of the answered calls to be recorded, 0 to 1. */
  share: number
  /** How long its recordings are kept, in calendar months (R25). */
  recordingMonths: number
  from: Temporal.Instant
  until?: Temporal.Instant
  /** Why everything is recorded, where everything is (R15). */
  justification?: string
  author: string
  approvedBy: string
}

export type RecordingPlan = {
  /** Whether a call that the switchboard passed on may be recorded by the rule of the number reached (R13). */
  recordForwarded: boolean
  rules: readonly RecordingRule[]
}

export type DescribedPurpose = {
  purpose: Purpose
  names: Trilingual
  dataSets: readonly ('history' | 'recordings')[]
}

/** R2. */
export type Controller = {
  name: Trilingual
  unit: Trilingual
  postalAddress: Trilingual
  visitingAddress: Trilingual
  /** The switchboard's number for each language, as written. */
  switchboard: Trilingual
}

/** The numbers of R22-R25, as the published description tells them. terms.ts does the arithmetic. */
export type Terms = { historyMonths: number; recordingFloorMonths: number; recordingCeilingMonths: number }

export type RegisterDescription = {
  version: number
  effectiveFrom: Temporal.Instant
  profile: 'seed' | 'gdpr'
  name: Trilingual
  title: Trilingual
  controller: Controller
  purposes: readonly DescribedPurpose[]
  roles: readonly RoleRights[]
  numbering: Required<NumberingOptions>
  numbers: readonly ServiceNumber[]
  recordingPlan: RecordingPlan
  terms: Terms
}

/** What a key meant at an instant; undefined where the description knows no such number then (R7, R11). */
export function findNumber(
  description: Pick<RegisterDescription, 'numbers'>,
  key: PhoneNumberKey | null,
  at: Temporal.Instant,
): ServiceNumber | undefined {
  return description.numbers.find((number) => number.key === key && inForce(number.validFrom, number.validTo, at))
}

/** True from `from` until before `until`. */
export function inForce(from: Temporal.Instant, until: Temporal.Instant | undefined, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, at) <= 0 && (until === undefined || Temporal.Instant.compare(at, until) < 0)
}
