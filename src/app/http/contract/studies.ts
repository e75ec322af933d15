/** Service-level studies and calls of the day: counts without persons (R4, R6, R15). */
import Type, { type Static } from 'typebox'
import { languages } from '#description/closed-lists.ts'
import { closed, instant, literals, refusals, Trilingual } from './shapes.ts'

const day = (description: string) => Type.String({ format: 'date', description })
const count = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: `${description}: a multiple of five; null where it is of one to four calls, or would tell such a one`,
    }),
  )
const share = (description: string) =>
  Type.Optional(
    Type.Union([Type.Number(), Type.Null()], { description: `${description}, 0 to 1; null: too few calls` }),
  )
const Length = Type.Optional(
  Type.Union([
    Type.Object({ seconds: Type.Integer(), isAtLeast: Type.Optional(Type.Literal(true)) }),
    Type.Null({ description: 'Too few calls' }),
  ]),
)

export const StudyMeasure = literals(['calls', 'answered', 'talk', 'wait', 'recorded'], 'What is counted')
export const StudyBreakdown = literals(['hour', 'weekday', 'month', 'number', 'region', 'language'], 'Told apart by')

const StudyFigures = Type.Object({
  calls: count('Calls'),
  answered: count('Answered'),
  unanswered: count('Not answered'),
  answeredShare: share('Of the calls were answered'),
  median: Length,
  ninetieth: Length,
  judged: count('Answered calls that a rule of the recording plan judged'),
  recorded: count('Of them recorded, destroyed ones included'),
  recordedShare: share('Of the judged calls were recorded'),
  plannedShare: share('What the rules let expect'),
})
export type StudyFigures = Static<typeof StudyFigures>

const StudyNotes = Type.Object(
  {
    countsSince: Type.Optional(day('Calls are counted from this day on')),
    isUnfinished: Type.Optional(Type.Literal(true)),
    isBehind: Type.Optional(Type.Literal(true)),
    isOfFew: Type.Optional(
      Type.Literal(true, { description: 'Figures of calls that fewer than three officials answered are not told' }),
    ),
    wholeMonthsBefore: Type.Optional(day('Before it by whole months, to the nearest five')),
    leftOut: Type.Optional(
      Type.Array(
        Type.Object({
          from: day('First day'),
          to: day('Last day'),
          why: literals(['no-hours', 'no-units', 'part-of-month'], 'Why these days are not in the answer'),
        }),
      ),
    ),
  },
  { description: 'What of the time is not in the answer, and what is to be known of it' },
)
export type StudyNotes = Static<typeof StudyNotes>

const StudyNumber = Type.Object({ number: Type.String(), display: Type.String(), name: Type.Optional(Trilingual) })

export const Study = Type.Object({
  rows: Type.Array(
    Type.Object({
      key: Type.String({
        description: 'An hour, a weekday (1 is Monday), a month, a number, a region, a language; empty: none',
      }),
      comparedKey: Type.Optional(Type.String({ description: 'The month of the other time' })),
      number: Type.Optional(StudyNumber),
      region: Type.Optional(Trilingual),
      figures: StudyFigures,
      compared: Type.Optional(StudyFigures),
    }),
  ),
  total: Type.Object({ figures: StudyFigures, compared: Type.Optional(StudyFigures) }),
  notes: StudyNotes,
  comparedNotes: Type.Optional(StudyNotes),
  fewest: Type.Integer({ description: 'Counts of fewer calls are not told' }),
  fewestToDivide: Type.Integer({ description: 'Shares and lengths of fewer calls are not told' }),
  choices: Type.Object({
    numbers: Type.Array(StudyNumber),
    regions: Type.Array(Type.Object({ key: Type.String(), names: Trilingual })),
    reachesNumbers: Type.Boolean({
      description: 'False for who reaches units alone: unanswered calls are in no unit',
    }),
  }),
})
export type Study = Static<typeof Study>

const todayCounts = {
  calls: Type.Integer({ description: 'Begun this day' }),
  answered: Type.Integer({ description: 'Of them answered' }),
  talking: Type.Integer({ description: 'In progress with an official' }),
  waiting: Type.Integer({ description: 'In progress with nobody yet' }),
}
/** Event of the stream `watchToday`. */
export const Today = Type.Object({
  at: instant('Counted at'),
  byNumber: Type.Array(Type.Intersect([StudyNumber, Type.Object(todayCounts)])),
  byUnit: Type.Array(Type.Intersect([Type.Object({ unit: Type.String() }), Type.Object(todayCounts)])),
})
export type Today = Static<typeof Today>

export const studyOperations = {
  readStudy: {
    route: 'GET /api/studies',
    access: 'view',
    summary: 'A service-level study: counts of calls that the viewer’s right reaches, under SERVICE_LEVEL_STUDY',
    querystring: Type.Object(
      {
        from: day('First day, of Finland'),
        to: day('Last day'),
        compareFrom: Type.Optional(day('First day of another time to compare with')),
        compareTo: Type.Optional(day('Last day of it')),
        by: StudyBreakdown,
        measure: StudyMeasure,
        numbers: Type.Optional(Type.String({ maxLength: 2000, description: 'Numbers, with commas between' })),
        region: Type.Optional(Type.String({ maxLength: 100, description: 'A region’s Finnish name' })),
        language: Type.Optional(literals([...languages], 'The language of the number')),
      },
      closed,
    ),
    response: { 200: Study, ...refusals },
  },
  watchToday: {
    route: 'GET /api/calls-today',
    access: 'view',
    summary: 'Calls of this day and in progress by number and unit, as server-sent events `today`; no callers',
    response: {
      200: { description: 'Events `today` (Today) and `ended`', content: { 'text/event-stream': { schema: Today } } },
      ...refusals,
    },
  },
} as const
