/** How records end: what is due, holds, prohibitions, inspections, recalls, the clock, and every place where data lie (R18, R19, R22-R26, R50-R52). */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, Purpose, refusals, Trilingual } from './shapes.ts'

const id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const uuid = (description: string) => Type.String({ format: 'uuid', description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const reference = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description })
const note = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })

export const Cause = literals(
  ['retention', 'caller', 'official', 'trimming', 'hold-end'],
  'Why a recording ended: its term, forbidden by the caller or the official, outside the call, its hold ended past its term',
)
export type Cause = Static<typeof Cause>

export const RetentionRun = Type.Object({
  at: instant('It ended'),
  work: literals(['sweep', 'verification', 'backup', 'restore'], 'What was done'),
  result: literals(['ok', 'failed'], 'How it ended'),
  recordings: count('Recordings destroyed, or proved'),
  contacts: count('Contact-history entries ended, or copied'),
  months: Type.Array(Type.String(), { description: 'Whole months of history dropped: 2025-09' }),
  keys: count('Keys destroyed'),
  ledger: Type.Optional(
    Type.Object({ from: Type.Integer(), to: Type.Integer() }, { description: 'Its entries in the destruction ledger' }),
  ),
  fault: Type.Optional(Type.String({ description: 'A stable code of what went wrong' })),
})
export type RetentionRun = Static<typeof RetentionRun>

export const Obstacle = Type.Object(
  {
    kind: literals(
      [
        'clock-ahead',
        'clock-behind',
        'place-unreachable',
        'object-left',
        'key-store',
        'ledger-copy-behind',
        'refused-by-database',
        'prohibition-waits',
        'history-uncounted',
        'backup-late',
        'backup-none',
        'verification-failed',
        'attestation-over',
      ],
      'What stands in the way of an end, or of its proof',
    ),
    count: count('How many records it concerns; 0 where it concerns all'),
    since: Type.Optional(instant('Since when')),
    deadline: Type.Optional(instant('By when it must be mended')),
    place: Type.Optional(Type.String({ description: 'The place of data it is about' })),
    example: Type.Optional(Type.String({ description: 'An id' })),
  },
  { description: 'Preservation orders are none of these: they are told apart, to those who may know' },
)
export type Obstacle = Static<typeof Obstacle>

export const Retention = Type.Object({
  asOf: instant('What time the register goes by'),
  terms: Type.Object({ historyMonths: Type.Integer(), floorMonths: Type.Integer(), ceilingMonths: Type.Integer() }),
  recordings: Type.Object({
    held: count('Held, captured ones included'),
    restricted: count('Of them restricted'),
    dueToday: count('Of them due within 24 hours'),
    overdue: count('Of them past their day'),
    oldestDestroyAt: Type.Optional(instant('The next end')),
  }),
  history: Type.Object({
    contacts: count('Contact-history entries held'),
    overdue: count('Of them past their term'),
    oldestEndsAt: Type.Optional(instant('The next end')),
  }),
  clock: Type.Object({
    state: literals(['right', 'ahead', 'behind'], 'Against the highest time the database has seen'),
    mark: instant('The highest time the database has seen'),
    now: instant('What the clock says'),
    stoppedSince: Type.Optional(instant('Nothing is destroyed by its term since then')),
    confirmedBy: Type.Array(Type.Object({ name: Type.String(), at: instant('Confirmed') }), {
      description: 'Two people confirm a clock that is ahead',
    }),
    isConfirmedByViewer: Type.Boolean(),
  }),
  runs: Type.Array(RetentionRun, { description: 'The last ones, newest first' }),
  obstacles: Type.Array(Obstacle),
  may: Type.Object({
    confirmClock: Type.Boolean(),
    seeHolds: Type.Boolean(),
    seeStorage: Type.Boolean(),
    seeRecalls: Type.Boolean(),
  }),
})
export type Retention = Static<typeof Retention>

export const Due = Type.Object({
  from: instant('Begins'),
  until: instant('Ends'),
  recordings: count('Recordings that are destroyed in it'),
  contacts: count('Contact-history entries that end in it'),
})
export type Due = Static<typeof Due>

export const LedgerEntry = Type.Object({
  seq: Type.Integer({ description: 'Its place in the ledger' }),
  at: instant('Done'),
  kind: Type.String({ description: 'recording, history-month, month-key, right, …' }),
  objectId: Type.String(),
  cause: Type.String(),
  doneBy: Type.String(),
  places: Type.Array(
    Type.Object({
      name: Type.String(),
      reached: Type.Boolean(),
    }),
    { description: 'Every place where a copy lay, and whether the end has reached it' },
  ),
  keyReceipts: count('What key stores answered'),
})
export type LedgerEntry = Static<typeof LedgerEntry>

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

