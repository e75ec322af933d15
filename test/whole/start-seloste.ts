// Starts a whole Seloste as an operator does, for tests from outside: a demo without simulated calls. Takes its folder
// and ports if they matter; returns its addresses and process ids. Imports nothing of the program.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stopExternalState, removeExternalState, externalState } from './external-state.ts'
import { findPorts, type SelostePorts } from './free-ports.ts'
import { copyPrepared } from './prepared-folder.ts'

export interface SelosteOptions {
  /** Data folder, which `stop` does not remove; by default a new folder, which `stop` removes. */
  dataDirectory?: string
  /** Ports of an earlier start, for a Seloste that restarts in place. */
  ports?: SelostePorts
  /** True if a copy of a prepared folder may be used instead of a new installation. */
  isPrepared?: boolean
  /** Arguments of `seloste demo`; by default no simulated calls and no history. */
  demoArguments?: readonly string[]
  /** Environment variables added to those of the test. */
  environment?: Readonly<Record<string, string>>
}

export type RoleName = 'custodian' | 'capture' | 'desk' | 'feeds'

export interface RunningSeloste {
  /** `http://127.0.0.1:port` of the web interface and the API. */
  readonly url: string
  readonly sip: { readonly host: string; readonly port: number }
  readonly ports: SelostePorts
  /** Password of all people of the demo. */
  readonly password: string
  readonly dataDirectory: string
  /** Process id of the process that supervises the roles. */
  readonly pid: number
  /** Returns the process ids of running roles. Linux only: read from /proc. */
  rolePids(): Promise<Partial<Record<RoleName, number>>>
  /** Environment for commands on this Seloste: where its data are. */
  readonly environment: Readonly<Record<string, string>>
  /** Returns its output so far. */
  output(): string
  /** Stops Seloste properly, and removes the data folder unless it was given. */
  stop(): Promise<void>
}

const host = '127.0.0.1'
const password = 'salasana-kokeeseen'
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
/** Time to start, with building the web interface on a busy machine. */
const readyMs = 150_000
const stopMs = 30_000
const checkMs = 100
/** Line that the demo prints when its people can sign in. */
const readyLine = 'Ctrl-C ends it'

/**
 * Starts `seloste demo`, and waits until it is ready and its people are entered. Throws, with its output, if it exits.
 */
export async function startSeloste(options: SelosteOptions = {}): Promise<RunningSeloste> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'seloste-whole-')))
  // If root runs the tests, the database's own user must be able to traverse the folder, which contains its files.
  if (options.dataDirectory === undefined) await chmod(dataDirectory, 0o711)
  if (options.isPrepared) await copyPrepared(dataDirectory)
  const ports = options.ports ?? (await findPorts())
  const environment = { SELOSTE_DATA: dataDirectory, ...(await externalState(dataDirectory)) }
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
    await stopExternalState(dataDirectory)
    if (options.dataDirectory === undefined) await removeData(dataDirectory)
  }

  try {
    await waitUntilReady(url, child, output)
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
 * Removes a data folder. Also removes the database if root keeps it in another folder because the database's user could
 * not enter this one.
 */
export async function removeData(dataDirectory: string): Promise<void> {
  const elsewhere = await readFile(join(dataDirectory, 'database/location'), 'utf8').catch(() => '')
  if (elsewhere.trim()) await rm(elsewhere.trim(), { recursive: true, force: true })
  // Retries, because a killed process may still be writing; an error here would hide why it was killed.
  await rm(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  await removeExternalState(dataDirectory)
}

async function waitUntilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + readyMs
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error(`Seloste ended at its start:\n${output()}`)
    if (output().includes(readyLine) && (await isReady(url))) return
    await wait(checkMs)
  }
  throw new Error(`Seloste was not ready after ${readyMs / 1000} s:\n${output()}`)
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    (response) => response.ok,
    () => false,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(late)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/**
 * Returns child processes by role, found by `--role NAME` in the command line; a former spare capture has both words in
 * one argument.
 */
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
    // A spare that has not changed its title yet still has its original command line.
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')
    if (command?.includes('--role\0') && environment.includes('SELOSTE_SPARE=1')) continue
    roles[role as RoleName] = Number(entry)
  }
  return roles
}
