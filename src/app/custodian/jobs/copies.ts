import type { Clock } from '#platform/clock/clock.ts'
import type { EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { createCopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import { createCopyMaker, endUnfinishedCopies } from '#use/requests/acts/make-copy.ts'
import { copyHandlers } from '../copy-handlers.ts'
import type { CustodianHandlers } from '../custodian-server.ts'
import type { Versions } from '../../roles/follow-versions.ts'
import { startRemoval } from './remove-ended.ts'

type Store = Omit<Parameters<typeof createCopyMaker>[0], 'onFault' | 'isOffered'>

/**
 * Handles copies on request in the custodian: makes them, serves their encrypted bytes, and removes downloaded, withdrawn and
 * expired ones (C1).
 */
export async function startCopies({
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
  const { ended, files } = await endUnfinishedCopies(store)
  if (ended + files > 0)
    log.warn({ copies: ended, files }, 'failed the copies that were being made when the custodian exited')
  const maker = createCopyMaker({
    ...store,
    isOffered: () => versions.at(clock.now()).description.switches.accessCopy,
    onFault: (error, copy) => {
      log.error(
        { err: error, copy },
        'cannot create a copy for a requester; the clerk is shown this and can create another',
      )
    },
  })
  const downloads = createCopyDownloads(store)
  const removing = startRemoval({ pool, log, what: 'copies', removeEnded: downloads.removeEnded })
  return {
    jsonHandlers: copyHandlers(maker, downloads),
    async stop() {
      await removing.stop()
      await maker.stop()
    },
  }
}
