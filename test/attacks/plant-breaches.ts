// Plants breaches one by one in a running Seloste with calls, as the owner of its database and disk, and waits until
// its own checks report each. Returns for each breach whether it was found, by which promise and after how long. Never
// calls a check itself.
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import type { Breach, Planted } from './planted-breaches.ts'

export interface PlantedResult {
  name: string
  promise: string
  /** Milliseconds from planting to the proof; undefined if it was not found in time. */
  foundMs?: number
  /** True if the promise is checked hourly only. */
  hourly?: true
  /** PostgreSQL's message if it could not be planted. */
  fault?: string
}

const checkMs = 200
/** Factor for the waiting time of hourly checks. */
export const hourlyWaitFactor = 5

interface Proof {
  checked_at: Date
  holds: boolean
  facts: Record<string, unknown>
}

export async function plantBreaches(
  { url, folder }: { url: string; folder: string },
  breaches: readonly Breach[],
  { withinMs, onResult }: { withinMs: number; onResult?: (result: PlantedResult) => void },
): Promise<PlantedResult[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const results: PlantedResult[] = []
  // Reads the database's clock, which dates the proofs.
  const now = async () => (await client.query<{ now: Date }>('select clock_timestamp() as now')).rows[0]!.now
  try {
    let undoneAt = await now()
    for (const breach of breaches) {
      // Waits for a proof made after the previous breach was undone. An older proof still counts that breach, and the
      // next count would not exceed it.
      await provedAfter(client, breach.promise, undoneAt, withinMs)
      const result = await plantOne(client, folder, breach, withinMs)
      undoneAt = await now()
      results.push(result)
      onResult?.(result)
    }
  } finally {
    await client.end()
  }
  return results
}

async function plantOne(client: Client, folder: string, breach: Breach, withinMs: number): Promise<PlantedResult> {
  const { name, promise, counts, hourly } = breach
  const resultBase = { name, promise, ...(hourly && { hourly }) }
  const before = await proofOf(client, promise)
  const undo: (() => Promise<unknown>)[] = []
  const plants = 'length' in breach.plant ? breach.plant : [breach.plant]
  try {
    for (const plant of plants) undo.push(await applyPlant(client, folder, plant))
  } catch (error) {
    for (const undoOne of undo.reverse()) await undoOne()
    return { ...resultBase, fault: (error as Error).message }
  }
  const begun = performance.now()
  let foundMs: number | undefined
  while (foundMs === undefined && performance.now() - begun < withinMs * (hourly ? hourlyWaitFactor : 1)) {
    await wait(checkMs)
    const now = await proofOf(client, promise)
    if (
      now &&
      !now.holds &&
      (counts.length === 0 ? before?.holds : counts.some((count) => number(now, count) > number(before, count)))
    )
      foundMs = Math.round(performance.now() - begun)
  }
  for (const undoOne of undo.reverse()) await undoOne()
  return { ...resultBase, ...(foundMs !== undefined && { foundMs }) }
}

function number(proof: Proof | undefined, count: string): number {
  const value = proof?.facts[count]
  return typeof value === 'number' ? value : 0
}

/** Waits for a proof from a round that began after an instant. */
async function provedAfter(client: Client, promise: string, after: Date, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    const proof = await proofOf(client, promise)
    if ((proof && proof.checked_at > after) || performance.now() > until) return
    await wait(checkMs)
  }
}

async function proofOf(client: Client, promise: string): Promise<Proof | undefined> {
  const { rows } = await client.query<Proof>(
    `select checked_at, holds, coalesce(facts, '{}') as facts from proof where promise = $1`,
    [promise],
  )
  return rows[0]
}

/** Plants a breach. Returns the function that undoes it. */
async function applyPlant(client: Client, folder: string, plant: Planted): Promise<() => Promise<unknown>> {
  if ('file' in plant) {
    const { rows } = await client.query<{ id: string }>(
      `select id from recording where state = 'DESTROYED' order by id limit 1`,
    )
    const name = plant.file.replace('DESTROYED', rows[0]?.id ?? '')
    const path = join(folder, name.startsWith('objects/') ? objectPath(name.slice('objects/'.length)) : name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'planted', { mode: 0o600 })
    return () => rm(path, { force: true })
  }
  if ('run' in plant) {
    await withoutGuards(client, plant.run)
    return () => (plant.undo === undefined ? Promise.resolve() : withoutGuards(client, plant.undo))
  }
  const table = 'change' in plant ? plant.change : 'remove' in plant ? plant.remove : plant.copy
  const { rows } = await client.query<{ row: string; ctid: string }>(
    `select to_jsonb(t)::text as row from ${table} t where ${plant.where.replaceAll(`${table}.`, 't.')}`,
  )
  if (rows.length === 0) throw new Error(`nothing to plant on in ${table}`)
  const saved = `jsonb_populate_recordset(null::${table}, '${`[${rows.map(({ row }) => row).join(',')}]`.replaceAll("'", "''")}')`
  const key = await keyOf(client, table)
  const planted = `planted_${++plantedTables}`
  const among = (source: string) => `(${key}) in (select ${key} from ${source})`
  if ('remove' in plant) {
    await withoutGuards(client, `delete from ${table} where ${among(`${saved} s`)}`)
    return () => withoutGuards(client, `insert into ${table} overriding system value select * from ${saved}`)
  }
  const rowsOf =
    'copy' in plant
      ? `select (jsonb_populate_record(s, ${plant.as})).* from ${saved} s`
      : `select * from ${table} where ${among(`${saved} s`)}`
  await withoutGuards(
    client,
    `create temp table ${planted} as ${rowsOf};` +
      ('copy' in plant
        ? `insert into ${table} overriding system value select * from ${planted}`
        : `update ${planted} set ${plant.set}; delete from ${table} where ${among(`${saved} s`)};
           insert into ${table} overriding system value select * from ${planted}`),
  )
  return () =>
    withoutGuards(
      client,
      `delete from ${table} where ${among(planted)}; drop table ${planted};` +
        ('copy' in plant ? '' : `insert into ${table} overriding system value select * from ${saved}`),
    )
}

/** Path of an object in the store: src/platform/objects/directory-store.ts. */
function objectPath(key: string): string {
  const folder = createHash('sha256')
    .update(key.replace(/\.[^./]*$/, ''))
    .digest('hex')
    .slice(0, 2)
  return join('objects', folder, key)
}

let plantedTables = 0

/**
 * Returns the columns of the primary key: a planted row is found again by them, because other processes may change its
 * other columns.
 */
async function keyOf(client: Client, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
     where x.indrelid = $1::regclass and x.indisprimary`,
    [table],
  )
  return rows[0]!.columns
}

/** Runs statements with the database's guards disabled. */
async function withoutGuards(client: Client, statements: string): Promise<void> {
  try {
    await client.query(`begin; set local session_replication_role = replica; ${statements}; commit`)
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
