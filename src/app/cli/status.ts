import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listNodeStatuses, type NodeStatus } from '#register/capture-nodes.ts'
import { promises, type PromiseId } from '#description/promises.ts'
import { formatEndpoint } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import { newestCheckpoint } from '#safeguards/audit/stored-tree.ts'
import { newestCosignatures } from '#safeguards/audit/witness/cosignatures.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Kysely } from 'kysely'
import { readProofs, type Proof } from '#use/evidence/read-proofs.ts'
import {
  listBlockedDestructions,
  listBlockers,
  describeBlocker,
  type BlockedDestruction,
} from '#use/retention/blockers.ts'
import { readTargets } from '#use/webhooks/deliver-webhooks.ts'
import { requestCapture, type CaptureState } from '../capture/capture-control.ts'
import { readServedBlockers } from '#platform/metrics/share-metrics.ts'
import { blockersOf, describeBlockers, mergeBlockers, type ActiveBlocker } from '../roles/read-health.ts'
import { socketPath } from '../roles/sockets.ts'
import { faultsOfEngines } from '../custodian/voice-engines.ts'
import { readDeskState, deskAnswerMs, type DeskState } from './desk-state.ts'
import { describeCapture } from './drain.ts'
import { describeNodes } from './nodes.ts'
import { withRunningDatabase } from './running-database.ts'

interface Status extends DeskState {
  /** Blockers of every reachable process. */
  blockers: ActiveBlocker[]
  /** Capture's state and live sessions; undefined if no capture answers on this machine. */
  capture: CaptureState | undefined
  /** Captures of the register on all machines; undefined without the database. */
  nodes: NodeStatus[] | undefined
  /** Promises that do not hold; undefined without the database. */
  broken: { promise: PromiseId; text: string; since?: string }[] | undefined
  /** True if signatures of proofs were not verified: the audit log's key is not on this machine. */
  unsigned: boolean
  /** Blocked destructions and pending work: one line each; undefined without the database. */
  obstacles: string[] | undefined
  /** Webhook targets that fail: one line each; undefined without the database. */
  webhooks: string[] | undefined
  /** Witnesses that lag behind: one line each; undefined without the database. */
  witnesses: string[] | undefined
  /** Unusable engines, and engines with too much access: one line each. */
  engines: string[]
}

/** Timeout of the command's own database queries, in ms. Together with the probe at most 3 s. */
const databaseAnswerMs = 1_500

/** Checks that the roles of a running Seloste answer and that its promises hold. Exit code 1 if not. */
export async function status(settings: Settings, asJson: boolean): Promise<void> {
  const [deskState, database, engines, capture, localBlockers] = await Promise.all([
    readDeskState(settings.http),
    readDatabase(settings),
    faultsOfEngines(settings.enginesFile),
    requestCapture(settings),
    readServedBlockers(socketsOf(settings)),
  ])
  const blockers = mergeBlockers([
    ...(deskState.blockers ?? []),
    ...[...localBlockers].flatMap(([process, those]) => describeBlockers(process, those)),
    ...blockersOf(database.nodes ?? []),
  ])
  const found: Status = { ...deskState, ...database, blockers, engines, capture }
  const lines = () => [
    ...statusLines(found, formatEndpoint(settings.http)),
    ...blockerLines(found),
    describeCapture(capture),
    ...nodeLines(found),
    ...obstacleLines(found),
    ...webhookLines(found),
    ...(found.witnesses ?? []),
    ...engineLines(found),
  ]
  console.log(asJson ? JSON.stringify(found) : lines().join('\n'))
  const isUnderPressure = capture !== undefined && capture.pressures.length > 0
  const isSilent = found.nodes?.some(({ state }) => state === 'silent') ?? false
  const isHealthy = found.desk === 'ready' && found.broken?.length === 0 && found.blockers.length === 0
  if (!isHealthy || isSilent || isUnderPressure) process.exitCode = 1
}

/** Returns the socket paths of the processes on this machine, by role. */
function socketsOf(settings: Settings): Record<string, string> {
  return {
    custodian: socketPath(settings, 'metrics-custodian'),
    capture: socketPath(settings, 'metrics-capture'),
    ...(settings.feedsFile !== undefined && { feeds: socketPath(settings, 'metrics-feeds') }),
  }
}

function blockerLines({ blockers }: Status): string[] {
  if (blockers.length === 0) return []
  return [
    'blockers:',
    ...blockers.flatMap(({ kind, code, about, of, since, standsStill, remedy }) => [
      `  ${kind} (${of}${about === undefined ? '' : `, ${about}`}: ${code}), since ${since}: ${standsStill}`,
      `    what to do: ${remedy}`,
    ]),
  ]
}

function statusLines({ desk, silence, missing, broken, unsigned, blockers }: Status, address: string): string[] {
  const parts = {
    ready: 'desk, custodian and database answer',
    'not-ready':
      missing.length > 0
        ? `does not answer: ${missing.join(', ')}`
        : 'desk, custodian and database answer; there are problems',
    'does-not-answer':
      silence === 'no-answer'
        ? `the desk at ${address} accepts connections but did not answer within ${deskAnswerMs / 1000} s: it hangs, or its machine is overloaded`
        : `connection refused at ${address}: no desk is running there`,
  }
  if (!broken)
    return [
      parts[desk],
      'the promises of the description are unknown: the database does not answer, or "seloste prepare" has not run yet',
    ]
  if (broken.length === 0) {
    const when = blockers.length > 0 ? 'held when they were last checked' : 'hold'
    const by = unsigned ? ' (signatures not checked: see the description’s page)' : ''
    return [parts[desk], `all ${promises.length} promises of the description ${when}${by}`]
  }
  return [
    parts[desk],
    `${broken.length} of ${promises.length} promises of the description ${broken.length === 1 ? 'does' : 'do'} not hold (see docs/operate):`,
    ...broken.map(
      ({ promise, text, since }) => `  ${promise}${since === undefined ? '' : `, since ${since}`}: ${text}`,
    ),
  ]
}

