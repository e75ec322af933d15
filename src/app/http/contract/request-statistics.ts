/** Statistics of requests (R45). Answered in ../requests/request-routes.ts. */
import Type from 'typebox'
import { RequestChannel, RequestKind } from './requests.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const requestStatisticsOperations = {
  readRequestStatistics: {
    route: 'GET /api/request-statistics',
    summary: 'Read counts of requests by month received, kind and outcome, and the time until they were answered',
    querystring: { from: Type.String({ format: 'date' }), to: Type.String({ format: 'date' }) },
    response: {
      200: Type.Object({
        months: Type.Array(
          Type.Object({
            month: Type.String({ description: '2026-10' }),
            received: count('Received'),
            answered: count('Answered'),
            refused: count('Refused'),
            withdrawn: count('Withdrawn'),
            open: count('Still open'),
            late: count('Answered or still open after the due date'),
            medianDays: Type.Optional(Type.Number({ description: 'Median days from receipt to closing' })),
          }),
        ),
        kinds: Type.Array(Type.Object({ kind: RequestKind, count: count('Number of requests') })),
        channels: Type.Array(Type.Object({ channel: RequestChannel, count: count('Number') })),
        outcomes: Type.Array(
          Type.Object({
            outcome: Type.String(),
            count: count('Number of calls: matched, not found, not identifiable, not a party'),
          }),
        ),
      }),
    },
  },
} as const
