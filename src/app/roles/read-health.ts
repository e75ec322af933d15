/**
 * How the whole is: the parts that do not answer, and the blockers of all processes. In: the desk's ways to them. Out: one reading,
 * within two seconds whatever hangs. Never here: a check of its own.
 */
import type { Kysely } from 'kysely'
import { describeBlocker, type Blocker } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readOfferedBlockers } from '#platform/metrics/share-metrics.ts'
import { seenNodes, type SeenNode } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { isLogWhole } from '#safeguards/audit/log-state.ts'
import { readProof } from '#use/evidence/read-proofs.ts'
import type { CustodianClient } from '../custodian/custodian-client.ts'

export interface StandingBlocker extends Blocker {
  /** Process, and for captures the node. */
  of: string
  standsStill: string
  remedy: string
}

export interface Health {
  /** Parts without which people cannot be served: they do not answer. */
  missing: string[]
  /** Captures of the register that have not been heard of for ten seconds, by name: nobody records what is sent to them. */
  silentCaptures: string[]
  blockers: StandingBlocker[]
}

/** Of each question: together, health answers within two seconds. */
const answerMs = 1_500

export interface HealthSources {
  db: Kysely<RegisterTables>
  custodian: Pick<CustodianClient, 'blockers' | 'logKey'>
  own: () => readonly Blocker[]
  /** Of capture and feeds on this machine, by process. */
  sockets: Readonly<Record<string, string>>
}

/**
 * Reads health once at a time: whoever asks during a reading is told what it finds. Anybody may ask, as load balancers do, and one
 * reading asks the database several times.
 */
export function healthReader(sources: HealthSources): () => Promise<Health> {
  let reading: Promise<Health> | undefined
  return () =>
    (reading ??= readHealth(sources).finally(() => {
      reading = undefined
    }))
}

async function readHealth({ db, custodian, own, sockets }: HealthSources): Promise<Health> {
  const [database, log, kept, near, nodes] = await Promise.all([
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
  const missing = [...(database ? [] : ['database']), ...(kept ? [] : ['custodian']), ...(log ? [] : ['audit-log'])]
  const found = [
    ...describeAll('desk', own()),
    ...describeAll('custodian', kept ?? []),
    ...[...near].flatMap(([process, blockers]) => describeAll(process, blockers)),
    ...blockersOf(nodes),
  ]
  const silentCaptures = nodes.flatMap(({ name, state }) => (state === 'silent' ? [name] : []))
  return { missing, silentCaptures, blockers: unite(found) }
}

/** What two sources tell of the same failure is one blocker: a capture of this machine tells of itself at its socket and in the database. */
export function unite(blockers: readonly StandingBlocker[]): StandingBlocker[] {
  return [...new Map(blockers.map((one) => [`${one.kind} ${one.about ?? ''} ${one.since}`, one])).values()]
}

/** Whether the audit log is whole, as its promise says: health, promises, status and metrics agree. */
async function isWholeInProof(
  db: Kysely<RegisterTables>,
  custodian: Pick<CustodianClient, 'logKey'>,
): Promise<boolean> {
  if (!(await isLogWhole(db))) return false
  const key = await custodian.logKey()
  // A custodian that does not answer is missing by itself.
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

/** Of the nodes that are there: what one that is silent told last is not how it is. */
export function blockersOf(nodes: readonly SeenNode[]): StandingBlocker[] {
  return nodes
    .filter(({ state }) => state !== 'silent' && state !== 'ended')
    .flatMap(({ name, blockers }) => describeAll(`capture ${name}`, blockers))
}

export function describeAll(of: string, blockers: readonly Blocker[]): StandingBlocker[] {
  return blockers.map((blocker) => ({ ...blocker, of, ...describeBlocker(blocker) }))
}

/** The answer, or what stands for none in time. */
function inTime<Answer>(answer: Promise<Answer>, without: Answer): Promise<Answer> {
  const late = Promise.withResolvers<Answer>()
  const timer = setTimeout(() => late.resolve(without), answerMs)
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}
