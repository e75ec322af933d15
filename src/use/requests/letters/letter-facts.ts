/**
 * Types of the facts returned by `letter_facts` (database/functions/requests/letters.sql), and an invented sample of each
 * letter.
 */
import type { Language, Trilingual } from '#description/closed-lists.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'
import type { LetterKind, RefusalGround } from './letter.ts'

/** Instants are ISO 8601 in UTC, as returned by `letter_facts`. */
export interface LetterFacts {
  number: string
  party: RequestParty
  kinds: RequestKind[]
  language: Language
  receivedAt: string
  dueAt: string
  madeAt: string
  name: string
  address: string | null
  /** Contact person. */
  handler: string | null
  extensionReason?: 'COMPLEX' | 'MANY'
  ground?: RefusalGround
  calls?: NamedCall[]
  unheard?: { startedAt: string; recording: RecordingFact }[]
  prohibitions?: { startedAt: string; forbiddenAt: string; executedAt: string | null }[]
  restrictions?: { startedAt: string; until: string | null }[]
  looks?: ViewFact[]
  appointment?: AppointmentFact | null
  copies?: CopyFact[]
  corrections?: CorrectionFact[]
  openness?: { outcome: 'SECRET' | 'REFERRED'; provision: string; at: string; by: string | null }
}

/** A call named by the requester; `call` only if shown to be theirs and its history has not ended. */
export interface NamedCall {
  ordinal: number
  /** 2026-11-24 and 13:00, Helsinki time. */
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
  /** Time of destruction; of a held recording the latest possible time. */
  at?: string | null
  cause?: 'retention' | 'caller' | 'official' | 'trimming'
}

export interface ViewFact {
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

const names: Record<Language, string> = { fi: 'Maija Mallikas', sv: 'Maja Modell', en: 'Mary Sample' }
const addresses: Record<Language, string> = {
  fi: 'Esimerkkikatu 1 A 2\n00100 HELSINKI',
  sv: 'Exempelgatan 1 A 2\n00100 HELSINGFORS',
  en: 'Esimerkkikatu 1 A 2\n00100 HELSINKI',
}
const office = {
  officeName: { fi: 'Oulun toimipiste', sv: 'Uleåborgs verksamhetsställe', en: 'Oulu office' },
  officeAddress: { fi: 'Esimerkkitie 3, Oulu', sv: 'Esimerkkitie 3, Uleåborg', en: 'Esimerkkitie 3, Oulu' },
}
const provisions: Record<Language, string> = {
  fi: 'laki viranomaisten toiminnan julkisuudesta (621/1999), 24 §:n 1 momentin 23 kohta',
  sv: 'lagen om offentlighet i myndigheternas verksamhet (621/1999), 24 § 1 mom. 23 punkten',
  en: 'Act on the Openness of Government Activities (621/1999), section 24(1)(23)',
}
const startedAt = '2026-11-24T12:05:00Z'

/** Returns invented facts, for the preview of a template. */
export function inventedFacts(kind: LetterKind, language: Language): LetterFacts {
  return {
    number: 'P-2026-17',
    party: kind === 'mentioned' ? 'MENTIONED' : kind === 'openness' ? 'OUTSIDER' : 'CALLER',
    kinds: kindsOf(kind),
    language,
    receivedAt: '2026-11-25T08:00:00Z',
    dueAt: kind === 'extension' ? '2027-02-25T08:00:00Z' : '2026-12-25T08:00:00Z',
    madeAt: '2026-11-26T09:00:00Z',
    name: names[language],
    address: addresses[language],
    handler: language === 'sv' ? 'Paula Persson' : 'Paula Palvelija',
    extensionReason: 'COMPLEX',
    ground: 'NO_CALL',
    calls: [
      {
        ...{ ordinal: 1, day: '2026-11-24', time: '14:00' },
        ...(kind === 'answer' || kind === 'mentioned' ? { isTheirs: true, call: call() } : { isTheirs: false }),
      },
      { ordinal: 2, day: '2026-10-12', time: '09:30', isTheirs: false },
    ],
    unheard: [{ startedAt, recording: { state: 'destroyed', at: '2027-05-23T12:10:00Z', cause: 'retention' } }],
    prohibitions: [{ startedAt, forbiddenAt: '2026-11-26T08:59:00Z', executedAt: '2026-11-26T08:59:20Z' }],
    restrictions: [{ startedAt, until: '2027-05-23T12:10:00Z' }],
    looks: [
      { at: '2026-11-24T12:30:00Z', kind: 'listened', role: 'SUPERVISOR', purpose: 'QUALITY', unit: null },
      { at: '2026-11-26T08:30:00Z', kind: 'read', role: 'SERVICE_UNIT', purpose: 'INSPECTION', unit: null },
    ],
    ...(kind === 'appointment' && {
      appointment: {
        startsAt: '2026-12-10T07:00:00Z',
        endsAt: '2026-12-10T08:00:00Z',
        ...office,
        needs: ['HEARING_LOOP'],
        interpreterLanguage: null,
      },
    }),
    copies: [{ callStartedAt: startedAt, method: 'PASSPHRASE', expiresAt: '2026-12-03T09:00:00Z' }],
    corrections: [{ callStartedAt: startedAt, was: 'Aino Aalto', becomes: 'Bertil Berg', outcome: 'APPROVED' }],
    openness: { outcome: 'SECRET', provision: provisions[language], at: '2026-11-26T08:00:00Z', by: 'Riitta Ranta' },
  }
}

function kindsOf(kind: LetterKind): LetterFacts['kinds'] {
  switch (kind) {
    case 'prohibition':
      return ['PROHIBIT']
    case 'erasure':
      return ['ERASURE']
    case 'objection':
      return ['OBJECTION']
    case 'restriction':
    case 'restriction-end':
      return ['RESTRICTION']
    case 'copy':
      return ['COPY']
    case 'log-extract':
      return ['LOG_EXTRACT']
    case 'correction':
      return ['RECTIFY']
    case 'mentioned':
      return ['MENTIONED']
    case 'openness':
      return ['OPENNESS']
    default:
      return ['KNOW', 'LISTEN', 'HISTORY']
  }
}

function call(): CallFact {
  const recording: RecordingFact = { state: 'kept', at: '2027-05-23T12:10:00Z' }
  return {
    startedAt,
    endedAt: '2026-11-24T12:10:00Z',
    callerKind: 'e164',
    callerKey: '+358401234567',
    number: '+35829497000',
    numberName: null,
    historyEndsAt: '2028-01-24T12:10:00Z',
    parts: [
      {
        official: 'Aino Aalto',
        officialPhone: '+358295121001',
        answeredAt: '2026-11-24T12:06:00Z',
        endedAt: '2026-11-24T12:10:00Z',
        recording,
      },
    ],
  }
}
