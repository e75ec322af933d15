/**
 * Statistics of capture (R13, R16), for administrators and technical maintenance: reception by trunk and hour, and the names of
 * what each recording client sends. No calls, persons or values.
 */
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { listNodeStatuses, type NodeStatus } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'

type Db = Kysely<RegisterTables>
type Refused = { refused: 'deny.role' | 'not-found' }

export interface ReceptionPeriod {
  /** Beginning of the period: an hour, or a day in Finland. */
  at: Temporal.Instant
  trunk: string
  client: string
  recordings: number
  oneWay: number
  silent: number
  lossy: number
  empty: number
  expected: number
  lost: number
  late: number
  duplicates: number
  /** Mean and worst jitter of the streams, in milliseconds. */
  jitterMs: number
  worstJitterMs: number
}

const maxPeriods = 2000

/** Lists reception by period, trunk and client, newest first; at most 2,000 rows. */
export function readReception(
  db: Db,
  session: Session,
  { from, to, by }: { from: Temporal.Instant; to: Temporal.Instant; by: 'hour' | 'day' },
): Promise<ReceptionPeriod[] | Refused> {
  return withCaptureAccess(db, session, async (tx) => {
    const at = sql<Temporal.Instant>`date_trunc(${sql.lit(by)}, hour, 'Europe/Helsinki')`
    const rows = await tx
      .selectFrom('capture_hour')
      .select(({ fn }) => [
        at.as('at'),
        'trunk',
        'client',
        ...(
          ['recordings', 'one_way', 'silent', 'lossy', 'empty', 'expected', 'lost', 'late', 'duplicates'] as const
        ).map((name) => fn.sum<string>(name).as(name)),
        sql<number>`coalesce(sum(jitter_ms) / nullif(sum(streams), 0), 0)`.as('jitter'),
        fn.max('worst_jitter_ms').as('worst'),
      ])
      .where('hour', '>=', from)
      .where('hour', '<', to)
      .groupBy([at, 'trunk', 'client'])
      .orderBy(at, 'desc')
      .orderBy('trunk')
      .orderBy('client')
      .limit(maxPeriods)
      .execute()
    return rows.map((row) => ({
      at: row.at,
      trunk: row.trunk,
      client: row.client,
      recordings: Number(row.recordings),
      oneWay: Number(row.one_way),
      silent: Number(row.silent),
      lossy: Number(row.lossy),
      empty: Number(row.empty),
      expected: Number(row.expected),
      lost: Number(row.lost),
      late: Number(row.late),
      duplicates: Number(row.duplicates),
      jitterMs: Math.round(row.jitter * 10) / 10,
      worstJitterMs: row.worst,
    }))
  })
}

export type ClientRow = Selectable<RegisterTables['capture_client']> & { problems: number }
export type SendsRow = Pick<Selectable<RegisterTables['capture_client_sends']>, 'kind' | 'name' | 'times' | 'last_at'>

/** Lists every recording client seen, latest first, with the number of its kinds of problems. */
export function listClients(db: Db, session: Session): Promise<ClientRow[] | Refused> {
  return withCaptureAccess(db, session, (tx) =>
    clientsWithProblems(tx).orderBy('last_at', 'desc').orderBy('c.id').execute(),
  )
}

/** Returns one client, and the names of everything it sends. */
export function readClient(
  db: Db,
  session: Session,
  id: number,
): Promise<{ client: ClientRow; sends: SendsRow[] } | Refused> {
  return withCaptureAccess(db, session, async (tx) => {
    const client = await clientsWithProblems(tx).where('c.id', '=', id).executeTakeFirst()
    if (!client) return { refused: 'not-found' } as const
    const sends = await tx
      .selectFrom('capture_client_sends')
      .select(['kind', 'name', 'times', 'last_at'])
      .where('client_id', '=', id)
      .orderBy('kind')
      .orderBy('times', 'desc')
      .orderBy('name')
      .execute()
    return { client, sends }
  })
}

/** Lists the capture nodes of this register. */
export function listNodes(db: Db, session: Session): Promise<NodeStatus[] | Refused> {
  return withCaptureAccess(db, session, (tx) => listNodeStatuses(tx))
}

/** Returns true if the viewer may see capture. */
export function maySeeCapture(db: Db, session: Session): Promise<true | Refused> {
  return withCaptureAccess(db, session, () => Promise.resolve(true as const))
}

/** Logs that the list of call flows, or of those of one segment, is viewed, before it is shown. */
export function logFlowsListed(
  db: Db,
  session: Session,
  { segment, sessions }: { segment: string | undefined; sessions: number },
): Promise<true | Refused> {
  return withCaptureAccess(db, session, async (tx) => {
    await sql`select record_flows_listed(${segment ?? null}::uuid, ${sessions})`.execute(tx)
    return true as const
  })
}

/** Logs that the call flow of these segments is viewed, before it is shown. */
export function logFlowRead(db: Db, session: Session, segmentIds: readonly string[]): Promise<true | Refused> {
  return withCaptureAccess(db, session, async (tx) => {
    for (const id of segmentIds) await sql`select record_flow_read(${id}::uuid)`.execute(tx)
    return true as const
  })
}

function clientsWithProblems(tx: Transaction<RegisterTables>) {
  return tx
    .selectFrom('capture_client as c')
    .selectAll('c')
    .select(
      sql<number>`(select count(*)::int from capture_client_sends s
        where s.client_id = c.id and s.kind in ('problem', 'review', 'refusal'))`.as('problems'),
    )
}

function withCaptureAccess<Found>(
  db: Db,
  session: Session,
  view: (tx: Transaction<RegisterTables>) => Promise<Found>,
): Promise<Found | { refused: 'deny.role' }> {
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{ may: boolean }>`select may_see_capture() as may`.execute(tx)
    return rows[0]?.may === true ? view(tx) : { refused: 'deny.role' as const }
  })
}
