// Whether the `npm run` that started this process still runs.
// In: nothing. Out: word when it does not. Never: a guess about a process that npm did not start.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const lookMs = 1_000

/**
 * Calls `onGone` once when npm, or the shell between, has ended: npm hands no signal on to what its shell has started, so whoever
 * ends npm would leave Seloste running. Does nothing where npm has not started this process.
 * @returns ends the watch
 */
export function watchNpm(onGone: () => void, environment: NodeJS.ProcessEnv = process.env): () => void {
  if (environment['npm_lifecycle_event'] === undefined) return () => undefined
  const launchers = launchersOf(process.pid)
  const timer = setInterval(() => {
    if (launchers.every(({ pid, parent }) => parentOf(pid) === parent)) return
    clearInterval(timer)
    onGone()
  }, lookMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** This process and those above it, up to npm; with a parent that is another as soon as that has ended. */
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
    // proc(5): the command stands in parentheses and may itself contain them.
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
