/**
 * Runs a named program on bytes for its standard input, and returns its whole standard output.
 *
 * The program gets none of our files, environment variables or network. Its standard error is dropped, as it may contain its
 * input.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { NamedProgram } from './named-programs.ts'
import { ProcessFault } from './process-faults.ts'
import { makeScratch } from './scratch.ts'
import { verifyProgram } from './verify-program.ts'
import { commandFor, findIsolation, type Isolation } from './isolate-program.ts'

export interface RunOptions {
  input: readonly Uint8Array[]
  /** A longer output is a failure. */
  maxBytes: number
  limitMs: number
  /** Ends the program; the fault is `program-failed`. */
  signal?: AbortSignal
  /** Default: the strongest isolation that works here. */
  isolation?: Isolation
}

/** The program does not get our locale; its home is the folder for its temporary files. */
const environment = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
const exitTimeoutMs = 5_000

/** @throws ProcessFault every code except `programs-file-wrong` */
export async function runInChildProcess(program: NamedProgram, options: RunOptions): Promise<Buffer> {
  const { input, maxBytes, limitMs, signal, isolation = await findIsolation() } = options
  if (isolation === 'none' && program.network !== 'trusted') {
    throw new ProcessFault(
      'program-network-open',
      `${program.name} would run with network access: neither bwrap nor unshare works here. Install bubblewrap, or set "network": "trusted" for it if the machine blocks its network access otherwise. Nothing was run.`,
    )
  }
  await verifyProgram(program)
  const [command, ...args] = await commandFor(program, isolation)

  const finished = Promise.withResolvers<Buffer>()
  const fault = (code: ProcessFault['code'], problem: string, cause?: unknown) =>
    finished.reject(new ProcessFault(code, `${program.name} ${problem}. Its output was discarded.`, cause))
  // A process group of its own, so that its children end with it.
  const hasOwnFiles = isolation === 'bwrap' || isolation === 'unshare'
  const scratch = hasOwnFiles ? undefined : await makeScratch()
  const home = scratch?.path ?? '/tmp'
  const env = { ...environment, HOME: home, TMPDIR: home }
  const child = spawn(command, args, { env, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(limitMs + exitTimeoutMs) }).catch(() => undefined)
  const parts: Buffer[] = []
  let size = 0

  const limit = setTimeout(() => fault('program-too-slow', `took more than ${limitMs / 1000} s`), limitMs)
  const stop = () => fault('program-failed', 'was stopped')
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  child.on('error', (error) => fault('program-missing', `cannot be started (${error.name})`, error))
  child.stdout.on('data', (part: Buffer) => {
    size += part.length
    if (size > maxBytes) fault('program-answer-too-long', `wrote more than ${maxBytes} bytes`)
    else parts.push(part)
  })
  child.on('close', (code, killedBy) => {
    if (code === 0) finished.resolve(Buffer.concat(parts))
    else fault('program-failed', killedBy === null ? `ended with ${code}` : `was ended by ${killedBy}`)
  })
  // A program that stops reading early reports success or failure by its exit code.
  child.stdin.on('error', () => undefined)
  for (const part of input) child.stdin.write(part)
  child.stdin.end()

  try {
    return await finished.promise
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', stop)
    endGroup(child.pid)
    // A program that has not ended could still write there.
    if (scratch && child.pid !== undefined) await ended
    await scratch?.remove()
    for (const part of parts) part.fill(0)
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The process has ended already.
  }
}
