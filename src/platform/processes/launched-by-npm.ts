// Detects the end of the `npm run` that started this process.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const checkMs = 1_000

/**
 * Calls `onGone` once when npm, or the shell between, has ended. npm does not forward signals to its shell's children, so
 * ending npm would leave Seloste running. Does nothing if npm did not start this process.
 * @returns a function that stops the watch
 */
export function watchNpm(onGone: () => void, environment: NodeJS.ProcessEnv = process.env): () => void {
  if (environment['npm_lifecycle_event'] === undefined) return () => undefined
  const launchers = launchersOf(process.pid)
  const timer = setInterval(() => {
    if (launchers.every(({ pid, parent }) => parentOf(pid) === parent)) return
    clearInterval(timer)
    onGone()
  }, checkMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Returns this process and its ancestors up to npm. A process gets another parent when its own ends. */
function launchersOf(first: number): { pid: number; parent: number }[] {
  const found: { pid: number; parent: number }[] = []
  for (let pid = first; pid > 1;) {
    const parent = parentOf(pid)
    if (parent === undefined) break
    found.push({ pid, parent })
    if (/(^|[\s/])npm(-cli\.js)?(\s|$)/.test(commandOf(parent))) return found
    pid = parent
  }
  return []
}

function parentOf(pid: number): number | undefined {
  try {
    if (process.platform !== 'linux') return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)]).toString())
    // proc(5): the command is in parentheses and may itself contain them.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function commandOf(pid: number): string {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'command=', '-p', String(pid)]).toString()
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
