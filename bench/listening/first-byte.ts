/**
 * Measures the time from requesting audio to its first byte, at the start of a listening and after a seek. The whole of Seloste
 * over HTTP, with sealed recordings of five minutes and of an hour: authentication, access check, keys, decryption and
 * rendering, and the durable log entry of the interval. Yardsticks, alternately by the same client: nginx and a bare Node with
 * the same bytes as a plain file; and a commit of the same database that does nothing else.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connectDatabase } from '#platform/database/connect.ts'
import { findEmbeddedPostgres } from '#platform/database/embedded.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { admit } from '#register/admit.ts'
import { bodyKey, headerKey } from '#register/recordings/objects.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import type { RegisterTables } from '#register/tables.ts'
import { intakeKeySource } from '#safeguards/keys/intake-key-source.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { eventually } from '#test/whole/api.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { ms, percentile, ratio, type Row } from '../rows.ts'

const lengths = [
  { name: 'five minutes', seconds: 300, recordings: 8 },
  { name: 'an hour', seconds: 3600, recordings: 3 },
]
/** Seeks per recording. Each requests two seconds of audio, so that together they stay below the limit for loading ahead (R27). */
const seeks = 12
const [rangeBytes, wavHeaderBytes, bytesPerSecond] = [64 * 1024, 44, 32_000]
const maxRatio = 1.5
const packetBytes = 160

type Db = ReturnType<typeof connectDatabase<RegisterTables>>

/** Runs the measurement. Required: the first byte takes at most 1.5 times as long as nginx's, at the start and after a seek. */
export async function firstByte(): Promise<Row[]> {
  if (spawnSync('nginx', ['-v']).error !== undefined) {
    console.log('skipped: nginx is not installed')
    return []
  }
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const seloste = await startSeloste()
  const nginx = await startNginx(folder)
  const bare = await startBareNode(folder)
  try {
    const database = await findEmbeddedPostgres(join(seloste.dataDirectory, 'database'))
    const admin = connectDatabase<RegisterTables>({
      ...{ url: database!.adminUrl(), applicationName: 'bench', size: 1, onIdleError: () => undefined },
    })
    const rows: Row[] = [{ what: 'a commit alone on the same disk', measured: await commitsAlone(admin) }]
    for (const { name, seconds, recordings } of lengths) {
      const ids: string[] = []
      for (let n = 0; n < recordings; n++) ids.push(await record(admin, seloste.dataDirectory, folder, seconds))
      await waitUntilIngested(admin, ids)
      const totalBytes = wavHeaderBytes + seconds * bytesPerSecond
      await writeFile(join(folder, 'plain.wav'), randomBytes(totalBytes), { mode: 0o644 })
      const [begun, sought] = await listenToAll(seloste, { nginx: nginx.port, bare: bare.port }, ids, totalBytes)
      rows.push(
        rowOf(`time to first byte of a recording of ${name}`, begun),
        rowOf(`time to first byte after a seek in a recording of ${name}`, sought),
      )
    }
    await admin.close()
    return rows
  } finally {
    await bare.stop()
    await nginx.stop()
    await seloste.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Measures one durable commit without concurrency. */
async function commitsAlone({ pool }: Db): Promise<string> {
  const taken: number[] = []
  for (let n = 0; n < 200; n++) {
    const startedMs = performance.now()
    await pool.query("select pg_logical_emit_message(true, 'bench', 'nothing')")
    taken.push(performance.now() - startedMs)
    await wait(10)
  }
  return `median ${ms(percentile(taken, 0.5))}, p95 ${ms(percentile(taken, 0.95))}`
}

interface Timings {
  ours: number[]
  plain: number[]
  bare: number[]
}

function rowOf(what: string, { ours, plain, bare: node }: Timings): Row {
  const [median, bare] = [percentile(ours, 0.5), percentile(plain, 0.5)]
  const row: Row = {
    what,
    measured: `median ${ms(median)}, p95 ${ms(percentile(ours, 0.95))}`,
    yardstick: `nginx, median ${ms(bare)}, p95 ${ms(percentile(plain, 0.95))}; a bare Node, median ${ms(percentile(node, 0.5))}`,
    ratio: ratio(median, bare),
    target: `at most x${maxRatio}`,
    isReached: median <= maxRatio * bare,
  }
  console.log(`${what}: ${row.measured}; ${row.yardstick}, ${row.ratio}`)
  return row
}

/**
 * Begins a listening to each recording, as the player does, and seeks in the recording; after each answer it requests the same
 * range from nginx.
 */
async function listenToAll(
  seloste: RunningSeloste,
  ports: { nginx: number; bare: number },
  recordings: string[],
  totalBytes: number,
): Promise<[begun: Timings, sought: Timings]> {
  const client = new Agent({ keepAlive: true, maxSockets: 1 })
  const cookie = await signIn(seloste)
  const [begun, sought]: [Timings, Timings] = [
    { ours: [], plain: [], bare: [] },
    { ours: [], plain: [], bare: [] },
  ]
  for (const recording of recordings) {
    const answer = await fetch(`${seloste.url}/api/recordings/${recording}/listenings`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ purpose: 'CRIME_OR_MISUSE', reference: 'BENCH-1' }),
    })
    if (answer.status !== 201) throw new Error(`no listening: ${answer.status} ${await answer.text()}`)
    const { audio, id } = (await answer.json()) as { audio: string; id: string }
    for (let n = 0; n <= seeks; n++) {
      // Spread over the recording: no place is played twice.
      const from = n === 0 ? 0 : Math.floor((((n * 0.618) % 1) * (totalBytes - rangeBytes)) / 4) * 4
      const range = `bytes=${from}-${from + rangeBytes - 1}`
      const into = n === 0 ? begun : sought
      into.ours.push(await firstByteOf(client, `${seloste.url}${audio}`, { range, cookie }))
      into.plain.push(await firstByteOf(client, `http://127.0.0.1:${ports.nginx}/plain.wav`, { range }))
      into.bare.push(await firstByteOf(client, `http://127.0.0.1:${ports.bare}/`, { range }))
      await wait(50)
    }
    await fetch(`${seloste.url}/api/listenings/${id}`, { method: 'DELETE', headers: { cookie } })
  }
  client.destroy()
  return [begun, sought]
}

