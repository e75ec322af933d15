/** Research institutes and their languages (R30-R32). Answered in ../disclosure/research-routes.ts. */
import Type, { type Static } from 'typebox'
import { closed, line, literals, noContent, refusals, uuid } from './shapes.ts'

export const language = literals(['fi', 'sv', 'en'], 'The language of what the institute is sent')

const instituteFields = {
  name: line(200, 'The institute'),
  contact: line(200, 'Who receives notices: an office or a person in it'),
  email: Type.String({ format: 'email', maxLength: 254, description: 'Where notices are sent' }),
  language,
  recipient: Type.Optional(
    Type.String({ pattern: '^age1[0-9a-z]{58}$', description: 'Its age key; without it a passphrase is told apart' }),
  ),
}
export const Institute = Type.Object({
  id: uuid('The institute'),
  ...instituteFields,
  isBlocked: Type.Boolean({
    description: 'Copies that it has are overdue: it gets no others until they are confirmed (R32)',
  }),
  open: Type.Integer({ description: 'Disclosures to it that are not closed' }),
})
export type Institute = Static<typeof Institute>

export const instituteOperations = {
  listInstitutes: {
    route: 'GET /api/institutes',
    summary: 'Research institutes, for whoever prepares, decides or oversees disclosures',
    response: { 200: Type.Object({ items: Type.Array(Institute) }), ...refusals },
  },
  addInstitute: {
    route: 'POST /api/institutes',
    summary: 'Enter a research institute',
    body: Type.Object(instituteFields, closed),
    response: { 201: Type.Object({ id: uuid('The institute') }), 409: refusals[400], ...refusals },
  },
  changeInstitute: {
    route: 'PUT /api/institutes/:id',
    summary: 'Change a research institute; what was decided for its key keeps that key',
    body: Type.Object(instituteFields, closed),
    response: noContent,
  },
} as const
