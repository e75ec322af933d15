/** Health of the installation: components that do not answer, and blockers of all processes. A reading takes at most two seconds. */
import type { Kysely } from 'kysely'
import { describeBlocker, type Blocker } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readServedBlockers } from '#platform/metrics/share-metrics.ts'
import { listNodeStatuses, type NodeStatus } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { isLogWhole } from '#safeguards/audit/log-state.ts'
import { readProof } from '#use/evidence/read-proofs.ts'
import type { CustodianClient } from '../custodian/custodian-client.ts'

export interface ActiveBlocker extends Blocker {
  /** Name of the process; for captures with the node. */
  of: string
  standsStill: string
  remedy: string
}

export interface Health {
  /** Components that do not answer and without which the desk cannot serve requests. */
  missing: string[]
  /** Names of captures without a heartbeat for ten seconds. Calls sent to them are not recorded. */
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
 * Returns a function that reads health. Concurrent callers share one reading, because load balancers call often and a reading
 * runs several queries.
 */
export function healthReader(sources: HealthSources): () => Promise<Health> {
  let reading: Promise<Health> | undefined
  return () =>
    (reading ??= readHealth(sources).finally(() => {
      reading = undefined
    }))
}

async function readHealth({ db, custodian, own, sockets }: HealthSources): Promise<Health> {
  const [database, log, objects, local, nodes] = await Promise.all([
    withDefaultAfterTimeout(databaseAnswers(db), false),
    withDefaultAfterTimeout(
      isWholeInProof(db, custodian).catch(() => true),
      true,
    ),
    withDefaultAfterTimeout(custodian.blockers(answerMs), undefined),
    readServedBlockers(sockets),
    withDefaultAfterTimeout(
      listNodeStatuses(db).catch(() => []),
      [],
    ),
  ])
  const missing = [...(database ? [] : ['database']), ...(objects ? [] : ['custodian']), ...(log ? [] : ['audit-log'])]
  const found = [
    ...describeBlockers('desk', own()),
    ...describeBlockers('custodian', objects ?? []),
    ...[...local].flatMap(([process, blockers]) => describeBlockers(process, blockers)),
    ...blockersOf(nodes),
  ]
  const silentCaptures = nodes.flatMap(({ name, state }) => (state === 'silent' ? [name] : []))
  return { missing, silentCaptures, blockers: mergeBlockers(found) }
}

/** Removes duplicates: a capture on this machine reports a blocker at its socket and in the database. */
export function mergeBlockers(blockers: readonly ActiveBlocker[]): ActiveBlocker[] {
  return [...new Map(blockers.map((one) => [`${one.kind} ${one.about ?? ''} ${one.since}`, one])).values()]
}

/** Returns true if the promise of a complete audit log holds. Health uses the promise, as status and metrics do, so that all agree. */
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

/** Returns the blockers of live nodes; the last report of a node that is down is outdated. */
export function blockersOf(nodes: readonly NodeStatus[]): ActiveBlocker[] {
  return nodes
    .filter(({ state }) => state !== 'silent' && state !== 'ended')
    .flatMap(({ name, blockers }) => describeBlockers(`capture ${name}`, blockers))
}

export function describeBlockers(process: string, blockers: readonly Blocker[]): ActiveBlocker[] {
  return blockers.map((blocker) => ({ ...blocker, of: process, ...describeBlocker(blocker) }))
}

/** Returns the answer, or the default after the timeout. */
function withDefaultAfterTimeout<Answer>(answer: Promise<Answer>, fallback: Answer): Promise<Answer> {
  const late = Promise.withResolvers<Answer>()
  const timer = setTimeout(() => late.resolve(fallback), answerMs)
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}
