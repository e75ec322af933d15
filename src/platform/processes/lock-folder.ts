/**
 * Lets one process at a time use a folder. The kernel holds the lock while the process lives, kill -9 included (flock(2)); pids
 * are not trusted.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'

export type FolderLock = { kind: 'ours'; release: () => void } | { kind: 'in-use'; pid: string }

/** The same on Linux, macOS and BSD. */
const LOCK_EX = 2
const LOCK_NB = 4

/** Referenced for good: koffi unloads an unreferenced library. */
const libc = koffi.load(null)
const flock = libc.func('flock', 'int', ['int', 'int']) as (descriptor: number, operation: number) => number

/** Locks a folder by a file `lock` in it; `pid` is that of the holder, as it wrote it. Throws file system errors. */
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
