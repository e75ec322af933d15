/** Open requests affected by a future change of the description, and the decision on each (L29). */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, noContent, refusals, uuid } from './shapes.ts'

const how = literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD'], 'How the requester was told')

export const PendingRight = Type.Object(
  {
    draft: uuid('The draft of the change'),
    version: Type.Integer({ description: 'The version that it becomes' }),
    isApproved: Type.Boolean({ description: 'Approved and not in force yet; otherwise submitted' }),
    effectiveFrom: instant('When the change comes into force'),
    request: Type.Object({ id: uuid('The request'), number: Type.String() }),
    endsAt: instant('When what is asked for ends by the change'),
    isBooked: Type.Boolean({ description: 'An appointment is booked' }),
    isHeardBefore: Type.Boolean({ description: 'The appointment that is booked lies before the end' }),
    told: Type.Optional(Type.Object({ how, at: instant('When') })),
  },
  { description: 'Decided where it is heard before or the requester was told; no change is approved before each is' },
)
export type PendingRight = Static<typeof PendingRight>

export const pendingRightOperations = {
  listPendingRights: {
    route: 'GET /api/pending-rights',
    summary: 'Open requests that a submitted or coming change of the description reaches; for the Service Unit',
    response: { 200: Type.Object({ items: Type.Array(PendingRight) }), ...refusals },
  },
  tellPendingRight: {
    route: 'POST /api/pending-rights/:id/told',
    summary: 'Record that the requester was told in time that a change ends what they asked for; `id` is the draft',
    body: Type.Object({ requestId: uuid('The request'), how }, closed),
    response: noContent,
  },
} as const
