/**
 * Measures an installation's time from its command until it is ready, on the first and later starts, and its idle memory: all
 * its processes, the database's too, with shared memory counted once (PSS). Yardsticks: the same Node and the same PostgreSQL
 * without Seloste. Linux only: reads /proc.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { ms, percentile, ratio, type Row } from '../rows.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const [maxReadyMs, maxMegabytes] = [3_000, 400]
const checkMs = 20
const quiet = { info: () => undefined, warn: (message: string) => console.warn(message) }

/**
 * Measures start, memory and idle cost. Required: ready in less than 3 s, and less than 400 MB in all.
 * @param idleSeconds idle time before memory is read
 */
export async function startToReady({ starts = 5, idleSeconds = 60 } = {}): Promise<Row[]> {
  if (process.platform !== 'linux') {
    console.log('skipped: memory is read from /proc')
    return []
  }
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  try {
    const bare = { node: await startBareNode(), database: await startBareDatabase(join(folder, 'bare')) }
    const data = join(folder, 'data')
    const first = await start(data)
    await first.stop()
    const later: number[] = []
    for (let n = 1; n < starts; n++) {
      const again = await start(data)
      later.push(again.readyMs)
      await again.stop()
    }
    const last = await start(data)
    later.push(last.readyMs)
    await wait(idleSeconds * 1000)
    const memory = await processTreeMemory(last.pid)
    for (const { name, megabytes } of memory.processes) console.log(`  ${megabytes.toFixed(0).padStart(4)} MB  ${name}`)
    const { cpu, statements } = await measureIdleCost(data, last.pid)
    await last.stop()
    const median = percentile(later, 0.5)
    const bareMs = bare.node.readyMs + bare.database.readyMs
    const nodes = memory.processes.filter(({ name }) => /\/node |^seloste/.test(name)).length
    const bareMegabytes = nodes * bare.node.megabytes + bare.database.megabytes
    return [
      {
        what: `a later start until it is ready, ${later.length} of them`,
        measured: `median ${ms(median)}, at most ${ms(Math.max(...later))}`,
        yardstick: `bare PostgreSQL and then a bare Node ${ms(bareMs)}`,
        ratio: ratio(median, bareMs),
        target: `under ${maxReadyMs / 1000} s`,
        isReached: median < maxReadyMs,
      },
      { what: 'the first start, which makes the database', measured: ms(first.readyMs) },
      {
        what: `memory of all ${memory.processes.length} processes, idle`,
        measured: `${memory.megabytes.toFixed(0)} MB`,
        yardstick: `${nodes} bare Node and a bare PostgreSQL ${bareMegabytes.toFixed(0)} MB`,
        ratio: ratio(memory.megabytes, bareMegabytes),
        target: `under ${maxMegabytes} MB`,
        isReached: memory.megabytes < maxMegabytes,
      },
      { what: 'CPU of all processes, idle', measured: `${(100 * cpu).toFixed(1)} % of a core` },
      { what: 'transactions of the database, idle', measured: `${statements.toFixed(1)} a second` },
    ]
  } finally {
    // The database folder if Seloste runs as root: one that the database's own user can reach.
    const location = await readFile(join(folder, 'data/database/location'), 'utf8').catch(() => '')
    if (location.trim() !== '') await rm(location.trim(), { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }
}

async function start(data: string) {
  const ports = await findPorts()
  const host = '127.0.0.1'
  const begun = performance.now()
  const child = spawn(process.execPath, [program, 'start'], {
    env: {
      ...process.env,
      ...{ SELOSTE_DATA: data, SELOSTE_HTTP: `${host}:${ports.http}`, SELOSTE_SIP: `${host}:${ports.sip}` },
      SELOSTE_RTP: `${host}:${ports.firstRtp}-${ports.lastRtp}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error('Seloste ended at its start')
    const answer = await fetch(`http://${host}:${ports.http}/health/ready`).catch(() => undefined)
    if (answer?.ok) break
    await wait(checkMs)
  }
  const readyMs = performance.now() - begun
  console.log(`ready in ${ms(readyMs)}`)
  return { readyMs, pid: child.pid ?? 0, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Returns the idle cost: share of a core, and transactions a second. */
async function measureIdleCost(data: string, pid: number, seconds = 20) {
  const client = new Client({ connectionString: await adminUrlOf(data) })
  await client.connect()
  const counted = async () => {
    const { rows } = await client.query<{ n: string }>(
      'select sum(xact_commit + xact_rollback) as n from pg_stat_database',
    )
    return Number(rows[0]!.n)
  }
  const [cpu, transactions] = [await processTreeCpuSeconds(pid), await counted()]
  await wait(seconds * 1000)
  const spent = { cpu: (await processTreeCpuSeconds(pid)) - cpu, statements: (await counted()) - transactions }
  await client.end()
  return { cpu: spent.cpu / seconds, statements: spent.statements / seconds }
}

async function adminUrlOf(data: string): Promise<string> {
  return (await findEmbeddedPostgres(join(data, 'database')))!.adminUrl()
}

/** Starts a Node process that only answers over HTTP. */
async function startBareNode() {
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    ['-e', `require('node:http').createServer().listen(0, () => console.log('ready'))`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  const readyMs = performance.now() - begun
  await wait(1_000)
  const { megabytes } = await processTreeMemory(child.pid ?? 0)
  await end(child)
  return { readyMs, megabytes }
}

/** Starts the bundled database, empty, as Seloste starts it. */
async function startBareDatabase(folder: string) {
  await (await startEmbeddedPostgres({ dataDirectory: folder, log: quiet })).stop()
  const begun = performance.now()
  const server = await startEmbeddedPostgres({ dataDirectory: folder, log: quiet })
  const readyMs = performance.now() - begun
  await wait(1_000)
  const postmaster = Number((await readFile(await postmasterFile(folder), 'utf8')).split('\n')[0])
  const { megabytes } = await processTreeMemory(postmaster)
  await server.stop()
  return { readyMs, megabytes }
}

/** Returns the path of postmaster.pid. If Seloste runs as root, the file `location` has the path of the cluster. */
async function postmasterFile(folder: string): Promise<string> {
  const location = (await readFile(join(folder, 'location'), 'utf8').catch(() => '')).trim()
  return join(location === '' ? folder : location, 'cluster', 'postmaster.pid')
}

/**
 * Returns the memory of a process and its descendants: proportional set size (proc(5), smaps_rollup), with shared memory
 * counted once.
 */
async function processTreeMemory(pid: number) {
  const processes = await Promise.all(
    (await processTree(pid)).map(async (one) => {
      const rollup = await readFile(`/proc/${one}/smaps_rollup`, 'utf8').catch(() => '')
      const name = (await readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim()
      return { name: name.slice(0, 90), megabytes: Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024 }
    }),
  )
  return { processes, megabytes: processes.reduce((sum, one) => sum + one.megabytes, 0) }
}

const ticksPerSecond = 100

async function processTreeCpuSeconds(pid: number): Promise<number> {
  const each = await Promise.all(
    (await processTree(pid)).map(async (one) => {
      const stat = await readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
      return (Number(user ?? 0) + Number(system ?? 0)) / ticksPerSecond
    }),
  )
  return each.reduce((sum, one) => sum + one, 0)
}

async function processTree(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    // proc(5): the parent is the second field after the name, which is in brackets and may contain anything.
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const tree = [pid]
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child)
  return tree
}