/** Returns a line per node if there are several, or if one does not answer. */
function nodeLines({ nodes = [] }: Status): string[] {
  if (nodes.length < 2 && !nodes.some(({ state }) => state === 'silent')) return []
  return ['captures of this register:', ...describeNodes(nodes).map((line) => `  ${line}`)]
}

function obstacleLines({ obstacles }: Status): string[] {
  if (!obstacles) return []
  if (obstacles.length === 0) return ['nothing blocks destruction or its proof']
  return ['obstacles to destruction or its proof, and waiting work:', ...obstacles.map((line) => `  ${line}`)]
}

function webhookLines({ webhooks }: Status): string[] {
  if (!webhooks || webhooks.length === 0) return []
  return ['systems with failing webhooks (docs/operate/webhooks.md):', ...webhooks.map((line) => `  ${line}`)]
}

function engineLines({ engines }: Status): string[] {
  if (engines.length === 0) return []
  return ['voice engines that need correction (docs/formats/voice-process.md):', ...engines.map((line) => `  ${line}`)]
}

async function readDatabase(
  settings: Settings,
): Promise<Pick<Status, 'broken' | 'unsigned' | 'obstacles' | 'webhooks' | 'witnesses' | 'nodes'>> {
  try {
    return await withRunningDatabase(
      settings,
      'status',
      async (db) => {
        const key = await localLogKey(settings)
        const proofs = await readProofs(db, Temporal.Now.instant(), key)
        const undelivered = (await readTargets(db)).filter(({ givenUp }) => givenUp > 0)
        const [state, waiting] = [await listBlockers(db), await listBlockedDestructions(db)]
        return {
          unsigned: key === 'any',
          nodes: await listNodeStatuses(db),
          broken: promises.flatMap((promise) => brokenOf(promise, proofs) ?? []),
          webhooks: undelivered.map(
            ({ target, givenUp, lastAnswer }) =>
              `${target}: ${givenUp} events were given up (${lastAnswer ?? 'no answer'}): correct the cause, then run "seloste webhooks retry --target ${target}"`,
          ),
          witnesses: await lateWitnesses(db, settings),
          obstacles: [...state.map(describeBlocker), ...waiting.map(describeBlocked)],
        }
      },
      databaseAnswerMs,
    )
  } catch {
    return {
      broken: undefined,
      unsigned: false,
      obstacles: undefined,
      webhooks: undefined,
      witnesses: undefined,
      nodes: undefined,
    }
  }
}

/** Returns the audit log's key if its folder is on this machine and readable; otherwise `any`. */
async function localLogKey({ dataDirectory }: Settings): Promise<VerifierKey | 'any'> {
  const line = await readFile(join(dataDirectory, 'audit-log', 'key'), 'utf8').catch(() => '')
  return readVerifierKey(line) ?? 'any'
}

/** A witness without a cosignature for this long is late; the custodian sends checkpoints every ten seconds while the log grows. */
const witnessMinutes = 10

async function lateWitnesses(db: Kysely<RegisterTables>, { witnesses }: Settings): Promise<string[]> {
  const [newest, cosigned] = [await newestCheckpoint(db), await newestCosignatures(db)]
  return witnesses.flatMap(({ key }) => {
    const name = readVerifierKey(key)?.name ?? key
    const last = cosigned.find(({ witness }) => witness === name)
    if (!last) return [`the witness ${name} has not cosigned the audit log yet`]
    const minutes = Temporal.Now.instant().since(last.receivedAt).total('minutes')
    if (last.size === newest?.size || minutes < witnessMinutes) return []
    const at = last.receivedAt.toString({ smallestUnit: 'second' })
    return [`the witness ${name} has not cosigned the audit log since ${at}: see the custodian’s log`]
  })
}

function describeBlocked({ kind, id, until }: BlockedDestruction): string {
  const at = until.toString({ smallestUnit: 'second' })
  const causes = {
    'inspection-urgent': `a recording of an open inspection is due for destruction at ${at} (inspection ${id}): the Service Unit must book an earlier appointment, or create the copy`,
    'recall-overdue': `a recalled copy should have been confirmed by ${at} (recall ${id}): the decision maker must contact its recipient`,
    'disclosure-overdue': `the copies of a disclosure were due back by ${at} (disclosure ${id}): its preparer or decision maker must contact the institute, and close it`,
  }
  return `${kind}: ${causes[kind]}`
}

function brokenOf(promise: PromiseId, proofs: readonly Proof[]): NonNullable<Status['broken']>[number] | undefined {
  const proof = proofs.find((one) => one.promise === promise)
  if (!proof) return { promise, text: 'It has never been checked.' }
  if (proof.holds) return undefined
  return { promise, text: proof.text.en, ...(proof.brokenSince !== undefined && { since: proof.brokenSince }) }
}
