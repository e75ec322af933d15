import { listPendingDisclosures } from '#use/disclosure/pending-disclosures.ts'
import { listPendingRights, notifyPendingRight } from '#use/requests/pending-rights.ts'
import { registerOperations } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Open requests and disclosures affected by a future change of the description (L29). */
export function pendingRightRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listPendingRights: ({ session }) => listPendingRights(desk.db, session),
    listPendingDisclosures: ({ session }) => listPendingDisclosures(desk.db, session),

    tellPendingRight: ({ session, params, body: { requestId, how } }) =>
      notifyPendingRight(desk.db, session, { draft: params.id, request: requestId, how }),
  })
}
