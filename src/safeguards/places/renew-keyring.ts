/**
 * Writes a month's keys to a place (R50, R52) from one snapshot of the database, reads them back, and removes files of
 * destroyed keys.
 * A shard's file and its key are always from the same snapshot. The new file is kept beside the old one until the month's file
 * has the shard's new key: after an interruption one of the two opens.
 */
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { readWhole } from '#platform/objects/whole-objects.ts'
import { limitInFlight } from '../backup/limit-in-flight.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import {
  folderOfMonth,
  monthFile,
  nextShardFile,
  readLeaving,
  readDisclosedCopies,
  readShards,
  sealMonth,
  shardFile,
  writeShards,
} from './keyring-file.ts'
import { putAndReadBack } from './open-place.ts'

/** Shards read at once: in a month of a million recordings one has about 350 lines, 40 KB. */
const shardsAtOnce = 100
const writesAtOnce = 8

export interface RenewedMonth {
  month: Temporal.PlainDate
  /** In addition to pending ones; `all`: every shard, and unknown files are removed. */
  shards: readonly number[] | 'all'
  /** Id of the place, and the length of its ledger. */
  place: { id: string; ledgerTo: number }
}

/** @returns the changes (keyring_change) that the place now has */
export async function renewMonth(
  db: SafeguardsDatabase,
  keys: Pick<KeyStore, 'copyOut'>,
  recipient: string,
  store: ObjectStore,
  { month, shards, place }: RenewedMonth,
): Promise<number[]> {
  return snapshot(db, async (tx) => {
    const pending = await tx
      .selectFrom('keyring_change')
      .select(['id', 'shard'])
      .where('place', '=', place.id)
      .where('expiry_month', '=', month)
      .execute()
    const changes = pending.map(({ id }) => id)
    const current = await readShards(tx, month)
    const leaving = await readLeaving(tx, month, place.ledgerTo)
    if (current.length === 0 && leaving.length === 0) {
      await removeAll(store, month)
      return changes
    }
    const shardNumbers = new Set(current.map(({ shard }) => shard))
    const changed = pending.map(({ shard }) => shard).filter((shard) => shard >= 0)
    const wanted = shards === 'all' ? [...shardNumbers] : [...new Set([...shards, ...changed])]
    const written = new Set<number>()
    for (let from = 0; from < wanted.length; from += shardsAtOnce) {
      const files = await writeShards(tx, month, wanted.slice(from, from + shardsAtOnce))
      await each([...files], ([shard, bytes]) => {
        written.add(shard)
        return putAndReadBack(store, nextShardFile(month, shard), bytes)
      })
    }
    const sealed = await sealMonth(keys, recipient, month, {
      shards: current,
      leaving,
      lent: await readDisclosedCopies(tx, month),
    })
    await putAndReadBack(store, monthFile(month), sealed)
    await each([...written], async (shard) => {
      const next = nextShardFile(month, shard)
      await putAndReadBack(store, shardFile(month, shard), await readWhole(store, next))
      await store.delete(next)
    })
    if (shards === 'all') await removeAll(store, month, written)
    else {
      const unused = wanted.filter((shard) => !written.has(shard))
      await each(unused, async (shard) => {
        await store.delete(shardFile(month, shard))
        await store.delete(nextShardFile(month, shard))
      })
    }
    return changes
  })
}

/** Returns every month with keys in the place, by its first day. */
export async function monthsIn(store: ObjectStore): Promise<Temporal.PlainDate[]> {
  const found = new Set<string>()
  for await (const key of store.list('keyring/')) {
    const month = /^keyring\/(\d{4}-\d{2})\//.exec(key)?.[1]
    if (month !== undefined) found.add(month)
  }
  return [...found].map((month) => Temporal.PlainDate.from(`${month}-01`))
}

async function removeAll(store: ObjectStore, month: Temporal.PlainDate, kept?: ReadonlySet<number>): Promise<void> {
  const excepted = new Set([...(kept ?? [])].map((shard) => shardFile(month, shard)))
  if (kept) excepted.add(monthFile(month))
  // Deletes the month's file first: without it nobody can open the others. A crash may have left files that it does not name.
  if (!kept) await store.delete(monthFile(month))
  const unused: string[] = []
  for await (const key of store.list(folderOfMonth(month))) if (!excepted.has(key)) unused.push(key)
  await each(unused, async (key) => {
    await store.delete(key)
  })
}

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const writing = limitInFlight(writesAtOnce)
  for (const item of items) await writing.add(() => work(item))
  await writing.all()
}

function snapshot<Found>(
  db: SafeguardsDatabase,
  read: (tx: Parameters<typeof readShards>[0]) => Promise<Found>,
): Promise<Found> {
  return safeguardsOf(db).transaction().setIsolationLevel('repeatable read').execute(read)
}
