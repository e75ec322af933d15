import { sql } from 'kysely'
import { actInDatabase, askOfDatabase, rowOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import { sessionHash, type Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
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
  /** Ahead, and something that is to be heard is destroyed within three days. */
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
 * Books a time for what a request waits to hear; one that is booked already is moved. Of two who book one time at once, one has it.
 * @returns the appointment; `of` appointment.late: the instant before which times lie
 */
export function bookAppointment(
  db: HoldingSafeguards,
  session: Session,
  requestId: string,
  asked: { slotId: string; needs: readonly Need[]; interpreterLanguage?: string | undefined },
): Promise<{ id: string } | Refused<(typeof bookRefusals)[number]>> {
  return rowOfDatabase(
    db,
    session,
    sql<{ id: string }>`
      select book_appointment(${requestId}::uuid, ${asked.slotId}::uuid, ${[...asked.needs]}::text[],
        ${asked.interpreterLanguage ?? null}) as id`,
    bookRefusals,
    { action: 'appointment.booked', object: { kind: 'request', id: requestId } },
  )
}

const nowRefusals = [...bookRefusals, 'slot.times', 'slot.overlap'] as const

/**
 * Makes a time that begins now, with whoever asks as its host, and books it; free times that it overlaps are taken back.
 * @returns the appointment; `of` appointment.late: the instant before which times end
 */
export function bookNow(
  db: HoldingSafeguards,
  session: Session,
  requestId: string,
  asked: { officeId: string; minutes: number; needs: readonly Need[]; interpreterLanguage?: string | undefined },
): Promise<{ id: string } | Refused<(typeof nowRefusals)[number]>> {
  return rowOfDatabase(
    db,
    session,
    sql<{ id: string }>`
      select book_now(${requestId}::uuid, ${asked.officeId}::uuid, ${asked.minutes}::integer, ${[...asked.needs]}::text[],
        ${asked.interpreterLanguage ?? null}) as id`,
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

/** Notes what came of an appointment. What waited for it is destroyed; where nobody came and nothing waits, it can be booked again. */
export function noteOutcome(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  outcome: 'HEARD' | 'NO_SHOW' | 'WITHDRAWN',
): Promise<'done' | Refused<(typeof outcomeRefusals)[number]>> {
  return actInDatabase(db, session, sql`select note_outcome(${id}::uuid, ${outcome})`, outcomeRefusals, {
    action: 'appointment.ended',
    object: { kind: 'appointment', id },
  })
}

/**
 * The appointments of one request, earliest first.
 * @param workstation the token of the browser that asks, where it is a listening workstation
 */
export function listAppointmentsOf(
  db: HoldingSafeguards,
  session: Session,
  requestId: string,
  workstation?: string,
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  return ask(db, session, { requestId, workstation })
}

/** Appointments of some days, and those past of which nobody has said what came of them. */
export function listAppointments(
  db: HoldingSafeguards,
  session: Session,
  days: Days,
  { onlyMine, workstation }: { onlyMine: boolean; workstation?: string | undefined },
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  return ask(db, session, { ...boundsOf(days), onlyMine, workstation })
}

async function ask(
  db: HoldingSafeguards,
  session: Session,
  asked: {
    requestId?: string
    fromAt?: Temporal.Instant
    toAt?: Temporal.Instant
    onlyMine?: boolean
    workstation: string | undefined
  },
): Promise<{ appointments: Appointment[] } | Refused<'deny.role'>> {
  const { requestId, fromAt, toAt, onlyMine = false, workstation } = asked
  const here = workstation === undefined ? null : sessionHash(workstation)
  const answer = await askOfDatabase(
    db,
    session,
    sql<{ told: Appointment }>`
      select told from appointments_as_told(${requestId ?? null}::uuid, ${fromAt ?? null}::timestamptz,
        ${toAt ?? null}::timestamptz, ${onlyMine}, ${here}::bytea) told`,
    ['deny.role'],
    { action: 'request.refused', object: { kind: 'appointment' } },
  )
  return 'refused' in answer ? answer : { appointments: answer.rows.map(({ told }) => told) }
}
