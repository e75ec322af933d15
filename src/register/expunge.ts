/**
 * The door out. In: recordings whose end has come, and why. Out: nothing of them but an entry in the
 * destruction ledger. Every step can be taken again, so an expunction that was interrupted is finished by the next
 * (R50, R52). Never here: deciding that an end has come (see destruction/), an end without a cause of the description.
 */
import type { Ending, Expunged, Expunging } from './expunction/ending.ts'
import { beginExpunction } from './expunction/begin.ts'
import {
  resumeExpunctions,
  destroyingNow,
  isUnfinished,
  type ResumedExpunctions,
} from './expunction/resume-expunction.ts'
import { retryReplicaDeletes } from './expunction/retry-replica-deletes.ts'
import { removeLateObjects } from './expunction/remove-objects.ts'

export { isUnfinished }
export type { Ending, Expunged, Expunging }

/**
 * Destroys recordings (R24, R50), in the order that keeps backups alive: blocked; their objects; their keys, in one
 * transaction a month; the copies of the keyring renewed and read back; only then the month-key versions before; the
 * objects in the copies; the row, the ledger and the log. Never throws for one what would keep the others.
 */
export async function expungeRecordings(
  expunging: Expunging,
  endings: readonly Ending[],
  now: Temporal.Instant,
): Promise<Expunged> {
  const { begun, failures } = await beginExpunction(expunging.db, endings)
  const { destroyed, waiting, failures: stopped } = await resumeExpunctions(expunging, begun, now)
  return { destroyed, waiting, failures: [...failures, ...stopped] }
}

/**
 * Goes on with every destruction that was interrupted or that waits, destroys month-key versions that are retired, and
 * reaches places that were away.
 */
export async function finishExpunctions(expunging: Expunging, now: Temporal.Instant): Promise<ResumedExpunctions> {
  const expunged: ResumedExpunctions = { destroyed: [], waiting: [], failures: [], months: [] }
  for (let after: string | undefined; ;) {
    const ids = await destroyingNow(expunging.db, after)
    const some = await resumeExpunctions(expunging, ids, now)
    expunged.destroyed.push(...some.destroyed)
    expunged.waiting.push(...some.waiting)
    expunged.failures.push(...some.failures)
    expunged.months = some.months
    after = ids.at(-1)
    if (after === undefined) return expunged
  }
}

/** Reaches what came, or came back, after its end: places that were away, objects that capture brought late. */
export async function reachRemains(expunging: Expunging, now: Temporal.Instant): Promise<void> {
  await removeLateObjects(expunging, now)
  await retryReplicaDeletes(expunging)
}
