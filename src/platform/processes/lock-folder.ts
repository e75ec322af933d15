/**
 * One process for one folder. In: a folder. Out: it is ours until we end in whatever way, kill -9 included, or somebody else's.
 * Never here: a pid that is believed; the kernel holds the lock for as long as the process lives (flock(2)).
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'

export type FolderLock = { kind: 'ours'; release: () => void } | { kind: 'in-use'; pid: string }

/** The same on Linux, macOS and BSD. */
const LOCK_EX = 2
const LOCK_NB = 4

/** Held for good: koffi unloads a library that nothing refers to any more. */
const libc = koffi.load(null)
const flock = libc.func('flock', 'int', ['int', 'int']) as (descriptor: number, operation: number) => number

/** Locks a folder by a file `lock` in it; `pid` is who has it, as it wrote itself. Throws what the file system says. */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'lock')
  const descriptor = openSync(path, 'a', 0o600)
  if (flock(descriptor, LOCK_EX | LOCK_NB) !== 0) {
    closeSync(descriptor)
    return { kind: 'in-use', pid: readFileSync(path, 'utf8').trim() }
  }
  ftruncateSync(descriptor)
  writeSync(descriptor, `${process.pid}\n`)
  return { kind: 'ours', release: () => closeSync(descriptor) }
}