export const Inspection = Type.Object({
  id: uuid('The inspection'),
  reference: Type.String({ description: 'The Service Unit’s own' }),
  receivedAt: instant('Received'),
  party: literals(['CALLER', 'OFFICIAL'], 'Who wants to hear it'),
  contactId: uuid('The call'),
  recordings: Type.Array(
    Type.Object({
      id: uuid('A recording'),
      state: literals(['available', 'restricted', 'destroyed'], 'Now'),
      destroyAt: Type.Optional(instant('Destroyed by then')),
    }),
  ),
  appointment: Type.Optional(Type.Object({ at: instant('When'), office: Type.String() })),
  latestAppointment: Type.Optional(instant('Appointments lie before this')),
  isUrgent: Type.Boolean({ description: 'Three days or less until the recording is destroyed' }),
  closed: Type.Optional(Type.Object({ at: instant('Closed'), outcome: Type.String() })),
})
export type Inspection = Static<typeof Inspection>
const inspectionOutcome = literals(
  ['heard', 'no-show', 'withdrawn', 'destroyed', 'answered'],
  'Heard; nobody came; withdrawn; destroyed before; answered without listening',
)

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

export const PlaceOfData = Type.Object({
  name: Type.String({ description: 'As the settings call it' }),
  kind: literals(
    ['data', 'database', 'objects', 'keys', 'tablespace', 'replica', 'backup', 'ledger', 'witness'],
    'What lies there; with a witness lie hashes only',
  ),
  location: Type.String({ description: 'A folder or an address, without secrets' }),
  state: literals(
    ['in-use', 'attestation-over', 'refused', 'unreachable', 'left'],
    'In use; in use though its attestation has run out; never used, as it has none; does not answer; used before',
  ),
  site: Type.Optional(
    Type.Object({
      id: Type.String(),
      names: Trilingual,
      electronicAccessControl: Type.Boolean(),
      attestedBy: Type.String(),
      attestedOn: Type.String({ format: 'date' }),
      nextReview: Type.String({ format: 'date' }),
    }),
  ),
  firstUsedAt: Type.Optional(instant('First used')),
  backup: Type.Optional(
    Type.Object({
      lastAt: Type.Optional(instant('The newest backup that was read back')),
      oldestAt: Type.Optional(instant('The oldest one there')),
      backups: count('How many there are'),
      keysAt: Type.Optional(instant('Its copy of the keys was renewed')),
      keysPending: count('Months whose keys it does not have yet'),
      ledgerTo: Type.Optional(Type.Integer({ description: 'Its copy of the ledger goes to this entry' })),
      fault: Type.Optional(Type.String({ description: 'Why it was not reached the last time' })),
    }),
  ),
})
export type PlaceOfData = Static<typeof PlaceOfData>

