/**
 * Packages: made, downloaded once, removed (R27, R33-R35). Besides copies for requesters (C1), nothing else produces an audio
 * file.
 */
import Type from 'typebox'
import { closed, instant, literals, noContent, uuid, ErrorBody } from './shapes.ts'

const request = Type.Object(
  {
    method: literals(
      ['KEY', 'PASSPHRASE'],
      'Encrypted with the recipient’s age key, or with a passphrase that is communicated separately',
    ),
    delivery: literals(['LINK', 'MEDIUM'], 'LINK: for the recipient; MEDIUM: saved once by the person who releases it'),
    recipient: Type.Optional(
      Type.String({
        pattern: '^age1[0-9a-z]{58}$',
        description: 'With KEY, for an authority; an institute’s key is in its data',
      }),
    ),
  },
  closed,
)
const begun = {
  201: Type.Object({
    id: uuid('The package'),
    link: Type.Optional(Type.String({ description: 'With LINK: path of the download page; shown once' })),
    passphrase: Type.Optional(Type.String({ description: 'Shown once; communicated separately from the link' })),
    expiresAt: instant('Until'),
  }),
  409: ErrorBody,
}

export const packageOperations = {
  releaseResearch: {
    route: 'POST /api/research-disclosures/:id/packages',
    summary: 'Release a disclosure as an encrypted package of anonymised copies (R30-R33)',
    body: request,
    response: begun,
  },
  releaseToAuthority: {
    route: 'POST /api/authority-disclosures/:id/packages',
    summary:
      'Release granted items as an encrypted package: recordings and identification data, with a signed manifest (R34)',
    body: request,
    response: begun,
  },
  withdrawPackage: {
    route: 'DELETE /api/packages/:id',
    summary: 'Withdraw a package that was not downloaded',
    response: noContent,
  },
  savePackage: {
    route: 'GET /api/packages/:id/file',
    summary: 'Download a package once, for a medium, by the person who released it; encrypted',
    response: {
      200: {
        description: 'application/octet-stream',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
  },
} as const
