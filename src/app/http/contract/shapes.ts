/** Schemas shared by all parts of the contract. */
import Type, { type Static } from 'typebox'
import { purposes } from '#description/purposes.ts'
import { roles } from '#description/roles.ts'

export const instant = (description: string) => Type.String({ format: 'date-time', description })
export const uuid = (description: string) => Type.String({ format: 'uuid', description })
/** Returns the schema of a text typed by a person. */
export const written = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description })
/** Returns the schema of one line of text, without line breaks, invisible characters and bidirectional controls (UAX #9). */
export const line = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$',
    description,
  })
/** Returns the schema of a number in the range of PostgreSQL's type integer. */
export const counted = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: 2_147_483_647, description })
export const person = (description: string) =>
  Type.Object({ id: uuid('In the directory'), name: Type.String() }, { description })
export const literals = <const Values extends string[]>(values: [...Values], description: string) =>
  Type.Enum<[...Values]>([...values], { description })
export const Download = Type.Object(
  {
    at: instant('When'),
    outcome: literals(['begun', 'refused'], 'refused: another download was in progress'),
    by: Type.Optional(person('Person who saved it for a medium')),
    address: Type.Optional(Type.String({ description: 'Network address of the client, for 30 days' })),
  },
  { description: 'A download of a package or copy' },
)
export type Download = Static<typeof Download>
/** Path parameters of an operation on one object. */
export const id = Type.Object({ id: Type.String({ format: 'uuid' }) })

/**
 * Access of an operation; default: any session. `view`: any session, rate-limited, because it shows other people's calls.
 * `anyone`: no session. `asks-itself`: the operation or the custodian checks the session; some accept a sign-in in progress.
 */
export type Access = 'view' | 'anyone' | 'asks-itself'

/** Rate limit of sign-in attempts per minute and address, over all accounts (against password spraying). */
export const attempts = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } })
export const fewAttempts = attempts(60)

/** Schema option that forbids additional fields. */
export const closed = { additionalProperties: false } as const

export const Purpose = literals([...purposes], 'Purpose of a view (R3, R4, R5). DEVELOPMENT includes the next three.')
export type Purpose = Static<typeof Purpose>

export const Role = literals([...roles], 'Role')
export type Role = Static<typeof Role>

export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'Stable code, e.g. deny.purpose, deny.own, deny.expired, input.invalid' }),
    message: Type.String({ description: 'What is wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field with the problem' })),
  }),
})
export type ErrorBody = Static<typeof ErrorBody>

export const Trilingual = Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })

/** Refusals of every operation. */
export const refusals = {
  400: ErrorBody,
  401: ErrorBody,
  403: ErrorBody,
  404: ErrorBody,
  429: ErrorBody,
  503: ErrorBody,
}

/** Responses of an operation without content: 204, or 409 with the reason. */
export const noContent = { 204: Type.Null(), 409: ErrorBody }
