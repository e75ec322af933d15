/** Health of the whole: parts that do not answer, and the blockers of all processes, within two seconds whatever hangs. */
import type { Kysely } from 'kysely'
import { describeBlocker, type Blocker } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readOfferedBlockers } from '#platform/metrics/share-metrics.ts'
import { seenNodes, type SeenNode } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { isLogWhole } from '#safeguards/audit/log-state.ts'
import { readProof } from '#use/evidence/read-proofs.ts'
import type { CustodianClient } from '../custodian/custodian-client.ts'

export interface ActiveBlocker extends Blocker {
  /** The process, and for captures the node. */
  of: string
  standsStill: string
  remedy: string
}

export interface Health {
  /** Parts without which people cannot be served and which do not answer. */
  missing: string[]
  /** Captures without heartbeat for ten seconds, by name: what is sent to them is not recorded. */
  silentCaptures: string[]
  blockers: ActiveBlocker[]
}

/** Timeout of each request; all of them take at most two seconds. */
const answerMs = 1_500

export interface HealthSources {
  db: Kysely<RegisterTables>
  custodian: Pick<CustodianClient, 'blockers' | 'logKey'>
  own: () => readonly Blocker[]
  /** Sockets of capture and feeds on this machine, by process. */
  sockets: Readonly<Record<string, string>>
}

/**
 * Reads health, one reading at a time: concurrent callers share it. Load balancers call this often, and a reading runs several
 * queries.
 */
export function healthReader(sources: HealthSources): () => Promise<Health> {
  let reading: Promise<Health> | undefined
  return () =>
    (reading ??= readHealth(sources).finally(() => {
      reading = undefined
    }))
}

async function readHealth({ db, custodian, own, sockets }: HealthSources): Promise<Health> {
  const [database, log, objects, near, nodes] = await Promise.all([
    inTime(databaseAnswers(db), false),
    inTime(
      isWholeInProof(db, custodian).catch(() => true),
      true,
    ),
    inTime(custodian.blockers(answerMs), undefined),
    readOfferedBlockers(sockets),
    inTime(
      seenNodes(db).catch(() => []),
      [],
    ),
  ])
  const missing = [...(database ? [] : ['database']), ...(objects ? [] : ['custodian']), ...(log ? [] : ['audit-log'])]
  const found = [
    ...describeAll('desk', own()),
    ...describeAll('custodian', objects ?? []),
    ...[...near].flatMap(([process, blockers]) => describeAll(process, blockers)),
    ...blockersOf(nodes),
  ]
  const silentCaptures = nodes.flatMap(({ name, state }) => (state === 'silent' ? [name] : []))
  return { missing, silentCaptures, blockers: unite(found) }
}

/** Merges the same failure from two sources: a capture on this machine reports it at its socket and in the database. */
export function unite(blockers: readonly ActiveBlocker[]): ActiveBlocker[] {
  return [...new Map(blockers.map((one) => [`${one.kind} ${one.about ?? ''} ${one.since}`, one])).values()]
}

/** Returns whether the audit log is whole according to its promise, so that health, promises, status and metrics agree. */
async function isWholeInProof(
  db: Kysely<RegisterTables>,
  custodian: Pick<CustodianClient, 'logKey'>,
): Promise<boolean> {
  if (!(await isLogWhole(db))) return false
  const key = await custodian.logKey()
  // A custodian that does not answer is reported as missing.
  const proof = await readProof(db, 'log.whole', systemClock.now(), key === 'unknown' ? 'any' : key)
  return proof === undefined || proof.holds
}

export function databaseAnswers(db: Kysely<RegisterTables>): Promise<boolean> {
  return db
    .selectFrom('unit')
    .select('id')
    .limit(1)
    .execute()
    .then(
      () => true,
      () => false,
    )
}

/** Only of live nodes: the last report of a silent one is outdated. */
export function blockersOf(nodes: readonly SeenNode[]): ActiveBlocker[] {
  return nodes
    .filter(({ state }) => state !== 'silent' && state !== 'ended')
    .flatMap(({ name, blockers }) => describeAll(`capture ${name}`, blockers))
}

export function describeAll(of: string, blockers: readonly Blocker[]): ActiveBlocker[] {
  return blockers.map((blocker) => ({ ...blocker, of, ...describeBlocker(blocker) }))
}

/** Returns the answer, or the default after the timeout. */
function inTime<Answer>(answer: Promise<Answer>, without: Answer): Promise<Answer> {
  const late = Promise.withResolvers<Answer>()
  const timer = setTimeout(() => late.resolve(without), answerMs)
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}
