/**
 * The recording plan, its results, and the proofs of the description's sentences (R13-R15, R1). Answered in
 * ../description/plan-routes.ts and ../operating/evidence-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { weekdays } from '#description/closed-lists.ts'
import { promises } from '#description/promises.ts'
import { instant, literals, Purpose, Trilingual } from './shapes.ts'

export const Rule = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  name: Trilingual,
  numbers: Type.Array(Type.Object({ number: Type.String(), display: Type.String(), name: Trilingual })),
  share: Type.Number({ description: '0 to 1' }),
  quota: Type.Optional(
    Type.Object({ per: literals(['official', 'number'], 'Quota per official or per number'), weekly: Type.Integer() }),
  ),
  hours: Type.Optional(
    Type.Object({
      days: Type.Array(literals([...weekdays], 'Weekday')),
      from: Type.String({ description: '08:00' }),
      to: Type.String({ description: '16:15; 24:00 is the end of the day' }),
    }),
  ),
  recordingMonths: Type.Integer(),
  from: instant('From'),
  until: Type.Optional(instant('End (exclusive)')),
  justification: Type.Optional(Type.String()),
  necessity: Type.Optional(Type.String()),
})
export type Rule = Static<typeof Rule>

export const RecordingPlan = Type.Object({
  descriptionVersion: Type.Integer(),
  effectiveFrom: instant('When this version comes into force'),
  recordForwarded: Type.Boolean(),
  cooperation: Type.Optional(Type.Object({ decidedOn: Type.String({ format: 'date' }), document: Type.String() })),
  announcements: Type.Array(
    Type.Object({
      id: Type.String(),
      numbers: Type.Array(Type.String()),
      texts: Type.Object({
        fi: Type.Optional(Type.String()),
        sv: Type.Optional(Type.String()),
        en: Type.Optional(Type.String()),
      }),
    }),
  ),
  rules: Type.Array(Rule),
})
export type RecordingPlan = Static<typeof RecordingPlan>

const Share = Type.Object({
  answered: Type.Integer({ description: 'Answered calls decided by a rule' }),
  expected: Type.Number({ description: 'Recordings expected by the planned shares' }),
  drawn: Type.Integer({ description: 'Drawn for recording' }),
  recorded: Type.Integer({ description: 'Recorded, including destroyed recordings' }),
})

export const Shares = Type.Object({
  from: instant('Calls answered from'),
  to: instant('End (exclusive)'),
  byNumber: Type.Array(
    Type.Intersect([
      Type.Object({ number: Type.String(), display: Type.String(), name: Type.Optional(Trilingual) }),
      Share,
    ]),
  ),
  byOfficial: Type.Array(
    Type.Intersect([
      Type.Object({
        personId: Type.String({ format: 'uuid' }),
        name: Type.String(),
        unit: Type.Optional(Type.String()),
      }),
      Share,
    ]),
  ),
})
export type Shares = Static<typeof Shares>

export const Proof = Type.Object(
  {
    promise: literals([...promises], 'Promise of the description'),
    holds: Type.Boolean(),
    checkedAt: instant('Last checked'),
    text: Type.Intersect([Trilingual], { description: 'Rule and counts in one sentence' }),
    facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
      description: 'Counts of calls and acts in steps of five, ends by the day; counts of what is wrong are exact',
    }),
    rule: Type.String({ description: 'The checked condition, in technical terms' }),
    test: Type.String({ description: 'The test of this promise: file and title' }),
    brokenSince: Type.Optional(instant('Since when it is broken')),
  },
  { description: 'A check of the data themselves, not of the configuration' },
)
export type Proof = Static<typeof Proof>

export const planOperations = {
  readPlan: {
    route: 'GET /api/recording-plan',
    summary: 'Read the recording plan in force',
    response: { 200: RecordingPlan },
  },
  readShares: {
    route: 'GET /api/shares',
    access: 'view',
    summary: 'Read planned and actual shares, by number and by official, within the purpose’s access scope',
    querystring: {
      purpose: Purpose,
      reference: Type.Optional(Type.String({ maxLength: 64 })),
      from: instant('Calls answered from; extended to the start of that day in Finland'),
      to: instant('End (exclusive); extended to the end of that day in Finland'),
    },
    response: { 200: Shares },
  },
  readEvidence: {
    route: 'GET /api/evidence',
    summary: 'Read the latest proof of every promise',
    response: {
      200: Type.Object({
        items: Type.Array(Proof),
        unchecked: Type.Array(Type.String({ description: 'Promises that were never checked, which count as broken' })),
      }),
    },
  },
} as const
