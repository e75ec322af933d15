/** Reconciliation of detail records and recordings (R9, R13, AC8). */
import Type, { type Static } from 'typebox'
import { counted, instant, literals, Trilingual, uuid, written, ErrorBody } from './shapes.ts'

const Kind = literals(
  ['unrecorded', 'untold'],
  'unrecorded: segments reported by a feed and due to be recorded, without a recording; untold: recordings whose call no feed has reported',
)
const feedName = Type.String({ minLength: 1, maxLength: 40 })
const period = {
  from: Type.Optional(instant('Calls that began from then on; default: the start of the sixth day before today')),
  to: Type.Optional(instant('End (exclusive); default: now. At most 93 days')),
}
const narrowed = {
  number: Type.Optional(Type.String({ maxLength: 64, description: 'Service number, in any form' })),
  feed: Type.Optional(feedName),
  why: Type.Optional(Type.String({ maxLength: 40, description: 'A code as in `why`; `unknown` for no code' })),
}
const page = {
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
}
const next = Type.Optional(Type.String({ description: '`cursor` of the next page' }))
const count = (description: string) => Type.Integer({ minimum: 0, description })

export const ReconciledCount = Type.Object(
  {
    day: Type.String({ format: 'date', description: 'Day on which the call began, in Finland' }),
    number: Type.String({ description: 'Service number reached' }),
    numberName: Type.Optional(Trilingual),
    feed: feedName,
    told: count('Segments reported by the feed'),
    expected: count('Segments drawn by the plan and not forbidden in the call'),
    recorded: count('Expected segments with a recording, also if it was destroyed'),
    forbidden: count('Drawn, and forbidden in the call'),
    missing: count('Expected segments without a recording'),
    missingExplained: count('Missing and explained'),
    waiting: count('Expected segments reported so recently that the recording may still arrive'),
    untold: count('Recordings whose call no feed has reported within a day'),
    untoldExplained: count('Unreported and explained'),
    notYetTold: count('Recordings that a feed may still report'),
  },
  { description: 'Counts of segments; a transferred call has a segment for each official' },
)
export type ReconciledCount = Static<typeof ReconciledCount>

export const FeedState = Type.Object({
  name: feedName,
  source: Type.String({ description: 'Source, as in docs/operate/feeds.md' }),
  state: literals(
    ['well', 'never', 'behind', 'fault', 'away'],
    'State: it reports; has reported nothing yet; has not reported calls that it should have; has a fault; its process is down',
  ),
  covers: Type.Optional(Type.Array(Type.String(), { description: 'Numbers whose calls it reports; default: all' })),
  aliveAt: Type.Optional(instant('Last heartbeat of its process')),
  heardAt: Type.Optional(instant('Time of its last report')),
  toldUntil: Type.Optional(instant('Latest end of a reported call')),
  behindSince: Type.Optional(instant('End of the first call that it should have reported')),
  fault: Type.Optional(Type.String({ description: 'Fault: a code, or a message of the system' })),
  faultAt: Type.Optional(instant('Since when')),
  records: count('Total number of records read'),
  calls: count('Calls added to the register'),
  outside: count('Calls outside this register: outgoing or internal'),
  problems: count('Records of this period that could not be read'),
})
export type FeedState = Static<typeof FeedState>

export const UnreconciledCall = Type.Object(
  {
    segmentId: uuid('The segment'),
    contactId: uuid('The contact, if the viewer may read it'),
    startedAt: instant('The call began'),
    answeredAt: instant('When an official answered'),
    endedAt: Type.Optional(instant('End of the segment')),
    number: Type.String(),
    numberName: Type.Optional(Trilingual),
    feed: feedName,
    at: instant('When the feed reported it, or should have reported it'),
    why: Type.String({ description: 'Why there is no recording: a code; `unknown` if not known' }),
    others: Type.Boolean({
      description: 'True if recording clients reported other calls within a quarter of an hour of it',
    }),
    explained: Type.Optional(Type.Object({ at: instant('When'), by: Type.String(), note: Type.String() })),
  },
  { description: 'A missing or unreported segment, without caller and official' },
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
    summary:
      'Compare reports of feeds with recordings: counts by whole days, number and feed, and the state of each feed; logged',
    querystring: period,
    response: {
      200: Type.Object({
        from: instant('As requested'),
        to: instant('As requested'),
        asOf: instant('When it was counted'),
        feeds: Type.Array(FeedState),
        counts: Type.Array(ReconciledCount),
        mayExplain: Type.Boolean({ description: 'True if the viewer may enter explanations' }),
      }),
    },
  },
  listUnreconciled: {
    route: 'GET /api/reconciliation/calls',
    access: 'view',
    summary: 'List segments without a recording and recordings without a reported call, newest first; logged',
    querystring: {
      kind: Kind,
      ...period,
      ...narrowed,
      state: Type.Optional(literals(['open', 'explained', 'any'], 'Default: open')),
      ...page,
    },
    response: { 200: Type.Object({ items: Type.Array(UnreconciledCall), next, asOf: instant('When it was read') }) },
  },
  explainUnreconciled: {
    route: 'POST /api/reconciliation/explanations',
    summary: 'Enter an explanation, as the data protection officer; the last one closes the alarm; logged',
    body: {
      kind: Kind,
      from: instant('Start of the list that was read'),
      to: instant('End of the list that was read (exclusive)'),
      ...narrowed,
      segments: Type.Optional(
        Type.Array(uuid('A segment'), {
          minItems: 1,
          maxItems: 500,
          description: 'Only these; default: all in the list with these filters',
        }),
      ),
      readAt: instant('`asOf` of the list; later items are not explained'),
      note: written(2000, 'Explanation'),
    },
    response: {
      200: Type.Object({
        explained: counted(1, 'Number'),
        alarmClosed: Type.Boolean({ description: 'True if nothing is left to explain and the alarm is closed' }),
      }),
      409: ErrorBody,
    },
  },
  listFeedProblems: {
    route: 'GET /api/reconciliation/problems',
    summary: 'List detail records that could not be read, with file, line and reason, newest first',
    querystring: { ...period, feed: Type.Optional(feedName), ...page },
    response: { 200: Type.Object({ items: Type.Array(FeedProblem), next }) },
  },
} as const
