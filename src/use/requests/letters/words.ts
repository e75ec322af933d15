import type { AppointmentFact, AskedKind, LookFact, RecordingFact, RefusalGround } from './letter.ts'

/** What fields are told in; a day, a time and a moment come as text in the language. */
export interface LetterWords {
  date: string
  number: string
  asked: Record<AskedKind, string>
  /** How long it takes: under the data protection law, and of an official document. */
  handling: (due: string) => string[]
  handlingDocument: (due: string) => string[]
  extension: Record<'COMPLEX' | 'MANY', string>
  /** GDPR 12(3); of a document, why and by what law (Act 621/1999 section 14). */
  extensionLaw: string
  extensionDocument: string
  grounds: Record<RefusalGround, string[]>
  /** A call as the requester told of it. */
  toldCall: (day: string, time: string | undefined) => string
  untoldCall: string
  /** Of every call that was not shown to be theirs, whatever the register has. */
  notShown: string
  call: (at: string) => string
  historyOver: string
  historyEnds: (day: string) => string
  part: (number: number) => string
  unanswered: string
  recorded: (destroyedAtTheLatest: string | undefined) => string
  notRecorded: string
  destroyed: (day: string) => string
  destroying: string
  causes: Record<NonNullable<RecordingFact['cause']>, string>
  labels: Record<
    'start' | 'end' | 'caller' | 'service' | 'official' | 'officialPhone' | 'answered' | 'partEnd' | 'recording',
    string
  >
  withheld: string
  numberUnknown: string
  listenTitle: string
  nextTitle: string
  listen: string
  booked: string
  nothingToHear: string
  mayForbid: string
  mayCopy: string
  executed: (day: string) => string
  blocked: string
  /** With the day of its destruction at the latest; none while its call goes on. */
  restricted: (latest: string | undefined) => string
  restrictionEnds: (latest: string | undefined) => string
  looks: Record<LookFact['kind'], string>
  look: (at: string, what: string, role: string, purpose: string) => string
  noLooks: string
  appointment: Record<'when' | 'office' | 'address' | 'needs', string>
  appointmentTime: (day: string, from: string, until: string) => string
  needs: Record<AppointmentFact['needs'][number], string>
  interpreter: (language: string) => string
  copy: (at: string) => string
  copyMethods: Record<'PASSPHRASE' | 'KEY', string>
  copyUntil: (at: string) => string
  corrected: (was: string | null, becomes: string) => string
  notCorrected: (becomes: string) => string
  decision: Record<'SECRET' | 'REFERRED', string[]>
  decidedBy: (day: string, name: string) => string
  appealTitle: string
  appeal: string[]
  appealItems: { lead: string; items: string[] }
  appealEnd: string[]
  complaint: string[]
  ombudsman: string
  handler: (name: string) => string
  switchboard: (number: string) => string
}
