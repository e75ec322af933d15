// Sets TMPDIR of the tests to memory if the machine has room. A TMPDIR that is already set stays.
import { statfsSync } from 'node:fs'

const inMemory = '/dev/shm'
const roomBytes = 6 * 1024 ** 3

/**
 * Chosen as TMPDIR where it is not set. Tests write and sync small files by the thousand, and a disk makes them wait for others;
 * what they prove of files is the same there.
 */
export function chooseQuickFolder(): void {
  if (process.env['TMPDIR'] === undefined && hasRoom()) process.env['TMPDIR'] = inMemory
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory)
    return bavail * bsize >= roomBytes
  } catch {
    return false
  }
}
