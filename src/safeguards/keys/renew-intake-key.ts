/**
 * Renews the intake wrapping key after private keys were deleted. One transaction replaces the keys of their batches and wraps
 * every batch key under the next version; then the previous version is destroyed in the key store and recorded in ledger and
 * log. From then on nothing on any disk opens a header that a deleted private key opened. Can be interrupted anywhere and run
 * again.
 */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { batchPurpose, lockIntakeKey, intakeKeyName, makeIntakeVersion, privateKeyPurpose } from './intake-keys.ts'
import { type KeyStore, wrapVerified } from './key-store.ts'
import { destroyKey, recordKeyDestroyed } from './retire-versions.ts'
import { rewrapKey } from './wrap.ts'

/** A transaction that stalls for longer loses its locks to another destroyer. */
const leaseMs = 30_000
/** A version that is still in state `making` after this time was left by a crash. */
const abandonedMinutes = 10

/**
 * Makes the remains of deleted private keys on disk useless.
 * @param recordings only if one of these had such a key; default: whenever any was deleted
 * @throws what the key store throws; KEY_STAYS
 */
export async function renewIntakeKey(
  database: SafeguardsDatabase,
  store: KeyStore,
  recordings?: readonly string[],
): Promise<void> {
  const db = safeguardsOf(database)
  await sql`
    update intake_version set state = 'retiring'
    where state = 'making'
    and made_at < clock_timestamp() - ${sql.lit(`${abandonedMinutes} minutes`)}::interval`.execute(db)
  if (await isNeeded(db, recordings)) await renew(db, store)
  await destroyRetired(db, store)
}

/** Returns true if a private key of these recordings was deleted under the current version. */
async function isNeeded(db: Db, recordings: readonly string[] | undefined): Promise<boolean> {
  const current = sql`select from intake_key_end e join intake_version v on v.version = e.version and v.state = 'current'`
  const ofRecordings = recordings
    ? sql`where e.public_key in (select r.intake_key from recording r where r.id = any (${recordings}::uuid[]))`
    : sql``
  return selectValue(db, sql<boolean>`exists (${current} ${ofRecordings})`)
}

async function renew(db: Db, store: KeyStore): Promise<void> {
  const next = await makeIntakeVersion(db, store)
  try {
    await db.transaction().execute((tx) => renewAs(tx, store, next))
  } catch (error) {
    // Nothing is wrapped under the new version; if this fails too, the version is retired when it is old.
    await retire(db, next).catch(() => undefined)
    throw error
  }
}

async function renewAs(tx: Tx, store: KeyStore, next: number): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(leaseMs)}`.execute(tx)
  const current = await lockIntakeKey(tx, 'exclusive')
  const ours = await tx
    .selectFrom('intake_version')
    .select('version')
    .where('version', '=', next)
    .where('state', '=', 'making')
    .forUpdate()
    .executeTakeFirst()
  // Another destroyer has renewed the key meanwhile, which covers earlier deletions; a later one requests a renewal itself.
  if (current === undefined || current > next || !ours) return retire(tx, next)
  await sql`
    delete from intake_batch_key b
    where not exists (select from intake_private_key p where p.batch = b.batch)`.execute(tx)
  const batches = await tx.selectFrom('intake_batch_key').select(['batch', 'wrapped', 'version']).execute()
  const ended = await tx
    .selectFrom('intake_key_end')
    .select('batch')
    .distinct()
    .where('version', '=', current)
    .execute()
  const replaced = new Set(ended.map(({ batch }) => batch))
  const opened = await store.unwrap(
    intakeKeyName(current),
    batches.map(({ batch, wrapped }) => ({ wrapped, purpose: batchPurpose(batch) })),
  )
  const keys = new Map(batches.map(({ batch }, index) => [batch, opened[index]!]))
  for (const [batch, key] of keys) {
    if (!replaced.has(batch)) continue
    const fresh = randomBytes(key.length)
    await rewrapPrivateKeys(tx, batch, key, fresh)
    key.fill(0)
    keys.set(batch, fresh)
  }
  await wrapBatches(tx, store, next, keys)
  await retire(tx, current)
  await tx.updateTable('intake_version').set({ state: 'current' }).where('version', '=', next).execute()
  for (const key of keys.values()) key.fill(0)
}

async function rewrapPrivateKeys(tx: Tx, batch: string, key: Buffer, fresh: Buffer): Promise<void> {
  const rows = await tx
    .selectFrom('intake_private_key')
    .select(['public_key', 'wrapped'])
    .where('batch', '=', batch)
    .execute()
  const wrapped = rows.map((row) => rewrapKey(key, fresh, row.wrapped, privateKeyPurpose(row.public_key)))
  await sql`
    update intake_private_key p set wrapped = given.wrapped
    from unnest(${rows.map((row) => row.public_key)}::text[], ${wrapped}::bytea[]) as given (public_key, wrapped)
    where p.public_key = given.public_key`.execute(tx)
}

async function wrapBatches(tx: Tx, store: KeyStore, version: number, keys: ReadonlyMap<string, Buffer>): Promise<void> {
  if (keys.size === 0) return
  const name = intakeKeyName(version)
  const items = [...keys].map(([batch, secret]) => ({ secret, purpose: batchPurpose(batch) }))
  const wrapped = await wrapVerified(store, name, items)
  await sql`
    update intake_batch_key b set version = ${version}, wrapped = given.wrapped
    from unnest(${[...keys.keys()]}::uuid[], ${wrapped}::bytea[]) as given (batch, wrapped)
    where b.batch = given.batch`.execute(tx)
}

async function retire(db: Db, version: number): Promise<void> {
  await db
    .updateTable('intake_version')
    .set({ state: 'retiring' })
    .where('version', '=', version)
    .where('state', 'in', ['making', 'current'])
    .execute()
}

async function destroyRetired(db: Db, store: KeyStore): Promise<void> {
  const retired = await db
    .selectFrom('intake_version')
    .select('version')
    .where('state', '=', 'retiring')
    .orderBy('version')
    .execute()
  for (const { version } of retired) {
    const key = intakeKeyName(version)
    const receipt = await destroyKey(store, key)
    await db.transaction().execute(async (tx) => {
      const { numUpdatedRows: updated } = await tx
        .updateTable('intake_version')
        .set({
          state: 'destroyed',
          destroyed_at: sql<Temporal.Instant>`clock_timestamp()`,
          receipt: JSON.stringify(receipt),
        })
        .where('version', '=', version)
        .where('state', '=', 'retiring')
        .executeTakeFirstOrThrow()
      if (updated === 0n) return
      await recordKeyDestroyed(tx, key, { kind: 'intake-key', name: `v${version}`, cause: 'renewed' }, receipt)
    })
  }
  await sql`
    delete from intake_key_end e
    where not exists (
      select from intake_version v where v.version <= e.version and v.state in ('current', 'retiring')
    )`.execute(db)
}
