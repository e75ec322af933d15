/** The description's versions, the drafts of the next one and the procedure between them (R1, R14). */
import Type, { type Static } from 'typebox'
import { closed, instant, literals, Trilingual, ErrorBody } from './shapes.ts'

const PersonName = Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() })

export const Change = Type.Object({
  field: Type.String({ description: 'recordingPlan.rules[0].share' }),
  text: Trilingual,
})

export const Problem = Type.Object(
  {
    line: Type.Integer({ description: 'Line of the text, from 1' }),
    field: Type.String({
      description: 'Path of the field, such as recordingPlan.rules[0].share; (file) for the whole file',
    }),
    code: Type.String({ description: 'Stable: plan.all-calls, number.twice, …' }),
    message: Trilingual,
    remedy: Trilingual,
  },
  { description: 'What is wrong, where, and what to do' },
)

export const Version = Type.Object({
  version: Type.Integer(),
  effectiveFrom: instant('In force from'),
  state: literals(['past', 'in-force', 'coming'], 'State at this moment; coming: approved, and in force later'),
  hash: Type.String({ description: 'SHA-256 of the text, hexadecimal' }),
  approvedAt: instant('When it was approved, or installed'),
  author: Type.Optional(PersonName),
  approver: Type.Optional(PersonName),
  changes: Type.Array(Change, { description: 'Changes from the previous version' }),
})
export type Version = Static<typeof Version>

/** The parsed YAML; its schema is in src/description/description-file.ts. */
const Document = Type.Unknown({ description: 'The parsed text; absent if it is not YAML' })

export const Draft = Type.Object({
  id: Type.String({ format: 'uuid' }),
  revision: Type.Integer({ description: 'Revision; a change must name the one that it is based on' }),
  basedOn: Type.Integer({ description: 'Version on which the draft is based' }),
  isOutdated: Type.Boolean({ description: 'True if another version has been approved since' }),
  state: literals(['DRAFT', 'SUBMITTED', 'APPROVED', 'REJECTED', 'WITHDRAWN'], 'State in the procedure'),
  author: PersonName,
  reason: Type.String(),
  effectiveFrom: Type.Optional(instant('When it comes into force')),
  changedAt: instant('Last change'),
  submittedAt: Type.Optional(instant('When it was submitted')),
  decision: Type.Optional(Type.Object({ by: PersonName, at: instant('When'), note: Type.Optional(Type.String()) })),
  text: Type.String({ description: 'YAML' }),
  document: Type.Optional(Document),
  problems: Type.Array(Problem),
  changes: Type.Array(Change, {
    description: 'Changes from the version it is based on; none while the text is invalid',
  }),
  mayEdit: Type.Boolean({
    description:
      'True if the draft is open and the viewer’s own: it can be changed while DRAFT, taken back while SUBMITTED, or withdrawn',
  }),
  mayDecide: Type.Boolean({
    description: 'True if it was submitted by somebody else and the viewer decides for the controller',
  }),
})
export type Draft = Static<typeof Draft>

export type DraftSummary = Static<typeof DraftSummary>
export const DraftSummary = Type.Pick(Draft, [
  'id',
  'basedOn',
  'isOutdated',
  'state',
  'author',
  'reason',
  'effectiveFrom',
  'changedAt',
  'mayEdit',
  'mayDecide',
])

export const DraftEdit = Type.Object(
  {
    // Integer first, so that an index is not converted to a string and taken for a field name.
    path: Type.Array(Type.Union([Type.Integer({ minimum: 0, maximum: 10_000 }), Type.String({ maxLength: 64 })]), {
      minItems: 1,
      maxItems: 12,
    }),
    /** New value; if absent, the field or list item is removed. The index after the last item appends. */
    value: Type.Optional(Type.Unknown()),
  },
  closed,
)

export const DraftChange = Type.Object(
  {
    revision: Type.Integer(),
    text: Type.Optional(Type.String({ maxLength: 1_000_000 })),
    edits: Type.Optional(Type.Array(DraftEdit, { maxItems: 200 })),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
    effectiveFrom: Type.Optional(instant('When it comes into force')),
  },
  closed,
)

