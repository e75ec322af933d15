import type { CopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import type { CopyMaker } from '#use/requests/acts/make-copy.ts'
import type { CustodianHandlers } from './custodian-server.ts'

/** Returns the handlers of requests about copies, by path. */
export function copyHandlers(maker: CopyMaker, fetching: CopyDownloads): CustodianHandlers['questions'] {
  return {
    '/copies/make': maker.make,
    '/copies/behind': fetching.languageOfLink,
    '/copies/begin': fetching.begin,
    '/copies/piece': fetching.piece,
    '/copies/taken': fetching.taken,
    '/copies/broke': fetching.releaseLease,
  }
}
