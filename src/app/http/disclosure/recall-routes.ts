import { confirmRecall, listRecalls } from '#destruction/recalls.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { recallNotice } from './recall-notice.ts'
import type { Routes } from '../routes.ts'

/** Recalls of disclosed copies, for the decision maker (R32, R50). */
export function recallRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listRecalls: ({ session }) =>
      viewed(listRecalls(desk.db, session), ({ recalls }) => ({
        items: recalls.map(({ recalled_at, due_at, is_overdue, confirmed_at, ...recall }) => ({
          ...recall,
          recalledAt: recalled_at,
          dueAt: due_at,
          isOverdue: is_overdue,
          confirmedAt: confirmed_at,
          notice: recallNotice({ ...recall, due_at }),
        })),
      })),

    confirmRecall: ({ session, params, body }) => confirmRecall(desk.db, session, params.id, body.outcome),
  })
}
