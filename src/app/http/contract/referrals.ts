/** Requests for official documents that were referred to a disclosure (C11, R27, R34). */
import Type from 'typebox'
import { instant, literals, noContent, uuid } from './shapes.ts'

const kind = literals(['RESEARCH', 'AUTHORITY'], 'Kind of disclosure')

export const referralOperations = {
  listReferrals: {
    route: 'GET /api/referrals',
    access: 'view',
    summary: 'List requests that the decision maker has referred to a disclosure, for its preparers',
    querystring: { kind },
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            requestId: uuid('The request'),
            number: Type.String({ description: 'Number of the request; only the Service Unit knows the requester' }),
            receivedAt: instant('Received'),
            dueAt: instant('Due'),
            provision: Type.String({ description: 'Text of the decision maker' }),
            referredAt: instant('Referred'),
            takenUp: Type.Optional(
              Type.Object({
                at: instant('When'),
                disclosureId: uuid('The disclosure'),
                disclosureNumber: Type.String(),
              }),
            ),
          }),
        ),
      }),
    },
  },
  takeUpReferral: {
    route: 'POST /api/referrals/:id/disclosure',
    summary: 'Record the disclosure to which a referred request has led',
    body: { kind, disclosureId: uuid('An open disclosure') },
    response: noContent,
  },
} as const
