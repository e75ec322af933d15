/**
 * Inspections that wait for their listening (R43, R47, R48). In: a session of the Service Unit. Out: inspections, opened, with
 * an appointment before the recording's end, closed. Never here: whose they are, by name; an end put off, unless the
 * description in force says so (C3; migrations/0017-ends.sql decides).
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'

const appointmentRefusals = ['appointment.late', 'appointment.past', 'recording.destroyed'] as const
const openRefusals = [
  'not-found',
  'deny.role',
  'deny.reference',
  'inspection.received-wrong',
  ...appointmentRefusals,
] as const
const moveRefusals = ['not-found', 'deny.role', 'inspection.closed', ...appointmentRefusals] as const
const closeRefusals = ['not-found', 'deny.role', 'inspection.closed'] as const
const listRefusals = ['deny.role'] as const

export interface InspectionToOpen {
  contactId: string
  recordingIds: readonly string[]
  reference: string
  receivedAt: Temporal.Instant
  party: 'CALLER' | 'OFFICIAL'
  appointment?: Appointment | undefined
}

export interface Appointment {
  at: Temporal.Instant
  office: string
}

export interface Inspection {
  id: string
  reference: string
  party: 'CALLER' | 'OFFICIAL'
  contact_id: string
  received_at: Temporal.Instant
  appointment_at: Temporal.Instant | null
  office: string | null
  closed_at: Temporal.Instant | null
  outcome: InspectionOutcome | null
  /** Appointments lie before it; none once there is nothing left to hear. */
  latest: Temporal.Instant | null
  /** Open, and a recording of it is destroyed within three days. */
  urgent: boolean
  recordings: { id: string; destroyAt: string | null; state: 'available' | 'restricted' | 'destroyed' }[]
}

export type InspectionOutcome = 'heard' | 'no-show' | 'withdrawn' | 'destroyed' | 'answered'

/** Opens one: a prohibition by the other party, received later, waits for it. @returns its id */
export async function openInspection(
  db: Kysely<RegisterTables>,
  session: Session,
  asked: InspectionToOpen,
): Promise<{ id: string } | Refused<(typeof openRefusals)[number]>> {
  const { contactId, recordingIds, reference, receivedAt, party, appointment } = asked
  const answer = await askOfDatabase(
    db,
    session,
    sql<{ id: string }>`
      select open_inspection(${contactId}::uuid, ${recordingIds}::uuid[], ${reference}, ${receivedAt}::timestamptz, ${party},
        ${appointment?.at ?? null}::timestamptz, ${appointment?.office ?? null}) as id`,
    openRefusals,
    { action: 'inspection.opened', object: { kind: 'contact', id: contactId } },
  )
  return 'refused' in answer ? answer : answer.rows[0]!
}

/** Sets or moves the appointment, before the recordings' end. */
export async function setAppointment(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { at, office }: Appointment,
): Promise<'done' | Refused<(typeof moveRefusals)[number]>> {
  const statement = sql`select set_appointment(${id}::uuid, ${at}::timestamptz, ${office})`
  const trace = { action: 'inspection.moved', object: { kind: 'inspection', id } } as const
  const answer = await askOfDatabase(db, session, statement, moveRefusals, trace)
  return 'refused' in answer ? answer : 'done'
}

/** Closes one; what waited for it is destroyed at once. */
export async function closeInspection(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  outcome: InspectionOutcome,
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  const trace = { action: 'inspection.closed', object: { kind: 'inspection', id } } as const
  const statement = sql`select close_inspection(${id}::uuid, ${outcome})`
  const answer = await askOfDatabase(db, session, statement, closeRefusals, trace)
  return 'refused' in answer ? answer : 'done'
}

/** Open ones the most urgent first, then closed ones. */
export async function listInspections(
  db: Kysely<RegisterTables>,
  session: Session,
  state: 'open' | 'closed' | undefined,
): Promise<{ inspections: Inspection[] } | Refused<(typeof listRefusals)[number]>> {
  const statement = sql<Inspection>`select * from list_inspections(${state ?? null})`
  const trace = { action: 'inspection.opened', object: { kind: 'inspection' } } as const
  const answer = await askOfDatabase(db, session, statement, listRefusals, trace)
  return 'refused' in answer ? answer : { inspections: answer.rows }
}
