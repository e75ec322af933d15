/**
 * Retention overview: counts of what is held, what ends next, the last runs, blockers, the clock. No ids of calls except one
 * example of a blocker, and nothing about preservation orders: the counts are the same for everybody
 * (database/functions/evidence/proofs.sql).
 */
import { sql, type Transaction } from 'kysely'
import { historyMonths, recordingCeilingMonths, recordingFloorMonths } from '#description/terms.ts'
import { inSession } from '#platform/database/connect.ts'
import type { Role } from '#description/roles.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Kysely } from 'kysely'
import { currentNames } from '#safeguards/people/name-people.ts'

type Instant = Temporal.Instant

export interface RetentionRun {
  at: Instant
  work: 'sweep' | 'verification' | 'backup' | 'restore'
  result: 'ok' | 'failed'
  recordings: number
  contacts: number
  months: string[]
  keys: number
  ledger?: { from: number; to: number }
  fault?: string
}

export interface Obstacle {
  kind: string
  count: number
  since: Instant | null
  deadline: Instant | null
  place: string | null
  example: string | null
  /** Fault of a place, one line; for those who may see its location. */
  fault: string | null
}

export interface RetentionCounts {
  held: number
  restricted: number
  due_today: number
  overdue: number
  next_recording: Instant | null
  contacts: number
  contacts_overdue: number
  next_contact: Instant | null
}

export interface Retention {
  asOf: Instant
  terms: { historyMonths: number; floorMonths: number; ceilingMonths: number }
  counts: RetentionCounts
  clock: {
    state: 'right' | 'ahead' | 'behind'
    /** Highest time that the register has seen. */
    mark: Instant
    now: Instant
    stoppedSince: Instant | null
    confirmedBy: { name: string; at: string }[]
    isConfirmedByViewer: boolean
  }
  runs: RetentionRun[]
  obstacles: Obstacle[]
  may: { confirmClock: boolean; seeHolds: boolean; seeStorage: boolean; seeRecalls: boolean }
}

const lastRuns = 50
const confirmsClock: Role[] = ['DECISION_MAKER', 'DATA_PROTECTION_OFFICER', 'ADMINISTRATOR']
const seesHolds: Role[] = ['SECURITY', 'DECISION_MAKER']
const seesRecalls: Role[] = ['DECISION_MAKER']

export function readRetention(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<Retention | { refused: 'deny.role' }> {
  return returnRefusal(
    ['deny.role'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows: counts } = await sql<RetentionCounts>`
        select held::float8 as held, restricted::float8 as restricted, due_today::float8 as due_today,
          overdue::float8 as overdue, next_recording, contacts::float8 as contacts,
          contacts_overdue::float8 as contacts_overdue, next_contact
        from retention_counts()`.execute(tx)
      const { rows: obstacles } = await sql<Obstacle>`
        select kind, count::float8 as count, since, deadline, place, example, fault from retention_obstacles()`.execute(
        tx,
      )
      const { rows: times } = await sql<{ at: Instant }>`select register_now() as at`.execute(tx)
      const asOf = times[0]!.at
      const runs = await readRuns(tx)
      return {
        asOf,
        terms: { historyMonths, floorMonths: recordingFloorMonths, ceilingMonths: recordingCeilingMonths },
        counts: counts[0]!,
        clock: await readClock(tx, session),
        runs,
        obstacles: [...lateSweep(runs, asOf), ...obstacles],
        may: await readPermissions(tx),
      }
    }),
  )
}

/** The sweep runs hourly. If the last run is older than this, the sweep does not run. */
const lateHours = 2

/**
 * Returns an obstacle if the sweep is late, which the database cannot report while the custodian does not run; none before
 * the first sweep.
 */
export function lateSweep(runs: readonly Pick<RetentionRun, 'work' | 'at'>[], asOf: Instant): Obstacle[] {
  const last = runs.find(({ work }) => work === 'sweep')?.at
  if (last === undefined || asOf.since(last).total('hours') <= lateHours) return []
  return [{ kind: 'sweep-late', count: 0, since: last, deadline: null, place: null, example: null, fault: null }]
}

async function readClock(tx: Transaction<RegisterTables>, session: Session): Promise<Retention['clock']> {
  const { rows } = await sql<{
    state: Retention['clock']['state']
    mark: Instant
    said: Instant
    stopped_since: Instant | null
    confirmed_by: { person: string; at: string }[]
  }>`select * from clock_state()`.execute(tx)
  const { state, mark, said: clockNow, stopped_since: stoppedSince, confirmed_by: confirmed } = rows[0]!
  const names = await currentNames(
    tx,
    confirmed.map(({ person }) => person),
  )
  return {
    state,
    mark,
    now: clockNow,
    stoppedSince,
    confirmedBy: confirmed.map(({ person, at }) => ({
      name: names.get(person) ?? person,
      at: Temporal.Instant.from(at).toString(),
    })),
    isConfirmedByViewer: confirmed.some(({ person }) => person === session.personId),
  }
}

async function readRuns(tx: Transaction<RegisterTables>): Promise<RetentionRun[]> {
  const { rows } = await sql<
    Omit<RetentionRun, 'ledger' | 'fault'> & { fault: string | null; first: number | null; last: number | null }
  >`
    select at, work, result, recordings::float8 as recordings, contacts::float8 as contacts, months, keys, fault,
      ledger_first::float8 as first, ledger_last::float8 as last
    from last_runs(${lastRuns})`.execute(tx)
  return rows.map(({ first, last, fault, ...run }) => ({
    ...run,
    ...(first !== null && last !== null && { ledger: { from: first, to: last } }),
    ...(fault !== null && { fault }),
  }))
}

async function readPermissions(tx: Transaction<RegisterTables>): Promise<Retention['may']> {
  const allRoles = [...new Set([...confirmsClock, ...seesHolds, ...seesRecalls])]
  const { rows } = await sql<{ role: Role }>`
    select role from unnest(${allRoles}::text[]) as r (role) where viewer_is(role)`.execute(tx)
  const places = await sql<{ may: boolean }>`select may_see_places() as may`.execute(tx)
  const isOneOf = (roles: readonly Role[]) => rows.some(({ role }) => roles.includes(role))
  return {
    confirmClock: isOneOf(confirmsClock),
    seeHolds: isOneOf(seesHolds),
    seeStorage: places.rows[0]!.may,
    seeRecalls: isOneOf(seesRecalls),
  }
}
