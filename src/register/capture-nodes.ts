/**
 * The capture nodes of this register (database/functions/capture/nodes.sql). In: that a node is there, or ends. Out: the calls of nodes
 * that have fallen silent, ended. Never here: whose a call is; admit.ts asks that.
 */
import { createHash } from 'node:crypto'
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import type { Blocker } from '#platform/blockers/blockers.ts'
import { channels } from './channels.ts'
import { decideEnd } from './decide-end.ts'
import type { RegisterTables } from './tables.ts'

type Db = Kysely<RegisterTables>

/** What a node is called and runs. */
export interface CaptureNode {
  /** Of its spool, for ever. */
  id: string
  /** SELOSTE_NODE. */
  name: string
  version: string
  startedAt: Temporal.Instant
}

/** What a node answers to on the channels of the database, which every process hears: who knows its id speaks for it. */
export function calledOnChannels(nodeId: string): string {
  return createHash('sha256').update(`node ${nodeId}`).digest('hex').slice(0, 32)
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

/** Says that the node is there. To be repeated every two seconds: after ten without it is silent to the others. */
export async function nodeLives(
  db: Db,
  { id, name, version, startedAt }: CaptureNode,
  state: NodeState,
): Promise<void> {
  await sql`select capture_node_lives(${id}::uuid, ${name}, ${version}, ${startedAt}::timestamptz, ${JSON.stringify(state)}::jsonb)`.execute(
    db,
  )
}

/** Says that it ends. What waits on its disk is told once it is started again. */
export async function nodeEnds(db: Db, id: string, waiting: number): Promise<void> {
  await sql`select capture_node_ends(${id}::uuid, ${waiting}::integer)`.execute(db)
}

/**
 * Ends the calls of nodes of which nothing has been heard for a quarter of an hour (R22), as of when they were last heard of.
 * @param node who asks: nobody is silent to a node that was itself away
 * @returns how many calls
 */
export function endCallsOfSilentNodes(db: Db, node: string): Promise<number> {
  return db.transaction().execute((tx) => {
    return endCalls(tx, sql<OfCall>`select * from end_segments_of_silent_nodes(${node}::uuid)`)
  })
}

/** What the register knows of a node, for whoever runs it. `silent`: it has not been heard of for ten seconds, and did not say why. */
export interface SeenNode {
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
  /** Calls of the last day that have no end, by what it told. */
  openCalls: number
  /** What kept it from its work when it was last heard of. */
  blockers: Blocker[]
  /** It answers, and so does another of its name: what one of them does cannot be told from what the other does. */
  sharesName: boolean
}

export async function seenNodes(db: Db): Promise<SeenNode[]> {
  const { rows } = await sql<SeenNode>`
    select id, name, version, started_at as "startedAt", alive_at as "aliveAt", state, pressures, sessions, recordings, waiting, blockers,
      open_calls as "openCalls", answers and count(*) filter (where answers) over (partition by name) > 1 as "sharesName"
    from (select *, state not in ('silent', 'ended') as answers, row_number() over () as place from capture_nodes()) as node
    order by place`.execute(db)
  return rows
}

/** As the database has it: node_silence(). */
const silentSeconds = 10

/** The nodes that are there, for whoever asks them something. */
export function nodesThere(db: Db): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('capture_node')
    .select(['id', 'name'])
    .where('ended_at', 'is', null)
    .where(sql<boolean>`alive_at > clock_timestamp() - make_interval(secs => ${silentSeconds})`)
    .execute()
}

/**
 * Forgets a node that does not come back: its calls end when it was last heard of, and it is listed no more. Should it come back all
 * the same, it is a node as before, and says what its calls were. Only the owner of the database does this.
 * @returns how many calls it ended
 */
export function forgetNode(db: Db, id: string): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const calls = await endCalls(tx, sql<OfCall>`select * from end_segments_of_node(${id}::uuid)`)
    await sql`delete from capture_node where id = ${id}::uuid`.execute(tx)
    return calls
  })
}

interface OfCall {
  id: string
  startedAt: Temporal.Instant
}

async function endCalls(tx: Transaction<RegisterTables>, ended: RawBuilder<OfCall>): Promise<number> {
  const { rows } = await sql<OfCall>`select distinct id, started_at as "startedAt" from (${ended}) as ended`.execute(tx)
  for (const contact of rows) {
    await decideEnd(tx, contact, true)
    await sql`select pg_notify(${channels.callChanged}, ${contact.id})`.execute(tx)
  }
  return rows.length
}

/** A segment or recording that a capture node entered, as report_admissions has it; instants are ISO 8601. */
export interface ReportedAdmission {
  at: string
  kind: 'segment' | 'recording'
  id: string
  started_at: string
}

/** Reports what a capture node entered, beside what the register counts itself. */
export async function reportAdmissions(
  db: Kysely<RegisterTables>,
  node: string,
  some: readonly ReportedAdmission[],
): Promise<void> {
  await sql`select report_admissions(${node}::uuid, ${JSON.stringify(some)}::jsonb)`.execute(db)
}
