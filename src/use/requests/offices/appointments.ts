import { sql } from 'kysely'
import { requestAct, requestDatabase, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import { sessionHash, type Session } from '#safeguards/people/session.ts'
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
export function bookAppointment(
  db: SafeguardsDatabase,
  session: Session,
  requestId: string,
  requested: { slotId: string; needs: readonly Need[]; interpreterLanguage?: string | undefined },
): Promise<{ id: string } | Refused<(typeof bookRefusals)[number]>> {
  return requestRow(
    db,
    session,
    sql<{ id: string }>`
      select book_appointment(${requestId}::uuid, ${requested.slotId}::uuid, ${[...requested.needs]}::text[],
        ${requested.interpreterLanguage ?? null}) as id`,
    bookRefusals,
    { action: 'appointment.booked', object: { kind: 'request', id: requestId } },
  )
}

const nowRefusals = [...bookRefusals, 'slot.times', 'slot.overlap'] as const

/**
 * Makes a slot that begins now, hosted by the current person, and books it; overlapping free slots are removed.
 * @returns the appointment. The refusal `appointment.late` has in `of` the instant before which slots must end.
 */
export function bookNow(
  db: SafeguardsDatabase,
  session: Session,
  requestId: string,
  requested: { officeId: string; minutes: number; needs: readonly Need[]; interpreterLanguage?: string | undefined },
): Promise<{ id: string } | Refused<(typeof nowRefusals)[number]>> {
  return requestRow(
    db,
    session,
    sql<{ id: string }>`
      select book_walk_in(${requestId}::uuid, ${requested.officeId}::uuid, ${requested.minutes}::integer, ${[...requested.needs]}::text[],
        ${requested.interpreterLanguage ?? null}) as id`,
    nowRefusals,
    { action: 'appointment.booked', object: { kind: 'request', id: requestId } },
  )
}

const outcomeRefusals = [
  'deny.role',
  'not-found',
  'appointment.over',
  'appointment.not-yet',
  'request.own',
  'confirm.fresh',
] as const

/**
 * Records the outcome of an appointment. Recordings that waited for it are destroyed. After a no-show for which no recording
 * waited, the listening can be booked again.
 */
export function recordOutcome(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  outcome: 'HEARD' | 'NO_SHOW' | 'WITHDRAWN',
): Promise<'done' | Refused<(typeof outcomeRefusals)[number]>> {
  return requestAct(db, session, sql`select record_appointment_outcome(${id}::uuid, ${outcome})`, outcomeRefusals, {
    action: 'appointment.ended',
    object: { kind: 'appointment', id },
  })
}

/**
 * Returns the appointments of a request, earliest first.
 * @param workstation token of the browser, if it is a listening workstation
 */
export function listAppointmentsOf(
  db: SafeguardsDatabase,
  session: Session,
  requestId: string,
  workstation?: string,
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  return readAppointments(db, session, { requestId, workstation })
}

/** Returns the appointments of some days, and past ones without an outcome. */
export function listAppointments(
  db: SafeguardsDatabase,
  session: Session,
  days: Days,
  { onlyMine, workstation }: { onlyMine: boolean; workstation?: string | undefined },
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  return readAppointments(db, session, { ...boundsOf(days), onlyMine, workstation })
}

async function readAppointments(
  db: SafeguardsDatabase,
  session: Session,
  requested: {
    requestId?: string
    fromAt?: Temporal.Instant
    toAt?: Temporal.Instant
    onlyMine?: boolean
    workstation: string | undefined
  },
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  const { requestId, fromAt, toAt, onlyMine = false, workstation } = requested
  const workstationHash = workstation === undefined ? null : sessionHash(workstation)
  const answer = await requestDatabase(
    db,
    session,
    sql<{ appointment: Appointment }>`
      select appointment from list_appointments(${requestId ?? null}::uuid, ${fromAt ?? null}::timestamptz,
        ${toAt ?? null}::timestamptz, ${onlyMine}, ${workstationHash}::bytea) appointment`,
    ['deny.role'],
    { action: 'request.refused', object: { kind: 'appointment' } },
  )
  return 'refused' in answer ? answer : { appointments: answer.rows.map(({ appointment }) => appointment) }
}
