/**
 * Measures the destroyer in a month of a million recordings, with two backup places in folders: one destruction at its caller's
 * request, fifty together, and the five thousand of an hourly sweep, each until it is in the ledger. Yardstick: the bare update
 * of the same rows.
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { StorageSite } from '#description/register-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { PlaceSetting } from '#platform/config/places.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { expungeRecordings, type RecordingToDestroy, type ExpunctionContext } from '#register/expunge.ts'
import { bodyKey, indexKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLogKey } from '#safeguards/audit/log-key.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { expiryMonthOf, monthKeyName, recordingPurpose, shardOf, shardPurpose } from '#safeguards/keys/month-keys.ts'
import { storeFileKey } from '#safeguards/keys/recording-keys.ts'
import { wrapKey } from '#safeguards/keys/wrap.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { openStore } from '#safeguards/places/open-place.ts'
import { openPlaces } from '#safeguards/places/places.ts'
import { ms, ratio, type Row } from '../rows.ts'

const role = 'seloste_custodian'
const password = 'only-for-the-bench'
const rounds = 5
const limits = { oneMs: 1_000, fiftyMs: 5_000 }
/** Hours of recordings that have expired, for the sweep. */
const sweptHours = 4
const sweptAtOnce = 5_000
/** Recordings whose file keys are stored during the destruction. */
const maxKeysStored = 2_000
const keyIntervalMs = 5
const isFull = process.env['SELOSTE_BENCH_FULL'] === '1'
const site: StorageSite = {
  id: 'vault',
  names: { fi: 'Holvi', sv: 'Valv', en: 'Vault' },
  electronicAccessControl: true,
  attestedBy: 'Security',
  attestedOn: Temporal.PlainDate.from('2026-01-01'),
  nextReview: Temporal.PlainDate.from('2099-01-01'),
}

interface Filled {
  id: string
  destroyAt: Temporal.Instant
}

