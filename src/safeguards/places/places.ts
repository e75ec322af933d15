/**
 * The opened places of copies (R18, R19, R50, R52). Reports for each place whether it received an update; an unreachable one
 * never delays the others. One writer at a time per place, and no place without an attested site.
 */
import { sql } from 'kysely'
import type { StorageSite } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'
import type { PlaceSetting } from '#platform/config/places.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { limitInFlight } from '../backup/limit-in-flight.ts'
import { readLogKey } from '../audit/log-key.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { ChangedKeys, Copies, Reached } from './copies.ts'
import { reachPlace, describeFault } from './open-place.ts'
import { PlaceFault } from './place-faults.ts'
import { judgePlace, recordPlace, type JudgedPlace } from './registry.ts'
import { monthsIn, renewMonth } from './renew-keyring.ts'
import { assertLedgerContinues, copyLedgerTo } from './ship-ledger.ts'
import { describeCopyPlace } from './configured-places.ts'

export interface PlacesOptions {
  db: SafeguardsDatabase
  keys: KeyStore
  backups: readonly PlaceSetting[]
  ledgerCopies: readonly PlaceSetting[]
  /** Recipient of the keyring copies and of the ledger's contents; set if there are backups. */
  recipient: string | undefined
  /** Sites of the description in force. */
  sites: () => readonly StorageSite[] | Promise<readonly StorageSite[]>
  now: () => Temporal.Instant
  /** Timeout per place and operation; default 20 seconds. */
  limitMs?: number
}

export interface Places extends Copies {
  /** Returns a backup place by name; undefined if it is not configured. */
  backup(name: string): BackupPlaceOpen | undefined
  /** Updates every outdated place: whole keyrings, pending changes, the ledger. */
  catchUp(): Promise<Reached[]>
}

/** A backup place, for making backups. */
export interface BackupPlaceOpen {
  name: string
  /**
   * Opens the place's object store.
   * @throws PlaceFault
   */
  open(): Promise<ObjectStore>
  /**
   * Updates the whole keyring and the ledger.
   * @throws PlaceFault
   */
  renewCopies(): Promise<void>
}

interface OpenedPlace {
  id: string
  store: ObjectStore
}

const limitMs = 20_000
/** Deletions in a folder share a sync; a server has a limited number of connections. */
const deletionsAtOnce = { folder: 500, s3: 50 }
const deletionsPerTimeout = 2_000
/** A month of a million recordings has 3,000 files. */
const wholeKeyringTimeoutMs = 10 * 60_000

