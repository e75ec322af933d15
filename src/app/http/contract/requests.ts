/** The Service Unit's desk: requests of callers and officials, from intake to answer, and their calls (R42-R49). */
import Type, { type Static } from 'typebox'
import { RequestCall } from './request-calls.ts'
import { Appointment } from './offices.ts'
import { Letter } from './letters.ts'
import { Correction, OpennessDecision, SubjectCopy } from './request-acts.ts'
import { closed, instant, literals, noContent, person, refusals, uuid, written } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const RequestParty = literals(
  ['CALLER', 'OFFICIAL', 'MENTIONED', 'OUTSIDER'],
  'Who asks: the caller; the official who answered, mostly one who has left; somebody spoken of in a call, and anybody, where the description has the switch',
)
export type RequestParty = Static<typeof RequestParty>

export const RequestKind = literals(
  [
    'KNOW',
    'LISTEN',
    'HISTORY',
    'PROHIBIT',
    'ERASURE',
    'OBJECTION',
    'RESTRICTION',
    'COPY',
    'RECTIFY',
    'LOG_EXTRACT',
    'MENTIONED',
    'OPENNESS',
  ],
  'What is asked: whether a call was recorded; to hear it; its contact history; to forbid its use; by switch or profile: to erase, to object, to restrict (GDPR 17, 21, 18), a copy, a correction, who has looked, what is said of somebody, an official document (Act 621/1999)',
)
export type RequestKind = Static<typeof RequestKind>

export const RequestChannel = literals(['PHONE', 'LETTER', 'VISIT', 'EMAIL'], 'How it came')
export type RequestChannel = Static<typeof RequestChannel>

export const RequestLanguage = literals(['fi', 'sv', 'en'], 'The language of the requester and of the letters')
export type RequestLanguage = Static<typeof RequestLanguage>

