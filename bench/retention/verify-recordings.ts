/**
 * Measures `seloste recordings verify` over held recordings. Yardsticks: bare decryption of the same bytes (every core, no
 * hash, no database) and sha256 of them.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { chunkBytes, sealPayload } from '#platform/age/seal-stream.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { bodyKey, indexKey } from '#register/recordings/objects.ts'
import { sealIndex } from '#register/recordings/recording-index.ts'
import type { RegisterTables } from '#register/tables.ts'
import { verifyRecordings } from '#register/verify/verify-recordings.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { storeFileKey } from '#safeguards/keys/recording-keys.ts'
import { ratio, type Row } from '../rows.ts'

const mebibyte = 1024 * 1024
const minMegabytesPerSecond = 500

/** Runs the measurement. Required: 500 MB/s. A recording of 5 minutes has 4.8 MB, two streams of G.711. */
export async function verifyHeld({ recordings = 400, bytes = 4_800_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const { db, pool, close } = connectDatabase<RegisterTables>({
    url: server.adminUrl(),
    applicationName: 'bench',
    size: 2,
    onIdleError: () => undefined,
  })
  try {
    await migrate(server.adminUrl())
    const objects = await openDirectoryStore(join(folder, 'objects'))
    const keys = await openKeyStore({ dataDirectory: folder, keys: { kind: 'file' } })
    await pool.query('set session_replication_role = replica')
    const destroyAt = Temporal.Now.instant().add({ hours: 24 * 90 })
    const plaintext = randomBytes(bytes)
    let sealed: Buffer = Buffer.alloc(0)
    for (let n = 0; n < recordings; n++) {
      const [id, fileKey] = [crypto.randomUUID(), randomBytes(16)]
      sealed = sealPayload(fileKey, plaintext)
      const sha256 = createHash('sha256').update(sealed).digest()
      await objects.put(bodyKey(id), sealed)
      await objects.put(indexKey(id), sealIndex(fileKey, indexOf(id)))
      await storeFileKey(db, keys, { id, destroyAt, fileKey })
      await pool.query(fill, [id, sealed.length, sha256, destroyAt.toString()])
      await pool.query(
        `insert into audit_entry (action, object_kind, object_id, result, detail)
         values ('recording.kept', 'recording', $1, 'ok', jsonb_build_object('sha256', $2::text))`,
        [id, sha256.toString('hex')],
      )
    }
    const all = recordings * sealed.length
    const perSecond = (seconds: number) => `${(all / 1e6 / seconds).toFixed(0)} MB/s`
    // Warms the page cache.
    await verifyRecordings({ db, objects, keys, places: [] })
    const bareSeconds = await bareOpening(all)
    const hashSeconds = timed(() => {
      for (let n = 0; n < recordings; n++) createHash('sha256').update(sealed).digest()
    })
    const cpu = process.cpuUsage()
    const report = await verifyRecordings({ db, objects, keys, places: [] })
    const { user, system } = process.cpuUsage(cpu)
    const cpuSecondsPerCore = (user + system) / 1e6 / availableParallelism()
    console.log(
      `${recordings} recordings of ${(sealed.length / mebibyte).toFixed(1)} MiB, ${availableParallelism()} cores`,
    )
    console.log(`bare decryption           ${perSecond(bareSeconds)} on every core`)
    console.log(`sha256                    ${perSecond(hashSeconds)} on one core`)
    console.log(
      `recordings verify         ${perSecond(report.seconds)}  x${(report.seconds / bareSeconds).toFixed(2)} of bare decryption  (at least ${minMegabytesPerSecond} MB/s)`,
    )
    console.log(`  by its CPU time         ${perSecond(cpuSecondsPerCore)} if nothing else used the machine`)
    const isFast = all / 1e6 / report.seconds >= minMegabytesPerSecond
    return [
      {
        what: `${recordings} recordings of ${(sealed.length / mebibyte).toFixed(1)} MiB verified`,
        measured: perSecond(report.seconds),
        yardstick: `bare decryption on every core ${perSecond(bareSeconds)}`,
        ratio: ratio(report.seconds, bareSeconds),
        target: `at least ${minMegabytesPerSecond} MB/s`,
        isReached: report.found === 0 && report.held === recordings && isFast,
      },
    ]
  } finally {
    await close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns the seconds in which all cores together decrypt this many bytes of chunks in memory. */
async function bareOpening(all: number): Promise<number> {
  const cores = availableParallelism()
  const chunks = Math.ceil(all / chunkBytes / cores)
  const began = performance.now()
  await Promise.all(
    Array.from({ length: cores }, () => {
      const worker = new Worker(bare, { eval: true, workerData: { chunks, chunkBytes } })
      return new Promise((resolve, reject) => {
        worker.on('exit', resolve)
        worker.on('error', reject)
      })
    }),
  )
  return (performance.now() - began) / 1000
}

const bare = `
  const { createCipheriv, createDecipheriv, randomBytes } = require('node:crypto')
  const { workerData } = require('node:worker_threads')
  const [key, nonce] = [randomBytes(32), Buffer.alloc(12)]
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
  const sealed = Buffer.concat([cipher.update(Buffer.alloc(workerData.chunkBytes)), cipher.final()])
  const tag = cipher.getAuthTag()
  for (let n = 0; n < workerData.chunks; n++) {
    const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
    decipher.setAuthTag(tag)
    decipher.update(sealed)
    decipher.final()
  }`

function timed(work: () => void): number {
  const began = performance.now()
  work()
  return (performance.now() - began) / 1000
}

function indexOf(recording: string): Parameters<typeof sealIndex>[1] {
  return {
    version: 1,
    recording,
    startedAt: Temporal.Now.instant().toString(),
    endInferred: false,
    durationSamples: 2_400_000,
    tracks: [],
    sources: [],
    chunks: [],
    gaps: [],
    marks: [],
    unrendered: [],
    peaks: [new Uint8Array(6_000), new Uint8Array(6_000)],
  }
}

const fill = `
  insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, ended_at, intake_day,
    recording_months, call_ended_at, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, kept_at)
  values ($1, gen_random_uuid(), gen_random_uuid(), now(), 'STORED', now(), now(), current_date, 3, now(),
    now() + interval '2 months 2 days', $4, date_trunc('month', $4::timestamptz), $2, $3, now())`
