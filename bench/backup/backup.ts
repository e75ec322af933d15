/**
 * Measures a backup of a register of known size. Yardsticks on the same machine and bytes: `cp` of the objects to the same
 * disk, and a bare COPY of the same table to nowhere; alternately, in several rounds.
 */
import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { openConnection, type DedicatedConnection } from '#platform/database/copy.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { openPlaceFolder } from '#platform/objects/place-folder.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { copyObjects } from '#safeguards/backup/copy-objects.ts'
import { exportTables } from '#safeguards/backup/export-tables.ts'
import { ratio, type Row } from '../rows.ts'

const minRatioToCp = 0.2

/** Runs the measurement. Required: objects are copied, hashed and read back at a fifth of the speed of `cp` or faster. */
export async function backUp({ rows = 300_000, objects = 100, objectBytes = 4_000_000, rounds = 3 } = {}): Promise<
  Row[]
> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  try {
    await migrate(server.adminUrl())
    const connection = await openConnection(server.adminUrl(), 'bench')
    await fill(connection, rows)
    const store = await openDirectoryStore(join(folder, 'objects'))
    const keys: string[] = []
    for (let n = 0; n < objects; n++) {
      keys.push(`recordings/${randomUUID()}.body`)
      await store.put(keys[n]!, randomBytes(objectBytes))
    }
    const found: Row[] = []
    for (let round = 0; round < rounds; round++) {
      found.push(await copyAudio(folder, store, keys, objects * objectBytes, round), await exportRows(connection, rows))
    }
    await connection.close()
    return found
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function copyAudio(
  folder: string,
  from: ObjectStore,
  keys: string[],
  bytes: number,
  round: number,
): Promise<Row> {
  const plain = join(folder, `cp-${round}`)
  const cp = await seconds(async () => {
    await promisify(execFile)('cp', ['-r', join(folder, 'objects'), plain])
    await promisify(execFile)('sync', ['-f', plain])
  })
  const place = join(folder, `place-${round}`)
  await mkdir(place)
  const to = await openPlaceFolder(place)
  const options = { from, to, hashes: new Map<string, string>(), day: 0, onCopied: () => undefined }
  let copied: Awaited<ReturnType<typeof copyObjects>> | undefined
  const first = await seconds(async () => {
    copied = await copyObjects(keys, { ...options, earlier: new Map() })
  })
  const earlier = new Map((copied?.objects ?? []).map((object) => [object.key, object]))
  const again = await seconds(async () => {
    await copyObjects(keys, { ...options, day: 1, earlier })
  })
  const speed = (taken: number) => `${Math.round(bytes / 1e6 / taken)} MB/s`
  console.log(
    `objects: cp ${speed(cp)}; copied, hashed, durable and read back ${speed(first)} (x${(cp / first).toFixed(2)} of cp); again with nothing new ${(again * 1000).toFixed(0)} ms`,
  )
  await rm(plain, { recursive: true })
  await rm(place, { recursive: true })
  return {
    what: `backup of sound, round ${round + 1}: copied, hashed, durable, read back`,
    measured: speed(first),
    yardstick: `cp ${speed(cp)}`,
    ratio: ratio(cp, first),
    target: `x${minRatioToCp} of cp`,
    isReached: cp / first >= minRatioToCp,
  }
}

async function exportRows(connection: DedicatedConnection, rows: number): Promise<Row> {
  const bare = await seconds(async () => {
    await connection.copyOut('copy (select * from contact) to stdout', 16 << 20, () => Promise.resolve())
  })
  let sealed = 0
  const whole = await seconds(async () => {
    const put = (_: string, bytes: Buffer) => {
      sealed += bytes.length
      return Promise.resolve()
    }
    await exportTables(connection, generateKeyPair().recipient, put, () => undefined)
  })
  const speed = (taken: number) => `${Math.round(rows / taken / 1000)},000 rows/s`
  console.log(
    `rows: bare COPY ${speed(bare)}; compressed, sealed and hashed ${speed(whole)} (x${(bare / whole).toFixed(2)} of bare), ${Math.round(sealed / rows)} bytes a row`,
  )
  return {
    what: 'backup of rows: compressed, sealed, hashed',
    measured: speed(whole),
    yardstick: `bare COPY ${speed(bare)}`,
    ratio: ratio(bare, whole),
  }
}

async function fill(connection: DedicatedConnection, rows: number): Promise<void> {
  await connection.query(`
    insert into contact (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, history_ends_at)
    select gen_random_uuid(), t, t + interval '4 minutes', 'e164', '+35840' || (1000000 + n), '+35840' || (1000000 + n),
      '+35829497000', 'NATIONAL_SERVICE', t + interval '14 months'
    from (select n, now() - n * interval '10 seconds' as t from generate_series(1, ${rows}) n) calls`)
  await connection.query('vacuum analyze contact')
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}
