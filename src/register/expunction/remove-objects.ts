import type { Expunging } from './ending.ts'
import { anonymisedCopiesLeft } from '../recordings/anonymised-copies.ts'
import { anonymisedCopyKey, recordingObjects, subjectCopyKey } from '../recordings/objects.ts'
import { recordingsWithRemains, removeRemains } from '../recordings/remove-remains.ts'
import { copiesLeft, noteCopiesRemoved } from '../recordings/subject-copies.ts'

/** So many of a sweep share a folder and its sync; a listener waits for the same disk. */
const atOnce = 500
/** Capture brings what it wrote as soon as it can, and uses no key that is older. */
const lateDays = 40

/**
 * Removes every object of recordings, the copies that lie ready for those who asked (C1), the anonymised one (R33), and what
 * mending left of them.
 * @returns what could not be removed
 */
export async function removeObjects(
  { db, objects, workFolder }: Pick<Expunging, 'db' | 'objects' | 'workFolder'>,
  ids: readonly string[],
): Promise<{ id: string; error: unknown }[]> {
  const failures: { id: string; error: unknown }[] = []
  const copies = await copiesLeft(db, ids)
  const anonymised = await anonymisedCopiesLeft(db, ids)
  const waiting = [...ids]
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        // All of them are tried, whatever one says.
        const copiesOfIt = copies.get(id) ?? []
        const anonymisedOne = anonymised.get(id)
        const keys = [
          ...recordingObjects(id),
          ...copiesOfIt.map((copy) => subjectCopyKey(id, copy)),
          ...(anonymisedOne === undefined ? [] : [anonymisedCopyKey(id, anonymisedOne)]),
        ]
        const removed = await Promise.allSettled(keys.map((key) => objects.delete(key)))
        for (const one of removed) if (one.status === 'rejected') throw one.reason
        await noteCopiesRemoved(db, copiesOfIt)
      } catch (error) {
        failures.push({ id, error })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  try {
    const remains = await recordingsWithRemains(workFolder)
    for (const id of ids) if (remains.has(id)) await removeRemains(workFolder, id)
  } catch (error) {
    // Whichever it is of: what is removed already is looked for again.
    failures.push(...ids.map((id) => ({ id, error })))
  }
  return failures
}

/** A call that was still recorded when it ended here: capture stores its objects when it ends there. */
export async function removeLateObjects(expunging: Expunging, now: Temporal.Instant): Promise<void> {
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
      'objects of destroyed recordings could not be removed',
    )
  }
}
