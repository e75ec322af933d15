/**
 * Destruction before the term, and its delay: prohibitions, preservation orders, recalls (R23, R45-R52). Answered in
 * ../operating/holds-routes.ts, ../operating/ledger-routes.ts, ../calls/prohibition-routes.ts and
 * ../disclosure/recall-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { LedgerEntry } from './retention.ts'
import { closed, instant, literals, Purpose, refusals, Trilingual, uuid } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const reference = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description })
const note = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })

export const Cause = literals(
  ['retention', 'caller', 'official', 'trimming', 'hold-end'],
  'Why a recording ended: its term, forbidden by the caller or the official, outside the call, its hold ended past its term',
)
export type Cause = Static<typeof Cause>

export const Hold = Type.Object(
  {
    id: uuid('The hold'),
    contactId: uuid('The call it covers, with its recordings and its history'),
    covers: literals(['recordings', 'history', 'both'], 'What it keeps'),
    provision: Type.String({ description: 'The statutory provision' }),
    authority: Type.String({ description: 'Who ordered it' }),
    orderReference: Type.String({ description: 'The order' }),
    from: instant('In force from'),
    until: instant('Ends by itself; three calendar months after it was ordered or renewed at most'),
    enteredBy: Type.String(),
    renewals: Type.Array(
      Type.Object({
        at: instant('Renewed'),
        until: instant('Until'),
        orderReference: Type.String(),
        by: Type.String(),
      }),
    ),
    ended: Type.Optional(
      Type.Object({ at: instant('Ended'), by: Type.Optional(Type.String()), note: Type.Optional(Type.String()) }),
    ),
    state: literals(['in-force', 'ended'], 'Whether it holds'),
    recordings: Type.Array(
      Type.Object({
        id: uuid('A recording'),
        destroyAt: Type.Optional(instant('Its own day')),
        isPastTerm: Type.Boolean(),
      }),
    ),
    waitingProhibitions: count('Accepted, and carried out when the hold ends'),
    may: Type.Object({ renew: Type.Boolean(), end: Type.Boolean() }),
  },
  {
    description:
      'A preservation order (Act 806/2011 chapter 8 sections 24-26): whoever receives it is bound to secrecy',
  },
)
export type Hold = Static<typeof Hold>

export const Prohibition = Type.Object({
  id: uuid('The prohibition'),
  recordingId: uuid('The recording'),
  state: literals(['blocked', 'waiting', 'executed'], 'Nobody hears it; restricted to one open case; destroyed'),
  receivedAt: instant('Received'),
  executedAt: Type.Optional(instant('Destroyed')),
})
export type Prohibition = Static<typeof Prohibition>

export const Recall = Type.Object(
  {
    id: uuid('The recall'),
    disclosure: Type.String({ description: 'The disclosure’s reference' }),
    recipient: Type.String(),
    item: Type.Integer({ description: 'Which of its items' }),
    recalledAt: instant('Recalled'),
    dueAt: instant('To be confirmed by'),
    isOverdue: Type.Boolean(),
    confirmedAt: Type.Optional(instant('Confirmed')),
    notice: Trilingual,
  },
  { description: 'A disclosed copy that must be destroyed by whoever has it (R50); the notice has no personal data' },
)
export type Recall = Static<typeof Recall>

export const AwaitedCertificate = Type.Object(
  {
    state: literals(['waiting', 'destroying'], 'waiting: for somebody else’s case that was open before'),
    expectedAt: Type.Optional(instant('Ask again then')),
  },
  { description: 'The recording is forbidden and not yet destroyed everywhere: its certificate is to come' },
)

export const endOperations = {
  listHolds: {
    route: 'GET /api/holds',
    access: 'view',
    summary: 'Preservation orders, for the security unit and the decision maker; nobody else learns of any',
    querystring: Type.Object({ state: Type.Optional(literals(['in-force', 'ended'], 'Which')) }, closed),
    response: { 200: Type.Object({ items: Type.Array(Hold) }), ...refusals },
  },
  enterHold: {
    route: 'POST /api/holds',
    summary: 'Enter a preservation order; it holds at once (Act 806/2011 8:24)',
    body: Type.Object(
      {
        contactId: uuid('The call'),
        covers: literals(['recordings', 'history', 'both'], 'What it keeps'),
        provision: Type.String({ minLength: 3, maxLength: 200, pattern: '\\S' }),
        authority: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }),
        orderReference: reference('The order'),
        until: instant('Three calendar months from now at most'),
        reference: reference('The case under which the call was found'),
      },
      closed,
    ),
    response: { 201: Type.Object({ id: uuid('The hold') }), 409: refusals[400], ...refusals },
  },
  renewHold: {
    route: 'POST /api/holds/:id/renewals',
    summary: 'Renew a preservation order, by at most three calendar months from now',
    body: Type.Object({ until: instant('Until'), orderReference: reference('The order that renews it') }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  endHold: {
    route: 'POST /api/holds/:id/end',
    summary: 'End a preservation order that has been revoked; somebody else than who entered it',
    body: Type.Object({ note }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  forbidUse: {
    route: 'POST /api/recordings/:id/prohibitions',
    summary:
      'Forbid the use of a recording, as its caller or its official wishes: no reason, no refusal; it is blocked at once and destroyed (R49-R51). Its official tells what the caller told in the call (channel CALL) within an hour of it; later, and however else it came, it is the Service Unit’s (403 prohibition.service-unit)',
    body: Type.Object(
      {
        party: literals(['CALLER', 'OFFICIAL'], 'Who forbids'),
        channel: literals(['CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS'], 'How it was told'),
        reference: Type.Optional(reference('The Service Unit’s request')),
        endsCopy: Type.Optional(
          Type.Boolean({
            description:
              'True: a copy of the requester’s that is in the making or has not been fetched ends with it; otherwise that is refused at the Service Unit (409 prohibition.copy-waits)',
          }),
        ),
      },
      closed,
    ),
    response: { 200: Prohibition, 409: refusals[400], ...refusals },
  },
  readDestruction: {
    route: 'GET /api/recordings/:id/destruction',
    access: 'view',
    summary: 'How a recording of a call that the viewer may see ended',
    querystring: Type.Object(
      {
        purpose: Type.Optional(Purpose),
        reference: Type.Optional(Type.String({ maxLength: 64 })),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        state: literals(['held', 'destroying', 'destroyed'], 'How far it is'),
        cause: Type.Optional(Cause),
        destroyedAt: Type.Optional(instant('Destroyed')),
        entry: Type.Optional(LedgerEntry),
        certificate: Type.Optional(AwaitedCertificate),
      }),
      ...refusals,
    },
  },
  readCertificate: {
    route: 'GET /api/recordings/:id/certificate',
    access: 'view',
    summary: 'The certificate of a destruction, for the person who asked: a tagged PDF',
    querystring: Type.Object(
      {
        language: literals(['fi', 'sv', 'en'], 'Its language'),
        reference: Type.Optional(Type.String({ maxLength: 64 })),
      },
      closed,
    ),
    response: {
      200: {
        description: 'application/pdf',
        content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
      },
      202: AwaitedCertificate,
      ...refusals,
    },
  },
  listRecalls: {
    route: 'GET /api/recalls',
    access: 'view',
    summary: 'Disclosed copies that were recalled, for the decision maker',
    response: { 200: Type.Object({ items: Type.Array(Recall) }), ...refusals },
  },
  confirmRecall: {
    route: 'POST /api/recalls/:id/confirm',
    summary: 'The recipient has destroyed or returned the copy; what tied it to the recording is deleted',
    body: Type.Object({ outcome: literals(['destroyed', 'returned'], 'What the recipient did') }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  deleteRecording: {
    route: 'DELETE /api/recordings/:id',
    summary: 'Always refused: a recording ends by its term or because its caller or official forbids its use (R23)',
    response: { ...refusals },
  },
} as const
