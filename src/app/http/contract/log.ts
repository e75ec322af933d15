/** The audit log: entries, verification, checkpoints (R21). */
import Type, { type Static } from 'typebox'
import { instant, Purpose, Role } from './shapes.ts'

const Person = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.Optional(Type.String({ description: 'Present name in the directory; absent if unknown' })),
  },
  { description: 'The log itself contains only the id' },
)

export const LogEntry = Type.Object({
  seq: Type.Integer({ description: 'In the order of writing; numbers of aborted transactions are missing' }),
  at: instant('When'),
  person: Type.Optional(Person),
  rightId: Type.Optional(Type.String({ format: 'uuid' })),
  role: Type.Optional(Role),
  action: Type.String({ description: 'listening.started, request.refused, ...' }),
  purpose: Type.Optional(Purpose),
  reference: Type.Optional(Type.String({ description: 'Fault or case, as entered by the person' })),
  object: Type.Optional(
    Type.Object({
      kind: Type.String(),
      id: Type.Optional(Type.String({ format: 'uuid' })),
      name: Type.Optional(Type.String({ description: 'For a person: present name in the directory' })),
    }),
  ),
  result: Type.String({ description: 'ok, refused:<code> or failed:<code>' }),
})
export type LogEntry = Static<typeof LogEntry>

export const LogPage = Type.Object({
  items: Type.Array(LogEntry),
  anchor: Type.Optional(
    Type.String({
      description: 'Cursor at this page’s first entry; with skip it reaches any part of the same list',
    }),
  ),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page; absent on the last' })),
  approximateTotal: Type.Integer({ description: 'Exact below 100,000; otherwise 100,000' }),
})

const Checkpoint = Type.Object({
  origin: Type.String({ description: 'Origin of the log' }),
  size: Type.Integer({ description: 'Number of entries covered' }),
  root: Type.String({ description: 'Root hash of the Merkle tree (RFC 6962), base64' }),
  at: instant('When it was signed'),
  witnesses: Type.Array(
    Type.Object({
      name: Type.String(),
      at: instant('When the witness cosigned it'),
    }),
  ),
})
export type Checkpoint = Static<typeof Checkpoint>

export const LogState = Type.Object({
  checkpoint: Type.Optional(Checkpoint),
  pending: Type.Integer({ description: 'Entries not yet in the tree' }),
})

export const LogProof = Type.Object(
  {
    state: Type.Enum(['proved', 'pending', 'broken', 'withheld'], {
      description:
        'proved: hash and path lead to the signed root; pending: not yet in the tree; broken: hash and path do not lead to the root; withheld: no proof for entries of this kind, because hidden text could be guessed with it',
    }),
    leaf: Type.Optional(Type.Integer({ description: 'Index in the tree, from 0' })),
    leafHash: Type.Optional(Type.String({ description: 'Hash of the entry as it is now, base64' })),
    path: Type.Array(
      Type.Object({ side: Type.Enum(['left', 'right']), hash: Type.String({ description: 'base64' }) }),
      { description: 'Audit path: hashes from the leaf upwards (RFC 6962, 2.1.1)' },
    ),
    checkpoint: Type.Optional(Checkpoint),
  },
  { description: 'Proof that the entry is in the log of the newest checkpoint' },
)
export type LogProof = Static<typeof LogProof>

export const LogEntryDetail = Type.Intersect([
  LogEntry,
  Type.Object({ detail: Type.Record(Type.String(), Type.Unknown()), proof: LogProof }),
])

export const LogProblem = Type.Object({
  code: Type.String({ description: 'Kind of problem (docs/formats/audit-log.md)' }),
  leaf: Type.Optional(Type.Integer({ description: 'Index of the entry in the tree, from 0' })),
  seq: Type.Optional(Type.Integer({ description: 'The entry’s number' })),
  message: Type.String({ description: 'What is wrong and where, in English' }),
})

export const LogVerification = Type.Object({
  id: Type.String({ format: 'uuid' }),
  state: Type.Enum(['WAITING', 'RUNNING', 'WHOLE', 'BROKEN', 'CANCELLED', 'FAILED']),
  askedBy: Type.Optional(Person),
  askedAt: instant('When it was requested'),
  startedAt: Type.Optional(instant('When it began')),
  endedAt: Type.Optional(instant('When it ended')),
  step: Type.Optional(Type.Enum(['tree', 'signatures', 'recordings', 'destructions'])),
  checked: Type.Integer({ description: 'Entries read so far' }),
  entries: Type.Optional(Type.Integer({ description: 'Number of entries to read' })),
  report: Type.Optional(
    Type.Object({
      entries: Type.Integer({ description: 'Entries in the tree' }),
      pruned: Type.Integer({ description: 'Entries pruned at the end of the log’s own term; their hashes are kept' }),
      pending: Type.Integer({ description: 'Entries not yet in the tree' }),
      checkpoints: Type.Integer({ description: 'Signed checkpoints that agree with the log' }),
      witnesses: Type.Integer({ description: 'Valid signatures of witnesses' }),
      recordings: Type.Integer({ description: 'Recordings whose hash was compared with its entry' }),
      destructions: Type.Integer({ description: 'Destructions compared with their entries' }),
      accepted: Type.Integer({
        description: 'Lost or altered entries that an operator has accepted with a reason',
      }),
      found: Type.Integer({ description: 'Total number of problems' }),
      notes: Type.Optional(
        Type.Array(Type.String(), { description: 'Steps of the clock, and the problems they explain' }),
      ),
      problems: Type.Array(LogProblem, { description: 'The first problems, in the order of the log' }),
    }),
  ),
})
export type LogVerification = Static<typeof LogVerification>

const text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }))

export const logOperations = {
  readLog: {
    route: 'GET /api/log',
    summary: 'List entries of the audit log, newest first; for the data protection officer; logged (R21)',
    querystring: {
      person: text(100, 'Person who acted: an id, a user id, or part of a name'),
      role: Type.Optional(Role),
      action: text(64, 'Action, as in the entries'),
      result: Type.Optional(Type.Enum(['ok', 'refused', 'failed'])),
      purpose: Type.Optional(Purpose),
      object: Type.Optional(Type.String({ format: 'uuid', description: 'Object that was viewed or changed' })),
      reference: text(64, 'Fault or case, exactly as entered'),
      from: Type.Optional(instant('At or after')),
      to: Type.Optional(instant('Before')),
      cursor: Type.Optional(Type.String({ maxLength: 256 })),
      skip: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 100_000, default: 0, description: 'Number of entries to skip' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
    },
    response: { 200: LogPage },
  },
  readLogEntry: {
    route: 'GET /api/log/entries/:seq',
    summary: 'Read an entry with its detail, and the proof that it is in the log',
    params: Type.Object({ seq: Type.Integer({ minimum: 1 }) }),
    response: { 200: LogEntryDetail },
  },
  readLogState: {
    route: 'GET /api/log/state',
    summary: 'Read the newest checkpoint, its witnesses, and the number of pending entries',
    response: { 200: LogState },
  },
  listLogVerifications: {
    route: 'GET /api/log/verifications',
    summary: 'List the newest verifications of the log, including one in progress',
    response: { 200: Type.Object({ items: Type.Array(LogVerification) }) },
  },
  startLogVerification: {
    route: 'POST /api/log/verifications',
    summary: 'Request a verification of the whole log; returns the one in progress if there is one',
    response: { 202: LogVerification },
  },
  cancelLogVerification: {
    route: 'DELETE /api/log/verifications/:id',
    summary: 'Cancel a verification that has not ended',
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    response: { 204: Type.Null() },
  },
} as const
