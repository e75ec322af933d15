/** The diary: decisions of every procedure, for those who oversee or decide. */
import Type from 'typebox'
import { recordKinds } from '#use/records/list-records.ts'
import { literals, ErrorBody } from './shapes.ts'

const file = (description: string) => ({ schema: { type: 'string', format: 'binary', description } })

export const recordOperations = {
  exportRecords: {
    route: 'GET /api/records',
    access: 'view',
    summary:
      'Export the case register as CSV, JSON or PDF/A: rights, versions, disclosures, requests and, for those who may know of them, preservation orders',
    querystring: {
      from: Type.String({ format: 'date', description: 'First day on which a decision was entered' }),
      to: Type.String({ format: 'date', description: 'Last day, included' }),
      kinds: Type.Optional(
        Type.String({ maxLength: 64, description: `Of ${recordKinds.join(', ')}, with commas; all if left out` }),
      ),
      format: literals(['csv', 'json', 'pdf'], 'Format'),
      language: literals(['fi', 'sv', 'en'], 'Language of titles, and of the PDF'),
    },
    response: {
      200: {
        description: 'The file',
        content: {
          'text/csv': file('Semicolons, UTF-8'),
          'application/json': file('seloste/diary'),
          'application/pdf': file('PDF/A-2a'),
        },
      },
      409: ErrorBody,
    },
  },
} as const
