/** Verifies the log in a worker thread, so that the custodian's other work is not delayed. */
import { parentPort, workerData } from 'node:worker_threads'
import { connectDatabase } from '#platform/database/connect.ts'
import type { ExpectedProtections } from '#platform/database/protections.ts'
import { Fault } from '#platform/fault.ts'
import type { Progress, Report } from '#safeguards/audit/verify/report.ts'
import { verifyLocally } from './local-verification.ts'

/** Input of the worker thread. */
export interface VerifyLogTask {
  databaseUrl: string
  folder: string
  witnessKeys: readonly string[]
  /** Database protections that the process read at its start; later changes of the file are not trusted. */
  protections: ExpectedProtections
}

/** Messages from the worker thread. */
export type VerifyLogMessage = { progress: Progress } | { report: Report } | 'cancelled' | { fault: string }

const reportEveryMs = 200

const task = workerData as VerifyLogTask
const cancelled = new AbortController()
parentPort?.on('message', () => cancelled.abort())
let reportedAt = 0

const database = connectDatabase({
  url: task.databaseUrl,
  applicationName: 'seloste-verify-log',
  size: 1,
  onIdleError: () => undefined,
})
try {
  const report = await verifyLocally({
    db: database.db,
    folder: task.folder,
    witnessKeys: task.witnessKeys,
    protections: task.protections,
    signal: cancelled.signal,
    onProgress(progress) {
      const now = performance.now()
      if (now - reportedAt < reportEveryMs) return
      reportedAt = now
      send({ progress })
    },
  })
  send({ report })
} catch (error) {
  send(cancelled.signal.aborted ? 'cancelled' : { fault: error instanceof Fault ? error.message : String(error) })
} finally {
  await database.close()
  parentPort?.close()
}

function send(message: VerifyLogMessage): void {
  parentPort?.postMessage(message)
}
