import type { ExpunctionContext } from './expunction-types.ts'
import { anonymisedCopiesWithObjects } from '../recordings/anonymised-copies.ts'
import { anonymisedCopyKey, recordingObjects, subjectCopyKey } from '../recordings/objects.ts'
import { recordingsWithLeftovers, removeLeftovers } from '../recordings/remove-leftovers.ts'
import { copiesWithObjects, recordCopiesRemoved } from '../recordings/subject-copies.ts'

/** Recordings at the same time: their deletions share a folder's sync, and listeners need the same disk. */
const maxConcurrent = 500
/** Days after a destruction within which capture may still store objects: it uses no older key. */
const lateDays = 40

/**
 * Removes every object of recordings: their own, copies on request (C1), the anonymised copy (R33), and leftovers of
 * rebuilding.
 * @returns recordings with objects that could not be removed, each with its error
 */
export async function removeObjects(
  { db, objects, workFolder }: Pick<ExpunctionContext, 'db' | 'objects' | 'workFolder'>,
  ids: readonly string[],
): Promise<{ id: string; error: unknown }[]> {
  const failures: { id: string; error: unknown }[] = []
  const copies = await copiesWithObjects(db, ids)
  const anonymised = await anonymisedCopiesWithObjects(db, ids)
  const waiting = [...ids]
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        // A failed deletion does not stop the others.
        const copiesOnRequest = copies.get(id) ?? []
        const anonymisedCopy = anonymised.get(id)
        const keys = [
          ...recordingObjects(id),
          ...copiesOnRequest.map((copy) => subjectCopyKey(id, copy)),
          ...(anonymisedCopy === undefined ? [] : [anonymisedCopyKey(id, anonymisedCopy)]),
        ]
        const removed = await Promise.allSettled(keys.map((key) => objects.delete(key)))
        for (const one of removed) if (one.status === 'rejected') throw one.reason
        await recordCopiesRemoved(db, copiesOnRequest)
      } catch (error) {
        failures.push({ id, error })
      }
    }
  }
  await Promise.all(Array.from({ length: maxConcurrent }, work))
  try {
    const remains = await recordingsWithLeftovers(workFolder)
    for (const id of ids) if (remains.has(id)) await removeLeftovers(workFolder, id)
  } catch (error) {
    // The failure may concern any of the recordings, so all are tried again.
    failures.push(...ids.map((id) => ({ id, error })))
  }
  return failures
}

/** Removes objects of destroyed recordings whose calls were still ongoing: capture stored them when the calls ended. */
export async function removeLateObjects(expunging: ExpunctionContext, now: Temporal.Instant): Promise<void> {
  const rows = await expunging.db
    .selectFrom('recording')
    .select('id')
    .where('state', '=', 'DESTROYED')
    .where('kept_at', 'is', null)
    .where('destroyed_at', '>', now.subtract({ hours: 24 * lateDays }))
    .execute()
  const failures = await removeObjects(
    expunging,
    rows.map(({ id }) => id),
  )
  if (failures.length > 0) {
    throw new AggregateError(
      failures.map(({ error }) => error),
      'cannot delete objects of destroyed recordings',
    )
  }
}
