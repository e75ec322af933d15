/**
 * The register description: what is recorded, who may view it and why, and when it is destroyed. Read from one YAML file;
 * everything specific to an agency is data (R2).
 */
import {
  type HomeAsking,
  type Language,
  type NumberKind,
  type TranscriptUse,
  type Trilingual,
  type Weekday,
} from './closed-lists.ts'
import { type NumberingOptions, type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { type Purpose } from './purposes.ts'
import { type RoleRights } from './roles.ts'

/** A service number with its meaning from `validFrom` until before `validTo`: numbers change hands (R11). */
export type ServiceNumber = {
  key: PhoneNumberKey
  /** Display form: 029 497 000. */
  display: string
  kind: NumberKind
  language: Language
  /** Only for regional numbers. */
  region?: Trilingual
  names: Trilingual
  validFrom: Temporal.Instant
  validTo?: Temporal.Instant
}

/** Weekly hours of a rule by the clock of Europe/Helsinki: from `from` until before `to`. */
export type RuleHours = { days: readonly Weekday[]; from: Temporal.PlainTime; to: Temporal.PlainTime }

/** Most recordings in a week of Europe/Helsinki (Monday to Sunday), per official or per number. */
export type Quota = { per: 'official' | 'number'; weekly: number }

/** A version of a recording rule (R14). In force from `from` until before `until`. */
export type RecordingRule = {
  id: string
  version: number
  names: Trilingual
  numbers: readonly PhoneNumberKey[]
  /** Share of answered calls to record, 0 to 1. */
  share: number
  quota?: Quota
  /** Default: at all hours. */
  hours?: RuleHours
  /** Retention of its recordings in calendar months (R25). */
  recordingMonths: number
  from: Temporal.Instant
  until?: Temporal.Instant
  /** Reason for recording everything, if the rule does so (R15). */
  justification?: string
  /** Reason for the share, from the impact assessment (L5). */
  necessity?: string
}

/** Announcement before recording begins (L3, L4); English if the agency has it. */
export type Announcement = {
  id: string
  numbers: readonly PhoneNumberKey[]
  texts: { fi?: string; sv?: string; en?: string }
}

/** Decision of the cooperation procedure about recording officials' calls (L16). */
export type CooperationDecision = { decidedOn: Temporal.PlainDate; document: string }

export type RecordingPlan = {
  cooperation?: CooperationDecision
  announcements: readonly Announcement[]
  /** True if a call forwarded by the switchboard may be recorded by the rule of the number reached (R13). */
  recordForwarded: boolean
  rules: readonly RecordingRule[]
}

export type DescribedPurpose = {
  purpose: Purpose
  names: Trilingual
  /** GDPR Article 6 and the national provision (L1); required by the profile gdpr. */
  legalBasis?: Trilingual
  dataSets: readonly ('history' | 'recordings')[]
}

/** R2. */
export type Controller = {
  name: Trilingual
  /** Grammatical forms of the Finnish name: Verohallinnon, Verohallinnolla, Verohallinnossa. */
  finnishForms: { genitive: string; adessive: string; inessive: string }
  unit: Trilingual
  postalAddress: Trilingual
  visitingAddress: Trilingual
  /** The switchboard's number per language, as written. */
  switchboard: Trilingual
}

/** The numbers of R22-R25, as published. terms.ts does the arithmetic. */
export type Terms = { historyMonths: number; recordingFloorMonths: number; recordingCeilingMonths: number }

/** Data subjects (R12): a closed list. */
export const dataSubjects = ['CALLERS', 'ANSWERING_OFFICIALS'] as const
export type DataSubject = (typeof dataSubjects)[number]

/** Stored items of a call (R10): a closed list, in the order of the published description. */
export const identificationData = [
  'CALL_START_AND_END',
  'CALLER_NUMBER',
  'SERVICE_NUMBER',
  'OFFICIAL_NAME_AND_NUMBER',
] as const
export type IdentificationData = (typeof identificationData)[number]

/** A place of data, with the attestation of its electronic access control (R18, R19). */
export type StorageSite = {
  id: string
  names: Trilingual
  /** ISO 3166-1, two letters (L26). */
  country?: string
  electronicAccessControl: boolean
  attestedBy: string
  attestedOn: Temporal.PlainDate
  nextReview: Temporal.PlainDate
}

/** Statutory ground for disclosure to an authority (R34). Provisions change, so they are data (L36). */
export type Provision = { id: string; names: Trilingual; validFrom: Temporal.PlainDate; validTo?: Temporal.PlainDate }

/** The two ways of disclosure (R28, R34); what is false is neither published nor possible. */
export type DisclosureRules = {
  research: boolean
  authority: boolean
  /** C7, L30: true if copies with changed voices may be disclosed for research; default false. */
  pseudonymised?: boolean
  /** AC13: working days for returning recalled copies, and the copies of a study that has ended; 1 to 10. */
  returnWorkingDays: number
  provisions: readonly Provision[]
}

/** Contact for callers and officials (R42-R49). */
export type RightsContact = {
  unit: Trilingual
  /** Palveluyksikköön. */
  finnishForms: { illative: string }
}

/** Contacts of a notice under GDPR Articles 13 and 14 (L2), and of the accessibility statement (L34). */
export type NoticeContacts = {
  dataProtectionOfficer?: { address: Trilingual; email: string; phone: string }
  accessibility: { email: string; phone?: string }
}

/** Switches for current law: C1, C3-C12 and C14 (C13 is a rule's field, C15 the profile). */
export type Switches = {
  /** C1 */
  accessCopy: boolean
  /** C1 */
  accessTranscript: boolean
  /** C3 */
  holdForInspection: boolean
  /** C4: no rule is in force for a number without its announcement. */
  announcementRequired: boolean
  /** C5 */
  secondFactor: 'off' | 'optional' | 'required'
  /** C6 */
  maintenanceContent: 'allowed' | 'breakGlass' | 'denied'
  /** C7 */
  researchTreatAsPersonal: boolean
  /** C8 */
  legalClaim: boolean
  /** C9: null for no limit. */
  logRetentionMonths: number | null
  /** C10: with `required`, calls of officials who have not consented are not drawn. */
  officialConsent: 'informed' | 'required'
  /** C11 */
  julklRequests: boolean
  /** C12 */
  mentionedPersons: boolean
  /** C14: null if numbers are not masked permanently before the history ends. */
  maskCallerAfterMonths: number | null
  /** R45: whether requests can be sent from a public page, and how the requester shows who they are; off if absent. */
  askingFromHome?: HomeAsking
  /** R33: what a program may transcribe recordings for; none if absent. */
  transcripts?: TranscriptUse
}

/** Author and approver of this version (R14), by user id. */
export type VersionDecision = { author: string; approver: string; decidedOn: Temporal.PlainDate }

export type RegisterDescription = {
  version: number
  effectiveFrom: Temporal.Instant
  decision: VersionDecision
  profile: 'seed' | 'gdpr'
  name: Trilingual
  title: Trilingual
  controller: Controller
  dataSubjects: readonly DataSubject[]
  identificationData: readonly IdentificationData[]
  purposes: readonly DescribedPurpose[]
  roles: readonly RoleRights[]
  numbering: Required<NumberingOptions>
  numbers: readonly ServiceNumber[]
  recordingPlan: RecordingPlan
  terms: Terms
  /** Backups are kept for at most `backupDays` days (R52, L28). */
  storage: { sites: readonly StorageSite[]; backupDays: number }
  disclosure: DisclosureRules
  rights: RightsContact
  contacts: NoticeContacts
  switches: Switches
}

/** Returns a key's meaning at an instant; undefined if the description does not list the number then (R7, R11). */
export function findNumber(
  description: Pick<RegisterDescription, 'numbers'>,
  key: PhoneNumberKey | null,
  at: Temporal.Instant,
): ServiceNumber | undefined {
  return description.numbers.find((number) => number.key === key && inForce(number.validFrom, number.validTo, at))
}

/** Returns true if `at` is in [from, until); without `until` there is no end. */
export function inForce(from: Temporal.Instant, until: Temporal.Instant | undefined, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, at) <= 0 && (until === undefined || Temporal.Instant.compare(at, until) < 0)
}
