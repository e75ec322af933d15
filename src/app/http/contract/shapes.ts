/** Shapes that all parts of the contract are made of. */
import Type, { type Static } from 'typebox'
import { purposes } from '#description/purposes.ts'
import { roles } from '#description/roles.ts'

export const instant = (description: string) => Type.String({ format: 'date-time', description })
export const uuid = (description: string) => Type.String({ format: 'uuid', description })
/** A text in which something is written. */
export const written = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description })
/** One line in which something is written: nothing in it breaks it, hides, or turns round what stands beside it (Unicode UAX #9). */
export const line = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$',
    description,
  })
/** A number that PostgreSQL's integer holds. */
export const counted = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: 2_147_483_647, description })
export const person = (description: string) =>
  Type.Object({ id: uuid('In the directory'), name: Type.String() }, { description })
export const literals = <const Values extends string[]>(values: [...Values], description: string) =>
  Type.Enum<[...Values]>([...values], { description })
export const Download = Type.Object(
  {
    at: instant('When'),
    outcome: literals(['begun', 'refused'], 'refused: another download was under way'),
    by: Type.Optional(person('Who saved it for a medium')),
    address: Type.Optional(Type.String({ description: 'Network address of the client, for 30 days' })),
  },
  { description: 'A download of what leaves once' },
)
export type Download = Static<typeof Download>
/** The thing that a path names. */
export const id = Type.Object({ id: Type.String({ format: 'uuid' }) })

/**
 * Who may ask an operation; whoever has a session where it says nothing. `look`: as that, in turn, since calls of others are
 * shown. `anyone`: nobody has to be signed in. `asks-itself`: a sign-in under way will do, or the custodian asks for the session.
 */
export type Access = 'look' | 'anyone' | 'asks-itself'

/** So many attempts in a minute from one address, whoever is meant: against many accounts being tried with one password. */
export const attempts = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } })
export const fewAttempts = attempts(60)

/** What comes in has the fields named here and no others. */
export const closed = { additionalProperties: false } as const

export const Purpose = literals(
  [...purposes],
  'The purpose a look is made under (R3, R4, R5). DEVELOPMENT covers the three behind it.',
)
export type Purpose = Static<typeof Purpose>

export const Role = literals([...roles], 'The roles of requirements 1.4')
export type Role = Static<typeof Role>

export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'Stable code, e.g. deny.purpose, deny.own, deny.expired, input.invalid' }),
    message: Type.String({ description: 'What was wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field the message speaks of' })),
  }),
})
export type ErrorBody = Static<typeof ErrorBody>

export const Trilingual = Type.Object({ fi: Type.String(), sv: Type.String(), en: Type.String() })

/** What every operation may answer instead. */
export const refusals = {
  400: ErrorBody,
  401: ErrorBody,
  403: ErrorBody,
  404: ErrorBody,
  429: ErrorBody,
  503: ErrorBody,
}

/** An act that answers nothing but that it was done, or 409 with why it cannot be. */
export const noContent = { 204: Type.Null(), 409: refusals[400], ...refusals }
