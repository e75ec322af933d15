/** Requests for official documents that were referred to a disclosure (C11, R27, R34). */
import Type from 'typebox'
import { closed, instant, literals, noContent, refusals, uuid } from './shapes.ts'

const kind = literals(['RESEARCH', 'AUTHORITY'], 'To which kind of disclosure they lead')

export const referralOperations = {
  listReferrals: {
    route: 'GET /api/referrals',
    access: 'view',
    summary: 'Requests that the decision maker has referred, by number, for whoever prepares such a disclosure',
    querystring: Type.Object({ kind }, closed),
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            requestId: uuid('The request'),
            number: Type.String({ description: 'Of the request; who asked is known to the Service Unit' }),
            receivedAt: instant('Received'),
            dueAt: instant('Due'),
            provision: Type.String({ description: 'As the decision maker wrote it' }),
            referredAt: instant('Referred'),
            takenUp: Type.Optional(
              Type.Object({
                at: instant('When'),
                disclosureId: uuid('By which disclosure'),
                disclosureNumber: Type.String(),
              }),
            ),
          }),
        ),
      }),
      ...refusals,
    },
  },
  takeUpReferral: {
    route: 'POST /api/referrals/:id/disclosure',
    summary: 'Say which disclosure a referred request has led to; the request then says that it was taken up',
    body: Type.Object({ kind, disclosureId: uuid('One that goes on') }, closed),
    response: noContent,
  },
} as const
