/** Capture nodes of this register (database/functions/capture/nodes.sql): heartbeats, ends, and the calls of silent nodes. */
import { createHash, createHmac } from 'node:crypto'
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import { readBlockers, type Blocker } from '#platform/blockers/blockers.ts'
import { channels } from './channels.ts'
import { settleCallEnd } from './settle-call-end.ts'
import type { RegisterTables } from './tables.ts'

type Db = Kysely<RegisterTables>

/** Name and version of a node. */
export interface CaptureNode {
  /** Permanent id of its spool. */
  id: string
  /** SELOSTE_NODE. */
  name: string
  version: string
  startedAt: Temporal.Instant
}

/**
 * Returns the name of a node on the database's channels: a hash of its id, because every process can read the channels, and
 * whoever knows the id could answer for the node.
 */
export function channelNameOf(nodeId: string): string {
  return createHash('sha256').update(`node ${nodeId}`).digest('hex').slice(0, 32)
}

/** Returns the key of a node's answers on the channels: only the node and the desks know its id. */
export function answerKey(nodeId: string): string {
  return createHmac('sha256', nodeId).update('answers on the channels').digest('base64')
}

export interface NodeState {
  blockers: readonly Blocker[]
  draining: boolean
  pressures: readonly string[]
  sessions: number
  recordings: number
  /** Segments whose facts wait on its disk. */
  waiting: number
}

/** Heartbeat of a node. Call it every 2 s; after 10 s without one, the other nodes treat this one as down. */
export async function recordHeartbeat(
  db: Db,
  { id, name, version, startedAt }: CaptureNode,
  state: NodeState,
): Promise<void> {
  await sql`select capture_node_heartbeat(${id}::uuid, ${name}, ${version}, ${startedAt}::timestamptz, ${JSON.stringify(state)}::jsonb)`.execute(
    db,
  )
}

/** Reports the node's planned end. What waits on its disk is reported when it starts again. */
export async function recordNodeEnd(db: Db, id: string, waiting: number): Promise<void> {
  await sql`select capture_node_shutdown(${id}::uuid, ${waiting}::integer)`.execute(db)
}

/**
 * Ends the calls of nodes without heartbeat for 15 minutes (R22), at their last heartbeat.
 * @param node the calling node: a node that was itself disconnected ends nothing
 * @returns how many calls
 */
export function endCallsOfSilentNodes(db: Db, node: string): Promise<number> {
  return db.transaction().execute((tx) => {
    return endCalls(tx, sql<CallToEnd>`select * from end_segments_of_down_nodes(${node}::uuid)`)
  })
}

/** A node for operators. `silent`: no heartbeat for ten seconds, without a planned end. */
export interface NodeStatus {
  id: string
  name: string
  version: string
  startedAt: Temporal.Instant
  aliveAt: Temporal.Instant
  state: 'takes-calls' | 'busy' | 'draining' | 'silent' | 'ended'
  pressures: string[]
  sessions: number
  recordings: number
  waiting: number
  /** Its calls of the last day without an end. */
  openCalls: number
  /** Its blockers at the last heartbeat. */
  blockers: Blocker[]
  /** Another live node has the same name: people cannot tell the two apart. */
  sharesName: boolean
}

export async function listNodeStatuses(db: Db): Promise<NodeStatus[]> {
  const { rows } = await sql<NodeStatus>`
    select id, name, version, started_at as "startedAt", alive_at as "aliveAt", state, pressures, sessions, recordings, waiting, blockers,
      open_calls as "openCalls", is_live and count(*) filter (where is_live) over (partition by name) > 1 as "sharesName"
    from (select *, state not in ('silent', 'ended') as is_live, row_number() over () as ordinal from capture_nodes()) as node
    order by ordinal`.execute(db)
  return rows.map((row) => ({ ...row, blockers: readBlockers(row.blockers) }))
}

/** The same as node_timeout() in the database. */
const silentSeconds = 10

/** Lists the live nodes. */
export function listLiveNodes(db: Db): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('capture_node')
    .select(['id', 'name'])
    .where('ended_at', 'is', null)
    .where(sql<boolean>`alive_at > clock_timestamp() - make_interval(secs => ${silentSeconds})`)
    .execute()
}

/**
 * Removes a node: its calls end at its last heartbeat. If it returns it is registered again and reports its calls. Only
 * the database owner may do this.
 * @returns how many calls it ended
 */
export function removeNode(db: Db, id: string): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const calls = await endCalls(tx, sql<CallToEnd>`select * from end_segments_of_node(${id}::uuid)`)
    await sql`delete from capture_node where id = ${id}::uuid`.execute(tx)
    return calls
  })
}

interface CallToEnd {
  id: string
  startedAt: Temporal.Instant
}

async function endCalls(tx: Transaction<RegisterTables>, ended: RawBuilder<CallToEnd>): Promise<number> {
  const { rows } = await sql<CallToEnd>`select distinct id, started_at as "startedAt" from (${ended}) as ended`.execute(
    tx,
  )
  for (const contact of rows) {
    await settleCallEnd(tx, contact, true)
    await sql`select pg_notify(${channels.callChanged}, ${contact.id})`.execute(tx)
  }
  return rows.length
}

/** A node's segment in a call whose sessions at several nodes have different officials. */
export interface ConferencePart {
  segmentId: string
  /** True while an official at another node speaks with the caller. */
  isShared: boolean
}

/**
 * Returns the node's segments in conferences with other nodes (docs/decisions/0084).
 * @param speaking those of them whose official speaks with the caller now
 * @param silent those whose official does not
 */
export async function settleConferences(
  db: Db,
  node: string,
  { speaking, silent }: { speaking: readonly string[]; silent: readonly string[] },
): Promise<ConferencePart[]> {
  const { rows } = await sql<ConferencePart>`
    select segment_id as "segmentId", is_shared as "isShared" from settle_conferences(${node}::uuid, ${speaking}::uuid[], ${silent}::uuid[])`.execute(
    db,
  )
  return rows
}

/** A segment or recording entered by a capture node, for report_admissions; instants are ISO 8601. */
export interface ReportedAdmission {
  at: string
  kind: 'segment' | 'recording'
  id: string
  started_at: string
  /** The segment of a recording. */
  belongs_to?: string
}

/** Reports what a capture node entered, for comparison with the register's own counts. */
export async function reportAdmissions(
  db: Kysely<RegisterTables>,
  node: string,
  admissions: readonly ReportedAdmission[],
): Promise<void> {
  await sql`select report_admissions(${node}::uuid, ${JSON.stringify(admissions)}::jsonb)`.execute(db)
}
