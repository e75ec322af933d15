/**
 * Prunes the log to the description's term: removes old entries, keeps their hashes in the tree, and appends a signed entry
 * about it. The database has a minimum term, and a date in the database alone never proves an entry's age.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { earlierOf } from '#platform/clock/instants.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import type { LogFolder } from './log-folder.ts'
import type { Signer } from './note.ts'
import { minimumIndex, signDetail } from './signed-entries.ts'
import { hashLeaf, tileWidth } from './tree.ts'

/** Most leaves removed at once. */
const maxBatch = 256 * tileWidth
const tilesRead = 16

export interface Pruning {
  signer: Signer | undefined
  folder: Pick<LogFolder, 'readLeaves'>
  now: Temporal.Instant
}

/**
 * Removes older entries (C9), and thins out old checkpoints.
 * @param months null if the log is kept without a limit
 * @returns how many entries were removed
 */
export async function pruneLog(
  database: SafeguardsDatabase,
  months: number | null,
  { signer, folder, now }: Pruning,
): Promise<number> {
  const db = safeguardsOf(database)
  await sql`select prune_checkpoints()`.execute(db)
  if (months === null || !signer) return 0
  for (let pruned = 0; ;) {
    const { before, first, signed } = await prunableEntries(db, signer, months, now)
    const { upto, entries } = await prunableUpTo(db, folder, { first, signed, before })
    if (upto === first) return pruned
    const detail = signDetail(signer, 'log.pruned', { minimumIndex: upto, entries, before: before.toString(), months })
    pruned += await selectValue(db, sql<number>`prune_audit(${JSON.stringify(detail)}::jsonb)::float8`)
  }
}

/** Returns the range of leaves, and the earlier cutoff of the database's clock and this machine's. */
async function prunableEntries(
  database: SafeguardsDatabase,
  signer: Signer,
  months: number,
  now: Temporal.Instant,
): Promise<{ before: Temporal.Instant; first: number; signed: number }> {
  // If the clock has jumped ahead, nothing is old enough for a day, in which a person can notice.
  const { rows } = await sql<{ before: Temporal.Instant; signed: number }>`
    select now() - make_interval(months => ${months}) as before,
      case when exists (select from audit_checkpoint where signed_at between now() - interval '14 days' and now() - interval '1 day')
        then coalesce((select max(size) from audit_checkpoint where signed_at < now()), 0)
        else 0 end::float8 as signed`.execute(database)
  const { before, signed } = rows[0]!
  const own = now.toZonedDateTimeISO('UTC').subtract({ months }).toInstant()
  return {
    before: earlierOf(own, before),
    first: await minimumIndex(database, signer),
    signed,
  }
}

/**
 * Returns where whole tiles of old entries end. An entry's date counts if its hash is the one stored beside the keys; a tile
 * with others is removed with a later one that is whole.
 */
async function prunableUpTo(
  database: SafeguardsDatabase,
  folder: Pick<LogFolder, 'readLeaves'>,
  { first, signed, before }: { first: number; signed: number; before: Temporal.Instant },
): Promise<{ upto: number; entries: number }> {
  const end = Math.min(signed - (signed % tileWidth), first + maxBatch)
  let [upto, entries, uncounted] = [first, 0, 0]
  for (let from = first; from < end; from += tilesRead * tileWidth) {
    const to = Math.min(end, from + tilesRead * tileWidth)
    const known = await folder.readLeaves(from, to)
    const { rows } = await sql<EntryRow & { index: number; instant: Temporal.Instant }>`
      select l.index::float8 as index, e.at as instant, ${entryColumns}
      from audit_leaf l join audit_entry e on e.seq = l.seq
      where l.index >= ${from} and l.index < ${to} order by l.index`.execute(database)
    const tiles = Map.groupBy(rows, ({ index }) => Math.floor(index / tileWidth))
    for (let tile = from / tileWidth; tile < to / tileWidth; tile++) {
      const all = tiles.get(tile) ?? []
      const intact = all.filter((row) => known[row.index - from]?.equals(hashLeaf(entryBytes(row))))
      if (intact.some(({ instant }) => Temporal.Instant.compare(instant, before) >= 0)) return { upto, entries }
      uncounted += all.length
      if (intact.length < tileWidth) continue
      upto = (tile + 1) * tileWidth
      entries += uncounted
      uncounted = 0
    }
  }
  return { upto, entries }
}
