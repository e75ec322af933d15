/**
 * The directory: officials, their units and names over time (R8, R11, R20). Answered in ../people/directory-routes.ts and
 * ../people/directory-change-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { ImportFile, ImportRefused } from './description.ts'
import { closed, instant, literals, ErrorBody } from './shapes.ts'

const interval = { from: instant('From'), to: Type.Optional(instant('End (exclusive); absent if none')) }
const Named = Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() })
const day = (description: string) =>
  Type.String({ format: 'date', description: `${description}; a day in Europe/Helsinki` })

export const Person = Type.Object({
  id: Type.String({ format: 'uuid' }),
  userId: Type.String(),
  name: Type.String(),
  unit: Type.Optional(Type.String()),
  supervisor: Type.Optional(Named),
  phones: Type.Array(Type.String({ description: 'In Finnish notation' })),
  employedFrom: instant('Employed from'),
  employedTo: Type.Optional(instant('End of the employment')),
  source: Type.String({ description: 'Source of the entry: manual, csv or scim' }),
})
export type Person = Static<typeof Person>

export const PersonDetail = Type.Intersect([
  Person,
  Type.Object({
    names: Type.Array(Type.Object({ name: Type.String(), ...interval })),
    placements: Type.Array(
      Type.Object({ unit: Type.Optional(Type.String()), supervisor: Type.Optional(Named), ...interval }),
    ),
    phoneHistory: Type.Array(Type.Object({ phone: Type.String(), ...interval })),
    recording: Type.Object(
      {
        informedAt: Type.Optional(instant('When informed that calls are recorded')),
        consentedAt: Type.Optional(
          instant('When consent was given; absent without consent, or after it was withdrawn'),
        ),
      },
      { description: 'L16' },
    ),
    subordinates: Type.Array(Named),
    waits: Type.Optional(
      Type.Boolean({ description: 'True if a part of the requested change needs approval by a second person' }),
    ),
  }),
])
export type PersonDetail = Static<typeof PersonDetail>

/** A person whose change of number or placement must be approved by a second person; the present values are shown until then. */
const PersonWithPendingChange = PersonDetail

export const DirectoryChange = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: literals(['link', 'directory'], 'A one-time link to release; a change of numbers, unit or supervisor'),
  person: Type.Object({ id: Type.String({ format: 'uuid' }), userId: Type.String(), name: Type.String() }),
  askedBy: Named,
  askedAt: instant('Asked'),
  from: Type.Optional(instant('First instant of the change')),
  fromConfirmation: Type.Optional(
    Type.Boolean({
      description:
        'True if somebody else has answered calls at the number since then: the change applies from its confirmation on, and those calls stay theirs',
    }),
  ),
  addPhones: Type.Optional(Type.Array(Type.String({ description: 'Removed from whoever has them by then' }))),
  endPhones: Type.Optional(Type.Array(Type.String())),
  unit: Type.Optional(Type.String({ description: 'Empty: none' })),
  supervisor: Type.Optional(Type.String({ description: 'Empty: none' })),
  mayDecide: Type.Boolean({ description: 'True if the viewer may decide: did not request it, and is not the person' }),
  mayWithdraw: Type.Boolean({ description: 'True if the viewer requested it' }),
})
export type DirectoryChange = Static<typeof DirectoryChange>

export const NewPerson = Type.Object(
  {
    userId: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@-]*$' }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    supervisor: Type.Optional(Type.String({ maxLength: 64, description: 'User id' })),
    phone: Type.Optional(Type.String({ maxLength: 64, description: 'In any written form' })),
    employedFrom: day('First day'),
    employedTo: Type.Optional(day('Last day')),
  },
  closed,
)

