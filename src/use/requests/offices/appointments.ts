import { sql } from 'kysely'
import { databaseAct, databaseAnswer, databaseRow } from '#safeguards/access/database-request.ts'
import { type Session, sessionHash } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { boundsOf, type Days, type Slot } from './slots.ts'

export type Need = 'INTERPRETER' | 'TRANSCRIPT' | 'STEP_FREE' | 'HEARING_LOOP'

/** Instants in RFC 3339. */
export interface Appointment {
  id: string
  requestId: string
  requestNumber: string
  language: 'fi' | 'sv' | 'en'
  slot: Slot
  needs: Need[]
  interpreterLanguage: string | null
  state: 'BOOKED' | 'HEARD' | 'NO_SHOW' | 'MOVED' | 'WITHDRAWN' | 'OVER'
  bookedAt: string
  /** True if the appointment is not over and a recording to be listened to is destroyed within three days. */
  isUrgent: boolean
  latest: string | null
  canBeOpened: boolean
}

const bookRefusals = [
  'deny.role',
  'not-found',
  'request.closed',
  'request.not-identified',
  'appointment.nothing',
  'appointment.past',
  'appointment.late',
  'office.closed',
  'slot.host',
  'slot.booked',
  'input.identity-code',
] as const

/**
 * Books a slot for a request that waits for listening; an existing booking is moved. Of two concurrent bookings of one slot,
 * one succeeds.
 * @returns the appointment. The refusal `appointment.late` has in `of` the instant before which slots must be.
 */
export const bookAppointment = databaseRow(
  (
    requestId: string,
    requested: { slotId: string; needs: readonly Need[]; interpreterLanguage?: string | undefined },
  ) => ({
    statement: sql<{ id: string }>`
      select book_appointment(${requestId}::uuid, ${requested.slotId}::uuid, ${[...requested.needs]}::text[],
        ${requested.interpreterLanguage ?? null}) as id`,
    refusals: bookRefusals,
    action: 'appointment.booked',
    object: { kind: 'request', id: requestId },
  }),
)

/**
 * Makes a slot that begins now, hosted by the current person, and books it; overlapping free slots are removed.
 * @returns the appointment. The refusal `appointment.late` has in `of` the instant before which slots must end.
 */
export const bookNow = databaseRow(
  (
    requestId: string,
    requested: { officeId: string; minutes: number; needs: readonly Need[]; interpreterLanguage?: string | undefined },
  ) => ({
    statement: sql<{ id: string }>`
      select book_walk_in(${requestId}::uuid, ${requested.officeId}::uuid, ${requested.minutes}::integer, ${[...requested.needs]}::text[],
        ${requested.interpreterLanguage ?? null}) as id`,
    refusals: [...bookRefusals, 'slot.times', 'slot.overlap'],
    action: 'appointment.booked',
    object: { kind: 'request', id: requestId },
  }),
)

/**
 * Records the outcome of an appointment. Recordings that waited for it are destroyed. After a no-show for which no recording
 * waited, the listening can be booked again.
 */
export const recordOutcome = databaseAct((id: string, outcome: 'HEARD' | 'NO_SHOW' | 'WITHDRAWN') => ({
  statement: sql`select record_appointment_outcome(${id}::uuid, ${outcome})`,
  refusals: ['deny.role', 'not-found', 'appointment.over', 'appointment.not-yet', 'request.own', 'confirm.fresh'],
  action: 'appointment.ended',
  object: { kind: 'appointment', id },
}))

/**
 * Returns the appointments of a request, earliest first.
 * @param workstation token of the browser, if it is a listening workstation
 */
export function listAppointmentsOf(db: SafeguardsDatabase, session: Session, requestId: string, workstation?: string) {
  return readAppointments(db, session, { requestId, workstation })
}

/** Returns the appointments of some days, and past ones without an outcome. */
export function listAppointments(
  db: SafeguardsDatabase,
  session: Session,
  days: Days,
  requested: { onlyMine: boolean; workstation?: string | undefined },
) {
  return readAppointments(db, session, { ...boundsOf(days), ...requested })
}

interface AppointmentsToRead {
  requestId?: string
  fromAt?: Temporal.Instant
  toAt?: Temporal.Instant
  onlyMine?: boolean
  workstation?: string | undefined
}

const readAppointments = databaseAnswer(
  ({ requestId, fromAt, toAt, onlyMine = false, workstation }: AppointmentsToRead) => ({
    statement: sql<{ appointment: Appointment }>`
      select appointment from list_appointments(${requestId ?? null}::uuid, ${fromAt ?? null}::timestamptz,
        ${toAt ?? null}::timestamptz, ${onlyMine}, ${workstation === undefined ? null : sessionHash(workstation)}::bytea) appointment`,
    refusals: ['deny.role'],
    action: 'request.refused',
    object: { kind: 'appointment' },
  }),
  (rows) => ({ appointments: rows.map(({ appointment }) => appointment) }),
)
