/** Statistics of requests (R45). Answered in ../requests/request-routes.ts. */
import Type from 'typebox'
import { RequestChannel, RequestKind } from './requests.ts'
import { closed, refusals } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const requestStatisticsOperations = {
  readRequestStatistics: {
    route: 'GET /api/request-statistics',
    summary: 'Counts of requests by month received, kind and outcome, and how soon they were answered',
    querystring: Type.Object({ from: Type.String({ format: 'date' }), to: Type.String({ format: 'date' }) }, closed),
    response: {
      200: Type.Object({
        months: Type.Array(
          Type.Object({
            month: Type.String({ description: '2026-10' }),
            received: count('Received'),
            answered: count('Answered'),
            refused: count('Refused'),
            withdrawn: count('Withdrawn'),
            open: count('Open still'),
            late: count('Answered or open after their day'),
            medianDays: Type.Optional(Type.Number({ description: 'Days from reception to closing, the median' })),
          }),
        ),
        kinds: Type.Array(Type.Object({ kind: RequestKind, count: count('How many asked for it') })),
        channels: Type.Array(Type.Object({ channel: RequestChannel, count: count('How many') })),
        outcomes: Type.Array(
          Type.Object({
            outcome: Type.String(),
            count: count('Of calls: matched, not found, not identifiable, not a party'),
          }),
        ),
      }),
      ...refusals,
    },
  },
} as const
