/**
 * Open disclosures affected by a future change of the description (R27, R34, L29). Answered in
 * ../people/affected-by-change-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { instant, literals, uuid } from './shapes.ts'

export const PendingDisclosure = Type.Object(
  {
    draft: uuid('The draft of the change'),
    version: Type.Integer({ description: 'Version that the draft becomes' }),
    isApproved: Type.Boolean({ description: 'True if approved and not in force yet; false if submitted' }),
    effectiveFrom: instant('When the change comes into force'),
    disclosure: Type.Object({
      kind: literals(['RESEARCH', 'AUTHORITY'], 'Kind of recipient'),
      id: uuid('The disclosure'),
      number: Type.String(),
    }),
    items: Type.Integer({ description: 'Items affected by the change' }),
    endsAt: instant('When the change ends the first of them'),
  },
  {
    description:
      'An open disclosure affected by a change. It must be settled before the change can be approved: released, refused, withdrawn or closed, its items removed, or an authority’s recording covered by a preservation order',
  },
)
export type PendingDisclosure = Static<typeof PendingDisclosure>

export const pendingDisclosureOperations = {
  listPendingDisclosures: {
    route: 'GET /api/pending-disclosures',
    summary:
      'List open disclosures affected by a submitted or approved change of the description, for their preparers and decision makers',
    response: { 200: Type.Object({ items: Type.Array(PendingDisclosure) }) },
  },
} as const
