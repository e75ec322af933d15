/**
 * Alarms for the data protection officer (R21): list, acknowledge, close with a note. Maintenance and administrators see only
 * the standstill alarm; row-level security shows others none.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { databaseAnswer, returnRefusal } from '../access/database-request.ts'
import { namePeople } from '../people/name-people.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { watchRefusals, type WatchRefusal } from './watch-refusals.ts'
import type { AlarmKind } from './thresholds.ts'

export interface Alarm {
  id: string
  kind: AlarmKind
  /** The person who caused it. */
  person: { id: string; name: string } | undefined
  /** The official whose calls they were. */
  official: { id: string; name: string } | undefined
  count: number
  facts: Record<string, unknown>
  threshold: Record<string, unknown>
  firstAt: Temporal.Instant
  lastAt: Temporal.Instant
  raisedAt: Temporal.Instant
  seenAt: Temporal.Instant | null
  /** Without `by` and note if nobody closed it and its cause ended. */
  closed: { at: Temporal.Instant; by: string | undefined; note: string | null } | null
  /** True if the alarm is about the viewer: then somebody else must close it. */
  isOwn: boolean
}

const maxListed = 500

/** Lists at most 500 alarms, open ones first, newest first. Names are looked up now and not stored. */
export function listAlarms(
  database: SafeguardsDatabase,
  session: Session,
  { state }: { state: 'open' | 'closed' | 'any' },
): Promise<{ alarms: Alarm[]; open: number } | { refused: WatchRefusal }> {
  return asViewer(database, session, async (tx) => {
    if (!(await maySeeAlarms(tx))) return { refused: 'deny.role' }
    const rows = await tx
      .selectFrom('alarm')
      .select(['id', 'kind', 'count', 'facts', 'threshold', 'person_id', 'object_id', 'closed_at', 'closed_by', 'note'])
      .select(['first_at as firstAt', 'last_at as lastAt', 'raised_at as raisedAt', 'seen_at as seenAt'])
      .$if(state !== 'any', (query) => query.where('closed_at', state === 'open' ? 'is' : 'is not', null))
      .orderBy(sql`closed_at is not null`)
      .orderBy('raised_at', 'desc')
      .orderBy('id', 'desc')
      .limit(maxListed)
      .execute()
    const person = await namePeople(
      tx,
      rows.flatMap((row) => [row.person_id, row.object_id, row.closed_by]),
    )
    const { open } = await tx
      .selectFrom('alarm')
      .select((eb) => eb.fn.countAll<string>().as('open'))
      .where('closed_at', 'is', null)
      .executeTakeFirstOrThrow()
    return {
      open: Number(open),
      alarms: rows.map(({ person_id, object_id, closed_at: at, closed_by, note, ...alarm }) => ({
        ...alarm,
        person: person(person_id),
        official: person(object_id),
        closed: at && { at, by: person(closed_by)?.name, note },
        isOwn: person_id === session.personId,
      })),
    }
  })
}

/** Marks an alarm as seen. */
export function markAlarmSeen(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<{ refused: WatchRefusal } | undefined> {
  return returnRefusal(
    watchRefusals,
    asViewer(database, session, async (tx) => {
      await sql`select mark_alarm_seen(${id}::uuid)`.execute(tx)
      return undefined
    }),
  )
}

/**
 * Closes an alarm with a finding; the database logs it.
 * @param readCount its count as the viewer read it: the alarm is not closed if it has grown since; null: not compared
 */
export const closeAlarm = databaseAnswer(
  (id: string, note: string, readCount: number | null) => ({
    statement: sql`select close_alarm(${id}::uuid, ${note}, ${readCount}::integer)`,
    refusals: watchRefusals,
    action: 'alarm.closed',
    object: { kind: 'alarm', id },
  }),
  () => undefined,
)

async function maySeeAlarms(tx: SafeguardsDatabase): Promise<boolean> {
  return selectValue(tx, sql<boolean>`viewer_is('DATA_PROTECTION_OFFICER') or may_see_capture()`)
}
