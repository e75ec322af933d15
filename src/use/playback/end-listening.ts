import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'

/**
 * Ends a listening of this session; false if it is not this session's or has ended. The database logs its end with the served
 * parts (R21).
 */
export function endListening(db: Kysely<RegisterTables>, session: Session, listeningId: string): Promise<boolean> {
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{ isEnded: boolean }>`select stop_listening(${listeningId}::uuid) as "isEnded"`.execute(
      tx,
    )
    return rows[0]?.isEnded === true
  })
}

/** Sets the playback rate of a listening, 0.5 to 3; false as for {@link endListening}. */
export function paceListening(
  db: Kysely<RegisterTables>,
  session: Session,
  listeningId: string,
  speed: number,
): Promise<boolean> {
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{
      isSet: boolean
    }>`select set_listening_speed(${listeningId}::uuid, ${speed}::real) as "isSet"`.execute(tx)
    return rows[0]?.isSet === true
  })
}

/** Ends every listening without a valid right or session; called periodically by the custodian. */
export async function endExpiredListenings(db: Kysely<RegisterTables>): Promise<{ listening: string; why: string }[]> {
  const { rows } = await sql<{ listening: string; why: string }>`select * from end_expired_listenings()`.execute(db)
  return rows
}
