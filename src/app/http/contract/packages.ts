/**
 * Packages: made, downloaded once, removed (R27, R33-R35). Besides copies for requesters (C1), nothing else produces an audio
 * file.
 */
import Type from 'typebox'
import { closed, instant, literals, noContent, refusals, uuid } from './shapes.ts'

const request = Type.Object(
  {
    method: literals(['KEY', 'PASSPHRASE'], 'To the recipient’s age key, or with a passphrase that is told apart'),
    delivery: literals(['LINK', 'MEDIUM'], 'A link for the recipient, or saved once by whoever releases, for a medium'),
    recipient: Type.Optional(
      Type.String({ pattern: '^age1[0-9a-z]{58}$', description: 'KEY to an authority; an institute’s own is on file' }),
    ),
  },
  closed,
)
const begun = {
  201: Type.Object({
    id: uuid('The package'),
    link: Type.Optional(Type.String({ description: 'LINK: path of the page where it is fetched; shown once' })),
    passphrase: Type.Optional(Type.String({ description: 'Shown once; told apart from the link' })),
    expiresAt: instant('Until'),
  }),
  409: refusals[400],
  ...refusals,
}

export const packageOperations = {
  releaseResearch: {
    route: 'POST /api/research-disclosures/:id/packages',
    summary: 'Release what was decided: one encrypted package of anonymised copies (R30-R33)',
    body: request,
    response: begun,
  },
  releaseToAuthority: {
    route: 'POST /api/authority-disclosures/:id/packages',
    summary: 'Release what was granted: recordings and identification data with a signed manifest (R34)',
    body: request,
    response: begun,
  },
  withdrawPackage: {
    route: 'DELETE /api/packages/:id',
    summary: 'A package that was not fetched is fetched no more',
    response: noContent,
  },
  savePackage: {
    route: 'GET /api/packages/:id/file',
    summary: 'Save a package for a medium, once, by whoever released it; it is encrypted',
    response: {
      200: {
        description: 'application/octet-stream',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      ...refusals,
    },
  },
} as const
