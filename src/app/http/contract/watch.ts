/** Monitoring: alarms, reviews, extracts (R21, L11). */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, Purpose, refusals, Role } from './shapes.ts'

const note = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S', description: 'What was found out' })
const NamedPerson = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String({ description: 'As they are called now; stored nowhere' }),
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
        'one-way',
        'loss',
        'links',
        'directory',
        'standstill',
      ],
      'What was seen: refusals in a row; listening at night; one official’s calls listened to too often; one caller looked for again and again; looks in a mass; many numbers revealed; failed sign-ins on many accounts; a look in an emergency; much done in requesters’ names; calls that were to be recorded and were not; recordings whose call no telephone system tells of; recordings of one client with one voice missing, or with much lost on the way; one-time links for people with rights, or second factors taken from somebody; something that stands still; numbers and places of officials that are moved',
    ),
    person: Type.Optional(NamedPerson),
    official: Type.Optional(NamedPerson),
    count: Type.Integer({ description: 'What was counted, at its highest' }),
    facts: Type.Record(Type.String(), Type.Unknown(), { description: 'Counts and ids; no names, no numbers' }),
    threshold: Type.Record(Type.String(), Type.Unknown(), { description: 'From when on it is an alarm' }),
    firstAt: instant('The first of what was counted'),
    lastAt: instant('The last of it'),
    raisedAt: instant('Raised'),
    seenAt: Type.Optional(instant('First seen by a data protection officer')),
    closed: Type.Optional(
      Type.Object(
        { at: instant('Closed'), by: Type.Optional(Type.String()), note: Type.Optional(Type.String()) },
        { description: 'Without `by` and `note` it was over by itself' },
      ),
    ),
    isOwn: Type.Boolean({ description: 'It is about the viewer: somebody else closes it' }),
  },
  { description: 'A question to be asked; no judgement' },
)
export type Alarm = Static<typeof Alarm>

export const ReviewMonth = Type.Object({
  month: Type.String({ description: '2026-10' }),
  looks: Type.Integer(),
  listenings: Type.Integer({ description: 'How many of them' }),
  people: Type.Integer({ description: 'By how many people' }),
  state: literals(['going-on', 'to-review', 'overdue', 'reviewed'], 'Where the month is'),
  dueAt: instant('To be reviewed before'),
  review: Type.Optional(Type.Object({ at: instant('Reviewed'), by: Type.String(), note: Type.String() })),
})
export type ReviewMonth = Static<typeof ReviewMonth>

export const ViewToReview = Type.Object({
  seq: Type.Integer({ description: 'The entry of the log' }),
  at: instant('When'),
  person: Type.Optional(NamedPerson),
  role: Role,
  action: Type.String(),
  purpose: Purpose,
  reference: Type.Optional(Type.String({ description: 'Fault or case' })),
  object: Type.Optional(Type.Object({ kind: Type.String(), id: Type.String({ format: 'uuid' }) })),
  contacts: Type.Optional(Type.Integer({ description: 'Shown on the page of a search, or live' })),
  servedMs: Type.Optional(Type.Integer({ description: 'Sound served in a listening' })),
})
export type ViewToReview = Static<typeof ViewToReview>

export const ViewOfCall = Type.Object(
  {
    at: instant('When; for what is told once a day, the first time of that day'),
    kind: literals(
      ['shown', 'watched', 'read', 'revealed', 'listened'],
      'On a page of a search; in progress; opened; the caller’s number revealed; listened to',
    ),
    role: Role,
    purpose: Purpose,
    unit: Type.Optional(Type.String({ description: 'Where the looker worked then' })),
    contact: Type.Optional(
      Type.Object({ id: Type.String({ format: 'uuid' }), startedAt: Type.Optional(instant('The call began')) }),
    ),
    calls: Type.Integer({ description: 'How many calls; one, unless told once a day' }),
    servedMs: Type.Optional(Type.Integer()),
  },
  { description: 'Never who, and never that the security unit looked (CJEU C-579/21)' },
)
export type ViewOfCall = Static<typeof ViewOfCall>

export const watchOperations = {
  listAlarms: {
    route: 'GET /api/alarms',
    summary: 'Alarms, for the data protection officer; open ones first, at most 500',
    querystring: Type.Object(
      { state: Type.Optional(literals(['open', 'closed', 'any'], 'Which; any unless told')) },
      closed,
    ),
    response: {
      200: Type.Object({ items: Type.Array(Alarm), open: Type.Integer({ description: 'Open ones in all' }) }),
      ...refusals,
    },
  },
  seeAlarm: {
    route: 'POST /api/alarms/:id/seen',
    summary: 'Note that an alarm has been seen',
    response: { 204: Type.Null(), ...refusals },
  },
  closeAlarm: {
    route: 'POST /api/alarms/:id/close',
    summary: 'Close an alarm with what was found out',
    body: Type.Object({ note }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  listReviews: {
    route: 'GET /api/reviews',
    summary: 'Months of looks by maintenance and the security unit, for the data protection officer, newest first',
    response: { 200: Type.Object({ items: Type.Array(ReviewMonth) }), ...refusals },
  },
  readReview: {
    route: 'GET /api/reviews/:month',
    summary: 'The looks of a month, oldest first; reading them is logged',
    params: Type.Object({ month: Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' }) }),
    querystring: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        items: Type.Array(ViewToReview),
        next: Type.Optional(Type.Integer({ description: '`after` of the next page' })),
      }),
      ...refusals,
    },
  },
  signOffReview: {
    route: 'POST /api/reviews/:month',
    summary: 'Sign a month off with a note; once, and when it is over',
    params: Type.Object({ month: Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' }) }),
    body: Type.Object({ note }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  readLooksAtMyCalls: {
    route: 'GET /api/my-calls/looks',
    access: 'view',
    summary: 'Who looked at the viewer’s own calls, without names; the extract is logged',
    querystring: Type.Object({ from: instant('Looks from'), to: instant('Until before; 35 days at most') }, closed),
    response: {
      200: Type.Object({
        items: Type.Array(ViewOfCall),
        isCut: Type.Boolean({ description: 'There are more: ask for a shorter time' }),
      }),
      ...refusals,
    },
  },
  readLooksAtContact: {
    route: 'GET /api/contacts/:id/looks',
    access: 'view',
    summary: 'Who looked at a call, without names, for an inspection; the extract is logged',
    querystring: Type.Object({ reference: Type.Optional(Type.String({ maxLength: 64 })) }, closed),
    response: {
      200: Type.Object({
        contact: Type.Object({
          id: Type.String({ format: 'uuid' }),
          startedAt: instant('The call began'),
          endedAt: Type.Optional(instant('It ended')),
        }),
        madeAt: instant('The extract was made'),
        items: Type.Array(ViewOfCall),
        isCut: Type.Boolean(),
      }),
      ...refusals,
    },
  },
} as const
