import type { Expunging } from './ending.ts'
import { recordingObjects } from '../recordings/objects.ts'
import { removeRemains } from '../recordings/remove-remains.ts'

/** Disks do several at once, and a listener waits for the same disk. */
const atOnce = 8
/** Capture brings what it wrote as soon as it can; longer than its sealed bytes can be opened with an intake key. */
const lateDays = 9

/** Removes every object of recordings, and what mending left of them. @returns what could not be removed */
export async function removeObjects(
  { objects, workFolder }: Pick<Expunging, 'objects' | 'workFolder'>,
  ids: readonly string[],
): Promise<{ id: string; error: unknown }[]> {
  const failures: { id: string; error: unknown }[] = []
  const waiting = [...ids]
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        for (const key of recordingObjects(id)) await objects.delete(key)
        await removeRemains(workFolder, id)
      } catch (error) {
        failures.push({ id, error })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
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
