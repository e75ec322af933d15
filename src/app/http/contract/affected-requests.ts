/** Open requests affected by a future change of the description, and the decision on each (L29). */
import Type, { type Static } from 'typebox'
import { instant, literals, noContent, uuid } from './shapes.ts'

const how = literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD'], 'How the requester was informed')

export const AffectedRequest = Type.Object(
  {
    draft: uuid('The draft of the change'),
    version: Type.Integer({ description: 'Version that the draft becomes' }),
    isApproved: Type.Boolean({ description: 'True if approved and not in force yet; false if submitted' }),
    effectiveFrom: instant('When the change comes into force'),
    request: Type.Object({ id: uuid('The request'), number: Type.String() }),
    endsAt: instant('When the change ends what was requested'),
    isBooked: Type.Boolean({ description: 'True if an appointment is booked' }),
    isHeardBefore: Type.Boolean({ description: 'True if the booked appointment is before the change' }),
    told: Type.Optional(Type.Object({ how, at: instant('When') })),
  },
  {
    description:
      'An open request affected by a change. Approval needs an appointment before the end, or that the requester was informed',
  },
)
export type AffectedRequest = Static<typeof AffectedRequest>

export const affectedRequestOperations = {
  listPendingRights: {
    route: 'GET /api/pending-rights',
    summary: 'List open requests affected by a submitted or approved change of the description, for the Service Unit',
    response: { 200: Type.Object({ items: Type.Array(AffectedRequest) }) },
  },
  tellPendingRight: {
    route: 'POST /api/pending-rights/:id/told',
    summary: 'Record that the requester was informed in time that a change ends what they requested; `id` is the draft',
    body: { requestId: uuid('The request'), how },
    response: noContent,
  },
} as const
