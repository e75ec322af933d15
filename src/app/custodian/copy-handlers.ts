import type { CopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import type { CopyMaker } from '#use/requests/acts/make-copy.ts'
import type { CustodianHandlers } from './custodian-server.ts'

/** Returns the handlers of requests about copies, by path. */
export function copyHandlers(maker: CopyMaker, downloads: CopyDownloads): CustodianHandlers['jsonHandlers'] {
  return {
    '/copies/make': maker.make,
    '/copies/behind': downloads.languageOfLink,
    '/copies/begin': downloads.begin,
    '/copies/piece': downloads.piece,
    '/copies/taken': downloads.taken,
    '/copies/broke': downloads.releaseLease,
  }
}