export const retentionOperations = {
  readRetention: {
    method: 'GET',
    url: '/api/retention',
    schema: {
      operationId: 'readRetention',
      summary: 'What is held, what ends next, the last runs, what stands in the way, and the clock; counts only',
      response: { 200: Retention, ...refusals },
    },
  },
  readDue: {
    method: 'GET',
    url: '/api/retention/due',
    schema: {
      operationId: 'readDue',
      summary: 'How much ends when; counts only',
      querystring: Type.Object(
        {
          from: instant('From'),
          to: instant('Until before; 15 months at most, or 31 days by the hour'),
          by: literals(['hour', 'day', 'month'], 'How finely, in local time'),
          number: Type.Optional(Type.String({ maxLength: 20, description: 'One service number' })),
        },
        closed,
      ),
      response: { 200: Type.Object({ items: Type.Array(Due) }), ...refusals },
    },
  },
  listLedger: {
    method: 'GET',
    url: '/api/retention/ledger',
    schema: {
      operationId: 'listLedger',
      summary: 'The destruction ledger, newest first',
      querystring: Type.Object(
        {
          before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        },
        closed,
      ),
      response: {
        200: Type.Object({ items: Type.Array(LedgerEntry), next: Type.Optional(Type.Integer()) }),
        ...refusals,
      },
    },
  },
  confirmClock: {
    method: 'POST',
    url: '/api/retention/clock',
    schema: {
      operationId: 'confirmClock',
      summary: 'Say that a clock which is ahead is right; after two people have, terms are obeyed again',
      body: Type.Object({ now: instant('What the clock said when it was looked at') }, closed),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  listHolds: {
    method: 'GET',
    url: '/api/holds',
    schema: {
      operationId: 'listHolds',
      summary: 'Preservation orders, for the security unit and the decision maker; nobody else learns of any',
      querystring: Type.Object({ state: Type.Optional(literals(['in-force', 'ended'], 'Which')) }, closed),
      response: { 200: Type.Object({ items: Type.Array(Hold) }), ...refusals },
    },
  },
  enterHold: {
    method: 'POST',
    url: '/api/holds',
    schema: {
      operationId: 'enterHold',
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
  },
  renewHold: {
    method: 'POST',
    url: '/api/holds/:id/renewals',
    schema: {
      operationId: 'renewHold',
      summary: 'Renew a preservation order, by at most three calendar months from now',
      params: id,
      body: Type.Object({ until: instant('Until'), orderReference: reference('The order that renews it') }, closed),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  endHold: {
    method: 'POST',
    url: '/api/holds/:id/end',
    schema: {
      operationId: 'endHold',
      summary: 'End a preservation order that has been revoked; somebody else than who entered it',
      params: id,
      body: Type.Object({ note }, closed),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  forbidUse: {
    method: 'POST',
    url: '/api/recordings/:id/prohibitions',
    schema: {
      operationId: 'forbidUse',
      summary:
        'Forbid the use of a recording, as its caller or its official wishes: no reason, no refusal; it is blocked at once and destroyed (R49-R51)',
      params: id,
      body: Type.Object(
        {
          party: literals(['CALLER', 'OFFICIAL'], 'Who forbids'),
          channel: literals(['CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS'], 'How it was told'),
          reference: Type.Optional(reference('The Service Unit’s request')),
        },
        closed,
      ),
      response: { 200: Prohibition, ...refusals },
    },
  },
  readDestruction: {
    method: 'GET',
    url: '/api/recordings/:id/destruction',
    schema: {
      operationId: 'readDestruction',
      summary: 'How a recording of a call that the viewer may see ended',
      params: id,
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
        }),
        ...refusals,
      },
    },
  },
  readCertificate: {
    method: 'GET',
    url: '/api/recordings/:id/certificate',
    schema: {
      operationId: 'readCertificate',
      summary: 'The certificate of a destruction, for the person who asked: a tagged PDF',
      params: id,
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
        ...refusals,
      },
    },
  },
  listInspections: {
    method: 'GET',
    url: '/api/inspections',
    schema: {
      operationId: 'listInspections',
      summary: 'Inspections that wait for their listening, for the Service Unit; the most urgent first',
      querystring: Type.Object({ state: Type.Optional(literals(['open', 'closed'], 'Which')) }, closed),
      response: { 200: Type.Object({ items: Type.Array(Inspection) }), ...refusals },
    },
  },
  openInspection: {
    method: 'POST',
    url: '/api/inspections',
    schema: {
      operationId: 'openInspection',
      summary:
        'Note that a party of a call wants to hear its recordings: a prohibition by the other party waits for it',
      body: Type.Object(
        {
          contactId: uuid('The call'),
          recordingIds: Type.Array(uuid('A recording'), { minItems: 1, maxItems: 20, uniqueItems: true }),
          reference: reference('The Service Unit’s request'),
          receivedAt: instant('Received; not in the future'),
          party: literals(['CALLER', 'OFFICIAL'], 'Who wants to hear it'),
          appointment: Type.Optional(
            Type.Object(
              { at: instant('When'), office: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
              closed,
            ),
          ),
        },
        closed,
      ),
      response: { 201: Type.Object({ id: uuid('The inspection') }), 409: refusals[400], ...refusals },
    },
  },
  setAppointment: {
    method: 'POST',
    url: '/api/inspections/:id/appointment',
    schema: {
      operationId: 'setAppointment',
      summary: 'Set or move the appointment; before the recording is destroyed (R47)',
      params: id,
      body: Type.Object(
        { at: instant('When'), office: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
        closed,
      ),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  closeInspection: {
    method: 'POST',
    url: '/api/inspections/:id/close',
    schema: {
      operationId: 'closeInspection',
      summary: 'Close an inspection; what waited for it is destroyed',
      params: id,
      body: Type.Object({ outcome: inspectionOutcome }, closed),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  listRecalls: {
    method: 'GET',
    url: '/api/recalls',
    schema: {
      operationId: 'listRecalls',
      summary: 'Disclosed copies that were recalled, for the decision maker',
      response: { 200: Type.Object({ items: Type.Array(Recall) }), ...refusals },
    },
  },
  confirmRecall: {
    method: 'POST',
    url: '/api/recalls/:id/confirm',
    schema: {
      operationId: 'confirmRecall',
      summary: 'The recipient has destroyed or returned the copy; what tied it to the recording is deleted',
      params: id,
      body: Type.Object({ outcome: literals(['destroyed', 'returned'], 'What the recipient did') }, closed),
      response: { 204: Type.Null(), 409: refusals[400], ...refusals },
    },
  },
  listPlacesOfData: {
    method: 'GET',
    url: '/api/storage',
    schema: {
      operationId: 'listPlacesOfData',
      summary: 'Every place where data of the register lie, with the attestation of its site (R18, R19)',
      response: {
        200: Type.Object({
          items: Type.Array(PlaceOfData),
          rotationDays: Type.Integer({ description: 'No backup is older' }),
        }),
        ...refusals,
      },
    },
  },
} as const
