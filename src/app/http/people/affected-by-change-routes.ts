import { listPendingDisclosures } from '#use/disclosure/pending-disclosures.ts'
import { listAffectedRequests, recordRequesterNotice } from '#use/requests/affected-requests.ts'
import { registerOperations } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Open requests and disclosures affected by a future change of the description (L29). */
export function affectedByChangeRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listPendingRights: ({ session }) => listAffectedRequests(desk.db, session),
    listPendingDisclosures: ({ session }) => listPendingDisclosures(desk.db, session),

    tellPendingRight: ({ session, params, body: { requestId, how } }) =>
      recordRequesterNotice(desk.db, session, { draft: params.id, request: requestId, how }),
  })
}
