/**
 * Retention: terms of records, destructions, places of data (R18, R19, R22-R26, R52). Answered in
 * ../operating/retention-routes.ts, ../operating/ledger-routes.ts, ../operating/clock-routes.ts and
 * ../operating/storage-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, refusals, Trilingual } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

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
    fault: Type.Optional(Type.String({ description: 'What the place said, to those who may see where it lies' })),
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
  kind: Type.String({
    description: 'recording, history-month, month-key, right, …; other: no destruction, and not told to whoever asks',
  }),
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
      fault: Type.Optional(Type.String({ description: 'Why it was not reached the last time, for whoever runs it' })),
      faultCode: Type.Optional(Type.String({ description: 'The stable code of that, where it is a known one' })),
    }),
  ),
})
export type PlaceOfData = Static<typeof PlaceOfData>

export const retentionOperations = {
  readRetention: {
    route: 'GET /api/retention',
    summary: 'What is held, what ends next, the last runs, what stands in the way, and the clock; counts only',
    response: { 200: Retention, ...refusals },
  },
  readDue: {
    route: 'GET /api/retention/due',
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
  listLedger: {
    route: 'GET /api/retention/ledger',
    access: 'view',
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
  confirmClock: {
    route: 'POST /api/retention/clock',
    summary: 'Say that a clock which is ahead is right; after two people have, terms are obeyed again',
    body: Type.Object({ now: instant('What the clock said when it was looked at') }, closed),
    response: { 204: Type.Null(), 409: refusals[400], ...refusals },
  },
  listPlacesOfData: {
    route: 'GET /api/storage',
    summary: 'Every place where data of the register lie, with the attestation of its site (R18, R19)',
    response: {
      200: Type.Object({
        items: Type.Array(PlaceOfData),
        rotationDays: Type.Integer({ description: 'No backup is older' }),
      }),
      ...refusals,
    },
  },
} as const
