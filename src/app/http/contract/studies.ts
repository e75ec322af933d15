/** Service-level studies and calls of the day: counts without persons (R4, R6, R15). */
import Type, { type Static } from 'typebox'
import { languages } from '#description/closed-lists.ts'
import { instant, literals, Trilingual } from './shapes.ts'

const day = (description: string) => Type.String({ format: 'date', description })
const count = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: `${description}: a multiple of five; null if it counts one to four calls, or would reveal such a count`,
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

export const StudyMeasure = literals(['calls', 'answered', 'talk', 'wait', 'recorded'], 'Counted unit')
export const StudyBreakdown = literals(['hour', 'weekday', 'month', 'number', 'region', 'language'], 'Dimension')

const StudyFigures = Type.Object({
  calls: count('Calls'),
  answered: count('Answered'),
  unanswered: count('Not answered'),
  answeredShare: share('Share of calls answered'),
  median: Length,
  ninetieth: Length,
  judged: count('Answered calls decided by a rule of the recording plan'),
  recorded: count('Of these recorded, including destroyed recordings'),
  recordedShare: share('Share of these calls recorded'),
  plannedShare: share('Share expected by the rules'),
})
export type StudyFigures = Static<typeof StudyFigures>

const StudyNotes = Type.Object(
  {
    countsSince: Type.Optional(day('First day with counts')),
    isUnfinished: Type.Optional(Type.Literal(true)),
    isBehind: Type.Optional(Type.Literal(true)),
    isOfFew: Type.Optional(
      Type.Literal(true, { description: 'Figures of calls answered by fewer than three officials are omitted' }),
    ),
    wholeMonthsBefore: Type.Optional(day('Before this month, only whole months are available, rounded to five')),
    leftOut: Type.Optional(
      Type.Array(
        Type.Object({
          from: day('First day'),
          to: day('Last day'),
          why: literals(['no-hours', 'no-units', 'part-of-month'], 'Reason why these days are omitted'),
        }),
      ),
    ),
  },
  { description: 'Omitted parts of the period, and notes about it' },
)
export type StudyNotes = Static<typeof StudyNotes>

const StudyNumber = Type.Object({ number: Type.String(), display: Type.String(), name: Type.Optional(Trilingual) })

export const Study = Type.Object({
  rows: Type.Array(
    Type.Object({
      key: Type.String({
        description:
          'Value of the dimension: hour, weekday (1 is Monday), month, number, region or language; empty: unknown',
      }),
      comparedKey: Type.Optional(Type.String({ description: 'Month of the period compared with' })),
      number: Type.Optional(StudyNumber),
      region: Type.Optional(Trilingual),
      figures: StudyFigures,
      compared: Type.Optional(StudyFigures),
    }),
  ),
  total: Type.Object({ figures: StudyFigures, compared: Type.Optional(StudyFigures) }),
  notes: StudyNotes,
  comparedNotes: Type.Optional(StudyNotes),
  fewest: Type.Integer({ description: 'Counts below this number are omitted' }),
  fewestToDivide: Type.Integer({ description: 'Shares and durations of fewer calls are omitted' }),
  choices: Type.Object({
    numbers: Type.Array(StudyNumber),
    regions: Type.Array(Type.Object({ key: Type.String(), names: Trilingual })),
    reachesNumbers: Type.Boolean({
      description: 'False if the viewer’s access is limited to units, because unanswered calls belong to no unit',
    }),
  }),
})
export type Study = Static<typeof Study>

const todayCounts = {
  calls: Type.Integer({ description: 'Calls started today' }),
  answered: Type.Integer({ description: 'Of these answered' }),
  talking: Type.Integer({ description: 'Calls in progress with an official' }),
  waiting: Type.Integer({ description: 'Calls in progress, not answered yet' }),
}
/** Event of the stream `watchToday`. */
export const Today = Type.Object({
  at: instant('When counted'),
  byNumber: Type.Array(Type.Intersect([StudyNumber, Type.Object(todayCounts)])),
  byUnit: Type.Array(Type.Intersect([Type.Object({ unit: Type.String() }), Type.Object(todayCounts)])),
})
export type Today = Static<typeof Today>

export const studyOperations = {
  readStudy: {
    route: 'GET /api/studies',
    access: 'view',
    summary:
      'Read a service-level study: counts of calls within the viewer’s access scope, under purpose SERVICE_LEVEL_STUDY',
    querystring: {
      from: day('First day, in Finland'),
      to: day('Last day'),
      compareFrom: Type.Optional(day('First day of another period to compare with')),
      compareTo: Type.Optional(day('Last day of that period')),
      by: StudyBreakdown,
      measure: StudyMeasure,
      numbers: Type.Optional(Type.String({ maxLength: 2000, description: 'Numbers, separated by commas' })),
      region: Type.Optional(Type.String({ maxLength: 100, description: 'Finnish name of a region' })),
      language: Type.Optional(literals([...languages], 'Language of the number')),
    },
    response: { 200: Study },
  },
  watchToday: {
    route: 'GET /api/calls-today',
    access: 'view',
    summary:
      'Stream counts of today’s calls and calls in progress, by number and unit, as server-sent events `today`; no callers',
    response: {
      200: { description: 'Events `today` (Today) and `ended`', content: { 'text/event-stream': { schema: Today } } },
    },
  },
} as const
