// Identifies processes, and lists those of PostgreSQL that have a cluster open. A pid file alone is never trusted: after kill -9
// it can name a zombie that process 1 does not reap, or an unrelated process with the same pid.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** Returns an identity that distinguishes two processes with the same pid; undefined if dead or a zombie. */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const found = procStat(pid)
    return found && found.state !== 'Z' && found.state !== 'X' ? `${bootId()} ${found.startTicks}` : undefined
  }
  return psLine(pid)?.startedAt
}

const programs = new Set(['postgres', 'initdb'])

/** Returns the pids of living PostgreSQL processes that have `cluster` open, the postmaster first. */
export function postgresProcessesOf(cluster: string, pidInFile: number | undefined): number[] {
  if (process.platform !== 'linux') {
    const found = pidInFile === undefined ? undefined : psLine(pidInFile)
    return pidInFile !== undefined && found?.command.includes('postgres') ? [pidInFile] : []
  }
  let folder: string
  try {
    folder = realpathSync(cluster)
  } catch {
    return []
  }
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    // Every PostgreSQL process has its data folder as current folder.
    .filter((pid) => currentFolder(pid) === folder && programs.has(procStat(pid)?.command ?? ''))
  const isFirst = (pid: number) => !pids.includes(procStat(pid)?.parent ?? 0)
  return [...pids.filter(isFirst), ...pids.filter((pid) => !isFirst(pid))]
}

type ProcStat = { command: string; state: string; parent: number; startTicks: string }

/** proc(5): the command is in parentheses and may itself contain blanks and parentheses. */
function procStat(pid: number): ProcStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  return {
    command: text.slice(text.indexOf('(') + 1, close),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    startTicks: fields[19] ?? '',
  }
}

function currentFolder(pid: number): string | undefined {
  try {
    return readlinkSync(join('/proc', String(pid), 'cwd'))
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function psLine(pid: number): { startedAt: string; command: string } | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const parts = line.split(/\s+/)
    if (parts.length < 7 || parts[0]?.startsWith('Z')) return undefined
    return { startedAt: parts.slice(1, 6).join(' '), command: parts.slice(6).join(' ') }
  } catch {
    return undefined
  }
}
