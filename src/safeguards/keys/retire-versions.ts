/**
 * Retires versions of month keys: renews and reads back the copies of the keyring, then destroys the versions, and records the
 * key store's answer in the ledger. A version is destroyed only if it is not current and its copies have a later one, or its
 * deadline has passed, and only if no stored recording needs it.
 */
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { appendToLedger } from '../ledger/append-to-ledger.ts'
import type { Copies, Reached } from '../places/copies.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { KeyStoreFault, type KeyReceipt, type KeyStore } from './key-store.ts'
import { whyStillNeeded } from './keyless-recordings.ts'
import { monthKeyName } from './month-keys.ts'
import type { NewLedgerEntry } from '../ledger/ledger-entry.ts'

export interface RetirementResult {
  destroyed: KeyReceipt[]
  /** Months whose retired versions still exist, and why: one line for the operator. */
  waiting: { month: Temporal.PlainDate; why: string }[]
  failures: unknown[]
}

/** A version that is still in state `making` after this time was left by a crash. */
const abandonedMinutes = 10
/** A renewal of copies that is unfinished after this time was abandoned. */
const renewalMinutes = 60
/** With frequent destructions the version changes while a copy is written; those destructions then renew the copy. */
const maxRenewals = 5

/** Renews the copies of every month with retired versions and destroys these. Can be interrupted anywhere and run again. */
export async function destroyRetiredVersions(
  database: SafeguardsDatabase,
  store: KeyStore,
  copies: Copies,
  now: Temporal.Instant,
): Promise<RetirementResult> {
  const db = safeguardsOf(database)
  await retireAbandoned(db)
  const { rows } = await sql<{ month: Temporal.PlainDate }>`
    select expiry_month as month from month_key where state = 'retiring' union select expiry_month from keyring_renewal
    order by month`.execute(db)
  const settled: RetirementResult = { destroyed: [], waiting: [], failures: [] }
  for (const { month } of rows) {
    try {
      await destroyRetiredVersionsOf(db, store, copies, month, now, settled)
    } catch (error) {
      settled.failures.push(error)
      settled.waiting.push({ month, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return settled
}

async function retireAbandoned(db: Db): Promise<void> {
  await sql`
    update month_key set state = 'retiring', retiring_since = clock_timestamp(), deadline = clock_timestamp()
    where state = 'making'
    and made_at < clock_timestamp() - ${sql.lit(`${abandonedMinutes} minutes`)}::interval`.execute(db)
}

async function destroyRetiredVersionsOf(
  db: Db,
  store: KeyStore,
  copies: Copies,
  month: Temporal.PlainDate,
  now: Temporal.Instant,
  settled: RetirementResult,
): Promise<void> {
  const retiring = await db
    .selectFrom('month_key')
    .select(['version', 'deadline', 'shards'])
    .where('expiry_month', '=', month)
    .where('state', '=', 'retiring')
    .orderBy('version')
    .execute()
  // Before the copies are renewed: their shards may be the only ones left.
  const needed = await whyStillNeeded(
    db,
    store,
    month,
    retiring.map(({ version }) => version),
  )
  if (needed !== undefined) {
    settled.waiting.push({ month, why: needed })
    return
  }
  const { reached, fault } = await renewCopies(db, copies, month, [
    ...new Set(retiring.flatMap(({ shards }) => shards)),
  ])
  const unreached = reached.filter((place) => !place.reached)
  for (const { version, deadline } of retiring) {
    const hasExpired = deadline !== null && Temporal.Instant.compare(deadline, now) <= 0
    if ((unreached.length > 0 || fault !== undefined) && !hasExpired) {
      const why = fault ?? unreached.map(({ place, fault }) => `${place}: ${fault ?? 'not reached'}`).join('; ')
      settled.waiting.push({ month, why })
      continue
    }
    const receipt = await destroyKey(store, monthKeyName(month, version))
    if (await recordDestroyed(db, month, version, receipt, reached)) settled.destroyed.push(receipt)
  }
}

/**
 * Writes the month's keys to every copy, again if their version changes meanwhile. A row `keyring_renewal` records the shards
 * until then: another destroyer that finds the row writes them too, so that a slow writer's older keys do not remain.
 */
async function renewCopies(
  db: Db,
  copies: Copies,
  month: Temporal.PlainDate,
  touched: readonly number[],
): Promise<{ reached: Reached[]; fault?: string }> {
  await sql`
    delete from keyring_renewal
    where begun_at < clock_timestamp() - ${sql.lit(`${renewalMinutes} minutes`)}::interval`.execute(db)
  const others = await db.selectFrom('keyring_renewal').selectAll().where('expiry_month', '=', month).execute()
  const shards = [...new Set([...touched, ...others.flatMap((row) => row.shards)])].sort((a, b) => a - b)
  const { id } = await db
    .insertInto('keyring_renewal')
    .values({ expiry_month: month, shards })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (let round = 1; ; round++) {
    const before = await versionNow(db, month)
    let answer: { reached: Reached[]; fault?: string }
    try {
      answer = { reached: await copies.renewKeyring([{ month, shards }]) }
    } catch (error) {
      answer = { reached: [], fault: `copies of the keys: ${error instanceof Error ? error.message : String(error)}` }
    }
    if ((await versionNow(db, month)) !== before && round < maxRenewals) continue
    await db.deleteFrom('keyring_renewal').where('id', '=', id).execute()
    return answer
  }
}

async function versionNow(db: Db, month: Temporal.PlainDate): Promise<number | undefined> {
  const row = await db
    .selectFrom('month_key')
    .select('version')
    .where('expiry_month', '=', month)
    .where('state', '=', 'current')
    .executeTakeFirst()
  return row?.version
}

/**
 * Destroys a key and verifies that it is gone, whatever the store answers.
 * @throws KeyStoreFault KEY_STAYS
 */
export async function destroyKey(store: KeyStore, name: string): Promise<KeyReceipt> {
  const receipt = await store.destroy(name)
  if (await store.has(name)) {
    const message = `the key store reports that ${name} is destroyed, but it still exists: check the key store; retrying`
    throw new KeyStoreFault('KEY_STAYS', message)
  }
  return receipt
}

/**
 * Records a destroyed key in the ledger and the log.
 * @param key its name in the key store
 */
export async function recordKeyDestroyed(
  tx: Tx,
  key: string,
  entry: Pick<Extract<NewLedgerEntry, { kind: 'month-key' | 'intake-key' }>, 'kind' | 'name' | 'cause'> & {
    detail?: { recordings: number; renewedAs?: string }
  },
  receipt: KeyReceipt,
  places?: readonly { place: string; reached: boolean }[],
): Promise<void> {
  const targets = { ...(places && { places: [...places] }), receipts: [receipt] }
  await appendToLedger(tx, { detail: {}, ...entry, doneBy: 'destroyer', targets })
  const object = { kind: 'key' } as const
  await appendAudit(tx, { action: 'key.destroyed', result: 'ok', object, detail: { name: key } })
}

/** @returns false if another destroyer has recorded it */
async function recordDestroyed(
  db: Db,
  month: Temporal.PlainDate,
  version: number,
  receipt: KeyReceipt,
  reached: readonly Reached[],
): Promise<boolean> {
  const name = monthKeyName(month, version)
  const places = reached.map(({ place, reached }) => ({ place, reached }))
  return db.transaction().execute(async (tx) => {
    const updated = await tx
      .updateTable('month_key')
      .set({
        state: 'destroyed',
        destroyed_at: sql<Temporal.Instant>`clock_timestamp()`,
        receipt: JSON.stringify(receipt),
        places: JSON.stringify(places),
      })
      .where('expiry_month', '=', month)
      .where('version', '=', version)
      .where('state', '=', 'retiring')
      .executeTakeFirst()
    if (updated.numUpdatedRows === 0n) return false
    const { recordings } = await tx
      .selectFrom('file_key_end')
      .select(({ fn }) => fn.countAll<number>().as('recordings'))
      .where('expiry_month', '=', month)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    const next = await versionNow(tx, month)
    const cause = next === undefined ? 'retention' : 'renewed'
    const detail = { recordings, ...(next !== undefined && { renewedAs: monthKeyName(month, next) }) }
    await recordKeyDestroyed(tx, name, { kind: 'month-key', name, cause, detail }, receipt, places)
    const unreached = places.filter((place) => !place.reached)
    await queueReplicaDeletes(
      tx,
      unreached.map(({ place }) => ({ place, object_kind: 'month-key', object: name })),
    )
    return true
  })
}

/** Records deletions to repeat in places that were unreachable. */
export async function queueReplicaDeletes(
  db: SafeguardsDatabase,
  deletions: readonly { place: string; object_kind: 'recording' | 'month-key'; object: string }[],
): Promise<void> {
  if (deletions.length === 0) return
  await safeguardsOf(db)
    .insertInto('copy_owed')
    .values([...deletions])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
