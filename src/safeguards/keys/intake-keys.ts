/**
 * Intake keys: one X25519 pair for each recording, a one-time prekey (docs/decisions/0078). Capture takes public keys in
 * batches and uses each once. Private keys are in the database, wrapped under the key of their batch, and that under the intake
 * wrapping key in the key store; none is stored unwrapped. See renew-intake-key.ts for replacing the wrapping key, and day-keys.ts for
 * earlier versions.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { lockKey } from './key-locks.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'
import { unwrapKey, wrapKey } from './wrap.ts'

/** Keys per batch. A capture that crashes loses those of the few batches it has begun. */
export const keysOfBatch = 64
const batchKeyBytes = 32
/** Capture uses no key that it took more than `maxDaysUsed` ago (capture/session/media/intake-stock.ts). */
const retentionDays = 40

/** Makes an X25519 pair in age's format: identity AGE-SECRET-KEY-1…, recipient age1… */
export type MakePair = () => { identity: string; recipient: string }

/** Keys for one capture node, to be used once each. */
export interface IntakeBatch {
  id: string
  publicKeys: string[]
}

/** Name of a version of the intake wrapping key in the key store. */
export function intakeKeyName(version: number): string {
  return `intake-v${version}`
}

/** Purpose that a wrapped batch key is bound to. */
export function batchPurpose(batch: string): string {
  return `intake batch ${batch}`
}

/** Purpose that a wrapped private key is bound to. */
export function privateKeyPurpose(publicKey: string): string {
  return `intake ${publicKey}`
}

/**
 * Locks the intake wrapping key until the transaction ends.
 * @returns its current version, if there is one
 */
export async function lockIntakeKey(tx: Tx, mode: 'shared' | 'exclusive'): Promise<number | undefined> {
  await lockKey(tx, 'intake', mode)
  const row = await tx.selectFrom('intake_version').select('version').where('state', '=', 'current').executeTakeFirst()
  return row?.version
}

/**
 * Makes batches until the unclaimed keys are as many as a capture node keeps in stock.
 * @returns how many batches were made
 */
export async function makeIntakeBatches(
  database: SafeguardsDatabase,
  store: KeyStore,
  makePair: MakePair,
  maxBatches: number,
): Promise<number> {
  const db = safeguardsOf(database)
  const { rows } = await sql<{ missing: number }>`
    select ceil((intake_keys_wanted() - coalesce(sum(cardinality(public_keys)), 0)) / ${keysOfBatch}::numeric)::integer as missing
    from intake_batch where taken_at is null`.execute(db)
  const wanted = Math.min(maxBatches, rows[0]?.missing ?? 0)
  if (wanted <= 0) return 0
  const batches = Array.from({ length: wanted }, () => makeBatch(makePair))
  await db.transaction().execute(async (tx) => {
    const version = await currentIntakeVersion(tx, store)
    const items = batches.map(({ id, key }) => ({ secret: key, purpose: batchPurpose(id) }))
    const wrapped = await store.wrap(intakeKeyName(version), items)
    await tx
      .insertInto('intake_batch')
      .values(batches.map(({ id, pairs }) => ({ id, public_keys: pairs.map(({ publicKey }) => publicKey) })))
      .execute()
    await tx
      .insertInto('intake_batch_key')
      .values(batches.map(({ id }, index) => ({ batch: id, version, wrapped: wrapped[index]! })))
      .execute()
    const pairs = batches.flatMap(({ id, pairs }) => pairs.map((pair) => ({ batch: id, ...pair })))
    await sql`
      insert into intake_private_key (public_key, batch, wrapped)
      select * from unnest(${pairs.map(({ publicKey }) => publicKey)}::text[], ${pairs.map(({ batch }) => batch)}::uuid[],
        ${pairs.map((pair) => pair.wrapped)}::bytea[])`.execute(tx)
  })
  for (const { key } of batches) key.fill(0)
  return batches.length
}

function makeBatch(makePair: MakePair) {
  const key = randomBytes(batchKeyBytes)
  const pairs = Array.from({ length: keysOfBatch }, () => {
    const { identity, recipient } = makePair()
    return { publicKey: recipient, wrapped: wrapKey(key, Buffer.from(identity), privateKeyPurpose(recipient)) }
  })
  return { id: randomUUID(), key, pairs }
}

async function currentIntakeVersion(tx: Tx, store: KeyStore): Promise<number> {
  const existing = await tx
    .selectFrom('intake_version')
    .select('version')
    .where('state', '=', 'current')
    .executeTakeFirst()
  const known = await lockIntakeKey(tx, existing ? 'shared' : 'exclusive')
  if (known !== undefined) return known
  const version = await makeIntakeVersion(tx, store)
  await tx.updateTable('intake_version').set({ state: 'current' }).where('version', '=', version).execute()
  return version
}

/**
 * Makes a version in the key store, recorded as being made. Skips numbers used before.
 * @returns its number
 */