export const IdentifiedHow = literals(
  ['PASSPORT', 'ID_CARD', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT', 'STRONG_EID', 'CALLBACK', 'PERSONNEL'],
  'A document that was shown; strong electronic identification; called back at the number of the call; an official, by the personnel register. The document’s number and the personal identity code are stored nowhere',
)
export type IdentifiedHow = Static<typeof IdentifiedHow>

export const RequestState = literals(
  [
    'RECEIVED',
    'IDENTIFIED',
    'CALL_FOUND',
    'NOT_FOUND',
    'NOT_IDENTIFIABLE',
    'ANSWERED',
    'APPOINTMENT',
    'HEARD',
    'NO_SHOW',
    'CLOSED',
  ],
  'How far a request is (requirements 1.5): follows from what has been done',
)
export type RequestState = Static<typeof RequestState>

/** The clerk's next steps, most urgent first. */
export const NextStep = literals(
  [
    'identify',
    'name-call',
    'narrow-call',
    'verify-call',
    'answer',
    'book',
    'note-outcome',
    'forbid',
    'make-copy',
    'correct',
    'decide',
    'send-letter',
    'close',
  ],
  'What the clerk does next',
)
export type NextStep = Static<typeof NextStep>

export const Requester = Type.Object(
  {
    name: written(200, 'As the requester gives it; no personal identity code'),
    address: Type.Optional(written(500, 'Postal address for the letters')),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
    phone: Type.Optional(written(40, 'Where the requester is reached')),
  },
  { ...closed, description: 'Erased thirty days after the request was closed' },
)
export type Requester = Static<typeof Requester>

const RequestFacts = {
  id: uuid('The request'),
  number: Type.String({ description: 'P-2026-17: the reference of every look that serves it' }),
  party: RequestParty,
  kinds: Type.Array(RequestKind),
  channel: RequestChannel,
  language: RequestLanguage,
  receivedAt: instant('Received'),
  dueAt: instant(
    'To be answered by: a calendar month from then, extended at most by two (GDPR 12(3)); an official document in two weeks (Act 621/1999 section 14)',
  ),
  isOverdue: Type.Boolean(),
  isUrgent: Type.Boolean({
    description: 'A recording it is about is destroyed within three days, or it is due within a week',
  }),
  firstEnd: Type.Optional(instant('The first day of a recording that is to be heard')),
  state: RequestState,
  next: Type.Array(NextStep),
  requester: Type.Optional(Type.Object({ name: Type.String() })),
  assignedTo: Type.Optional(person('Who handles it')),
}
export const RequestSummary = Type.Object(RequestFacts)
export type RequestSummary = Static<typeof RequestSummary>

const unfinished = literals(
  ['call', 'prohibition', 'letter', 'appointment', 'copy', 'correction', 'decision'],
  'Something that is not done',
)

export const RequestDetail = Type.Object({
  ...RequestFacts,
  requester: Type.Optional(Requester),
  enteredBy: person('Who entered it'),
  official: Type.Optional(person('OFFICIAL: who asks')),
  identified: Type.Optional(Type.Object({ how: IdentifiedHow, at: instant('When'), by: person('By whom') })),
  extension: Type.Optional(
    Type.Object({
      until: instant('Extended until'),
      reason: literals(['COMPLEX', 'MANY'], 'GDPR 12(3): complexity or number of requests'),
      at: instant('When'),
      by: person('By whom'),
    }),
  ),
  calls: Type.Array(RequestCall),
  appointments: Type.Array(Appointment),
  letters: Type.Array(Letter),
  copies: Type.Array(SubjectCopy),
  corrections: Type.Array(Correction),
  openness: Type.Optional(OpennessDecision),
  closed: Type.Optional(
    Type.Object({
      at: instant('Closed'),
      by: Type.Optional(person('By whom')),
      outcome: literals(['ANSWERED', 'REFUSED', 'WITHDRAWN'], 'How it ended'),
    }),
  ),
  unfinished: Type.Array(unfinished, { description: 'What stands in the way of closing it as answered' }),
  unfinishedOtherwise: Type.Object(
    { REFUSED: Type.Array(unfinished), WITHDRAWN: Type.Array(unfinished) },
    { description: 'What stands in the way of closing it with another outcome' },
  ),
})
export type RequestDetail = Static<typeof RequestDetail>

export const requestOperations = {
  listRequests: {
    route: 'GET /api/requests',
    summary: 'The Service Unit’s queue: the most pressing first',
    querystring: Type.Object(
      {
        state: Type.Optional(literals(['open', 'closed'], 'Which; the open ones')),
        whose: Type.Optional(literals(['all', 'mine', 'nobodys'], 'Who handles them')),
        find: Type.Optional(
          Type.String({ minLength: 1, maxLength: 200, description: 'A number, or a part of the requester’s name' }),
        ),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        items: Type.Array(RequestSummary),
        counts: Type.Object({
          open: count('Open'),
          mine: count('Mine'),
          nobodys: count('Nobody’s'),
          overdue: count('Overdue'),
          urgent: count('Urgent'),
          letters: count('Letters to send'),
        }),
        clerks: Type.Array(person('Who may handle requests')),
        mayAsk: Type.Array(RequestKind, { description: 'The kinds that the description in force knows' }),
        parties: Type.Array(RequestParty, { description: 'The parties that it knows' }),
      }),
      ...refusals,
    },
  },
  enterRequest: {
    route: 'POST /api/requests',
    summary: 'Enter a request that has come in (R45)',
    body: Type.Object(
      {
        party: RequestParty,
        kinds: Type.Array(RequestKind, { minItems: 1, uniqueItems: true }),
        channel: RequestChannel,
        language: RequestLanguage,
        receivedAt: instant('Received; not in the future, within the last year'),
        requester: Requester,
        officialUserId: Type.Optional(written(64, 'OFFICIAL: the user id of who asks')),
      },
      closed,
    ),
    response: { 201: Type.Object({ id: uuid('The request'), number: Type.String() }), ...refusals },
  },
  readRequest: {
    route: 'GET /api/requests/:id',
    access: 'view',
    summary: 'One request, with all that belongs to it',
    response: { 200: RequestDetail, ...refusals },
  },
  changeRequest: {
    route: 'PUT /api/requests/:id',
    access: 'view',
    summary: 'Correct who asks, the language, or what is asked',
    body: Type.Object(
      {
        kinds: Type.Array(RequestKind, { minItems: 1, uniqueItems: true }),
        language: RequestLanguage,
        requester: Requester,
      },
      closed,
    ),
    response: noContent,
  },
  assignRequest: {
    route: 'POST /api/requests/:id/assignment',
    summary: 'Take a request, give it to a colleague, or let it go',
    body: Type.Object(
      {
        personId: Type.Union([uuid('A clerk of the Service Unit'), Type.Null()]),
        seen: Type.Optional(
          Type.Union([
            uuid('Who handled it when the clerk looked: where it is another by now, it is not taken'),
            Type.Null(),
          ]),
        ),
      },
      closed,
    ),
    response: noContent,
  },
  identifyRequester: {
    route: 'POST /api/requests/:id/identification',
    summary: 'Note how the requester was identified; no call is looked for before (R46)',
    body: Type.Object({ how: IdentifiedHow }, closed),
    response: noContent,
  },
  extendRequest: {
    route: 'POST /api/requests/:id/extension',
    summary: 'Extend the time for the answer, once, before it is over; the requester is told why (GDPR 12(3))',
    body: Type.Object(
      { months: Type.Integer({ minimum: 1, maximum: 2 }), reason: literals(['COMPLEX', 'MANY'], 'Why') },
      closed,
    ),
    response: noContent,
  },
  closeRequest: {
    route: 'POST /api/requests/:id/close',
    summary: 'Close a request; one that is answered or refused has its letter sent',
    body: Type.Object({ outcome: literals(['ANSWERED', 'REFUSED', 'WITHDRAWN'], 'How it ended') }, closed),
    response: noContent,
  },
} as const
