// Starts a whole Seloste as an operator does, for tests from outside: a demo without invented calls. Takes folder and ports if
// they matter; returns its addresses and process ids. Imports nothing of the program.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { endStateElsewhere, removeStateElsewhere, stateElsewhere } from './elsewhere.ts'
import { findPorts, type SelostePorts } from './free-ports.ts'
import { copyPrepared } from './prepared-folder.ts'

export interface SelosteOptions {
  /** Folder that outlives `stop`; default: a new one that does not. */
  dataDirectory?: string
  /** Ports of an earlier start, for a Seloste that restarts in place. */
  ports?: SelostePorts
  /** It may have been started once before, elsewhere, instead of being a new installation. */
  isPrepared?: boolean
  /** Arguments of `seloste demo`; default: no invented calls and no history. */
  demoArguments?: readonly string[]
  /** More environment, over the one the test runs in. */
  environment?: Readonly<Record<string, string>>
}

export type RoleName = 'custodian' | 'capture' | 'desk' | 'feeds'

export interface RunningSeloste {
  /** `http://127.0.0.1:port` of web and API. */
  readonly url: string
  readonly sip: { readonly host: string; readonly port: number }
  readonly ports: SelostePorts
  /** Password of all demo people. */
  readonly password: string
  readonly dataDirectory: string
  /** The process that supervises the roles. */
  readonly pid: number
  /** Running roles by process id. Linux only: read from /proc. */
  rolePids(): Promise<Partial<Record<RoleName, number>>>
  /** Environment of a command for this Seloste: its data's location. */
  readonly environment: Readonly<Record<string, string>>
  /** Its output so far. */
  output(): string
  /** Ends it in order, and removes the data folder unless it was given. */
  stop(): Promise<void>
}

const host = '127.0.0.1'
const password = 'salasana-kokeeseen'
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
/** Allows for building the web interface on a busy machine. */
const readyMs = 150_000
const stopMs = 30_000
const checkMs = 100
/** Line that the demo prints when its people can sign in. */
const welcomed = 'Ctrl-C ends it'

/** Starts `seloste demo` and waits until it is ready and its people are entered. Throws, with what it printed, if it ends. */
export async function startSeloste(options: SelosteOptions = {}): Promise<RunningSeloste> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'seloste-whole-')))
  // Readable for the database's own user when root runs the tests, because its files are inside.
  if (options.dataDirectory === undefined) await chmod(dataDirectory, 0o711)
  if (options.isPrepared) await copyPrepared(dataDirectory)
  const ports = options.ports ?? (await findPorts())
  const environment = { SELOSTE_DATA: dataDirectory, ...(await stateElsewhere(dataDirectory)) }
  const child = spawn(
    process.execPath,
    [program, 'demo', ...(options.demoArguments ?? ['--no-calls', '--no-history'])],
    {
      cwd: root,
      env: {
        ...process.env,
        ...environment,
        SELOSTE_HTTP: `${host}:${ports.http}`,
        SELOSTE_SIP: `${host}:${ports.sip}`,
        SELOSTE_SIPS: `${host}:${ports.sips}`,
        SELOSTE_RTP: `${host}:${ports.firstRtp}-${ports.lastRtp}`,
        SELOSTE_DEMO_PASSWORD: password,
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => printed.push(text.toString()))
  const output = () => printed.join('')
  const endWithUs = () => child.kill('SIGTERM')
  process.once('exit', endWithUs)
  const url = `http://${host}:${ports.http}`

  async function stop(): Promise<void> {
    process.off('exit', endWithUs)
    await end(child)
    await endStateElsewhere(dataDirectory)
    if (options.dataDirectory === undefined) await removeData(dataDirectory)
  }

  try {
    await untilReady(url, child, output)
  } catch (error) {
    await stop()
    throw error
  }
  const pid = child.pid ?? 0
  return {
    url,
    sip: { host, port: ports.sip },
    ports,
    password,
    dataDirectory,
    environment,
    pid,
    rolePids: () => rolesUnder(pid),
    output,
    stop,
  }
}

/**
 * Removes a data folder, and the database that root keeps elsewhere because its own user could not reach the folder.
 */
export async function removeData(dataDirectory: string): Promise<void> {
  const elsewhere = await readFile(join(dataDirectory, 'database/location'), 'utf8').catch(() => '')
  if (elsewhere.trim()) await rm(elsewhere.trim(), { recursive: true, force: true })
  // A killed process may still be writing: what it leaves would hide why it was killed.
  await rm(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  await removeStateElsewhere(dataDirectory)
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + readyMs
  while (performance.now() < deadline) {
    if (ended(child)) throw new Error(`Seloste ended at its start:\n${output()}`)
    if (output().includes(welcomed) && (await answersReady(url))) return
    await wait(checkMs)
  }
  throw new Error(`Seloste was not ready after ${readyMs / 1000} s:\n${output()}`)
}

async function answersReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    (response) => response.ok,
    () => false,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (ended(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(late)
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Returns the children of a process with `--role NAME` in their command line; a former spare capture has both in one word. */
async function rolesUnder(pid: number): Promise<Partial<Record<RoleName, number>>> {
  const roles: Partial<Record<RoleName, number>> = {}
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const [stat, command] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')),
    )
    // proc(5): the parent is the second field after the name, which is in brackets and may contain anything.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    const role = /--role[\0 ](custodian|capture|desk|feeds)/.exec(command ?? '')?.[1]
    if (parent !== pid || !role) continue
    // A spare that has not yet changed its title still has its original command line.
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')
    if (command?.includes('--role\0') && environment.includes('SELOSTE_SPARE=1')) continue
    roles[role as RoleName] = Number(entry)
  }
  return roles
}
