/** Monitoring: alarms, reviews, extracts (R21, L11). */
import Type, { type Static } from 'typebox'
import { instant, literals, Purpose, Role, ErrorBody } from './shapes.ts'

const note = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S', description: 'Explanation' })
const NamedPerson = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String({ description: 'Present name; not stored here' }),
})

export const Alarm = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: literals(
      [
        'refusals',
        'night',
        'official',
        'caller',
        'mass',
        'reveals',
        'sign-ins',
        'break-glass',
        'requests',
        'unrecorded',
        'untold',
        'late-window',
        'one-way',
        'loss',
        'links',
        'directory',
        'standstill',
      ],
      'Kind of alarm: repeated refusals; listening at night; frequent listening to one official’s calls; repeated searches for one caller; mass viewing; many revealed numbers; failed sign-ins on many accounts; emergency access; many acts for requesters; calls due to be recorded and not recorded; recordings whose call no telephone system reports; a source without a new report, so that old calls can still be changed; recordings of one client with a missing voice; recordings of one client with much loss; one-time links for people with rights, or removed second factors; moved numbers and placements of officials; a standstill',
    ),
    person: Type.Optional(NamedPerson),
    official: Type.Optional(NamedPerson),
    count: Type.Integer({ description: 'Highest count' }),
    facts: Type.Record(Type.String(), Type.Unknown(), { description: 'Counts and ids; no names, no numbers' }),
    threshold: Type.Record(Type.String(), Type.Unknown(), { description: 'Threshold of the alarm' }),
    firstAt: instant('First counted event'),
    lastAt: instant('Last counted event'),
    raisedAt: instant('Raised'),
    seenAt: Type.Optional(instant('When a data protection officer first saw it')),
    closed: Type.Optional(
      Type.Object(
        { at: instant('Closed'), by: Type.Optional(Type.String()), note: Type.Optional(Type.String()) },
        { description: 'Closed; without `by` and `note` if it ended by itself' },
      ),
    ),
    isOwn: Type.Boolean({ description: 'True if it is about the viewer; somebody else must close it' }),
  },
  { description: 'An alarm: a reason to ask, not an accusation' },
)
export type Alarm = Static<typeof Alarm>

export const ReviewMonth = Type.Object({
  month: Type.String({ description: '2026-10' }),
  looks: Type.Integer(),
  listenings: Type.Integer({ description: 'Number of listenings' }),
  people: Type.Integer({ description: 'Number of people' }),
  state: literals(['going-on', 'to-review', 'overdue', 'reviewed'], 'State of the review'),
  dueAt: instant('Due date of the review'),
  review: Type.Optional(Type.Object({ at: instant('Reviewed'), by: Type.String(), note: Type.String() })),
})
export type ReviewMonth = Static<typeof ReviewMonth>

export const ViewToReview = Type.Object({
  seq: Type.Integer({ description: 'Number of the log entry' }),
  at: instant('When'),
  person: Type.Optional(NamedPerson),
  role: Role,
  action: Type.String(),
  purpose: Purpose,
  reference: Type.Optional(Type.String({ description: 'Fault or case' })),
  object: Type.Optional(Type.Object({ kind: Type.String(), id: Type.String({ format: 'uuid' }) })),
  contacts: Type.Optional(Type.Integer({ description: 'Number of contacts shown in a search or in the live view' })),
  servedMs: Type.Optional(Type.Integer({ description: 'Milliseconds of audio served in a listening' })),
})
export type ViewToReview = Static<typeof ViewToReview>

export const ViewOfCall = Type.Object(
  {
    at: instant('When; for daily summaries, the first time of that day'),
    kind: literals(
      ['shown', 'watched', 'read', 'revealed', 'listened'],
      'Kind of view: in a search, in progress, opened, caller’s number revealed, listened to',
    ),
    role: Role,
    purpose: Purpose,
    unit: Type.Optional(Type.String({ description: 'Unit of the viewer at that time' })),
    contact: Type.Optional(
      Type.Object({ id: Type.String({ format: 'uuid' }), startedAt: Type.Optional(instant('The call began')) }),
    ),
    calls: Type.Integer({ description: 'Number of calls; more than one only in daily summaries' }),
    servedMs: Type.Optional(Type.Integer()),
  },
  { description: 'A view, without the person, and without views of the security unit (CJEU C-579/21)' },
)
export type ViewOfCall = Static<typeof ViewOfCall>

export const watchOperations = {
  listAlarms: {
    route: 'GET /api/alarms',
    summary: 'List alarms, for the data protection officer; open ones first, at most 500',
    querystring: { state: Type.Optional(literals(['open', 'closed', 'any'], 'Default: any')) },
    response: {
      200: Type.Object({
        items: Type.Array(Alarm),
        open: Type.Integer({ description: 'Total number of open alarms' }),
      }),
    },
  },
  seeAlarm: {
    route: 'POST /api/alarms/:id/seen',
    summary: 'Mark an alarm as seen',
    response: { 204: Type.Null() },
  },
  closeAlarm: {
    route: 'POST /api/alarms/:id/close',
    summary: 'Close an alarm with a note',
    body: { note, count: Type.Optional(Type.Integer({ minimum: 0, description: 'Its count when it was read' })) },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  listReviews: {
    route: 'GET /api/reviews',
    summary: 'List months of views by maintenance and the security unit, for the data protection officer, newest first',
    response: { 200: Type.Object({ items: Type.Array(ReviewMonth) }) },
  },
  readReview: {
    route: 'GET /api/reviews/:month',
    summary: 'List the views of a month, oldest first; logged',
    params: Type.Object({ month: Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' }) }),
    querystring: {
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    },
    response: {
      200: Type.Object({
        items: Type.Array(ViewToReview),
        next: Type.Optional(Type.Integer({ description: '`after` of the next page' })),
      }),
    },
  },
  signOffReview: {
    route: 'POST /api/reviews/:month',
    summary: 'Complete the review of a past month with a note; once',
    params: Type.Object({ month: Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' }) }),
    body: { note },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  readLooksAtMyCalls: {
    route: 'GET /api/my-calls/looks',
    access: 'view',
    summary: 'Create an extract of views of the viewer’s own calls, without names; logged',
    querystring: { from: instant('Views from'), to: instant('End (exclusive); at most 35 days') },
    response: {
      200: Type.Object({
        items: Type.Array(ViewOfCall),
        isCut: Type.Boolean({ description: 'True if there are more; request a shorter period' }),
      }),
    },
  },
  readLooksAtContact: {
    route: 'GET /api/contacts/:id/looks',
    access: 'view',
    summary: 'Create an extract of views of a call, without names, for an inspection; logged',
    querystring: { reference: Type.Optional(Type.String({ maxLength: 64 })) },
    response: {
      200: Type.Object({
        contact: Type.Object({
          id: Type.String({ format: 'uuid' }),
          startedAt: instant('The call began'),
          endedAt: Type.Optional(instant('End of the call')),
        }),
        madeAt: instant('When the extract was created'),
        items: Type.Array(ViewOfCall),
        isCut: Type.Boolean(),
      }),
    },
  },
} as const
