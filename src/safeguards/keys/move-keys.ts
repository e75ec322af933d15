import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { currentVersion, expiryMonthOf } from './month-keys.ts'
import { wrapFileKey } from './recording-keys.ts'
import { rekeyMonth } from './rekey-month.ts'

/** A recording whose day of destruction has changed: its file key is under the wrong month key. */
export interface KeyToMove {
  id: string
  /** Month of its key now. */
  from: Temporal.PlainDate
  /** New instant of destruction, or end of its preservation order. */
  destroyAt: Temporal.Instant
}

/**
 * Wraps file keys under the month keys of the new days of destruction (a shortened term, or a preservation order that holds past
 * the day). The old month key gets a new version, as after a destruction, so that no backup copy of the old version opens them.
 * @returns how many were moved
 */
export async function moveFileKeys(
  database: SafeguardsDatabase,
  store: KeyStore,
  moving: readonly KeyToMove[],
  deadline: Temporal.Instant,
): Promise<number> {
  const db = safeguardsOf(database)
  let moved = 0
  for (const ofMonth of Map.groupBy(moving, ({ from }) => from.toString()).values()) {
    const { from } = ofMonth[0]!
    const days = new Map(ofMonth.map(({ id, destroyAt }) => [id, destroyAt]))
    const targets = [
      ...new Map([...days.values()].map(expiryMonthOf).map((month) => [month.toString(), month])).values(),
    ]
    for (const month of targets) await db.transaction().execute((tx) => currentVersion(tx, store, month))
    moved += await rekeyMonth(database, store, {
      month: from,
      recordings: [...days.keys()],
      deadline,
      otherMonths: targets,
      async onRemoved(tx, fileKeys) {
        for (const [id, fileKey] of fileKeys) {
          const { month, shard, wrapped } = await wrapFileKey(tx, store, { id, destroyAt: days.get(id)!, fileKey })
          fileKey.fill(0)
          await tx
            .updateTable('recording_key')
            .set({ expiry_month: month, shard, wrapped })
            .where('recording_id', '=', id)
            .execute()
        }
      },
    })
  }
  return moved
}
