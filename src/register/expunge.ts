/**
 * Expunges recordings: what remains is an entry in the destruction ledger. Every step is idempotent, so the next run finishes
 * an interrupted expunction (R50, R52). The callers decide which recordings end (src/destruction).
 */
import type { RecordingToDestroy, ExpunctionResult, ExpunctionContext } from './expunction/expunction-types.ts'
import { beginExpunction } from './expunction/begin.ts'
import {
  resumeExpunctions,
  listDestroying,
  isUnfinished,
  type ResumedExpunctions,
} from './expunction/resume-expunction.ts'
import { retryReplicaDeletes } from './expunction/retry-replica-deletes.ts'
import { removeLateObjects } from './expunction/remove-objects.ts'

export { isUnfinished }
export type { RecordingToDestroy, ExpunctionResult, ExpunctionContext }

/**
 * Destroys recordings (R24, R50) in the order that keeps backups usable: block; remove objects; destroy keys, one transaction a
 * month; renew and read back the copies of the keyring; only then destroy the previous month-key versions; remove objects in
 * copies; update row, ledger and log. A failure of one does not stop the others.
 */
export async function expungeRecordings(
  expunging: ExpunctionContext,
  endings: readonly RecordingToDestroy[],
  now: Temporal.Instant,
): Promise<ExpunctionResult> {
  const { begun, failures } = await beginExpunction(expunging.db, endings)
  const { destroyed, waiting, failures: stopped } = await resumeExpunctions(expunging, begun, now)
  return { destroyed, waiting, failures: [...failures, ...stopped] }
}

/** Resumes every interrupted or waiting destruction, destroys retired month-key versions, and retries unreachable places. */
export async function finishExpunctions(
  expunging: ExpunctionContext,
  now: Temporal.Instant,
): Promise<ResumedExpunctions> {
  const expunged: ResumedExpunctions = { destroyed: [], waiting: [], failures: [], months: [] }
  for (let after: string | undefined; ;) {
    const ids = await listDestroying(expunging.db, after)
    const some = await resumeExpunctions(expunging, ids, now)
    expunged.destroyed.push(...some.destroyed)
    expunged.waiting.push(...some.waiting)
    expunged.failures.push(...some.failures)
    expunged.months = some.months
    after = ids.at(-1)
    if (after === undefined) return expunged
  }
}

/** Retries deletions in places that were unreachable, and removes objects that capture stored after the destruction. */
export async function retryLateRemovals(expunging: ExpunctionContext, now: Temporal.Instant): Promise<void> {
  await removeLateObjects(expunging, now)
  await retryReplicaDeletes(expunging)
}
