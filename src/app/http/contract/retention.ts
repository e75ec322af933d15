/**
 * Retention: terms of records, destructions, places of data (R18, R19, R22-R26, R52). Answered in
 * ../operating/retention-routes.ts, ../operating/ledger-routes.ts, ../operating/clock-routes.ts and
 * ../operating/storage-routes.ts.
 */
import Type, { type Static } from 'typebox'
import { instant, literals, Trilingual, ErrorBody } from './shapes.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const RetentionRun = Type.Object({
  at: instant('End of the run'),
  work: literals(['sweep', 'verification', 'backup', 'restore'], 'Kind of run'),
  result: literals(['ok', 'failed'], 'Outcome'),
  recordings: count('Recordings destroyed or verified'),
  contacts: count('Contact-history entries deleted or copied'),
  months: Type.Array(Type.String(), { description: 'Months of history deleted completely, such as 2025-09' }),
  keys: count('Keys destroyed'),
  ledger: Type.Optional(
    Type.Object(
      { from: Type.Integer(), to: Type.Integer() },
      { description: 'Entries of the run in the destruction ledger' },
    ),
  ),
  fault: Type.Optional(Type.String({ description: 'Stable code of the fault' })),
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
        'sweep-late',
      ],
      'A blocker of destruction or of its proof',
    ),
    count: count('Number of records affected; 0 if all'),
    since: Type.Optional(instant('Since when')),
    deadline: Type.Optional(instant('Deadline for the remedy')),
    place: Type.Optional(Type.String({ description: 'Place of data concerned' })),
    example: Type.Optional(Type.String({ description: 'An id' })),
    fault: Type.Optional(Type.String({ description: 'Message of the place, for people who may see its location' })),
  },
  {
    description: 'Blockers do not include preservation orders, which are shown separately to people who may know them',
  },
)
export type Obstacle = Static<typeof Obstacle>

export const Retention = Type.Object({
  asOf: instant('When it was counted'),
  terms: Type.Object({ historyMonths: Type.Integer(), floorMonths: Type.Integer(), ceilingMonths: Type.Integer() }),
  recordings: Type.Object({
    held: count('Number held, including recordings in progress'),
    restricted: count('Number restricted'),
    dueToday: count('Number due within 24 hours'),
    overdue: count('Number past their term'),
    oldestDestroyAt: Type.Optional(instant('Next destruction')),
  }),
  history: Type.Object({
    contacts: count('Number of contact-history entries'),
    overdue: count('Number of entries past their term'),
    oldestEndsAt: Type.Optional(instant('Next deletion')),
  }),
  clock: Type.Object({
    state: literals(
      ['right', 'ahead', 'behind'],
      'State of the clock compared with the highest time that the database has seen',
    ),
    mark: instant('The highest time the database has seen'),
    now: instant('Time of the clock'),
    stoppedSince: Type.Optional(instant('Since when destruction by term is stopped')),
    confirmedBy: Type.Array(Type.Object({ name: Type.String(), at: instant('Confirmed') }), {
      description: 'People who have confirmed a clock that is ahead; two are needed',
    }),
    isConfirmedByViewer: Type.Boolean(),
  }),
  runs: Type.Array(RetentionRun, { description: 'Latest runs, newest first' }),
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
  recordings: count('Recordings to be destroyed in the period, in steps of five'),
  contacts: count('Contact-history entries to be deleted in the period, in steps of five'),
})
export type Due = Static<typeof Due>

export const LedgerEntry = Type.Object({
  seq: Type.Integer({ description: 'Number in the ledger' }),
  at: instant('Done'),
  kind: Type.String({
    description: 'recording, history-month, month-key, right, …; other: not a destruction, and not shown to the viewer',
  }),
  objectId: Type.String(),
  cause: Type.String(),
  doneBy: Type.String(),
  places: Type.Array(
    Type.Object({
      name: Type.String(),
      reached: Type.Boolean(),
    }),
    { description: 'Every place that had a copy, and if the copy is destroyed there' },
  ),
  keyReceipts: count('Answers of the key stores'),
})
export type LedgerEntry = Static<typeof LedgerEntry>

export const PlaceOfData = Type.Object({
  name: Type.String({ description: 'Name in the settings' }),
  kind: literals(
    ['data', 'database', 'objects', 'keys', 'tablespace', 'replica', 'backup', 'ledger', 'witness'],
    'Kind of data there; a witness has hashes only',
  ),
  location: Type.String({ description: 'Folder or address, without secrets' }),
  state: literals(
    ['in-use', 'attestation-over', 'refused', 'unreachable', 'left'],
    'State: in use; in use with an expired attestation; refused without an attestation; does not answer; no longer used',
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
  firstUsedAt: Type.Optional(instant('First use')),
  backup: Type.Optional(
    Type.Object({
      lastAt: Type.Optional(instant('Newest verified backup')),
      oldestAt: Type.Optional(instant('Oldest backup')),
      backups: count('Number of backups'),
      keysAt: Type.Optional(instant('Last update of its copy of the keys')),
      keysPending: count('Months whose keys it does not have yet'),
      ledgerTo: Type.Optional(Type.Integer({ description: 'Last ledger entry in its copy' })),
      fault: Type.Optional(Type.String({ description: 'Why the last access failed, for operators' })),
      faultCode: Type.Optional(Type.String({ description: 'Stable code of that fault, if it has one' })),
    }),
  ),
})
export type PlaceOfData = Static<typeof PlaceOfData>

export const retentionOperations = {
  readRetention: {
    route: 'GET /api/retention',
    summary: 'Read counts of held records and next destructions, latest runs, blockers, and the clock; counts only',
    response: { 200: Retention },
  },
  readDue: {
    route: 'GET /api/retention/due',
    access: 'view',
    summary: 'Read counts of future destructions by period, in steps of five; counts only, and logged',
    querystring: {
      from: instant('From; extended to the start of that day in Finland'),
      to: instant('End (exclusive), at most 15 months; extended to the end of that day in Finland'),
      by: literals(['day', 'month'], 'Length of the periods, in local time'),
      number: Type.Optional(Type.String({ maxLength: 20, description: 'A service number' })),
    },
    response: { 200: Type.Object({ items: Type.Array(Due) }) },
  },
  listLedger: {
    route: 'GET /api/retention/ledger',
    access: 'view',
    summary: 'List entries of the destruction ledger, newest first',
    querystring: {
      before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    },
    response: { 200: Type.Object({ items: Type.Array(LedgerEntry), next: Type.Optional(Type.Integer()) }) },
  },
  confirmClock: {
    route: 'POST /api/retention/clock',
    summary: 'Confirm a clock that is ahead; after two people have confirmed it, destruction by term resumes',
    body: { now: instant('Time of the clock that was confirmed') },
    response: { 204: Type.Null(), 409: ErrorBody },
  },
  listPlacesOfData: {
    route: 'GET /api/storage',
    summary: 'List every place with data of the register, with the attestation of its site (R18, R19)',
    response: {
      200: Type.Object({
        items: Type.Array(PlaceOfData),
        rotationDays: Type.Integer({ description: 'Maximum age of a backup in days' }),
      }),
    },
  },
} as const
