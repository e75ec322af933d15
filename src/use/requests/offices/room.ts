import { sql } from 'kysely'
import type { Trilingual } from '#platform/texts/texts.ts'
import { databaseAct, databaseRow, type Refused, requestDatabase } from '#safeguards/access/database-request.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { type Session, sessionHash } from '#safeguards/people/session.ts'
import { passwordProof } from '#safeguards/sign-in/own-account.ts'
import { type SafeguardsDatabase, safeguardsOf } from '#safeguards/tables.ts'

/** Listening mode of a session: only this person's calls. Instants in RFC 3339 except the end. */
export interface Room {
  appointment_id: string
  number: string
  language: 'fi' | 'sv' | 'en'
  until: Temporal.Instant
  /** True if the host has a password, with which they can confirm that the recordings were listened to. */
  confirms: boolean
  calls: {
    ordinal: number
    startedAt: string
    endedAt: string | null
    number: string
    numberName: Trilingual | null
    parts: {
      recordingId: string
      official: string | null
      answeredAt: string
      endedAt: string | null
      canBeHeard: boolean
    }[]
  }[]
}

/**
 * Puts a session into listening mode until the session ends. Requires the host's session, the appointment's time and a
 * workstation of the office.
 * @param workstation the browser's token
 */
export const openRoom = databaseAct((appointmentId: string, workstation: string | undefined) => ({
  statement: sql`
    select open_room(${appointmentId}::uuid, ${workstation === undefined ? null : sessionHash(workstation)}::bytea)`,
  refusals: [
    'deny.role',
    'not-found',
    'request.closed',
    'request.not-identified',
    'appointment.over',
    'room.host',
    'room.workstation',
    'room.not-now',
  ],
  action: 'room.opened',
  object: { kind: 'appointment', id: appointmentId },
}))

/** Returns the room of a session; each of its calls counts as viewed and is logged. */
export const readRoom = databaseRow(() => ({
  statement: sql<Room>`select appointment_id, number, language, until, confirms, calls from room_now()`,
  refusals: ['room.none'],
  action: 'contact.read',
  object: { kind: 'appointment' },
}))

/**
 * Ends the listening mode and the session. With the host's password it also records that the recordings were listened to. That
 * destroys recordings that the other party has forbidden; the listener, alone at the screen, must not be able to do it.
 * @param heardBy the host's password; without it no outcome is recorded
 */
export async function closeRoom(
  db: SafeguardsDatabase,
  session: Session,
  heardBy: { password: string } | undefined,
): Promise<'closed' | Refused<'room.none' | 'request.own' | 'session.credentials' | 'session.wait'>> {
  const trace = { action: 'room.closed', object: { kind: 'appointment' } } as const
  const proof = heardBy ? await passwordProof(db, session.personId, heardBy.password) : null
  const answer = await requestDatabase(
    db,
    session,
    sql<{ closed: 'closed' | keyof typeof hostRefusals }>`
      select close_room(${heardBy !== undefined}, ${proof}::bytea) as closed`,
    ['room.none', 'request.own'],
    trace,
  )
  if ('refused' in answer) return answer
  const { closed } = answer.rows[0]!
  if (closed === 'closed') return 'closed'
  // Not thrown: a rollback would lose the counted failed attempt.
  await appendAudit(db, { ...trace, result: `refused:${hostRefusals[closed]}`, personId: session.personId })
  return { refused: hostRefusals[closed] }
}

const hostRefusals = { wrong: 'session.credentials', wait: 'session.wait' } as const

/** Appointment to which a session in listening mode is limited. */
export interface Confinement {
  personId: string
  appointmentId: string
  /** True if the browser is the workstation on which the listening mode began. */
  isHere: boolean
}

/** Returns the listening mode of a valid session, if it is in one. Does not extend the session. */
export async function confinementOf(
  db: SafeguardsDatabase,
  token: string,
  workstation: string | undefined,
): Promise<Confinement | undefined> {
  const workstationHash = workstation === undefined ? null : sessionHash(workstation)
  const { rows } = await sql<Confinement>`
    select person as "personId", appointment as "appointmentId", is_here as "isHere"
    from confinement_of(${sessionHash(token)}::bytea, ${workstationHash}::bytea)`.execute(safeguardsOf(db))
  return rows[0]
}
