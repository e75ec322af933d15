/**
 * Letters to those who ask (R42, R44, L7). In: a request's facts as the database tells them, the controller from the description
 * in force, templates that the agency may have changed. Out: letters with their facts frozen, ready to be set as a page or a
 * PDF. Never here: an agency's name, markup, a word about a call that was not shown to be the requester's.
 */
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