export function openPlaces(options: PlacesOptions): Places {
  const { db: database, keys, recipient, now } = options
  const db = safeguardsOf(database)
  /** Places whose keyring this process has sealed. */
  const sealed = new Set<string>()
  const placeOf = (kind: 'backup' | 'ledger') => (setting: PlaceSetting) => new Place(kind, setting)

  class Place {
    readonly kind
    readonly setting
    #store: ObjectStore | undefined
    #lastWork: Promise<unknown> = Promise.resolve()
    constructor(kind: 'backup' | 'ledger', setting: PlaceSetting) {
      this.kind = kind
      this.setting = setting
    }

    /** Runs work with the opened place; serialised, because an operation that timed out may still be writing. */
    async do<Result>(
      work: (open: OpenedPlace) => Promise<Result>,
      limit = options.limitMs ?? limitMs,
    ): Promise<Result> {
      const mine = this.#lastWork.then(async () => work(await this.#reach()))
      this.#lastWork = mine.catch(() => undefined)
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => {
        late.reject(new PlaceFault('place-slow', `it did not answer within ${Math.ceil(limit / 1000)} s`))
      }, limit)
      try {
        const result = await Promise.race([mine, late.promise])
        await this.#noteReached()
        return result
      } catch (error) {
        await this.#noteFault(error)
        throw error
      } finally {
        clearTimeout(timer)
      }
    }

    async report(work: (open: OpenedPlace) => Promise<unknown>, limit?: number): Promise<Reached> {
      const place = this.setting.name
      try {
        await this.do(work, limit)
        return { place, reached: true }
      } catch (error) {
        return { place, reached: false, fault: describeFault(this.setting, error) }
      }
    }

    async #reach(): Promise<OpenedPlace> {
      const { kind, setting } = this
      const today = now().toZonedDateTimeISO(termZone).toPlainDate()
      const by = { sites: await options.sites(), today, now: now() }
      const judged = await judgePlace(db, await describeCopyPlace(kind, setting), by)
      if (!judged.mayBeUsed) {
        throw new PlaceFault(
          'place-unattested',
          `${setting.name}: ${judged.verdict.attested ? '' : judged.verdict.why}`,
        )
      }
      const signer = await readLogKey(keys)
      if (!signer) throw new PlaceFault('place-unready', 'the audit log has no key yet')
      const known = judged.isReached ? judged.id : undefined
      const ours = {
        origin: signer.name,
        recipient: kind === 'backup' ? recipient : undefined,
        known,
        newId: () => judged.id,
        now: now(),
        assertMayTake: (found: ObjectStore) => assertLedgerContinues(db, found),
      }
      const store = await reachPlace(setting, ours, this.#store)
      this.#store = store
      // Also for a known place: a database that was rolled back, or a copy of it, must not write older keys over newer ones.
      await assertLedgerContinues(db, store)
      if (!judged.isReached) await begin(judged)
      return { id: judged.id, store }
    }

    async #noteReached(): Promise<void> {
      await sql`
        update place_of_data set reached_at = ${now()},
          fault = case when state = 'unreachable' then null else fault end,
          fault_code = case when state = 'unreachable' then null else fault_code end,
          fault_since = case when state = 'unreachable' then null else fault_since end,
          state = case when state = 'unreachable' then 'in-use' else state end
        where kind = ${this.kind} and name = ${this.setting.name}`.execute(db)
    }

    async #noteFault(error: unknown): Promise<void> {
      // An operator may have replaced the disk.
      this.#store = undefined
      await sql`
        update place_of_data set fault = ${describeFault(this.setting, error)},
          fault_code = ${error instanceof Fault ? error.code : null}, fault_since = coalesce(fault_since, ${now()}::timestamptz),
          state = case when state = 'in-use' then 'unreachable' else state end
        where kind = ${this.kind} and name = ${this.setting.name} and state <> 'refused'`.execute(db)
    }
  }

  const backups = options.backups.map(placeOf('backup'))
  const ledgers = options.ledgerCopies.map(placeOf('ledger'))

  /**
   * Marks a place as in use, so that it receives later key changes. Waits for changes in progress: their transactions do not
   * see the mark, and a keyring read before they commit lacks their keys.
   */
  async function begin({ id, place, verdict }: JudgedPlace): Promise<void> {
    await db.transaction().execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
      await sql`lock table shard_key, recording_key in share mode`.execute(tx)
      await tx
        .updateTable('place_of_data')
        .set({ first_used_at: now(), reached_at: now(), state: 'in-use', keyring_whole: false, ledger_to: null })
        .where('id', '=', id)
        .execute()
    })
    await recordPlace(db, 'place.used', id, place, verdict)
  }

  /** Under a lock of the place, so that no process writes older keys over newer ones. */
  async function renew(
    { id, store }: OpenedPlace,
    month: Temporal.PlainDate,
    shards: readonly number[] | 'all',
  ): Promise<void> {
    if (recipient === undefined) throw new PlaceFault('place-unready', 'SELOSTE_BACKUP_KEY is not set')
    await db.transaction().execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
      await sql`select pg_advisory_xact_lock(hashtextextended(${`seloste.keyring.${id}`}, 0))`.execute(tx)
      const row = await tx.selectFrom('place_of_data').select('ledger_to').where('id', '=', id).executeTakeFirst()
      const place = { id, ledgerTo: row?.ledger_to ?? 0 }
      const done = await renewMonth(db, keys, recipient, store, { month, shards, place })
      if (done.length > 0) {
        await tx
          .deleteFrom('keyring_change')
          .where('id', '=', sql<number>`any (${done}::bigint[])`)
          .execute()
      }
      await tx.updateTable('place_of_data').set({ keyring_at: now() }).where('id', '=', id).execute()
    })
  }

  async function renewPending(open: OpenedPlace): Promise<void> {
    const row = await db
      .selectFrom('place_of_data')
      .select(['keyring_whole', 'recipient'])
      .where('id', '=', open.id)
      .executeTakeFirstOrThrow()
    const hasOtherRecipient = row.recipient !== recipient
    if (!row.keyring_whole || hasOtherRecipient) {
      const sealedHere = sealed.has(open.id)
      await renewWhole(open)
      // After a change of the recovery key the row still has the previous one. But if this process had already sealed the
      // keyring, another process uses another key.
      if (sealedHere && hasOtherRecipient) {
        throw new PlaceFault(
          'place-two-keys',
          'another process encrypted the keyring there to another recovery key; it was encrypted to the key of this process again',
        )
      }
      return
    }
    const months = await db
      .selectFrom('keyring_change')
      .select('expiry_month')
      .distinct()
      .where('place', '=', open.id)
      .execute()
    for (const { expiry_month } of months) await renew(open, expiry_month, [])
  }

  async function renewWhole(open: OpenedPlace): Promise<void> {
    const inUse = await db.selectFrom('shard_key').select('expiry_month').distinct().execute()
    const months = new Map(
      [...inUse.map((row) => row.expiry_month), ...(await monthsIn(open.store))].map((m) => [m.toString(), m]),
    )
    for (const month of months.values()) await renew(open, month, 'all')
    await db
      .updateTable('place_of_data')
      .set({ keyring_whole: true, recipient: recipient ?? null, keyring_at: now() })
      .where('id', '=', open.id)
      .execute()
    sealed.add(open.id)
  }

  async function copyLedger({ id, store }: OpenedPlace): Promise<void> {
    await db.transaction().execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
      await sql`select pg_advisory_xact_lock(hashtextextended(${`seloste.ledger.${id}`}, 0))`.execute(tx)
      const to = await copyLedgerTo(db, store, recipient)
      await tx.updateTable('place_of_data').set({ ledger_to: to }).where('id', '=', id).execute()
    })
  }

  async function renewCopies(open: OpenedPlace): Promise<void> {
    await renewPending(open)
    await copyLedger(open)
  }

  /** In parts, each with its timeout; after a failure the rest is left to the next run. */
  async function deleteFrom(place: Place, objects: readonly string[]): Promise<Reached> {
    for (let from = 0; ; from += deletionsPerTimeout) {
      const some = objects.slice(from, from + deletionsPerTimeout)
      const answer = await place.report(async ({ store }) => {
        const deleting = limitInFlight(deletionsAtOnce[place.setting.at.kind])
        for (const key of some) {
          await deleting.add(async () => {
            await store.delete(`objects/${key}`)
          })
        }
        await deleting.all()
      })
      if (!answer.reached || from + some.length >= objects.length) return answer
    }
  }

  return {
    renewKeyring: (changed: readonly ChangedKeys[]) =>
      Promise.all(
        backups.map((place) =>
          place.report(async (open) => {
            for (const { month, shards } of changed) await renew(open, month, shards)
          }),
        ),
      ),
    deleteObjects: (objects: readonly string[]) => Promise.all(backups.map((place) => deleteFrom(place, objects))),
    shipLedger: () => Promise.all([...backups, ...ledgers].map((place) => place.report(copyLedger))),
    catchUp: () =>
      Promise.all([
        ...backups.map((place) => place.report(renewCopies, wholeKeyringTimeoutMs)),
        ...ledgers.map((place) => place.report(copyLedger)),
      ]),
    backup(name) {
      const place = backups.find(({ setting }) => setting.name === name)
      return (
        place && {
          name,
          open: () => place.do(({ store }) => Promise.resolve(store)),
          renewCopies: () => place.do(renewCopies, wholeKeyringTimeoutMs),
        }
      )
    },
  }
}
