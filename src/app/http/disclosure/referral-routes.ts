import { listReferrals, takeUpReferral } from '#use/disclosure/referrals.ts'
import { registerOperations, items } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Requests that lead to a disclosure, for those who prepare it. */
export function referralRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listReferrals: ({ session, query }) => items(listReferrals(desk.db, session, query.kind)),
    takeUpReferral: ({ session, params, body }) => takeUpReferral(desk.db, session, params.id, body),
  })
}