export async function makeIntakeVersion(db: Db, store: KeyStore): Promise<number> {
  const { last } = await db
    .selectFrom('intake_version')
    .select(({ fn }) => fn.coalesce(fn.max('version'), sql<number>`0`).as('last'))
    .executeTakeFirstOrThrow()
  for (let version = last + 1; ; version++) {
    const { numInsertedOrUpdatedRows: made } = await db
      .insertInto('intake_version')
      .values({ version, state: 'making' })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (made !== 1n) continue
    try {
      await store.make(intakeKeyName(version))
      return version
    } catch (error) {
      if (!(error instanceof KeyStoreFault && error.code === 'KEY_EXISTS')) throw error
      // The transaction that made this version was rolled back. What the version wrapped is unknown: it is destroyed, not used.
      await db.updateTable('intake_version').set({ state: 'retiring' }).where('version', '=', version).execute()
    }
  }
}

/** Claims batches for a capture node; each is given once. May return fewer, or none. */
export async function claimIntakeBatches(
  database: SafeguardsDatabase,
  taker: string,
  maxBatches: number,
): Promise<IntakeBatch[]> {
  const { rows } = await sql<IntakeBatch>`
    select id, public_keys as "publicKeys"
    from take_intake_batches(${taker}::uuid, ${maxBatches}::integer)`.execute(database)
  return rows
}

/** Returns which of these batches may still be used: a restored register has none of earlier ones. */
export async function intakeBatchesInUse(database: SafeguardsDatabase, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from intake_batches_in_use(${ids}::uuid[]) as id`.execute(database)
  return new Set(rows.map(({ id }) => id))
}

/** Returns how many public keys a capture node keeps in stock. */
export async function intakeStockSize(database: SafeguardsDatabase): Promise<number> {
  return selectValue(database, sql<number>`intake_keys_wanted()`)
}

/** Returns the private key (AGE-SECRET-KEY-1…) of a public one; undefined once it is deleted. */
export async function intakeIdentity(
  database: SafeguardsDatabase,
  store: KeyStore,
  publicKey: string,
): Promise<string | undefined> {
  const db = safeguardsOf(database)
  let tried: number | undefined
  for (;;) {
    const row = await db
      .selectFrom('intake_private_key as p')
      .innerJoin('intake_batch_key as b', 'b.batch', 'p.batch')
      .select(['p.wrapped', 'p.batch', 'b.version', 'b.wrapped as batch_wrapped'])
      .where('p.public_key', '=', publicKey)
      .executeTakeFirst()
    if (!row) return undefined
    try {
      const item = { wrapped: row.batch_wrapped, purpose: batchPurpose(row.batch) }
      const [batchKey] = await store.unwrap(intakeKeyName(row.version), [item])
      const identity = unwrapKey(batchKey!, row.wrapped, privateKeyPurpose(publicKey))
      batchKey!.fill(0)
      return identity.toString('utf8')
    } catch (error) {
      if (!(error instanceof KeyStoreFault && error.code === 'KEY_MISSING')) throw error
      // A new version may have come between reading the row and the store: then there is another row.
      if (row.version === tried) return undefined
      tried = row.version
    }
  }
}

/**
 * Deletes private keys in the caller's transaction; each only if no other recording needs it, as when a capture's disk was
 * copied. Their remains on disk are made useless by renewing the wrapping key (renew-intake-key.ts).
 * @param recordings whose headers are no longer needed; those of earlier versions have no such key
 * @param overdue those that have waited for others long enough: their keys are deleted whoever else needs them
 */
export async function deleteIntakeKeys(
  database: SafeguardsDatabase,
  recordings: readonly string[],
  overdue: readonly string[] = [],
): Promise<void> {
  if (recordings.length === 0) return
  const tx = safeguardsOf(database) as Tx
  await lockIntakeKey(tx, 'shared')
  await sql`
    with gone as (
      delete from intake_private_key p using recording r, intake_batch_key b
      where r.id = any (${recordings}::uuid[]) and p.public_key = r.intake_key and b.batch = p.batch
        and (r.id = any (${overdue}::uuid[]) or not exists (
          select from recording o
          where o.intake_key = r.intake_key and o.id <> all (${recordings}::uuid[]) and o.kept_at is null
            and o.state in ('CAPTURING', 'STORED')
        ))
      returning p.public_key, p.batch, b.version
    )
    insert into intake_key_end (public_key, batch, version) select public_key, batch, version from gone
    on conflict (public_key) do update set version = greatest(intake_key_end.version, excluded.version)`.execute(tx)
}

/**
 * Deletes the private keys of batches too old for capture to use, by the time of destruction. A key whose recording waits for
 * ingestion is deleted with that.
 */
export async function deleteOldIntakeBatches(database: SafeguardsDatabase): Promise<void> {
  await safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      await lockIntakeKey(tx, 'shared')
      const old = sql`select id from intake_batch where taken_at < destruction_now() - ${sql.lit(`${retentionDays} days`)}::interval`
      await sql`
        with gone as (
          delete from intake_private_key p using intake_batch_key b where p.batch in (${old}) and b.batch = p.batch
            and not exists (
              select from recording r
              where r.intake_key = p.public_key and r.kept_at is null and r.state in ('CAPTURING', 'STORED')
            )
          returning p.public_key, p.batch, b.version
        )
        insert into intake_key_end (public_key, batch, version) select public_key, batch, version from gone
        on conflict do nothing`.execute(tx)
      await sql`
        delete from intake_batch a
        where a.id in (${old}) and not exists (select from intake_batch_key b where b.batch = a.id)`.execute(tx)
    })
}
