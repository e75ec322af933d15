/**
 * How a recording is destroyed, step by step; expunge.ts is the door. In: recordings whose end has come. Out: from the first
 * step on nobody hears them; after the last nobody can. Each step can be taken again. Never here: whether an end has come.
 */
import { sql, type Kysely } from 'kysely'
import type { Ending } from './ending.ts'
import type { RegisterTables } from '../tables.ts'

/** Every so many in one statement. */
const atOnce = 500

/**
 * Blocks recordings: from now on nobody hears them, whatever else fails. One that is being destroyed already goes on.
 * What the database refuses (the floor, an order that holds) is a failure of that one.
 */
export async function beginExpunction(
  db: Kysely<RegisterTables>,
  endings: readonly Ending[],
): Promise<{ begun: string[]; failures: { id: string; error: unknown }[] }> {
  const begun: string[] = []
  const failures: { id: string; error: unknown }[] = []
  for (let at = 0; at < endings.length; at += atOnce) {
    const some = endings.slice(at, at + atOnce)
    try {
      await block(db, some)
      begun.push(...some.map(({ id }) => id))
    } catch {
      for (const ending of some) {
        try {
          await block(db, [ending])
          begun.push(ending.id)
        } catch (error) {
          failures.push({ id: ending.id, error })
        }
      }
    }
  }
  return { begun, failures }
}

async function block(db: Kysely<RegisterTables>, endings: readonly Ending[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const [cause, ofCause] of Map.groupBy(endings, (ending) => ending.cause)) {
      await tx
        .updateTable('recording')
        .set({ state: 'DESTROYING', cause })
        .where(
          'id',
          'in',
          ofCause.map(({ id }) => id),
        )
        .where('state', 'not in', ['DESTROYING', 'DESTROYED'])
        .execute()
    }
    // One who is stopped in between and takes the step again is no second destroyer.
    await sql`
      insert into expunction (recording_id, done_by, deadline)
      select r.id, given.done_by, given.deadline
      from unnest(${endings.map(({ id }) => id)}::uuid[], ${endings.map(({ doneBy }) => doneBy)}::text[],
        ${endings.map(({ deadline }) => deadline)}::timestamptz[]) as given (id, done_by, deadline)
      join recording r on r.id = given.id and r.state = 'DESTROYING'
      on conflict (recording_id) do update set deadline = least(expunction.deadline, excluded.deadline)`.execute(tx)
  })
}
