// A data folder in which Seloste was started once: its database, keys and people are there. Two thirds of what a new installation
// costs are those, and a run of all tests starts some thirty.
// In: the folder where the run of all tests makes one (prepare-folder.ts). Out: a copy of it for whoever starts from there. Never
// here: one without such a run; a test that is run alone starts a new installation.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The variable that says where it is, or will be. */
export const preparedVariable = 'SELOSTE_PREPARED'

/** Files beside the data: which of them is there says whether it can be copied. */
export const ready = 'ready'
export const failed = 'failed'
const maxMs = 180_000
const checkMs = 100

/** Copies it into a folder, waiting for it where it is being made; leaves the folder as it is where there is none. */
export async function copyPrepared(to: string): Promise<void> {
  const folder = process.env[preparedVariable]
  if (folder === undefined) return
  const deadline = performance.now() + maxMs
  while (!existsSync(join(folder, ready))) {
    if (existsSync(join(folder, failed)) || performance.now() > deadline) return
    await wait(checkMs)
  }
  // What is in it, with owners and modes: the database's files are its own user's.
  await promisify(execFile)('cp', ['-a', `${join(folder, 'data')}/.`, to])
  const elsewhere = join(folder, 'data.database')
  if (existsSync(elsewhere)) await promisify(execFile)('cp', ['-a', elsewhere, `${to}.database`])
}
