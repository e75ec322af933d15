import { readFile } from 'node:fs/promises'
import { seedDescriptionFile, shippedDescription } from '#description/read-description.ts'
import { termZone } from '#description/terms.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { Log } from '#platform/log/log.ts'
import { installDescription } from '#safeguards/versions/versions.ts'

/**
 * Installs the description of a new installation.
 * @param path file of its text; default: the bundled text, with dates in the future
 * @throws DescriptionFault if the text is invalid
 */
export async function installFirst(adminUrl: string, log: Pick<Log, 'info'>, path?: string): Promise<void> {
  const { db, close } = connectDatabase({
    url: adminUrl,
    applicationName: 'seloste-bootstrap',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    const text = await (path ? readFile(path, 'utf8') : shippedDescription(Temporal.Now.plainDateISO(termZone)))
    const name = path ?? seedDescriptionFile
    if ((await installDescription(db, text, name)) === 'installed')
      log.info(`installing the register description ${name}`)
  } finally {
    await close()
  }
}
