/**
 * Runs the custodian's verifications of the log: those requested at the desk, and periodic ones, as often as the log's size
 * allows. Requests, progress and reports are in the database. Runs one at a time, never on the custodian's own thread.
 */
import { Gauge, type Registry } from 'prom-client'
import { Worker } from 'node:worker_threads'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import {
  beginDueVerification,
  endVerification,
  recordProgress,
  verificationIntervalMinutes,
  claimVerification,
  type LastVerification,
} from '#safeguards/audit/log-verifications.ts'
import type { Signer } from '#safeguards/audit/note.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { VerifyLogTask, VerifyLogMessage } from './verify-log-worker.ts'

const checkMs = 1_500
const startupGraceMs = 30_000
/** Longest time from a process's start to its first verification. */
const maxFirstVerificationMs = 60 * 60_000
const cancelCheckMs = 500
const cancelTimeoutMs = 1_000

export interface VerifyLogOptions {
  db: SafeguardsDatabase
  pool: EveryOptions['pool']
  task: VerifyLogTask
  /** Reads the log's key, which signs the report of a verification. */
  readKey: () => Promise<Signer | undefined>
  log: Log
  registry: Registry
  /** Resolves once a new log has its key, without which nothing can be verified. */
  ready?: Promise<unknown>
  /** Called when a verification has ended and its report is stored. */
  onEnded?: () => Promise<void>
  /** Returns the interval from the start of a verification to the start of the next, given its duration. */
  intervalMs?: (tookMs: number) => number
}

export interface LogVerifier {
  /** Returns the last verification of this process, from memory, not from the database. */
  last: () => LastVerification | undefined
  stop: () => Promise<void>
}

/** Starts polling for pending verifications (every 1.5 s). */
export function verifyLogOnDemand(options: VerifyLogOptions): LogVerifier {
  const { db, pool, task, readKey, log, registry, onEnded } = options
  const { intervalMs = (tookMs: number) => verificationIntervalMinutes({ durationMs: tookMs }) * 60_000 } = options
  const problems = new Gauge({
    name: 'seloste_audit_log_problems',
    help: 'Problems found by the last full verification of the audit log',
    registers: [registry],
  })
  const verifiedAt = new Gauge({
    name: 'seloste_audit_log_verified_timestamp_seconds',
    help: 'Time of the last full verification of the audit log',
    registers: [registry],
  })

  const processStartedAt = performance.now()
  let dueAt = processStartedAt + maxFirstVerificationMs
  let last: LastVerification | undefined
  let isReady = options.ready === undefined
  void options.ready?.then(() => (isReady = true))

  /** Returns the mode of `beginDueVerification`. */
  function dueMode(): 'starting' | 'own' | undefined {
    const now = performance.now()
    if (now >= dueAt) return 'own'
    return now - processStartedAt < startupGraceMs ? 'starting' : undefined
  }

  const { stop } = every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.verify-log',
    // A long log is read whole.
    longestMs: 24 * 3_600_000,
    work: async (signal) => {
      if (!isReady) return
      await beginDueVerification(db, await readKey(), dueMode())
      const id = await claimVerification(db)
      if (id === undefined) return
      const beganAt = performance.now()
      const end = await verifyInThread(db, task, id, signal)
      if (end !== 'cancelled') dueAt = beganAt + intervalMs(performance.now() - beganAt)
      // The custodian is stopping. The next custodian to start runs this verification again.
      if (end === 'cancelled' && signal.aborted) return
      last = (await endVerification(db, id, end, await readKey())) ?? last
      if (end === 'cancelled') return
      await onEnded?.()
      if ('fault' in end) {
        log.error({ verification: id, why: end.fault }, 'cannot verify the audit log')
        return
      }
      const { found, entries, problems: first } = end.report
      problems.set(found)
      verifiedAt.setToCurrentTime()
      if (found === 0) log.info({ verification: id, entries }, 'the audit log is whole')
      else {
        log.error(
          { verification: id, found, first: first.slice(0, 5) },
          'the audit log does not match what was signed: see the screen Loki, or run "seloste audit verify"',
        )
      }
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot verify the audit log; retrying')
    },
  })
  return { last: () => last, stop }
}

/** Runs a verification in a worker thread, records its progress, and cancels it on request. */
async function verifyInThread(
  db: SafeguardsDatabase,
  task: VerifyLogTask,
  id: string,
  stopping: AbortSignal,
): Promise<Exclude<VerifyLogMessage, { progress: unknown }>> {
  const worker = new Worker(new URL('./verify-log-worker.ts', import.meta.url), { workerData: task })
  const outcome = Promise.withResolvers<Exclude<VerifyLogMessage, { progress: unknown }>>()
  const cancel = () => {
    worker.postMessage('cancel')
    // A thread that is blocked on the database cannot receive messages.
    setTimeout(() => outcome.resolve('cancelled'), cancelTimeoutMs).unref()
  }
  stopping.addEventListener('abort', cancel, { once: true })
  let recording: Promise<void> = Promise.resolve()
  let last = { step: 'tree' as const, checked: 0, entries: 0 } as Parameters<typeof recordProgress>[2]
  const recordLastProgress = () => {
    recording = recording.then(async () => {
      if (!(await recordProgress(db, id, last))) cancel()
    })
    recording.catch(() => undefined)
  }
  // A verification blocked on the database reports no progress; its cancellation is still checked.
  const timer = setInterval(recordLastProgress, cancelCheckMs)
  try {
    worker.on('message', (message: VerifyLogMessage) => {
      if (message !== 'cancelled' && 'progress' in message) last = message.progress
      else outcome.resolve(message)
    })
    worker.on('error', outcome.reject)
    worker.on('exit', (code) => outcome.reject(new Error(`the thread exited with code ${code} without a result`)))
    const end = await outcome.promise
    clearInterval(timer)
    await recording
    return end
  } finally {
    clearInterval(timer)
    stopping.removeEventListener('abort', cancel)
    await worker.terminate()
  }
}
