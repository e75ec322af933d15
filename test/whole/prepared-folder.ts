// Copies a data folder in which Seloste was started once, with its database, keys and people. That saves two thirds of
// the cost of a new installation, of which a run of all tests starts some thirty. prepare-folder.ts makes one folder
// for each run of all tests; a test that runs alone starts a new installation.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Environment variable with the path of the prepared folder, whether or not it is complete. */
export const preparedVariable = 'SELOSTE_PREPARED'

/** Names of files beside the data: the one that exists shows whether the data can be copied. */
export const ready = 'ready'
export const failed = 'failed'
const maxMs = 180_000
const checkMs = 100

/**
 * Copies the prepared data into a folder, after waiting until they are complete; leaves the folder unchanged if there
 * are none.
 */
export async function copyPrepared(to: string): Promise<void> {
  const folder = process.env[preparedVariable]
  if (folder === undefined) return
  const deadline = performance.now() + maxMs
  while (!existsSync(join(folder, ready))) {
    if (existsSync(join(folder, failed)) || performance.now() > deadline) return
    await wait(checkMs)
  }
  // Copies the content with owners and modes, because the database's files belong to a user of its own.
  await promisify(execFile)('cp', ['-a', `${join(folder, 'data')}/.`, to])
  const elsewhere = join(folder, 'data.database')
  if (existsSync(elsewhere)) await promisify(execFile)('cp', ['-a', elsewhere, `${to}.database`])
}
