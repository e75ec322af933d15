/** Letters to requesters, from editable templates in three languages (R42, R45; Kielilaki 423/2003). */
import Type, { type Static } from 'typebox'
import { letterKinds, refusalGrounds } from '#use/requests/letters/letter.ts'
import { closed, instant, literals, noContent, person, refusals, uuid } from './shapes.ts'

const pdf = {
  description: 'application/pdf',
  content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
}
const html = { description: 'text/html', content: { 'text/html': { schema: { type: 'string' } } } }

export const LetterKind = literals(
  [...letterKinds],
  'Received; more time is needed; the answer call by call; the time booked; destroyed before it was heard; the use is forbidden; erased; objected to; restricted; the restriction ends; the call cannot be told apart, with reasons and the complaint path; refused, with reasons and the complaint path; a copy; who has looked; a correction; somebody spoken of; an official document',
)
export type LetterKind = Static<typeof LetterKind>

/** Ground of a refusal; default: IDENTITY before the requester is identified, NO_CALL if no call was matched. */
export const RefusalGround = literals(
  [...refusalGrounds],
  'Why it is refused: who asks was not shown (GDPR 12(6)); no call was shown to be theirs; unfounded or excessive (GDPR 12(5)); restricted by law (Act 1050/2018 section 34); of erasure and objection: the contact history is needed for a statutory task (GDPR 17(3)(b), 21(1)); of restriction: none of its reasons is there (GDPR 18(1))',
)
export type RefusalGround = Static<typeof RefusalGround>

export const letterLanguages = ['fi', 'sv', 'en'] as const
const LetterLanguage = literals([...letterLanguages], 'Its language')

export const Letter = Type.Object({
  id: uuid('The letter'),
  kind: LetterKind,
  language: LetterLanguage,
  madeAt: instant('Made'),
  madeBy: Type.Optional(person('By whom; nobody: by Seloste, when its reason came')),
  delivered: Type.Optional(
    Type.Object({
      at: instant('When'),
      how: literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD'], 'How'),
      by: person('By whom'),
    }),
  ),
  isErased: Type.Boolean({ description: 'Its text is erased with who the requester was; that it was sent stays' }),
  isStale: Type.Boolean({
    description: 'Not delivered, and what it tells has changed since: it cannot be delivered, and is drafted anew',
  }),
})
export type Letter = Static<typeof Letter>

export const LetterTemplate = Type.Object({
  kind: LetterKind,
  language: LetterLanguage,
  version: Type.Integer({ description: '0: as it came with Seloste' }),
  text: Type.String({
    description:
      'Paragraphs apart by an empty line; a line beginning with # is a heading, with - an item; {words in braces} are filled in',
  }),
  changed: Type.Optional(Type.Object({ at: instant('When'), by: person('By whom') })),
  fields: Type.Array(
    Type.Object({ name: Type.String(), isNeeded: Type.Boolean({ description: 'The law wants it in this letter' }) }),
  ),
})
export type LetterTemplate = Static<typeof LetterTemplate>

const template = Type.Object({ kind: LetterKind, language: LetterLanguage })
const text = Type.String({ minLength: 1, maxLength: 20_000, pattern: '\\S' })

export const letterOperations = {
  draftLetter: {
    route: 'POST /api/requests/:id/letters',
    summary: 'Make a letter of a request from its template, as things stand',
    body: Type.Object({ kind: LetterKind, ground: Type.Optional(RefusalGround) }, closed),
    response: { 201: Letter, 409: refusals[400], ...refusals },
  },
  readLetter: {
    route: 'GET /api/letters/:id/html',
    access: 'view',
    summary: 'A letter as an accessible page',
    response: { 200: html, ...refusals },
  },
  readLetterPdf: {
    route: 'GET /api/letters/:id/pdf',
    access: 'view',
    summary: 'A letter as a tagged PDF (PDF/UA)',
    response: { 200: pdf, ...refusals },
  },
  noteDelivery: {
    route: 'POST /api/letters/:id/delivery',
    summary: 'Note that a letter was sent or handed over, and how',
    body: Type.Object({ how: literals(['POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD'], 'How') }, closed),
    response: noContent,
  },
  removeLetter: {
    route: 'DELETE /api/letters/:id',
    summary: 'Throw away a letter that was not sent',
    response: noContent,
  },
  listLetterTemplates: {
    route: 'GET /api/letter-templates',
    summary: 'The templates in force',
    response: { 200: Type.Object({ items: Type.Array(LetterTemplate), mayChange: Type.Boolean() }), ...refusals },
  },
  changeLetterTemplate: {
    route: 'PUT /api/letter-templates/:kind/:language',
    summary: 'Change a template; what it lacks and what it does not know is told',
    params: template,
    body: Type.Object(
      { text, version: Type.Integer({ minimum: 0, description: 'The version that was read' }) },
      closed,
    ),
    response: { 200: LetterTemplate, 409: refusals[400], ...refusals },
  },
  previewLetterTemplate: {
    route: 'POST /api/letter-templates/:kind/:language/preview',
    summary: 'A letter of invented facts from a text that is not saved',
    params: template,
    body: Type.Object({ text }, closed),
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
      ...refusals,
    },
  },
} as const
