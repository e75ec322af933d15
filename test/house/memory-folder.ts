// Sets TMPDIR of the tests to memory if the machine has room. A TMPDIR that is already set stays.
import { statfsSync } from 'node:fs'

const inMemory = '/dev/shm'
const roomBytes = 6 * 1024 ** 3

/**
 * Sets TMPDIR to a folder in memory if it is not set. Tests write and sync thousands of small files, which a disk
 * serialises; what the tests prove about files is the same in memory.
 */
export function useMemoryFolder(): void {
  if (process.env['TMPDIR'] === undefined && hasFreeMemory()) process.env['TMPDIR'] = inMemory
}

function hasFreeMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory)
    return bavail * bsize >= roomBytes
  } catch {
    return false
  }
}
