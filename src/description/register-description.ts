/**
 * The register description: what is recorded, who may look and why, and when it is destroyed. In: one YAML file, read by
 * an explicit call. Out: the values that the rest of the program obeys. Never here: other I/O, a look at the clock, or
 * an agency's name in code (R2): everything that is this agency's own is data.
 */
import { type Language, type NumberKind, type Trilingual, type Weekday } from './closed-lists.ts'
import { type NumberingOptions, type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { type Purpose } from './purposes.ts'
import { type RoleRights } from './roles.ts'

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

/** When in the week a rule holds, by the clock of Europe/Helsinki: from `from` until before `to`. */
export type RuleHours = { days: readonly Weekday[]; from: Temporal.PlainTime; to: Temporal.PlainTime }

/** At most so many recordings in a week of Europe/Helsinki (Monday to Sunday), of each official or of each number. */
export type Quota = { per: 'official' | 'number'; weekly: number }

/** One version of a recording rule (R14). In force from `from` until before `until`. */
export type RecordingRule = {
  id: string
  version: number
  names: Trilingual
  numbers: readonly PhoneNumberKey[]
  /** Share of the answered calls to be recorded, 0 to 1. */
  share: number
  quota?: Quota
  /** Without them the rule holds around the clock. */
  hours?: RuleHours
  /** How long its recordings are kept, in calendar months (R25). */
  recordingMonths: number
  from: Temporal.Instant
  until?: Temporal.Instant
  /** Why everything is recorded, where everything is (R15). */
  justification?: string
  /** Why this share is needed: what the impact assessment says of the rule (L5). */
  necessity?: string
}

/** What callers hear before recording can begin (L3, L4); English where the agency has it. */
export type Announcement = {
  id: string
  numbers: readonly PhoneNumberKey[]
  texts: { fi?: string; sv?: string; en?: string }
}

/** The decision of the cooperation procedure about recording officials' calls (L16). */
export type CooperationDecision = { decidedOn: Temporal.PlainDate; document: string }

export type RecordingPlan = {
  cooperation?: CooperationDecision
  announcements: readonly Announcement[]
  /** Whether a call that the switchboard passed on may be recorded by the rule of the number reached (R13). */
  recordForwarded: boolean
  rules: readonly RecordingRule[]
}

export type DescribedPurpose = {
  purpose: Purpose
  names: Trilingual
  /** GDPR Article 6 and the national provision (L1); the profile gdpr demands it. */
  legalBasis?: Trilingual
  dataSets: readonly ('history' | 'recordings')[]
}

/** R2. */
export type Controller = {
  name: Trilingual
  /** The Finnish name as sentences bend it: Verohallinnon, Verohallinnolla, Verohallinnossa. */
  finnishForms: { genitive: string; adessive: string; inessive: string }
  unit: Trilingual
  postalAddress: Trilingual
  visitingAddress: Trilingual
  /** The switchboard's number for each language, as written. */
  switchboard: Trilingual
}

/** The numbers of R22-R25, as the published description tells them. terms.ts does the arithmetic. */
export type Terms = { historyMonths: number; recordingFloorMonths: number; recordingCeilingMonths: number }

/** Who the register is about (R12): a closed list. */
export const dataSubjects = ['CALLERS', 'ANSWERING_OFFICIALS'] as const
export type DataSubject = (typeof dataSubjects)[number]

/** What the register holds of a call (R10): a closed list, in the order of the published description. */
export const identificationData = [
  'CALL_START_AND_END',
  'CALLER_NUMBER',
  'SERVICE_NUMBER',
  'OFFICIAL_NAME_AND_NUMBER',
] as const
export type IdentificationData = (typeof identificationData)[number]

/** A place where data lie, and the attestation that its premises have electronic access control (R18, R19). */
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

/** A statutory ground for disclosure to an authority (R34); provisions change, so they are data (L36). */
export type Provision = { id: string; names: Trilingual; validFrom: Temporal.PlainDate; validTo?: Temporal.PlainDate }

/** The two ways out (R28, R34); what is false is not said and cannot be done. */
export type DisclosureRules = {
  research: boolean
  authority: boolean
  /** C7, L30: copies whose voices are only changed may leave to research too; false unless said. */
  pseudonymised?: boolean
  /** AC13: in which what is recalled, or lent to a study that has ended, comes back; 1 to 10. */
  returnWorkingDays: number
  provisions: readonly Provision[]
}

/** Where caller and official turn to (R42-R49). */
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

/** The choices that today's law offers beside the seed's defaults: C1, C3-C12 and C14 (C13 is a rule's, C15 the profile). */
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
  /** C9: nothing where no limit is set. */
  logRetentionMonths: number | null
  /** C10: with `required`, calls of an official who has not consented are not drawn. */
  officialConsent: 'informed' | 'required'
  /** C11 */
  julklRequests: boolean
  /** C12 */
  mentionedPersons: boolean
  /** C14: nothing where numbers are not masked for good before the history ends. */
  maskCallerAfterMonths: number | null
}

/** Who drafted and who approved this version (R14), by user id. */
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
  /** Backups are kept for `backupDays` days at most (R52, L28). */
  storage: { sites: readonly StorageSite[]; backupDays: number }
  disclosure: DisclosureRules
  rights: RightsContact
  contacts: NoticeContacts
  switches: Switches
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
