/** The audit log: entries, verification, checkpoints (R21). */
import Type, { type Static } from 'typebox'
import { closed, instant, Purpose, refusals, Role } from './shapes.ts'

const Person = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.Optional(Type.String({ description: 'As the directory has it now; absent where it knows nobody' })),
  },
  { description: 'The log itself holds the id alone' },
)

export const LogEntry = Type.Object({
  seq: Type.Integer({ description: 'In the order of writing; numbers may be missing where a transaction was undone' }),
  at: instant('When'),
  person: Type.Optional(Person),
  rightId: Type.Optional(Type.String({ format: 'uuid' })),
  role: Type.Optional(Role),
  action: Type.String({ description: 'listening.started, request.refused, ...' }),
  purpose: Type.Optional(Purpose),
  reference: Type.Optional(Type.String({ description: 'Fault or case, as the person gave it' })),
  object: Type.Optional(
    Type.Object({
      kind: Type.String(),
      id: Type.Optional(Type.String({ format: 'uuid' })),
      name: Type.Optional(Type.String({ description: 'Of a person, as the directory has it now' })),
    }),
  ),
  result: Type.String({ description: 'ok, refused:<code> or failed:<code>' }),
})
export type LogEntry = Static<typeof LogEntry>

export const LogPage = Type.Object({
  items: Type.Array(LogEntry),
  anchor: Type.Optional(
    Type.String({
      description: 'A cursor that begins at this page’s first entry: with skip, any part of the same list',
    }),
  ),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page; absent on the last' })),
  approximateTotal: Type.Integer({ description: 'Exact below 100,000; 100,000 means that many or more' }),
})

const Checkpoint = Type.Object({
  origin: Type.String({ description: 'Whose log it is' }),
  size: Type.Integer({ description: 'Entries it speaks for' }),
  root: Type.String({ description: 'Root hash of the Merkle tree (RFC 6962), base64' }),
  at: instant('When it was signed'),
  witnesses: Type.Array(
    Type.Object({
      name: Type.String(),
      at: instant('When the witness signed that it continues what it knew'),
    }),
  ),
})
export type Checkpoint = Static<typeof Checkpoint>

export const LogState = Type.Object({
  checkpoint: Type.Optional(Checkpoint),
  pending: Type.Integer({ description: 'Entries that are written and not yet in the tree' }),
})

export const LogProof = Type.Object(
  {
    state: Type.Enum(['proved', 'pending', 'broken', 'withheld'], {
      description:
        'proved: its hash and the path lead to the signed root; pending: the tree has not reached it yet; broken: they do not; withheld: no entry of its kind is proved here, as words that are not shown could be told by it',
    }),
    leaf: Type.Optional(Type.Integer({ description: 'Its place in the tree, from 0' })),
    leafHash: Type.Optional(Type.String({ description: 'Of the entry as it stands now, base64' })),
    path: Type.Array(
      Type.Object({ side: Type.Enum(['left', 'right']), hash: Type.String({ description: 'base64' }) }),
      { description: 'Neighbours from the leaf up (RFC 6962, 2.1.1)' },
    ),
    checkpoint: Type.Optional(Checkpoint),
  },
  { description: 'That the entry is in the log as the newest checkpoint signs it' },
)
export type LogProof = Static<typeof LogProof>

export const LogEntryDetail = Type.Intersect([
  LogEntry,
  Type.Object({ detail: Type.Record(Type.String(), Type.Unknown()), proof: LogProof }),
])

export const LogProblem = Type.Object({
  code: Type.String({ description: 'docs/formats/audit-log.md says what each means' }),
  leaf: Type.Optional(Type.Integer({ description: 'The entry’s place in the tree, from 0' })),
  seq: Type.Optional(Type.Integer({ description: 'The entry’s number' })),
  message: Type.String({ description: 'What is wrong and where, in English' }),
})

