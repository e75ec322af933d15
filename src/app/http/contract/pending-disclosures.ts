/**
 * Open disclosures affected by a future change of the description (R27, R34, L29). Answered in
 * ../people/pending-right-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { instant, literals, refusals, uuid } from './shapes.ts'

export const PendingDisclosure = Type.Object(
  {
    draft: uuid('The draft of the change'),
    version: Type.Integer({ description: 'The version that it becomes' }),
    isApproved: Type.Boolean({ description: 'Approved and not in force yet; otherwise submitted' }),
    effectiveFrom: instant('When the change comes into force'),
    disclosure: Type.Object({
      kind: literals(['RESEARCH', 'AUTHORITY'], 'To whom'),
      id: uuid('The disclosure'),
      number: Type.String(),
    }),
    items: Type.Integer({ description: 'Items that the change reaches' }),
    endsAt: instant('When the first of them ends by the change'),
  },
  {
    description:
      'Decided, and not listed any more, where it is released, refused, withdrawn or closed, its items are dropped, or a preservation order keeps an authority’s recording; no change is approved before each is',
  },
)
export type PendingDisclosure = Static<typeof PendingDisclosure>

export const pendingDisclosureOperations = {
  listPendingDisclosures: {
    route: 'GET /api/pending-disclosures',
    summary:
      'Open disclosures that a submitted or coming change of the description reaches; for whoever prepares or decides on them',
    response: { 200: Type.Object({ items: Type.Array(PendingDisclosure) }), ...refusals },
  },
} as const
