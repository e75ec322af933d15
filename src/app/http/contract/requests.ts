/** The Service Unit's desk: requests of callers and officials, from intake to answer, and their calls (R42-R49). */
import Type, { type Static } from 'typebox'
import { RequestCall } from './request-calls.ts'
import { Appointment } from './offices.ts'
import { Letter } from './letters.ts'
import { Correction, OpennessDecision, SubjectCopy } from './request-acts.ts'
import { closed, instant, literals, noContent, person, uuid, written } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const RequestParty = literals(
  ['CALLER', 'OFFICIAL', 'MENTIONED', 'OUTSIDER'],
  'Requester: the caller; the official who answered, usually one who has left; if the description enables it, a person spoken of in a call, or anybody',
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
  'Kind of request: was a call recorded; listen to it; contact history; forbid its use; if enabled: erasure, objection, restriction (GDPR 17, 21, 18), copy, correction, log extract, statements about a person, official document (Act 621/1999)',
)
export type RequestKind = Static<typeof RequestKind>

export const RequestChannel = literals(
  ['PHONE', 'LETTER', 'VISIT', 'EMAIL', 'HOME'],
  'How it was received; HOME: from the public page',
)
export type RequestChannel = Static<typeof RequestChannel>

export const RequestLanguage = literals(['fi', 'sv', 'en'], 'Language of the requester and of letters')
export type RequestLanguage = Static<typeof RequestLanguage>