/** Measures medians. Required: less than 1 s for one destruction, less than 5 s for fifty. */
export async function destroy({ recordings = isFull ? 1_000_000 : 250_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const onIdleError = () => undefined
  const admin = connectDatabase({ url: server.adminUrl(), applicationName: 'bench', size: 1, onIdleError })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { [role]: password })
    const url = server.urlFor(role, password, 'postgres')
    const custodian = connectDatabase<RegisterTables>({ url, applicationName: 'bench', size: 8, onIdleError })
    const keys = await openKeyFolder(join(folder, 'keys'))
    const objects = await openDirectoryStore(join(folder, 'objects'))
    const filled = await fill(admin.pool, keys, recordings)
    await makeLogKey(keys, 'bench')
    const backups = ['first', 'second'].map((name): PlaceSetting => {
      return { name, at: { kind: 'folder', folder: join(folder, name) }, site: site.id }
    })
    for (const { name } of backups) await mkdir(join(folder, name))
    const copies = openPlaces({
      ...{ db: custodian.db, keys, backups, ledgerCopies: [], recipient: generateKeyPair().recipient },
      sites: () => [site],
      now: () => Temporal.Now.instant(),
    })
    const beganCopies = performance.now()
    for (const { place, reached, fault } of await copies.catchUp()) {
      if (!reached) throw new Error(`${place}: ${fault ?? 'not reached'}`)
    }
    const copiedSeconds = (performance.now() - beganCopies) / 1000
    const expunging = { db: custodian.db, objects, keys, copies, workFolder: join(folder, 'work') }
    const stores = [objects, ...(await Promise.all(backups.map((place) => openStore(place)))).map(underObjectsPrefix)]

    const later = filled.filter(({ destroyAt }) => Temporal.Instant.compare(destroyAt, Temporal.Now.instant()) > 0)
    const keyless = later.splice(-maxKeysStored)
    await admin.pool.query('set session_replication_role = replica')
    const ids = keyless.map(({ id }) => id)
    await admin.pool.query('delete from recording_key where recording_id = any ($1)', [ids])
    await admin.pool.query(`update recording set state = 'CAPTURING', kept_at = null where id = any ($1)`, [ids])
    await admin.pool.query('set session_replication_role = origin')
    const pick = () => later[randomBytes(4).readUInt32LE() % later.length]!
    const one = await median(
      rounds,
      async () => addProhibited(admin.pool, stores, [pick()]),
      (some) => run(expunging, some),
    )
    const storing = storeKeysMeanwhile(custodian.db, keys, keyless)
    const fifty = await median(
      rounds,
      async () => addProhibited(admin.pool, stores, Array.from({ length: 50 }, pick)),
      (some) => run(expunging, some),
    )
    const stored = await storing.stop()
    const bare = await median(
      rounds,
      () => Promise.resolve(Array.from({ length: 50 }, pick)),
      async (some) => {
        await admin.pool.query('update recording set keeping_fault = null where id = any ($1)', [
          some.map(({ id }) => id),
        ])
      },
    )
    const due = filled.slice(0, sweptAtOnce)
    await putObjects(stores, due)
    const began = performance.now()
    await run(
      expunging,
      due.map((recording) => ({ ...recording, cause: 'retention' as const })),
    )
    const swept = performance.now() - began

    console.log(
      `${recordings} recordings in the month, 2 backup places, their keyrings written in ${copiedSeconds.toFixed(0)} s`,
    )
    console.log(`bare update of 50 rows   median ${bare.toFixed(0)} ms`)
    console.log(
      `one destroyed            median ${one.toFixed(0)} ms  x${(one / bare).toFixed(0)}  (at most ${limits.oneMs} ms)`,
    )
    console.log(
      `fifty destroyed          median ${fifty.toFixed(0)} ms  x${(fifty / bare).toFixed(0)}  (at most ${limits.fiftyMs} ms)`,
    )
    console.log(
      `stored meanwhile         ${stored.count} file keys of the same month, the slowest ${stored.slowestMs.toFixed(0)} ms`,
    )
    console.log(`a sweep of ${due.length}          ${swept.toFixed(0)} ms, ${(swept / due.length).toFixed(2)} ms each`)
    await custodian.close()
    const row = (label: string, took: number, maxMs: number): Row => ({
      what: `${label} of ${recordings} in the month, in two backup places too`,
      measured: ms(took),
      yardstick: `bare update of 50 rows ${ms(bare)}`,
      ratio: ratio(took, bare),
      target: `at most ${maxMs / 1000} s`,
      isReached: took <= maxMs,
    })
    return [row('one recording destroyed', one, limits.oneMs), row('fifty destroyed', fifty, limits.fiftyMs)]
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Spreads a month of recordings evenly over its hours, the earliest first, with file keys and shards that can be opened. */
async function fill(pool: Pool, keys: KeyStore, recordings: number): Promise<Filled[]> {
  // The first hours are over, so that a sweep can destroy them.
  const month = expiryMonthOf(Temporal.Now.instant().subtract({ hours: 24 + sweptHours }))
  const from = month.toZonedDateTime('UTC').toInstant()
  const stepMs = (month.daysInMonth * 86_400_000) / recordings
  await keys.make(monthKeyName(month, 1))
  await pool.query('set session_replication_role = replica')
  await pool.query('set synchronous_commit = off')
  await pool.query(`insert into month_key (expiry_month, version, state) values ($1, 1, 'current')`, [month.toString()])
  const shardKeys = Array.from({ length: month.daysInMonth * 96 }, () => randomBytes(32))
  const wrapped = await keys.wrap(
    monthKeyName(month, 1),
    shardKeys.map((secret, shard) => ({ secret, purpose: shardPurpose(month, shard) })),
  )
  await pool.query(
    'insert into shard_key select $1, shard - 1, 1, wrapped from unnest($2::bytea[]) with ordinality as s (wrapped, shard)',
    [month.toString(), wrapped],
  )
  const filled: Filled[] = []
  for (let at = 0; at < recordings; at += 20_000) {
    const some = Array.from({ length: Math.min(20_000, recordings - at) }, (_, n) => ({
      id: crypto.randomUUID(),
      destroyAt: from.add({ milliseconds: Math.floor((at + n) * stepMs) }),
    }))
    const shards = some.map(({ destroyAt }) => shardOf(destroyAt))
    const files = some.map(({ id }, n) => wrapKey(shardKeys[shards[n]!]!, randomBytes(16), recordingPurpose(id)))
    const ids = some.map(({ id }) => id)
    await pool.query(insertRecordings, [ids, some.map(({ destroyAt }) => destroyAt.toString()), month.toString()])
    await pool.query(
      'insert into recording_key select id, $1, shard, wrapped from unnest($2::uuid[], $3::int[], $4::bytea[]) as k (id, shard, wrapped)',
      [month.toString(), ids, shards, files],
    )
    filled.push(...some)
  }
  await pool.query('analyze recording')
  await pool.query('analyze recording_key')
  await pool.query('analyze shard_key')
  await pool.query('set session_replication_role = origin')
  await pool.query('set synchronous_commit = on')
  return filled
}

const insertRecordings = `
  insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, ended_at, intake_day,
    recording_months, number_reached, call_ended_at, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, kept_at,
    duration_ms, packets_received, packets_lost)
  select id, gen_random_uuid(), gen_random_uuid(), ended - interval '5 minutes', 'STORED', ended - interval '4 minutes',
    ended, ended::date, 6, '+35829497000', ended, ended + interval '2 months', at, $3, 480000, sha256(id::text::bytea), ended,
    240000, 24000, 0
  from (select id, at, at - interval '6 months' as ended from unnest($1::uuid[], $2::timestamptz[]) as given (id, at)) calls`

/** Adds recordings forbidden by their callers, with a body and an index here and in each place. */
async function addProhibited(
  pool: Pool,
  stores: readonly Pick<ObjectStore, 'put'>[],
  some: Filled[],
): Promise<(Filled & { cause: 'caller' })[]> {
  await pool.query('set session_replication_role = replica')
  await pool.query(
    `insert into prohibition (recording_id, party, channel, entered_by)
     select id, 'CALLER', 'PHONE', gen_random_uuid() from unnest($1::uuid[]) as id on conflict do nothing`,
    [some.map(({ id }) => id)],
  )
  await pool.query('set session_replication_role = origin')
  await putObjects(stores, some)
  return some.map((recording) => ({ ...recording, cause: 'caller' as const }))
}

async function run(expunging: ExpunctionContext, some: (Filled & Pick<RecordingToDestroy, 'cause'>)[]): Promise<void> {
  const now = Temporal.Now.instant()
  const deadline = now.add({ seconds: 60 })
  const { failures, waiting } = await expungeRecordings(
    expunging,
    some.map(({ id, cause }) => ({ id, cause, doneBy: 'bench', deadline })),
    now,
  )
  if (failures.length + waiting.length > 0)
    throw new Error(JSON.stringify({ failures: failures.slice(0, 3), waiting: waiting.slice(0, 3) }))
}

/** Stores new file keys, one after another, in the month whose keys the destruction re-wraps. */
function storeKeysMeanwhile(db: SafeguardsDatabase, keys: KeyStore, keyless: Filled[]) {
  const stopping = new AbortController()
  let [count, slowestMs] = [0, 0]
  const done = (async () => {
    for (const recording of keyless) {
      if (stopping.signal.aborted) return
      const began = performance.now()
      await storeFileKey(db, keys, { ...recording, fileKey: randomBytes(16) })
      slowestMs = Math.max(slowestMs, performance.now() - began)
      count++
      await sleep(keyIntervalMs)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await done
      return { count, slowestMs }
    },
  }
}

async function putObjects(stores: readonly Pick<ObjectStore, 'put'>[], some: readonly Filled[]): Promise<void> {
  for (let at = 0; at < some.length; at += 50) {
    const puts = some.slice(at, at + 50).flatMap(({ id }) =>
      stores.map(async (store) => {
        await store.put(bodyKey(id), randomBytes(4_096))
        await store.put(indexKey(id), randomBytes(512))
      }),
    )
    await Promise.all(puts)
  }
}

function underObjectsPrefix({ put }: ObjectStore): Pick<ObjectStore, 'put'> {
  return { put: (key, content) => put(`objects/${key}`, content) }
}

async function median<Made>(
  times: number,
  make: () => Promise<Made>,
  work: (made: Made) => Promise<void>,
): Promise<number> {
  const durations: number[] = []
  for (let round = 0; round < times; round++) {
    const made = await make()
    const began = performance.now()
    await work(made)
    durations.push(performance.now() - began)
  }
  return durations.sort((a, b) => a - b)[Math.floor(times / 2)]!
}