/** Effects of the draft when it comes into force, counted on the present data. */
export const DryRun = Type.Object({
  at: instant('When this was counted'),
  effectiveFrom: instant('The instant it was counted for'),
  consequences: Type.Array(
    Type.Object({
      kind: literals(
        ['pending-rights', 'recordings-destroyed', 'recordings-shortened', 'recorded-share', 'rights-narrowed'],
        'Kind of consequence',
      ),
      field: Type.String(),
      count: Type.Integer(),
      text: Trilingual,
    }),
  ),
})
export type DryRun = Static<typeof DryRun>

const revision = Type.Object({ revision: Type.Integer() }, closed)

/** A file as uploaded; the server detects its encoding. */
export const ImportFile = Type.Object({ content: Type.String({ maxLength: 8_000_000, description: 'base64' }) }, closed)

export const RowProblem = Type.Object({
  row: Type.Integer({ description: 'Line of the file; the heading is line 1' }),
  column: Type.Optional(Type.String()),
  code: Type.String(),
  message: Trilingual,
})

/** A file refused because of its rows: status 422. */
export const ImportRefused = Type.Object({
  error: Type.Object({
    code: Type.Literal('import.refused'),
    message: Type.String(),
    rows: Type.Array(RowProblem),
  }),
})

const maxTextBytes = 4 * 1024 * 1024
const maxFileBytes = 9 * 1024 * 1024

export const descriptionOperations = {
  listVersions: {
    route: 'GET /api/description/versions',
    access: 'anyone',
    summary: 'List versions of the register description, newest first; needs no session',
    response: { 200: Type.Object({ items: Type.Array(Version) }) },
  },
  readVersion: {
    route: 'GET /api/description/versions/:version',
    summary: 'Read a version with its text',
    params: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
    response: { 200: Type.Intersect([Version, Type.Object({ text: Type.String(), document: Document })]) },
  },
  listDrafts: {
    route: 'GET /api/description/drafts',
    summary: 'List drafts, open ones first',
    response: { 200: Type.Object({ items: Type.Array(DraftSummary), mayDraft: Type.Boolean() }) },
  },
  startDraft: {
    route: 'POST /api/description/drafts',
    summary: 'Begin a draft based on the newest version',
    response: { 201: Draft },
  },
  readDraft: {
    route: 'GET /api/description/drafts/:id',
    summary: 'Read a draft: text, all problems, and its changes in plain language',
    response: { 200: Draft },
  },
  changeDraft: {
    route: 'PATCH /api/description/drafts/:id',
    bodyLimit: maxTextBytes,
    summary: 'Change a draft: its whole text, or some fields; an invalid draft can be saved, but not submitted',
    body: DraftChange,
    response: { 200: Draft, 409: ErrorBody },
  },
  importNumbers: {
    route: 'POST /api/description/drafts/:id/numbers',
    bodyLimit: maxFileBytes,
    summary: 'Import the numbers of a CSV file into the draft, all or none',
    body: { revision: Type.Integer(), content: ImportFile.properties.content },
    response: { 200: Draft, 409: ErrorBody, 422: ImportRefused },
  },
  tryDraft: {
    route: 'POST /api/description/drafts/:id/dry-run',
    summary: 'Dry run: count the effects of the draft on the present data; changes nothing',
    response: { 200: DryRun },
  },
  submitDraft: {
    route: 'POST /api/description/drafts/:id/submission',
    summary: 'Submit a draft for approval',
    body: revision,
    response: { 200: Draft, 409: ErrorBody },
  },
  takeBackDraft: {
    route: 'DELETE /api/description/drafts/:id/submission',
    summary: 'Return a submitted draft to its author, who can change it again',
    response: { 200: Draft, 409: ErrorBody },
  },
  withdrawDraft: {
    route: 'DELETE /api/description/drafts/:id',
    summary: 'Withdraw a draft: its author abandons it',
    response: { 200: Draft, 409: ErrorBody },
  },
  decideDraft: {
    route: 'POST /api/description/drafts/:id/decision',
    summary: 'Approve or reject a submitted draft of somebody else',
    body: {
      revision: Type.Integer(),
      decision: literals(['approve', 'reject'], 'The decision'),
      note: Type.Optional(Type.String({ maxLength: 2000 })),
    },
    response: { 200: Draft, 409: ErrorBody },
  },
} as const
