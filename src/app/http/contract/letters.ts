/** Letters to requesters, from editable templates in three languages (R42, R45; Kielilaki 423/2003). */
import Type, { type Static } from 'typebox'
import { letterKinds, refusalGrounds } from '#use/requests/letters/letter.ts'
import { instant, literals, noContent, person, uuid, ErrorBody } from './shapes.ts'

const pdf = {
  description: 'application/pdf',
  content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
}
const html = { description: 'text/html', content: { 'text/html': { schema: { type: 'string' } } } }

export const LetterKind = literals(
  [...letterKinds],
  'Kind of letter: receipt; extension of the time; answer call by call; appointment; recording destroyed before it was heard; use forbidden; erasure; objection; restriction; end of the restriction; call not identifiable, with reasons and how to complain; refusal, with reasons and how to complain; copy; log extract; correction; person spoken of; official document',
)
export type LetterKind = Static<typeof LetterKind>

/** Ground of a refusal; default: IDENTITY before the requester is identified, NO_CALL if no call was matched. */
export const RefusalGround = literals(
  [...refusalGrounds],
  'Ground of refusal: requester not identified (GDPR 12(6)); no call identified as theirs; unfounded or excessive (GDPR 12(5)); restricted by law (Act 1050/2018 section 34); for erasure and objection: the contact history is needed for a statutory task (GDPR 17(3)(b), 21(1)); for restriction: none of its conditions is met (GDPR 18(1))',
)
export type RefusalGround = Static<typeof RefusalGround>

export const letterLanguages = ['fi', 'sv', 'en'] as const
const LetterLanguage = literals([...letterLanguages], 'Language')

export const Letter = Type.Object({
  id: uuid('The letter'),
  kind: LetterKind,
  language: LetterLanguage,
  madeAt: instant('Made'),
  madeBy: Type.Optional(person('Person who created it; absent if Seloste created it')),
  delivered: Type.Optional(
    Type.Object({
      at: instant('When'),
      how: literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD', 'HOME'], 'How'),
      by: person('By whom'),
    }),
  ),
  isErased: Type.Boolean({
    description: 'True if its text was erased with the requester’s data; the delivery stays on record',
  }),
  isStale: Type.Boolean({
    description: 'True if it is not delivered and its content is outdated: it must be created again before delivery',
  }),
})
export type Letter = Static<typeof Letter>

export const LetterTemplate = Type.Object({
  kind: LetterKind,
  language: LetterLanguage,
  version: Type.Integer({ description: 'Version; 0 is the template supplied with Seloste' }),
  text: Type.String({
    description:
      'Paragraphs are separated by empty lines; a line beginning with # is a heading, with - a list item; {fields in braces} are filled in',
  }),
  changed: Type.Optional(Type.Object({ at: instant('When'), by: person('By whom') })),
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      isNeeded: Type.Boolean({ description: 'True if the law requires the field in this letter' }),
    }),
  ),
})
export type LetterTemplate = Static<typeof LetterTemplate>

const template = Type.Object({ kind: LetterKind, language: LetterLanguage })
const text = Type.String({ minLength: 1, maxLength: 20_000, pattern: '\\S' })

export const letterOperations = {
  draftLetter: {
    route: 'POST /api/requests/:id/letters',
    summary: 'Create a letter of a request from its template and the present facts',
    body: { kind: LetterKind, ground: Type.Optional(RefusalGround) },
    response: { 201: Letter, 409: ErrorBody },
  },
  readLetter: {
    route: 'GET /api/letters/:id/html',
    access: 'view',
    summary: 'Read a letter as an accessible page',
    response: { 200: html },
  },
  readLetterPdf: {
    route: 'GET /api/letters/:id/pdf',
    access: 'view',
    summary: 'Read a letter as tagged PDF (PDF/UA)',
    response: { 200: pdf },
  },
  noteDelivery: {
    route: 'POST /api/letters/:id/delivery',
    summary: 'Record that a letter was delivered, and how',
    body: { how: literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD', 'HOME'], 'How') },
    response: noContent,
  },
  removeLetter: {
    route: 'DELETE /api/letters/:id',
    summary: 'Delete a letter that was not delivered',
    response: noContent,
  },
  listLetterTemplates: {
    route: 'GET /api/letter-templates',
    summary: 'List the templates in force',
    response: { 200: Type.Object({ items: Type.Array(LetterTemplate), mayChange: Type.Boolean() }) },
  },
  changeLetterTemplate: {
    route: 'PUT /api/letter-templates/:kind/:language',
    summary: 'Change a template; missing and unknown fields are reported',
    params: template,
    body: { text, version: Type.Integer({ minimum: 0, description: 'The version that was read' }) },
    response: { 200: LetterTemplate, 409: ErrorBody },
  },
  previewLetterTemplate: {
    route: 'POST /api/letter-templates/:kind/:language/preview',
    summary: 'Preview a letter with invented facts, from a text that is not saved',
    params: template,
    body: { text },
    response: {
      200: Type.Object({
        html: Type.String(),
        problems: Type.Array(
          Type.Object({
            code: literals(['unknown-field', 'missing-field', 'unclosed'], 'What is wrong'),
            field: Type.String(),
          }),
        ),
      }),
    },
  },
} as const
