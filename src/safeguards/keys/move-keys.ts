import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { currentVersion, expiryMonthOf } from './month-keys.ts'
import { wrapFileKey } from './recording-keys.ts'
import { rekeyMonth } from './rekey-month.ts'

/** A recording whose day has changed: its key lies under another month than it should. */
export interface Moving {
  id: string
  /** The month its key lies under now. */
  from: Temporal.PlainDate
  /** When it is destroyed now, or until when it is held. */
  destroyAt: Temporal.Instant
}

/**
 * Moves file keys under the months of their new days (a shortened term, an order that holds past the day). The month they
 * leave gets a new version as if they had been destroyed: what a copy has of it does not open them later.
 * @returns how many were moved
 */
export async function moveFileKeys(
  holding: HoldingSafeguards,
  store: KeyStore,
  moving: readonly Moving[],
  deadline: Temporal.Instant,
): Promise<number> {
  const db = safeguardsOf(holding)
  let moved = 0
  for (const ofMonth of Map.groupBy(moving, ({ from }) => from.toString()).values()) {
    const { from } = ofMonth[0]!
    const days = new Map(ofMonth.map(({ id, destroyAt }) => [id, destroyAt]))
    const targets = [
      ...new Map([...days.values()].map(expiryMonthOf).map((month) => [month.toString(), month])).values(),
    ]
    for (const month of targets) await db.transaction().execute((tx) => currentVersion(tx, store, month))
    moved += await rekeyMonth(holding, store, {
      month: from,
      recordings: [...days.keys()],
      deadline,
      with: targets,
      async take(tx, fileKeys) {
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