/** A change with its first day; earlier days are unchanged (R11). */
export const PersonChange = Type.Object(
  {
    from: day('First day of the change'),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    unit: Type.Optional(Type.String({ maxLength: 200, description: 'Empty: none' })),
    supervisor: Type.Optional(Type.String({ maxLength: 64, description: 'User id; empty: none' })),
    addPhone: Type.Optional(Type.String({ maxLength: 64 })),
    endPhone: Type.Optional(Type.String({ maxLength: 64 })),
    employedTo: Type.Optional(Type.String({ maxLength: 10, description: 'Last day of employment; empty: no end' })),
    informed: Type.Optional(Type.Boolean({ description: 'True if informed that calls are recorded (L16)' })),
    consents: Type.Optional(
      Type.Boolean({ description: 'True if the person consents to the recording of calls (C10)' }),
    ),
  },
  closed,
)

/** Maximum body size of an import: a file of people in base64, and the other fields. */
const maxImportBytes = 8_100_000

export const directoryOperations = {
  listPeople: {
    route: 'GET /api/people',
    summary: 'List people in the directory, by name',
    querystring: {
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or user id, or a complete number' })),
      unit: Type.Optional(Type.String({ maxLength: 200 })),
      employed: Type.Optional(Type.Enum(['now', 'past', 'any'], { default: 'now' })),
      cursor: Type.Optional(Type.String({ maxLength: 256 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    response: {
      200: Type.Object({
        items: Type.Array(Person),
        next: Type.Optional(Type.String()),
        total: Type.Integer(),
        mayChange: Type.Boolean(),
      }),
    },
  },
  readPerson: {
    route: 'GET /api/people/:id',
    summary: 'Read a person with all names, placements and numbers over time',
    response: { 200: PersonDetail },
  },
  enterPerson: {
    route: 'POST /api/people',
    summary: 'Enter a person; a user id is never reused (R20)',
    body: NewPerson,
    response: { 201: PersonDetail, 202: PersonWithPendingChange, 409: ErrorBody },
  },
  changePerson: {
    route: 'POST /api/people/:id/changes',
    summary: 'Change a person from a day on',
    body: PersonChange,
    response: { 200: PersonDetail, 202: PersonWithPendingChange, 409: ErrorBody },
  },
  importPeople: {
    route: 'POST /api/people/import',
    bodyLimit: maxImportBytes,
    summary: 'Update the directory from a CSV file, all rows or none',
    body: { content: ImportFile.properties.content, tryOnly: Type.Boolean() },
    response: {
      200: Type.Object({
        rows: Type.Integer(),
        entered: Type.Integer(),
        changed: Type.Integer(),
        unchanged: Type.Integer(),
        waiting: Type.Integer({ description: 'Number of people with a change that needs approval by a second person' }),
        done: Type.Boolean({ description: 'False if it was only checked' }),
      }),
      422: ImportRefused,
    },
  },
  listDirectoryChanges: {
    route: 'GET /api/directory-changes',
    summary:
      'List links and directory changes that need approval by a second person, for administrators and access-rights approvers',
    querystring: { person: Type.Optional(Type.String({ format: 'uuid' })) },
    response: { 200: Type.Object({ items: Type.Array(DirectoryChange) }) },
  },
  decideDirectoryChange: {
    route: 'POST /api/directory-changes/:id/decision',
    summary:
      'Confirm or refuse a link or change, as an administrator or access-rights approver who did not request it and is not the person; may need a fresh confirmation of identity first (confirm.fresh)',
    body: { confirm: Type.Boolean() },
    response: {
      200: Type.Object({
        code: Type.Optional(
          Type.String({
            description: 'With a link: the code that its person also needs, shown once. Communicate it in person',
          }),
        ),
      }),
      409: ErrorBody,
    },
  },
  withdrawDirectoryChange: {
    route: 'DELETE /api/directory-changes/:id',
    summary: 'Withdraw one’s own request',
    response: { 204: Type.Null() },
  },
  listUnits: {
    route: 'GET /api/units',
    summary: 'List organisational units',
    response: { 200: Type.Object({ items: Type.Array(Named) }) },
  },
} as const
