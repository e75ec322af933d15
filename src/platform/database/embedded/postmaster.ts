// Runs initdb and postgres, tied to the life of this process. No TCP port.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseFault } from '../faults.ts'
import type { Binaries } from './binaries.ts'
import type { OsUser } from './os-user.ts'
import { restrictToUser, type ClusterPaths } from './cluster-paths.ts'

export const superuser = 'postgres'

/** Measured: 23 MiB of tables and a 16 MiB segment of the write-ahead log. */
const newClusterBytes = 48 * 2 ** 20
const maxLogBytes = 1_000_000

/**
 * Creates a cluster under a temporary name until it is complete, so that an interrupted start leaves nothing behind.
 * @throws DatabaseFault `database-start-failed`, `database-disk-full`
 */
export async function initialiseCluster(
  paths: ClusterPaths,
  binaries: Binaries,
  user: OsUser | undefined,
  password: string,
  socketDirectory: string,
): Promise<void> {
  await rm(paths.unfinishedCluster, { recursive: true, force: true })
  const { bavail, bsize } = await statfs(paths.root)
  if (bavail * bsize < newClusterBytes) {
    // initdb would fail halfway with a message about transactions.
    const message = `The disk is full: a new database in ${paths.root} needs ${newClusterBytes / 2 ** 20} MiB.`
    throw new DatabaseFault('database-disk-full', message)
  }
  await mkdir(paths.unfinishedCluster, { mode: 0o700 })
  await restrictToUser(paths.unfinishedCluster, user)
  const passwordFile = join(socketDirectory, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await restrictToUser(passwordFile, user)
  try {
    const { exitCode, output } = await run(
      binaries.initdb,
      [
        `--pgdata=${paths.unfinishedCluster}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth-local=scram-sha-256',
        '--auth-host=reject',
        '--data-checksums',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      paths.unfinishedCluster,
      user,
    )
    if (exitCode !== 0) throw startFault(`cannot create a database in ${paths.root}`, output)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await writeFile(paths.passwordFile, password, { mode: 0o600, flush: true })
  await rename(paths.unfinishedCluster, paths.cluster)
}

export type Postmaster = {
  pid: number
  /** Resolves when PostgreSQL has ended. */
  ended: Promise<void>
  /** Starts a fast shutdown: sessions end and everything is written. */
  shutDown: () => void
  kill: (signal: NodeJS.Signals) => void
}

/**
 * Starts PostgreSQL. A watcher in the same shell holds a pipe to this process: when the process ends in any way, kill -9
 * included, the pipe closes and PostgreSQL gets a fast shutdown. PostgreSQL runs in its own session, so Ctrl-C in a terminal
 * reaches this process first.
 */
export function startPostmaster(
  paths: ClusterPaths,
  binaries: Binaries,
  user: OsUser | undefined,
  socketDirectory: string,
): Postmaster {
  const log = openSync(paths.logFile, 'a', 0o600)
  const child = spawn('/bin/sh', ['-c', shellScript, binaries.postgres, ...serverArguments(paths, socketDirectory)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', log, log],
    env: { ...serverEnvironment, PGDATA: paths.cluster },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  })
  closeSync(log)
  const pipe = child.stdin
  pipe?.on('error', () => undefined) // The watcher may be gone before we are: nothing is ever written to it.
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => {
      pipe?.destroy()
      resolve()
    })
  })
  child.unref()
  ;(pipe as unknown as { unref?: () => void } | null)?.unref?.()
  return {
    pid: child.pid ?? 0,
    ended,
    shutDown: () => pipe?.destroy(),
    kill: (signal) => child.kill(signal),
  }
}

/** Returns what PostgreSQL logged after `fromByte`. */
export function readLogFrom(paths: ClusterPaths, fromByte: number): string {
  try {
    return readFileSync(paths.logFile).subarray(fromByte).toString('utf8')
  } catch {
    return 'it left no log'
  }
}

export function logSize(paths: ClusterPaths): number {
  try {
    return statSync(paths.logFile).size
  } catch {
    return 0
  }
}

/** Returns a fault with PostgreSQL's own words; a full disk has a code of its own. */
export function startFault(problem: string, words: string, cause?: unknown): DatabaseFault {
  const message = oneLine(words)
  return isDiskFull(words)
    ? new DatabaseFault('database-disk-full', `The disk is full: ${problem}. PostgreSQL reported: ${message}`, cause)
    : new DatabaseFault('database-start-failed', `PostgreSQL did not start: ${problem}. It reported: ${message}`, cause)
}

export function isDiskFull(words: string): boolean {
  return /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i.test(words)
}

/**
 * `$$` is the pid of the shell inside the watcher, and exec gives that pid to postgres. The watcher is started from a subshell
 * so that it is no child of postgres, which would take its end for a crashed backend.
 */
const shellScript = `
  exec 3<&0 0</dev/null
  ( {
      read -r _ <&3
      read -r pid < "$PGDATA/postmaster.pid" && [ "$pid" = "$$" ] && kill -INT "$$"
    } >/dev/null 2>&1 & )
  exec 3<&-
  exec "$0" "$@"
`

/**
 * Our environment (settings with passwords, for example) is not passed to the database, except a preloaded library: one that
 * shifts the clock must shift the database's too.
 */
const serverEnvironment = {
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.env['LD_PRELOAD'] !== undefined && { LD_PRELOAD: process.env['LD_PRELOAD'] }),
}

function serverArguments(paths: ClusterPaths, socketDirectory: string): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    cluster_name: 'seloste',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // No statement and no detail line ("Key (number)=(...) already exists") reaches the log: they contain personal data.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
  }
  return ['-D', paths.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Works in the cluster's folder, like the server, so that a start after kill -9 finds what is still running there. */
function run(
  program: string,
  args: string[],
  folder: string,
  user: OsUser | undefined,
): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: serverEnvironment,
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    })
    let output = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('error', (cause) => reject(startFault(`${program} could not be run`, cause.message, cause)))
    child.once('close', (code, signal) => resolve({ exitCode: code ?? -1, output: output || `ended by ${signal}` }))
  })
}

/** Rotates a long log; one older log is kept. */
export function rotateLog(file: string): void {
  try {
    if (statSync(file).size > maxLogBytes) renameSync(file, `${file}.1`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Returns the last lines as one. */
export function oneLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.slice(-4).join(' | ') || 'nothing'
}
