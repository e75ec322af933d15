import { readFile } from 'node:fs/promises'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { Log } from '#platform/log/log.ts'
import { installDescription } from '#safeguards/versions/versions.ts'

/**
 * Gives a new installation its description.
 * @param path of its text; the one that comes with Seloste otherwise
 * @throws DescriptionFault when the text cannot be obeyed
 */
export async function installFirst(
  adminUrl: string,
  log: Pick<Log, 'info'>,
  path: string = seedDescriptionFile,
): Promise<void> {
  const { db, close } = connectDatabase({
    url: adminUrl,
    applicationName: 'seloste-bootstrap',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    const done = await installDescription(db, await readFile(path, 'utf8'), path)
    if (done === 'installed') log.info(`begins with the register description ${path}`)
  } finally {
    await close()
  }
}