export const LogVerification = Type.Object({
  id: Type.String({ format: 'uuid' }),
  state: Type.Enum(['WAITING', 'RUNNING', 'WHOLE', 'BROKEN', 'CANCELLED', 'FAILED']),
  askedBy: Type.Optional(Person),
  askedAt: instant('When it was asked for'),
  startedAt: Type.Optional(instant('When it began')),
  endedAt: Type.Optional(instant('When it ended')),
  step: Type.Optional(Type.Enum(['tree', 'signatures', 'recordings', 'destructions'])),
  checked: Type.Integer({ description: 'Entries read so far' }),
  entries: Type.Optional(Type.Integer({ description: 'Entries there are to read' })),
  report: Type.Optional(
    Type.Object({
      entries: Type.Integer({ description: 'In the tree' }),
      pruned: Type.Integer({ description: 'Of those, entries that went by the log’s own term; their hashes stand' }),
      pending: Type.Integer({ description: 'Entries not yet in the tree' }),
      checkpoints: Type.Integer({ description: 'Signed checkpoints that were found to agree with it' }),
      witnesses: Type.Integer({ description: 'Signatures of witnesses that were found right' }),
      recordings: Type.Integer({ description: 'Kept recordings whose hash was compared with its entry' }),
      destructions: Type.Integer({ description: 'Destructions that were compared with their entries' }),
      accepted: Type.Integer({
        description: 'Entries lost or altered that an operator has answered for; no problem any more',
      }),
      found: Type.Integer({ description: 'Problems in all' }),
      notes: Type.Optional(Type.Array(Type.String(), { description: 'Steps of the clock, and what they explain' })),
      problems: Type.Array(LogProblem, { description: 'The first of them, in the order of the log' }),
    }),
  ),
})
export type LogVerification = Static<typeof LogVerification>

const text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }))

export const logOperations = {
  readLog: {
    route: 'GET /api/log',
    summary: 'The audit log, newest first; for the data protection officer, and logged itself (R21)',
    querystring: Type.Object(
      {
        person: text(100, 'Whose acts: an id, a user id, or part of a name'),
        role: Type.Optional(Role),
        action: text(64, 'As the entries name it'),
        result: Type.Optional(Type.Enum(['ok', 'refused', 'failed'])),
        purpose: Type.Optional(Purpose),
        object: Type.Optional(Type.String({ format: 'uuid', description: 'What was looked at or changed' })),
        reference: text(64, 'Fault or case, exactly as it was given'),
        from: Type.Optional(instant('At or after')),
        to: Type.Optional(instant('Before')),
        cursor: Type.Optional(Type.String({ maxLength: 256 })),
        skip: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 100_000, default: 0, description: 'Leaves so many out first' }),
        ),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
      },
      closed,
    ),
    response: { 200: LogPage, ...refusals },
  },
  readLogEntry: {
    route: 'GET /api/log/entries/:seq',
    summary: 'One entry with its detail, and the proof that it is in the log',
    params: Type.Object({ seq: Type.Integer({ minimum: 1 }) }),
    response: { 200: LogEntryDetail, ...refusals },
  },
  readLogState: {
    route: 'GET /api/log/state',
    summary: 'The newest checkpoint, its witnesses, and how far the tree is behind',
    response: { 200: LogState, ...refusals },
  },
  listLogVerifications: {
    route: 'GET /api/log/verifications',
    summary: 'The newest verifications of the log, one that is going on among them',
    response: { 200: Type.Object({ items: Type.Array(LogVerification) }), ...refusals },
  },
  startLogVerification: {
    route: 'POST /api/log/verifications',
    summary: 'Ask for a verification of the whole log; one that is going on is the one that is answered',
    response: { 202: LogVerification, ...refusals },
  },
  cancelLogVerification: {
    route: 'DELETE /api/log/verifications/:id',
    summary: 'Cancel a verification that has not ended',
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    response: { 204: Type.Null(), ...refusals },
  },
} as const
