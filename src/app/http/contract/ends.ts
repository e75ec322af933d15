/**
 * Destruction before the term, and its delay: prohibitions, preservation orders, recalls (R23, R45-R52). Answered in
 * ../operating/holds-routes.ts, ../operating/ledger-routes.ts, ../calls/prohibition-routes.ts and
 * ../disclosure/recall-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { LedgerEntry } from './retention.ts'
import { instant, literals, Purpose, Trilingual, uuid, ErrorBody } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const reference = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description })
const note = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })

export const Cause = literals(
  ['retention', 'caller', 'official', 'trimming', 'hold-end'],
  'Reason of destruction: term, forbidden by caller or official, outside the call, or end of a preservation order after the term',
)
export type Cause = Static<typeof Cause>

export const Hold = Type.Object(
  {
    id: uuid('The preservation order'),
    contactId: uuid('The call it covers, with its recordings and its history'),
    covers: literals(['recordings', 'history', 'both'], 'What it preserves'),
    provision: Type.String({ description: 'The statutory provision' }),
    authority: Type.String({ description: 'Who ordered it' }),
    orderReference: Type.String({ description: 'The order' }),
    from: instant('In force from'),
    until: instant('End; at most three calendar months after it was entered or renewed'),
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
    state: literals(['in-force', 'ended'], 'State of the order'),
    recordings: Type.Array(
      Type.Object({
        id: uuid('A recording'),
        destroyAt: Type.Optional(instant('End of its term')),
        isPastTerm: Type.Boolean(),
      }),
    ),
    waitingProhibitions: count('Prohibitions accepted, to be carried out when the order ends'),
    may: Type.Object({ renew: Type.Boolean(), end: Type.Boolean() }),
  },
  {
    description: 'A preservation order (Act 806/2011 chapter 8 sections 24-26); its content is secret',
  },
)
export type Hold = Static<typeof Hold>

export const Prohibition = Type.Object({
  id: uuid('The prohibition'),
  recordingId: uuid('The recording'),
  state: literals(
    ['blocked', 'waiting', 'executed'],
    'blocked: cannot be played; waiting: restricted to one open case; executed: destroyed',
  ),
  receivedAt: instant('Received'),
  executedAt: Type.Optional(instant('Destroyed')),
})
export type Prohibition = Static<typeof Prohibition>

export const Recall = Type.Object(
  {
    id: uuid('The recall'),
    disclosure: Type.String({ description: 'The disclosure’s reference' }),
    recipient: Type.String(),
    item: Type.Integer({ description: 'Number of the item' }),
    recalledAt: instant('Recalled'),
    dueAt: instant('Must be confirmed by'),
    isOverdue: Type.Boolean(),
    confirmedAt: Type.Optional(instant('Confirmed')),
    notice: Trilingual,
  },
  { description: 'A disclosed copy that its recipient must destroy (R50); the notice has no personal data' },
)
export type Recall = Static<typeof Recall>

export const AwaitedCertificate = Type.Object(
  {
    state: literals(['waiting', 'destroying'], 'With waiting: for an earlier open case of another person'),
    expectedAt: Type.Optional(instant('When to try again')),
  },
  { description: 'The recording is forbidden but not yet destroyed in every place, so there is no certificate yet' },
)

export const endOperations = {
  listHolds: {
    route: 'GET /api/holds',
    access: 'view',
    summary: 'List preservation orders, for the security unit and the decision maker only',
    querystring: { state: Type.Optional(literals(['in-force', 'ended'], 'Only orders in this state')) },
    response: { 200: Type.Object({ items: Type.Array(Hold) }) },
  },
  enterHold: {
    route: 'POST /api/holds',
    summary: 'Enter a preservation order, in force at once (Act 806/2011 8:24)',
    body: {
      contactId: uuid('The call'),
      covers: literals(['recordings', 'history', 'both'], 'What it preserves'),
      provision: Type.String({ minLength: 3, maxLength: 200, pattern: '\\S' }),
      authority: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }),
      orderReference: reference('The order'),
      until: instant('At most three calendar months from now'),
      reference: reference('The case under which the call was found'),
    },
    response: { 201: Type.Object({ id: uuid('The preservation order') }), 409: ErrorBody },
  },
  renewHold: {
    route: 'POST /api/holds/:id/renewals',
    summary: 'Renew a preservation order, by at most three calendar months from now',
    body: { until: instant('Until'), orderReference: reference('The order that renews it') },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  endHold: {
    route: 'POST /api/holds/:id/end',
    summary: 'End a revoked preservation order; not by the person who entered it',
    body: { note },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  forbidUse: {
    route: 'POST /api/recordings/:id/prohibitions',
    summary:
      'Forbid the use of a recording at the request of its caller or official, without a reason. It is blocked at once and destroyed (R49-R51). A prohibition that the caller stated in the call (channel CALL) is entered by the official within an hour; any other is entered by the Service Unit (403 prohibition.service-unit)',
    body: {
      party: literals(['CALLER', 'OFFICIAL'], 'Party that forbids'),
      channel: literals(['CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS', 'HOME'], 'How it was received'),
      reference: Type.Optional(reference('The Service Unit’s request')),
      endsCopy: Type.Optional(
        Type.Boolean({
          description:
            'If true, a copy for the requester that is not downloaded yet is deleted with the recording; otherwise the prohibition is refused while there is one (409 prohibition.copy-waits)',
        }),
      ),
    },
    response: { 200: Prohibition, 409: ErrorBody },
  },
  readDestruction: {
    route: 'GET /api/recordings/:id/destruction',
    access: 'view',
    summary: 'Read how and why a recording was destroyed, of a call that the viewer may see',
    querystring: { purpose: Type.Optional(Purpose), reference: Type.Optional(Type.String({ maxLength: 64 })) },
    response: {
      200: Type.Object({
        state: literals(['held', 'destroying', 'destroyed'], 'State'),
        cause: Type.Optional(Cause),
        destroyedAt: Type.Optional(instant('Destroyed; by its term: the start of the day')),
        entry: Type.Optional(LedgerEntry),
        certificate: Type.Optional(AwaitedCertificate),
      }),
    },
  },
  readCertificate: {
    route: 'GET /api/recordings/:id/certificate',
    access: 'view',
    summary: 'Create the certificate of a destruction for its requester, as tagged PDF',
    querystring: {
      language: literals(['fi', 'sv', 'en'], 'Language'),
      reference: Type.Optional(Type.String({ maxLength: 64 })),
    },
    response: {
      200: {
        description: 'application/pdf',
        content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
      },
      202: AwaitedCertificate,
    },
  },
  listRecalls: {
    route: 'GET /api/recalls',
    access: 'view',
    summary: 'List recalled copies, for the decision maker',
    response: { 200: Type.Object({ items: Type.Array(Recall) }) },
  },
  confirmRecall: {
    route: 'POST /api/recalls/:id/confirm',
    summary: 'Confirm that the recipient has destroyed or returned the copy; deletes its link to the recording',
    body: { outcome: literals(['destroyed', 'returned'], 'What the recipient did') },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  deleteRecording: {
    route: 'DELETE /api/recordings/:id',
    summary:
      'Always refused: a recording is destroyed at the end of its term, or if its caller or official forbids its use (R23)',
    response: {},
  },
} as const
