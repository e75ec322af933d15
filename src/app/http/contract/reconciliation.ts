/** Reconciliation of detail records and recordings (R9, R13, AC8). */
import Type, { type Static } from 'typebox'
import { closed, counted, instant, literals, refusals, Trilingual, uuid, written } from './shapes.ts'

const Kind = literals(
  ['unrecorded', 'untold'],
  'Calls that a feed tells of and that were to be recorded, without a recording; or recordings whose call no feed tells of',
)
const feedName = Type.String({ minLength: 1, maxLength: 40 })
const period = {
  from: Type.Optional(
    instant('Calls that began from then on; the beginning of the sixth day before today, unless told'),
  ),
  to: Type.Optional(instant('Until before then; now, unless told. 93 days at most')),
}
const narrowed = {
  number: Type.Optional(Type.String({ maxLength: 64, description: 'Service number, in any form' })),
  feed: Type.Optional(feedName),
  why: Type.Optional(Type.String({ maxLength: 40, description: 'A code as in `why`; unknown for none' })),
}
const page = {
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
}
const next = Type.Optional(Type.String({ description: '`cursor` of the next page' }))
const count = (description: string) => Type.Integer({ minimum: 0, description })

export const ReconciledCount = Type.Object(
  {
    day: Type.String({ format: 'date', description: 'On which the call began, by Finland’s clock' }),
    number: Type.String({ description: 'Service number reached' }),
    numberName: Type.Optional(Trilingual),
    feed: feedName,
    told: count('Parts of calls that the feed told of'),
    expected: count('Of them: drawn by the plan, and not forbidden in the call'),
    recorded: count('Of the expected: with a recording, whatever became of it'),
    forbidden: count('Drawn, and forbidden in the call'),
    missing: count('Of the expected: without a recording'),
    missingExplained: count('Of the missing: explained'),
    waiting: count('Of the expected: told of so lately that the recording may be on its way'),
    untold: count('Recordings whose call no feed has told of in a day'),
    untoldExplained: count('Of them: explained'),
    notYetTold: count('Recordings of which a feed may tell yet'),
  },
  { description: 'A transferred call has a part for each official' },
)
export type ReconciledCount = Static<typeof ReconciledCount>

export const FeedState = Type.Object({
  name: feedName,
  source: Type.String({ description: 'What it reads, as in docs/operate/feeds.md' }),
  state: literals(
    ['well', 'never', 'behind', 'fault', 'away'],
    'It tells; it has told nothing yet; there are calls that it should have told of; something keeps it; its process is not there',
  ),
  covers: Type.Optional(Type.Array(Type.String(), { description: 'Numbers whose calls it tells of; all unless said' })),
  aliveAt: Type.Optional(instant('Its process was last there')),
  heardAt: Type.Optional(instant('It last told anything')),
  toldUntil: Type.Optional(instant('The last end of a call that it told of')),
  behindSince: Type.Optional(instant('The end of the first call that it should have told of')),
  fault: Type.Optional(Type.String({ description: 'What keeps it: a code, or what the system said' })),
  faultAt: Type.Optional(instant('Since when')),
  records: count('Records taken in all'),
  calls: count('Calls that were new to the register'),
  outside: count('Calls that are none of this register’s: outgoing, internal'),
  problems: count('Records of this time that could not be read'),
})
export type FeedState = Static<typeof FeedState>

export const UnreconciledCall = Type.Object(
  {
    segmentId: uuid('The part of the call'),
    contactId: uuid('The contact, for whoever may open it'),
    startedAt: instant('The call began'),
    answeredAt: instant('An official answered'),
    endedAt: Type.Optional(instant('The part ended')),
    number: Type.String(),
    numberName: Type.Optional(Trilingual),
    feed: feedName,
    at: instant('The feed told of it; or was to have told of it by then'),
    why: Type.String({ description: 'Why there is no recording, as far as it is known: a code; unknown for none' }),
    others: Type.Boolean({ description: 'Recording clients told of other calls within a quarter of an hour of it' }),
    explained: Type.Optional(Type.Object({ at: instant('When'), by: Type.String(), note: Type.String() })),
  },
  { description: 'Neither caller nor official' },
)
export type UnreconciledCall = Static<typeof UnreconciledCall>

export const FeedProblem = Type.Object({
  id: Type.String(),
  feed: feedName,
  file: Type.String(),
  line: Type.Integer(),
  reason: Type.String({ description: 'A code, as in docs/operate/feeds.md' }),
  at: instant('First seen'),
})
export type FeedProblem = Static<typeof FeedProblem>

export const reconciliationOperations = {
  readReconciliation: {
    route: 'GET /api/reconciliation',
    summary: 'What feeds tell of calls beside what was recorded: counts by day, number and feed, and how each feed is',
    querystring: Type.Object(period, closed),
    response: {
      200: Type.Object({
        from: instant('As asked'),
        to: instant('As asked'),
        asOf: instant('When it was counted'),
        feeds: Type.Array(FeedState),
        counts: Type.Array(ReconciledCount),
        mayExplain: Type.Boolean({ description: 'The viewer may say what was found out' }),
      }),
      ...refusals,
    },
  },
  listUnreconciled: {
    route: 'GET /api/reconciliation/calls',
    access: 'view',
    summary: 'Parts of calls and recordings that do not meet, the newest first; reading them is logged',
    querystring: Type.Object(
      {
        kind: Kind,
        ...period,
        ...narrowed,
        state: Type.Optional(literals(['open', 'explained', 'any'], 'Which; open unless told')),
        ...page,
      },
      closed,
    ),
    response: {
      200: Type.Object({ items: Type.Array(UnreconciledCall), next, asOf: instant('When it was read') }),
      ...refusals,
    },
  },
  explainUnreconciled: {
    route: 'POST /api/reconciliation/explanations',
    summary:
      'Say what was found out; with the last of them the alarm is closed. By the data protection officer; logged',
    body: Type.Object(
      {
        kind: Kind,
        from: instant('As the list was read'),
        to: instant('As the list was read'),
        ...narrowed,
        segments: Type.Optional(
          Type.Array(uuid('A part of a call'), {
            minItems: 1,
            maxItems: 500,
            description: 'These alone; without them all that the list shows with these filters',
          }),
        ),
        readAt: instant('`asOf` of the list: what came later is not explained'),
        note: written(2000, 'What was found out'),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        explained: counted(1, 'How many'),
        alarmClosed: Type.Boolean({ description: 'Nothing is left to explain, and the alarm is closed' }),
      }),
      409: refusals[400],
      ...refusals,
    },
  },
  listFeedProblems: {
    route: 'GET /api/reconciliation/problems',
    summary: 'Detail records that could not be read: file, line and reason, the newest first',
    querystring: Type.Object({ ...period, feed: Type.Optional(feedName), ...page }, closed),
    response: { 200: Type.Object({ items: Type.Array(FeedProblem), next }), ...refusals },
  },
} as const
