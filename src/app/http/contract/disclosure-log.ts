/** All disclosures, for oversight (R35), and their number, for the description's evidence. */
import Type, { type Static } from 'typebox'
import { Download, instant, literals, person, uuid } from './shapes.ts'

export const DisclosureEntry = Type.Object({
  id: uuid('The disclosure'),
  kind: literals(['RESEARCH', 'AUTHORITY'], 'Kind of recipient'),
  number: Type.String(),
  recipient: Type.String({ description: 'The institute or the authority' }),
  about: Type.String({ description: 'Study, or the authority’s case number' }),
  ground: Type.Optional(Type.String({ description: 'With AUTHORITY: the statutory provision' })),
  state: Type.String({ description: 'State of the disclosure' }),
  isOverdue: Type.Boolean(),
  items: Type.Integer(),
  unconfirmed: Type.Integer({ description: 'With RESEARCH: number of copies not confirmed as returned or destroyed' }),
  decidedBy: Type.Optional(person('The decision maker')),
  decidedAt: Type.Optional(instant('Decided')),
  releasedAt: Type.Optional(instant('Released')),
  releases: Type.Array(
    Type.Object({
      at: instant('When'),
      by: person('By whom'),
      files: Type.Integer(),
      sha256: Type.Optional(Type.String({ description: 'Of the encrypted package' })),
      state: Type.String(),
      downloads: Type.Array(Download, { description: 'Downloads, begun or refused, oldest first' }),
    }),
  ),
  dueOn: Type.Optional(Type.String({ format: 'date' })),
  closedAt: Type.Optional(instant('Closed')),
})
export type DisclosureEntry = Static<typeof DisclosureEntry>

export const disclosureLogOperations = {
  listDisclosures: {
    route: 'GET /api/disclosures',
    access: 'view',
    summary: 'List disclosures: recipient, content, number of items, decision maker (R35)',
    querystring: { year: Type.Optional(Type.Integer({ minimum: 2000, maximum: 9999 })) },
    response: { 200: Type.Object({ items: Type.Array(DisclosureEntry) }) },
  },
  readDisclosureStatistics: {
    route: 'GET /api/disclosures/statistics',
    summary: 'Read the numbers of disclosures, items and copies in a year, without persons',
    querystring: { year: Type.Integer({ minimum: 2000, maximum: 9999 }) },
    response: {
      200: Type.Object({
        research: Type.Object({
          begun: Type.Integer(),
          released: Type.Integer(),
          refused: Type.Integer(),
          items: Type.Integer(),
          returned: Type.Integer(),
          destroyed: Type.Integer(),
          recalled: Type.Integer(),
          overdue: Type.Integer(),
        }),
        authority: Type.Object({
          requested: Type.Integer(),
          ownInitiative: Type.Integer(),
          granted: Type.Integer(),
          part: Type.Integer(),
          refused: Type.Integer(),
          recordings: Type.Integer(),
          identificationData: Type.Integer(),
        }),
      }),
    },
  },
} as const
