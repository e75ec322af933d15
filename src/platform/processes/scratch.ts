/**
 * Makes folders for the temporary files of programs that see this machine's files: in memory if possible. They are removed with
 * their content, and never outlive their program and this process.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const named = /^seloste-program-(\d+)-/

let swept: Promise<void> | undefined

/** @returns `remove`: with everything in it; never throws */
export async function makeScratch(): Promise<{ path: string; remove: () => Promise<void> }> {
  await sweepScratch()
  const path = await mkdtemp(join(await parentFolder(), `seloste-program-${process.pid}-`))
  return { path, remove: () => remove(path) }
}

/** Removes folders of killed processes; once, before this process makes its first. */
export function sweepScratch(): Promise<void> {
  return (swept ??= sweep())
}

async function sweep(): Promise<void> {
  const folder = await parentFolder()
  for (const name of await readdir(folder)) {
    const pid = Number(named.exec(name)?.[1])
    if (pid === process.pid || (pid > 0 && !isAlive(pid))) await remove(join(folder, name))
  }
}

async function parentFolder(): Promise<string> {
  return (await stat(memory).catch(() => undefined))?.isDirectory() ? memory : tmpdir()
}

/** Retries while a program still writes there. Errors, such as for a folder of another user, are ignored. */
function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).catch(() => undefined)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
