/** Research institutes and their languages (R30-R32). Answered in ../disclosure/research-routes.ts. */
import Type, { type Static } from 'typebox'
import { line, literals, noContent, uuid, ErrorBody } from './shapes.ts'

export const language = literals(['fi', 'sv', 'en'], 'Language of texts for the institute')

const instituteFields = {
  name: line(200, 'The institute'),
  contact: line(200, 'Recipient of notices: an office or a person'),
  email: Type.String({ format: 'email', maxLength: 254, description: 'E-mail address for notices' }),
  language,
  recipient: Type.Optional(
    Type.String({
      pattern: '^age1[0-9a-z]{58}$',
      description: 'The institute’s age key; without it a passphrase is communicated separately',
    }),
  ),
}
export const Institute = Type.Object({
  id: uuid('The institute'),
  ...instituteFields,
  isBlocked: Type.Boolean({
    description: 'True if copies are overdue: no other copies are released to it until they are confirmed (R32)',
  }),
  open: Type.Integer({ description: 'Number of open disclosures to it' }),
})
export type Institute = Static<typeof Institute>

export const instituteOperations = {
  listInstitutes: {
    route: 'GET /api/institutes',
    summary: 'List research institutes, for preparers, decision makers and oversight',
    response: { 200: Type.Object({ items: Type.Array(Institute) }) },
  },
  addInstitute: {
    route: 'POST /api/institutes',
    summary: 'Enter a research institute',
    body: instituteFields,
    response: { 201: Type.Object({ id: uuid('The institute') }), 409: ErrorBody },
  },
  changeInstitute: {
    route: 'PUT /api/institutes/:id',
    summary: 'Change a research institute; disclosures already decided keep the former key',
    body: instituteFields,
    response: noContent,
  },
} as const