/** Returns milliseconds until the first byte of the body, and reads the rest. */
function firstByteOf(agent: Agent, url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const outgoing = request(url, { agent, headers }, (response) => {
      let first: number | undefined
      let bytes = 0
      response.on('data', (part: Buffer) => {
        first ??= performance.now() - startedMs
        bytes += part.length
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 206 && bytes === rangeBytes && first !== undefined) resolve(first)
        else reject(new Error(`${url}: ${response.statusCode}, ${bytes} bytes`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function signIn({ url, password }: RunningSeloste): Promise<string> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'tuula', password }),
  })
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status} ${await answer.text()}`)
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/**
 * Seals and admits a call of two streams of noise as capture does.
 * @returns its recording
 */
async function record({ db }: Db, dataDirectory: string, folder: string, seconds: number): Promise<string> {
  const id = randomUUID()
  const endedAt = Temporal.Now.instant().subtract({ minutes: 1 })
  const startedAt = endedAt.subtract({ seconds })
  const intakeDay = Temporal.Now.plainDateISO('UTC')
  const intakeKey = await intakeKeySource(db, randomUUID())()
  const writer = await createRecordingWriter({ id, directory: folder, intakePublicKey: intakeKey, startedAt })
  const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]
  writer.source(0, 1, 0, 0, codecs)
  writer.source(1, 2, 0, 0, codecs)
  writer.mark('mapping', 0, { streams: { '0': 'caller', '1': 'official' } })
  const noise = randomBytes(packetBytes * 50)
  const packets = seconds * 50
  for (let n = 0; n < packets; n++) {
    const at = packetBytes * (n % 50)
    for (const stream of [0, 1])
      writer.packet(stream, 8, n === 0, n, n * packetBytes, n * 200, noise, at, at + packetBytes)
    // Yields to the writer, which has no backpressure: an hour of audio arrives at once.
    if (n % 500 === 0) await wait(2)
  }
  const finished = await writer.finish(packets * 200)
  const objects = await openDirectoryStore(join(dataDirectory, 'objects'))
  await objects.moveIn(headerKey(id), finished.headerPath)
  await objects.moveIn(bodyKey(id), finished.bodyPath)
  await admit(db, {
    ...callFacts({ startedAt, answeredAt: startedAt, endedAt, numberReached: { key: phone('029 497 000') } }),
    decision: { record: true, reason: 'drawn' },
    recording: recordingFacts({
      ...{ id, startedAt, endedAt, intakeDay, intakeKey },
      stored: {
        ...{ sizeBytes: finished.sizeBytes, sha256: Buffer.from(finished.sha256, 'hex'), incomplete: false },
        ...{ packetsReceived: 2 * packets, packetsLost: 0 },
      },
    }),
  })
  return id
}

async function waitUntilIngested({ pool }: Db, ids: string[]): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await pool.query<{ n: number }>(
        'select count(*)::int as n from recording where id = any ($1) and kept_at is not null',
        [ids],
      )
      return rows[0]!.n === ids.length ? true : undefined
    },
    'recordings ingested',
    300_000,
  )
}

/** Starts nginx with sendfile and keep-alive connections. */
async function startNginx(folder: string) {
  const { http: port } = await findPorts()
  await mkdir(join(folder, 'nginx'))
  await writeFile(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
     ${process.getuid?.() === 0 ? 'user root;' : ''}
     events {}
     http {
       access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
       ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/nginx/${one};`).join(' ')}
       server { listen 127.0.0.1:${port}; root ${folder}; }
     }`,
  )
  return waitUntilServing(
    spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx.log')], { stdio: 'inherit' }),
    port,
  )
}

/** Starts a Node server that only sends the plain file: the lower bound for any Node process. */
async function startBareNode(folder: string) {
  const { http: port } = await findPorts()
  const server = `
    const { open } = require('node:fs/promises')
    require('node:http').createServer(async ({ headers }, response) => {
      const [from, last] = (headers.range ?? 'bytes=0-0').slice(6).split('-').map(Number)
      const file = await open('${folder}/plain.wav')
      const { buffer } = await file.read({ buffer: Buffer.allocUnsafe(last + 1 - from), position: from })
      await file.close()
      response.writeHead(206, { 'content-length': buffer.length }).end(buffer)
    }).listen(${port}, '127.0.0.1')`
  await writeFile(join(folder, 'plain.wav'), 'x')
  return waitUntilServing(spawn(process.execPath, ['-e', server], { stdio: 'inherit' }), port)
}

async function waitUntilServing(child: ChildProcess, port: number) {
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => undefined,
    )
  await eventually(answers, 'a server answers')
  return {
    port,
    async stop() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
    },
  }
}
