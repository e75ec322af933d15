import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ready } from './prepared-folder.ts'
import { startSeloste } from './start-seloste.ts'

/**
 * Makes the data folder with which tests start ([prepared-folder.ts](prepared-folder.ts)), once for a run. Throws the
 * reason if Seloste does not start.
 */
export async function prepareFolder(folder: string): Promise<void> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  // If root runs the tests, the database's own user must be able to traverse the folders.
  for (const path of [folder, data]) await chmod(path, 0o711)
  try {
    await (await startSeloste({ dataDirectory: data })).stop()
    // If root keeps the database in another folder, which the database's own user can enter, this folder is incomplete
    // and must not be copied.
    const isWhole = !existsSync(join(data, 'database/location'))
    await writeFile(join(folder, isWhole ? ready : failed), '')
  } catch (error) {
    await writeFile(join(folder, failed), '')
    throw error
  }
}
