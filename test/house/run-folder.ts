// Makes the folder for one run's files in TMPDIR, named by the run's process id, and removes folders that killed runs
// have left. Never removes a folder that may still be in use.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const runPrefix = 'seloste-tests-'
/** Prefix of folders left by single test files outside a run. */
const anyPrefix = 'seloste-'
const dayMs = 86_400_000

/** Makes the folder that is TMPDIR for the whole run. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `${runPrefix}${process.pid}-`))
  // If root runs the tests, the database's own user must be able to traverse the folder.
  chmodSync(folder, 0o711)
  return folder
}

/**
 * Removes the folders of runs whose process has ended, and other files of tests that have not changed for a day.
 * @returns the names of what was removed
 */
export function removeDeadRuns(parent: string, now = Date.now()): string[] {
  const dead = readdirSync(parent).filter((name) => name.startsWith(anyPrefix) && isDead(join(parent, name), name, now))
  return dead.filter((name) => {
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
      return true
    } catch {
      // The folder belongs to another user, or another run is removing it: it is left.
      return false
    }
  })
}

function isDead(folder: string, name: string, now: number): boolean {
  const pid = Number(/^seloste-tests-(\d+)-/.exec(name)?.[1])
  try {
    if (pid > 0) return !isAlive(pid)
    // A Seloste that has been running for days has its sockets in such a folder.
    const listens = () => readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isSocket())
    return now - statSync(folder).mtimeMs > dayMs && !listens()
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
