import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ready } from './prepared-folder.ts'
import { startSeloste } from './start-seloste.ts'

/**
 * Makes the data folder that others start from ([prepared-folder.ts](prepared-folder.ts)), in a folder, once for a run.
 * Throws what kept Seloste from starting.
 */
export async function prepareFolder(folder: string): Promise<void> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  // Lets the database's own user traverse it when root runs the tests.
  for (const path of [folder, data]) await chmod(path, 0o711)
  try {
    await (await startSeloste({ dataDirectory: data })).stop()
    // If root keeps the database elsewhere, where its own user can reach it, it cannot be copied with its folder.
    const isWhole = !existsSync(join(data, 'database/location'))
    await writeFile(join(folder, isWhole ? ready : failed), '')
  } catch (error) {
    await writeFile(join(folder, failed), '')
    throw error
  }
}
