// Copies a data folder in which Seloste was started once, with its database, keys and people, which saves two thirds of
// the cost of a new installation; a run of all tests starts some thirty. prepare-folder.ts makes one per run of all
// tests; a test that runs alone starts a new installation.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Variable with its path, present or future. */
export const preparedVariable = 'SELOSTE_PREPARED'

/** Files beside the data: whichever exists shows if the data can be copied. */
export const ready = 'ready'
export const failed = 'failed'
const maxMs = 180_000
const checkMs = 100

/** Copies it into a folder, waiting until it is made; leaves the folder unchanged if there is none. */
export async function copyPrepared(to: string): Promise<void> {
  const folder = process.env[preparedVariable]
  if (folder === undefined) return
  const deadline = performance.now() + maxMs
  while (!existsSync(join(folder, ready))) {
    if (existsSync(join(folder, failed)) || performance.now() > deadline) return
    await wait(checkMs)
  }
  // Copies its content, with owners and modes, because the database's files belong to its own user.
  await promisify(execFile)('cp', ['-a', `${join(folder, 'data')}/.`, to])
  const elsewhere = join(folder, 'data.database')
  if (existsSync(elsewhere)) await promisify(execFile)('cp', ['-a', elsewhere, `${to}.database`])
}
