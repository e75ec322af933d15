/**
 * Letters to requesters (R42, R44, L7), from a request's facts, the controller in the description in force, and templates
 * that the agency may have changed. A letter's facts are frozen when it is made. A letter contains no markup, no agency name
 * other than the description's, and nothing about calls not shown to be the requester's.
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
 * Grounds of refusal, in this order: the identity was not shown (GDPR 12(6)); no call was shown to be the requester's;
 * the request is unfounded or excessive (12(5)); Act 1050/2018 section 34; the contact history is needed for a statutory task
 * (17(3)(b), 21(1)); there is no reason for a restriction (18(1)).
 */
export const refusalGrounds = ['IDENTITY', 'NO_CALL', 'EXCESSIVE', 'RESTRICTED', 'NEEDED', 'NO_REASON'] as const
export type RefusalGround = (typeof refusalGrounds)[number]

/** Contents of a letter, as it was made; texts are plain and escaped when rendered. */
export interface LetterContent {
  /** Sender: name, unit, address, switchboard. */
  sender: string[]
  /** For the envelope's window: name and address. */
  recipient: string[]
  /** Beside the address: date, request number. */
  marks: { label: string; text: string }[]
  title: string
  parts: LetterPart[]
}

export type LetterPart =
  | { kind: 'heading'; level: 2 | 3; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'facts'; facts: { label: string; text: string }[] }
