import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { maskPhoneNumber } from '#description/phone-numbers/mask-phone-number.ts'
import { inSession } from '#platform/database/connect.ts'
import { registerTime } from '#register/register-time.ts'
import { viewRecording, type RecordingView } from '#register/recordings/view-recording.ts'
import type { RequestCallState, RequestParty } from '#register/request-tables.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { namePeople, type NamedPerson, type PersonOf } from '#safeguards/people/name-people.ts'
import { missingDetails, type Detail, type ReportedCall } from './reported-call.ts'

type ContactRow = Selectable<RegisterTables['contact']>
type SegmentRow = Selectable<RegisterTables['segment']>

/** A call named by the requester, as the clerk may see it. */
export interface CallOfRequest {
  id: string
  ordinal: number
  /** Null once erased. */
  told: ReportedCall | null
  state: RequestCallState
  /** FOUND: the call was verified under the requester's former name. */
  verifyAgain: true | null
  /** FOUND: the network reported that the caller's number is not verified as theirs. */
  numberUnverified: true | null
  /** SEVERAL: details that would narrow the search down. */
  askFor: Detail[] | undefined
  /** FOUND: how to verify the call. */
  verification: {
    by: 'RECORDING' | 'DETAILS' | 'PERSONNEL'
    recordings: { id: string; hasBeenHeard: boolean }[]
  } | null
  /** MATCHED, in an open request: the call, with the parts that the requester is a party to. */
  contact: MatchedContact | undefined
  /** MATCHED: numbers of other open requests about the call. */
  otherRequests: string[]
  verifiedBy: NamedPerson | undefined
}

export interface MatchedContact {
  id: string
  startedAt: Temporal.Instant
  endedAt: Temporal.Instant | null
  /** The number is masked. */
  caller: { kind: ContactRow['caller_kind']; number: string | null }
  number: string
  numberName: { fi: string; sv: string; en: string } | null
  segments: {
    id: string
    official: { name: string; phone: string } | null
    answeredAt: Temporal.Instant | null
    endedAt: Temporal.Instant | null
    recording: RecordingView & { segmentId: string }
    prohibitions: RecordedProhibition[]
  }[]
}

/** Instants as the database formats them in JSON. */
export interface RecordedProhibition {
  id: string
  recordingId: string
  state: 'blocked' | 'waiting' | 'executed'
  receivedAt: string
  executedAt: string | null
}

interface CallRow {
  id: string
  ordinal: number
  told: ReportedCall | null
  state: RequestCallState
  verify_again: true | null
  number_unverified: true | null
  contact_id: string | null
  verified_by: string | null
  party: RequestParty
  how: 'RECORDING' | 'DETAILS' | 'PERSONNEL' | null
  recordings: { id: string; hasBeenHeard: boolean }[] | null
  prohibitions: RecordedProhibition[] | null
  other_requests: string[]
}

/**
 * Returns the calls of a request, in the order in which they were named. The database limits them to calls of the request,
 * and logs that its matched calls were shown.
 * @throws if the request does not exist or the session is not of the Service Unit: read the request before
 */
export function listCallsOf(
  db: Kysely<RegisterTables>,
  session: Session,
  request: { id: string; number: string },
): Promise<CallOfRequest[]> {
  const settings = {
    'seloste.session': session.token,
    'seloste.purpose': 'INSPECTION',
    'seloste.reference': request.number,
  }
  return inSession(db, settings, async (tx) => {
    const { rows } = await sql<CallRow>`select * from calls_of_request(${request.id}::uuid)`.execute(tx)
    const matched = rows.flatMap(({ state, contact_id }) => (state === 'MATCHED' && contact_id ? [contact_id] : []))
    const contacts = await contactsOf(tx, matched)
    const person = await namePeople(
      tx,
      rows.map(({ verified_by }) => verified_by),
    )
    return rows.map((row) => viewCall(row, contacts, person))
  })
}

function viewCall(row: CallRow, contacts: ReadonlyMap<string, MatchedContact>, person: PersonOf): CallOfRequest {
  const { id, ordinal, told: recorded, state, how, recordings, party } = row
  const contact = row.contact_id === null ? undefined : contacts.get(row.contact_id)
  return {
    ...{ id, ordinal, state, told: recorded, verifyAgain: row.verify_again, otherRequests: row.other_requests },
    numberUnverified: row.number_unverified,
    askFor: state === 'SEVERAL' && recorded ? missingDetails(recorded, party === 'OFFICIAL') : undefined,
    verification: how && { by: how, recordings: recordings ?? [] },
    contact: contact && withProhibitions(contact, row.prohibitions ?? []),
    verifiedBy: person(row.verified_by),
  }
}

function withProhibitions(contact: MatchedContact, recorded: readonly RecordedProhibition[]): MatchedContact {
  const segments = contact.segments.map((segment) => ({
    ...segment,
    prohibitions: recorded.filter(({ recordingId }) => recordingId === segment.recording.id),
  }))
  return { ...contact, segments }
}

async function contactsOf(tx: Transaction<RegisterTables>, ids: string[]): Promise<Map<string, MatchedContact>> {
  if (ids.length === 0) return new Map()
  const contacts = await tx.selectFrom('contact').selectAll().where('id', 'in', ids).execute()
  const segments = await tx.selectFrom('segment').selectAll().where('contact_id', 'in', ids).orderBy('seq').execute()
  const recordings = await tx.selectFrom('recording').selectAll().where('contact_id', 'in', ids).execute()
  const now = await registerTime(tx)
  return new Map(
    contacts.map((contact) => [
      contact.id,
      viewMatched(
        contact,
        segments
          .filter((segment) => segment.contact_id === contact.id)
          .map((segment) => ({
            segment,
            recording: viewRecording(
              recordings.find((recording) => recording.segment_id === segment.id),
              now,
            ),
          })),
      ),
    ]),
  )
}

function viewMatched(contact: ContactRow, parts: { segment: SegmentRow; recording: RecordingView }[]): MatchedContact {
  return {
    id: contact.id,
    startedAt: contact.started_at,
    endedAt: contact.ended_at,
    caller: { kind: contact.caller_kind, number: contact.caller_key && maskPhoneNumber(contact.caller_key) },
    number: contact.number_called,
    numberName: contact.number_name,
    segments: parts.map(({ segment, recording }) => ({
      id: segment.id,
      official: segment.official_name ? { name: segment.official_name, phone: segment.official_phone ?? '' } : null,
      answeredAt: segment.answered_at,
      endedAt: segment.ended_at,
      recording: { ...recording, segmentId: segment.id },
      prohibitions: [],
    })),
  }
}
