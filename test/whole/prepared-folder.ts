// A data folder in which Seloste was started once: its database, keys and people are there. Two thirds of what a new installation
// costs are those, and a run of all tests starts some thirty.
// In: where the run of all tests makes one. Out: a copy of it for whoever starts from there. Never here: one without such a run;
// a test that is run alone starts a new installation.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startSeloste } from './start-seloste.ts'

/** The variable that says where it is, or will be. */
export const preparedVariable = 'SELOSTE_PREPARED'

const ready = 'ready'
const failed = 'failed'
const longestMs = 180_000
const lookMs = 100

/** Makes one in a folder, once for a run. Throws what kept Seloste from starting. */
export async function prepareFolder(folder: string): Promise<void> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  // So that the database's own user, when root runs the tests, comes through.
  for (const path of [folder, data]) await chmod(path, 0o711)
  try {
    await (await startSeloste({ dataDirectory: data })).stop()
    // A database that root keeps elsewhere, where its own user can reach it, cannot be copied with its folder.
    const isWhole = !existsSync(join(data, 'database/location'))
    await writeFile(join(folder, isWhole ? ready : failed), '')
  } catch (error) {
    await writeFile(join(folder, failed), '')
    throw error
  }
}

/** Copies it into a folder, waiting for it where it is being made; leaves the folder as it is where there is none. */
export async function copyPrepared(to: string): Promise<void> {
  const folder = process.env[preparedVariable]
  if (folder === undefined) return
  const deadline = performance.now() + longestMs
  while (!existsSync(join(folder, ready))) {
    if (existsSync(join(folder, failed)) || performance.now() > deadline) return
    await wait(lookMs)
  }
  // What is in it, with owners and modes: the database's files are its own user's.
  await promisify(execFile)('cp', ['-a', `${join(folder, 'data')}/.`, to])
}