export const IdentifiedHow = literals(
  ['PASSPORT', 'ID_CARD', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT', 'STRONG_EID', 'CALLBACK', 'PERSONNEL'],
  'Method of identification: a document; strong electronic identification; a call back to the caller’s number; for an official, the personnel register. Document numbers and personal identity codes are not stored',
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
  'State of a request, which follows from the acts done so far',
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
  'Next step of the clerk',
)
export type NextStep = Static<typeof NextStep>

export const Requester = Type.Object(
  {
    name: written(200, 'Name as given by the requester; no personal identity code'),
    address: Type.Optional(written(500, 'Postal address for the letters')),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
    phone: Type.Optional(written(40, 'Contact details')),
  },
  { ...closed, description: 'The requester’s data; erased thirty days after the request was closed' },
)
export type Requester = Static<typeof Requester>

const RequestFacts = {
  id: uuid('The request'),
  number: Type.String({ description: 'Number, such as P-2026-17; the reference of every view for the request' }),
  party: RequestParty,
  kinds: Type.Array(RequestKind),
  channel: RequestChannel,
  language: RequestLanguage,
  receivedAt: instant('Received'),
  dueAt: instant(
    'Due date: a calendar month after receipt, extended by at most two (GDPR 12(3)); for an official document two weeks (Act 621/1999 section 14)',
  ),
  isOverdue: Type.Boolean(),
  isUrgent: Type.Boolean({
    description: 'True if one of its recordings is destroyed within three days, or it is due within a week',
  }),
  firstEnd: Type.Optional(instant('First destruction of a recording to listen to')),
  state: RequestState,
  next: Type.Array(NextStep),
  requester: Type.Optional(Type.Object({ name: Type.String() })),
  assignedTo: Type.Optional(person('Clerk who handles it')),
}
export const RequestSummary = Type.Object(RequestFacts)
export type RequestSummary = Static<typeof RequestSummary>

const unfinished = literals(
  ['call', 'prohibition', 'letter', 'appointment', 'copy', 'correction', 'decision'],
  'A missing step',
)

export const RequestDetail = Type.Object({
  ...RequestFacts,
  requester: Type.Optional(Requester),
  enteredBy: person('Clerk who entered it'),
  official: Type.Optional(person('With OFFICIAL: the requester')),
  identified: Type.Optional(
    Type.Object({
      how: IdentifiedHow,
      at: instant('When'),
      by: Type.Optional(person('By whom; nobody: the requester identified strongly when sending the request')),
    }),
  ),
  fromHome: Type.Optional(
    Type.Object(
      {
        told: Type.String({ description: 'Which calls, in the requester’s words' }),
        isFetched: Type.Boolean({ description: 'True if the requester can fetch letters on the public page' }),
      },
      { description: 'With HOME: what the requester sent' },
    ),
  ),
  extension: Type.Optional(
    Type.Object({
      until: instant('Extended until'),
      reason: literals(['COMPLEX', 'MANY'], 'Reason (GDPR 12(3)): complexity or number of requests'),
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
      outcome: literals(['ANSWERED', 'REFUSED', 'WITHDRAWN'], 'Outcome'),
    }),
  ),
  unfinished: Type.Array(unfinished, { description: 'Missing steps before it can be closed as answered' }),
  unfinishedOtherwise: Type.Object(
    { REFUSED: Type.Array(unfinished), WITHDRAWN: Type.Array(unfinished) },
    { description: 'Missing steps before it can be closed with another outcome' },
  ),
})
export type RequestDetail = Static<typeof RequestDetail>

export const DiscardReason = literals(
  ['DUPLICATE', 'NOT_A_REQUEST', 'UNREACHABLE', 'WITHDRAWN'],
  'Why it is discarded: sent twice; no request; neither name nor address is of use; taken back',
)

export const HomeRequest = Type.Object({
  id: uuid('What was sent'),
  receivedAt: instant('Received'),
  dueAt: instant('Due date of the answer'),
  party: RequestParty,
  kinds: Type.Array(RequestKind),
  language: RequestLanguage,
  requester: Requester,
  told: Type.String({ description: 'Which calls, in the requester’s words' }),
  userId: Type.Optional(Type.String({ description: 'With OFFICIAL: user id as given, unchecked' })),
  identifiedAt: Type.Optional(instant('When the requester identified strongly')),
})
export type HomeRequest = Static<typeof HomeRequest>

export const requestOperations = {
  listRequests: {
    route: 'GET /api/requests',
    summary: 'List the Service Unit’s requests, most urgent first',
    querystring: {
      state: Type.Optional(literals(['open', 'closed'], 'Default: open')),
      whose: Type.Optional(literals(['all', 'mine', 'nobodys'], 'Clerk who handles them')),
      find: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'A request number, or a part of the requester’s name',
        }),
      ),
    },
    response: {
      200: Type.Object({
        items: Type.Array(RequestSummary),
        counts: Type.Object({
          open: count('Open'),
          mine: count('Mine'),
          nobodys: count('Nobody’s'),
          overdue: count('Overdue'),
          urgent: count('Urgent'),
          letters: count('Number of letters to send'),
        }),
        clerks: Type.Array(person('Clerks who may handle requests')),
        mayAsk: Type.Array(RequestKind, { description: 'Kinds of request that the description in force allows' }),
        parties: Type.Array(RequestParty, { description: 'Kinds of requester that the description in force allows' }),
      }),
    },
  },
  enterRequest: {
    route: 'POST /api/requests',
    summary: 'Enter a request (R45)',
    body: {
      party: RequestParty,
      kinds: Type.Array(RequestKind, { minItems: 1, uniqueItems: true }),
      channel: literals(['PHONE', 'LETTER', 'VISIT', 'EMAIL'], 'How it was received'),
      language: RequestLanguage,
      receivedAt: instant('When it was received: within the last year, not in the future'),
      requester: Requester,
      officialUserId: Type.Optional(written(64, 'With OFFICIAL: user id of the requester')),
    },
    response: { 201: Type.Object({ id: uuid('The request'), number: Type.String() }) },
  },
  listHomeRequests: {
    route: 'GET /api/home-requests',
    summary: 'List requests sent from the public page that wait to be accepted or discarded, oldest first',
    response: { 200: Type.Object({ items: Type.Array(HomeRequest) }) },
  },
  acceptHomeRequest: {
    route: 'POST /api/home-requests/:id/acceptance',
    summary: 'Accept a request sent from the public page as a numbered request',
    body: { officialUserId: Type.Optional(written(64, 'With OFFICIAL: user id of the requester')) },
    response: { 201: Type.Object({ id: uuid('The request'), number: Type.String() }) },
  },
  discardHomeRequest: {
    route: 'POST /api/home-requests/:id/discard',
    summary: 'Delete what is no request, with a reason',
    body: { reason: DiscardReason },
    response: noContent,
  },
  readRequest: {
    route: 'GET /api/requests/:id',
    access: 'view',
    summary: 'Read a request with its calls, letters and appointments',
    response: { 200: RequestDetail },
  },
  changeRequest: {
    route: 'PUT /api/requests/:id',
    access: 'view',
    summary: 'Correct requester, language or kinds',
    body: {
      kinds: Type.Array(RequestKind, { minItems: 1, uniqueItems: true }),
      language: RequestLanguage,
      requester: Requester,
    },
    response: noContent,
  },
  assignRequest: {
    route: 'POST /api/requests/:id/assignment',
    summary: 'Assign a request to oneself, to a colleague, or to nobody',
    body: {
      personId: Type.Union([uuid('A clerk of the Service Unit'), Type.Null()]),
      seen: Type.Optional(
        Type.Union([
          uuid('Clerk assigned when it was read; if another is assigned by now, nothing is changed'),
          Type.Null(),
        ]),
      ),
    },
    response: noContent,
  },
  identifyRequester: {
    route: 'POST /api/requests/:id/identification',
    summary: 'Record how the requester was identified; calls cannot be searched before (R46)',
    body: { how: IdentifiedHow },
    response: noContent,
  },
  extendRequest: {
    route: 'POST /api/requests/:id/extension',
    summary: 'Extend the due date once, before it has passed; the requester is informed of the reason (GDPR 12(3))',
    body: { months: Type.Integer({ minimum: 1, maximum: 2 }), reason: literals(['COMPLEX', 'MANY'], 'Why') },
    response: noContent,
  },
  closeRequest: {
    route: 'POST /api/requests/:id/close',
    summary: 'Close a request; if answered or refused, its letter must be delivered before',
    body: { outcome: literals(['ANSWERED', 'REFUSED', 'WITHDRAWN'], 'Outcome') },
    response: noContent,
  },
} as const
