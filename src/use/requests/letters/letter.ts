/**
 * Letters to those who ask (R42, R44, L7). In: a request's facts as the database tells them, the controller from the description
 * in force, templates that the agency may have changed. Out: letters with their facts frozen, ready to be set as a page or a
 * PDF. Never here: an agency's name, markup, a word about a call that was not shown to be the requester's.
 */
import type { Trilingual } from '#description/closed-lists.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'

export const letterKinds = [
  'received',
  'extension',
  'answer',
  'appointment',
  'destroyed-before',
  'prohibition',
  'erasure',
  'objection',
  'restriction',
  'restriction-end',
  'not-identifiable',
  'refusal',
  'copy',
  'log-extract',
  'correction',
  'mentioned',
  'openness',
] as const
export type LetterKind = (typeof letterKinds)[number]

/**
 * Why a request is refused: identity not shown (GDPR 12(6)); no call shown to be theirs; 12(5); Act 1050/2018 section 34; the contact
 * history is needed for a statutory task (17(3)(b), 21(1)); no reason for a restriction (18(1)).
 */
export const refusalGrounds = ['IDENTITY', 'NO_CALL', 'EXCESSIVE', 'RESTRICTED', 'NEEDED', 'NO_REASON'] as const
export type RefusalGround = (typeof refusalGrounds)[number]

/** What a letter says, as it was when it was made; texts are plain and are escaped wherever they are set. */
export interface LetterContent {
  /** Whose letter it is: name, unit, address, switchboard. */
  sender: string[]
  /** Into the window of the envelope: name and address. */
  recipient: string[]
  /** Beside it: date, request number. */
  marks: { label: string; text: string }[]
  title: string
  parts: LetterPart[]
}

export type LetterPart =
  | { kind: 'heading'; level: 2 | 3; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'facts'; facts: { label: string; text: string }[] }

/** Instants are ISO 8601 in UTC, as database/functions/requests/letters.sql (`letter_facts`) gives them. */
export interface LetterFacts {
  number: string
  party: 'CALLER' | 'OFFICIAL' | 'MENTIONED' | 'OUTSIDER'
  kinds: AskedKind[]
  language: 'fi' | 'sv' | 'en'
  receivedAt: string
  dueAt: string
  madeAt: string
  name: string
  address: string | null
  /** Whom to turn to. */
  handler: string | null
  extensionReason?: 'COMPLEX' | 'MANY'
  ground?: RefusalGround
  calls?: NamedCall[]
  unheard?: { startedAt: string; recording: RecordingFact }[]
  prohibitions?: { startedAt: string; forbiddenAt: string; executedAt: string | null }[]
  restrictions?: { startedAt: string; until: string | null }[]
  looks?: LookFact[]
  appointment?: AppointmentFact | null
  copies?: CopyFact[]
  corrections?: CorrectionFact[]
  openness?: { outcome: 'SECRET' | 'REFERRED'; provision: string; at: string; by: string | null }
}

export type AskedKind =
  | 'KNOW'
  | 'LISTEN'
  | 'HISTORY'
  | 'PROHIBIT'
  | 'ERASURE'
  | 'OBJECTION'
  | 'RESTRICTION'
  | 'COPY'
  | 'RECTIFY'
  | 'LOG_EXTRACT'
  | 'MENTIONED'
  | 'OPENNESS'

/** A call as the requester named it; `call` only where it is shown to be theirs, none once its history has ended. */
export interface NamedCall {
  ordinal: number
  /** 2026-11-24 and 13:00, by the clock of Helsinki. */
  day: string | null
  time: string | null
  isTheirs: boolean
  call?: CallFact | null
}

export interface CallFact {
  startedAt: string
  endedAt: string | null
  callerKind: string
  callerKey: string | null
  number: string
  numberName: Trilingual | null
  historyEndsAt: string
  parts: {
    official: string | null
    officialPhone: string | null
    answeredAt: string | null
    endedAt: string | null
    recording: RecordingFact
  }[]
}

export interface RecordingFact {
  state: 'none' | 'kept' | 'destroying' | 'destroyed'
  /** Destroyed then; of one that is kept, then at the latest. */
  at?: string | null
  cause?: 'retention' | 'caller' | 'official' | 'trimming'
}

export interface LookFact {
  at: string
  kind: 'shown' | 'watched' | 'read' | 'revealed' | 'listened'
  role: Role
  purpose: Purpose
  unit: string | null
}

export interface AppointmentFact {
  startsAt: string
  endsAt: string
  officeName: Trilingual
  officeAddress: Trilingual
  needs: ('INTERPRETER' | 'TRANSCRIPT' | 'STEP_FREE' | 'HEARING_LOOP')[]
  interpreterLanguage: string | null
}

export interface CopyFact {
  callStartedAt: string
  method: 'PASSPHRASE' | 'KEY'
  expiresAt: string
}

export interface CorrectionFact {
  callStartedAt: string
  was: string | null
  becomes: string
  outcome: 'APPROVED' | 'REJECTED'
}
