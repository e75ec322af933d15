import { extractViews } from '#use/watch/extract-views.ts'
import { closeAlarm, listAlarms, markAlarmSeen } from '#safeguards/watch/alarms.ts'
import { viewsOfMyCalls, maxViews } from '#safeguards/watch/views-of-calls.ts'
import { listViewsToReview, listReviewMonths, signOffViews } from '#safeguards/watch/reviews.ts'
import { registerOperations, items, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { readPeriod } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import { grantForRequest } from '../request-session.ts'

const pageSize = 200
/** Longest extract: a month and a few days. A longer one would search the whole log. */
const maxExtractLength = { hours: 35 * 24, message: 'The period must end after it begins, and be at most 35 days.' }

/** Routes for alarms and reviews, for the data protection officer, and for log extracts requested by data subjects (R21, L11). */
export function watchRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listAlarms: ({ session, query }) =>
      viewed(listAlarms(desk.db, session, { state: query.state ?? 'any' }), ({ alarms, open }) => ({
        items: alarms,
        open,
      })),

    seeAlarm: async ({ session, params }) => (await markAlarmSeen(desk.db, session, params.id)) ?? 'done',
    closeAlarm: async ({ session, params, body }) =>
      (await closeAlarm(desk.db, session, params.id, body.note, body.count ?? null)) ?? 'done',

    listReviews: ({ session }) => items(listReviewMonths(desk.db, session, desk.clock.now())),

    readReview: ({ session, params, query: { after = 0, limit = pageSize } }) => {
      const month = Temporal.PlainYearMonth.from(params.month)
      return viewed(listViewsToReview(desk.db, session, { month, after, limit }), ({ views, next }) => ({
        items: views,
        next,
      }))
    },

    signOffReview: async ({ session, params, body }) =>
      (await signOffViews(desk.db, session, Temporal.PlainYearMonth.from(params.month), body.note)) ?? 'done',

    readLooksAtMyCalls: async ({ session, query }) => {
      const period = readPeriod(query, maxExtractLength)
      if ('refused' in period) return period
      const views = await viewsOfMyCalls(desk.db, session, period)
      return { items: views, isCut: views.length >= maxViews }
    },

    readLooksAtContact: async (request) => {
      const { reference } = request.query
      const requested = { purpose: 'INSPECTION', reference, action: 'extract.read' } as const
      const grant = await grantForRequest(desk, request, requested)
      if ('refused' in grant) return grant
      const found = await extractViews(desk.db, grant, request.params.id)
      if (found === 'not-found') return { refused: 'not-found' }
      const { contact, views } = found
      return { contact, madeAt: desk.clock.now(), items: views, isCut: views.length >= maxViews }
    },
  })
}
