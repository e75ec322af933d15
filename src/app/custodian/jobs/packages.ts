import type { Clock } from '#platform/clock/clock.ts'
import type { EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { startOpusThreads } from '#platform/opus/encode-in-threads.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { createPackageDownloads } from '#use/disclosure/packages/fetch-package.ts'
import { createPackageMaker, endUnfinishedPackages } from '#use/disclosure/packages/make-package.ts'
import { readLetterStyle } from '../../publication/letter-page.ts'
import { packagedPages } from '../../publication/packaged-pages.ts'
import type { CustodianHandlers } from '../custodian-server.ts'
import type { Versions } from '../../roles/follow-versions.ts'
import { startRemoval } from './remove-ended.ts'

type Store = Pick<Parameters<typeof createPackageMaker>[0], 'db' | 'objects' | 'keys' | 'workFolder'>

/**
 * Handles packages in the custodian: makes them, serves their encrypted bytes, and removes downloaded, withdrawn and expired ones
 * (R27, R30, R34).
 */
export async function startPackages({
  store,
  pool,
  versions,
  clock,
  log,
}: {
  store: Store
  pool: EveryOptions['pool']
  versions: Versions
  clock: Clock
  log: Log
}): Promise<{
  jsonHandlers: CustodianHandlers['jsonHandlers']
  stop: () => Promise<void>
}> {
  const { ended, files } = await endUnfinishedPackages(store)
  if (ended + files > 0)
    log.warn({ packages: ended, files }, 'failed the packages that were being made when the custodian exited')
  const opus = startOpusThreads()
  const maker = createPackageMaker({
    ...store,
    opus,
    now: () => clock.now(),
    pages: packagedPages(
      () => {
        const now = clock.now()
        const today = now.toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
        return { description: versions.at(now).description, today }
      },
      await readLetterStyle(),
    ),
    signer: () => readLogKey(store.keys),
    onFault: (error, id) => {
      log.error(
        { err: error, package: id },
        'cannot create a package; the decision maker is shown this and can create another',
      )
    },
  })
  const downloads = createPackageDownloads(store)
  const removing = startRemoval({ pool, log, what: 'packages', removeEnded: downloads.removeEnded })
  return {
    jsonHandlers: {
      '/packages/make': maker.make,
      '/packages/behind': downloads.languageOfLink,
      '/packages/begin': downloads.begin,
      '/packages/begin-save': downloads.beginSave,
      '/packages/piece': downloads.piece,
      '/packages/taken': downloads.taken,
      '/packages/broke': downloads.releaseLease,
    },
    async stop() {
      await removing.stop()
      await maker.stop()
      await opus.stop()
    },
  }
}
