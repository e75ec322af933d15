/** Anonymised recordings lent to a research institute for a limited time (R27-R33, R35). */
import Type, { type Static } from 'typebox'
import { language } from './institutes.ts'
import { Download, counted, instant, line, literals, noContent, person, uuid, written, ErrorBody } from './shapes.ts'

const itemParams = Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Number of the item') })
const day = (description: string) => Type.String({ format: 'date', description })

export const researchStates = [
  'DRAFT',
  'ITEMS_SELECTED',
  'ANONYMISED',
  'CHECKED',
  'UNDERTAKING',
  'DECIDED',
  'REFUSED',
  'RELEASED',
  'STUDY_ENDED',
  'CLOSED',
  'WITHDRAWN',
] as const
/** Prerequisites missing for the release, in the order of the wizard. */
export const researchLacks = [
  'research-off',
  'items',
  'item-destroyed',
  'item-restricted',
  'anonymised-copy',
  'level-not-allowed',
  'official-twice',
  'check',
  'undertaking',
  'due-date-late',
  'due-date-past',
  'institute-blocked',
  'decision',
  'release',
] as const

export const Lack = Type.Object(
  {
    what: literals([...researchLacks], 'Missing prerequisite, or a change that prevents the release'),
    items: Type.Optional(Type.Array(Type.Integer(), { description: 'Numbers of the items' })),
    until: Type.Optional(instant('With due-date-late: earliest destruction of an item')),
  },
  { description: 'A prerequisite without which nothing is released (AC18)' },
)
export type Lack = Static<typeof Lack>

export const copyStates = ['NONE', 'DRAFT', 'RENDERING', 'RENDERED', 'APPROVED', 'REJECTED', 'FAILED'] as const
export const ResearchItem = Type.Object({
  item: Type.Integer({ description: 'Number of the item in this disclosure' }),
  recordingId: Type.Optional(uuid('The recording; absent after its copy was returned or destroyed')),
  contactId: Type.Optional(uuid('The call')),
  destroyAt: Type.Optional(instant('When the recording is destroyed')),
  recording: Type.Optional(
    literals(
      ['available', 'restricted', 'destroyed'],
      'State of the recording; unknown after the link to it was deleted',
    ),
  ),
  copy: Type.Object({
    id: Type.Optional(uuid('The anonymised copy')),
    state: literals([...copyStates], 'State of the anonymisation'),
    level: Type.Optional(
      literals(['T', 'N', 'D'], 'Anonymisation level: synthesised voice (T), neural voice (N), signal processing (D)'),
    ),
  }),
  outcome: literals(
    ['none', 'out', 'recalled', 'returned', 'destroyed'],
    'none: not released; out: with the institute; recalled: must be destroyed now (R50); otherwise as confirmed by the institute',
  ),
  recallDueAt: Type.Optional(instant('With recalled: must be confirmed by then')),
  confirmedAt: Type.Optional(instant('Confirmed')),
})
export type ResearchItem = Static<typeof ResearchItem>

export const Extension = Type.Object({
  id: uuid('The extension'),
  dueOn: day('Until'),
  reasons: Type.String(),
  askedBy: person('By whom'),
  decided: Type.Optional(
    Type.Object({ at: instant('When'), by: person('By whom'), outcome: literals(['GRANTED', 'REFUSED'], 'Outcome') }),
  ),
})

export const Notice = Type.Object(
  {
    kind: literals(['destroy-now', 'study-ended', 'overdue', 'closed'], 'Reason of the notice'),
    item: Type.Optional(Type.Integer({ description: 'With destroy-now: number of the item' })),
    language,
    text: Type.String(),
  },
  { description: 'Notice to the institute in its language; without data about recorded people' },
)
export type Notice = Static<typeof Notice>

const summary = {
  id: uuid('The disclosure'),
  number: Type.String({ description: 'T-2026-3' }),
  institute: Type.Object({ id: uuid('The institute'), name: Type.String() }),
  study: Type.String({ description: 'The study' }),
  state: literals([...researchStates], 'State, which follows from the acts done so far'),
  isOverdue: Type.Boolean({
    description:
      'True if released and not closed, and the due date or the deadline of a recall has passed (AC13, AC19)',
  }),
  dueOn: day('Day in Helsinki by whose end the copies must be returned or destroyed'),
  earliestDestruction: Type.Optional(instant('Earliest destruction of an item; the due date must be before it (R30)')),
  items: Type.Integer({ description: 'Number of items' }),
  open: Type.Integer({ description: 'Number of items with the institute, not confirmed' }),
  preparedBy: person('Preparer'),
  toCheck: Type.Array(Type.Integer(), {
    description: 'Items prepared by others whose copies the viewer may listen to and approve',
  }),
  sentBack: Type.Array(Type.Integer(), {
    description: 'Items prepared by the viewer whose copies were rejected',
  }),
}
export const ResearchSummary = Type.Object(summary)
export type ResearchSummary = Static<typeof ResearchSummary>

export const Package = Type.Object(
  {
    id: uuid('The package'),
    method: literals(['KEY', 'PASSPHRASE'], 'How it is encrypted'),
    delivery: literals(['LINK', 'MEDIUM'], 'Downloaded by the recipient, or saved once by the decision maker'),
    state: literals(['making', 'ready', 'taken', 'expired', 'withdrawn', 'failed'], 'State of the package'),
    files: Type.Integer({ description: 'Number of audio files in it' }),
    done: Type.Integer({ description: 'Number of files ready, while it is being created' }),
    sizeBytes: Type.Optional(Type.Integer()),
    sha256: Type.Optional(Type.String({ description: 'Of the encrypted file' })),
    madeAt: instant('Made'),
    madeBy: person('By whom'),
    expiresAt: instant('End of the download period'),
    takenAt: Type.Optional(instant('Downloaded')),
    downloads: Type.Array(Download, { description: 'Downloads, begun or refused, oldest first' }),
  },
  { description: 'An encrypted package, downloaded once' },
)
export type Package = Static<typeof Package>

export const ResearchDetail = Type.Object({
  ...summary,
  purpose: literals(
    ['QUALITY_LEVEL'],
    'The only permitted purpose: to assess the quality level of customer service (R28)',
  ),
  format: literals(['OPUS', 'WAV'], 'Format of the audio files'),
  createdAt: instant('Begun'),
  lacks: Type.Array(Lack),
  itemList: Type.Array(ResearchItem),
  undertaking: Type.Optional(
    Type.Object({
      reference: Type.String(),
      signatory: Type.String(),
      signedOn: day('Signed'),
      by: person('Recorded by'),
      at: instant('When'),
    }),
  ),
  decision: Type.Optional(
    Type.Object({
      outcome: literals(['GRANTED', 'REFUSED'], 'Outcome'),
      reasons: Type.String(),
      by: person('The decision maker'),
      at: instant('When'),
    }),
  ),
  packages: Type.Array(Package),
  seen: Type.String({
    description: 'Version of the disclosure’s content; a decision must name the version that was read',
  }),
  studyEndedOn: Type.Optional(day('End of the study')),
  extensions: Type.Array(Extension),
  notices: Type.Array(Notice, { description: 'Notices to send to the institute now' }),
  may: Type.Object({
    prepare: Type.Boolean({ description: 'True if the viewer may change it, add items and anonymise' }),
    check: Type.Boolean({ description: 'True if the viewer may listen to and approve copies prepared by others' }),
    decide: Type.Boolean(),
    release: Type.Boolean(),
    confirm: Type.Boolean({ description: 'True if the viewer may confirm items, end the study and close' }),
  }),
})
export type ResearchDetail = Static<typeof ResearchDetail>

export const researchOperations = {
  listResearch: {
    route: 'GET /api/research-disclosures',
    summary: 'List disclosures to research institutes, open or closed',
    querystring: { state: Type.Optional(literals(['open', 'over'], 'Default: open')) },
    response: { 200: Type.Object({ items: Type.Array(ResearchSummary) }) },
  },
  beginResearch: {
    route: 'POST /api/research-disclosures',
    summary: 'Begin a disclosure for an institute and a study, with a due date (R28, R30)',
    body: {
      instituteId: uuid('The institute'),
      study: line(200, 'The study'),
      dueOn: day('Due date'),
      format: literals(['OPUS', 'WAV'], 'Format of the audio files'),
    },
    response: { 201: Type.Object({ id: uuid('The disclosure'), number: Type.String() }), 409: ErrorBody },
  },
  readResearch: {
    route: 'GET /api/research-disclosures/:id',
    summary: 'Read a disclosure with its items and missing prerequisites',
    response: { 200: ResearchDetail },
  },
  changeResearch: {
    route: 'PUT /api/research-disclosures/:id',
    summary: 'Change study, due date or format, before the decision',
    body: {
      study: line(200, 'The study'),
      dueOn: day('Due date'),
      format: literals(['OPUS', 'WAV'], 'Format of the files'),
    },
    response: noContent,
  },
  withdrawResearch: {
    route: 'DELETE /api/research-disclosures/:id',
    summary: 'Withdraw a disclosure that was not released',
    response: noContent,
  },
  pickItem: {
    route: 'POST /api/research-disclosures/:id/items',
    summary: 'Add a recording that the viewer may listen to for a service-level study (R29)',
    body: { recordingId: uuid('The recording') },
    response: { 201: Type.Object({ item: Type.Integer() }), 409: ErrorBody },
  },
  dropItem: {
    route: 'DELETE /api/research-disclosures/:id/items/:item',
    summary: 'Remove an item, before the decision',
    params: itemParams,
    response: noContent,
  },
  fileUndertaking: {
    route: 'PUT /api/research-disclosures/:id/undertaking',
    summary: 'Record the institute’s undertaking to return or destroy the copies when the study ends (R31)',
    body: {
      reference: line(64, 'Location of the document'),
      signatory: line(200, 'Person who signed for the institute'),
      signedOn: day('Day of the signature'),
    },
    response: noContent,
  },
  decideResearch: {
    route: 'POST /api/research-disclosures/:id/decision',
    summary: 'Decide, as somebody who has neither prepared nor checked it, once nothing else is missing (R35)',
    body: {
      outcome: literals(['GRANTED', 'REFUSED'], 'Outcome'),
      reasons: written(2000, 'Why'),
      seen: Type.String({ maxLength: 64, description: 'Version of the content that was read' }),
    },
    response: noContent,
  },
  endStudy: {
    route: 'POST /api/research-disclosures/:id/study-end',
    summary: 'Record the end of the study; every copy must then be returned or destroyed (R32)',
    body: { endedOn: day('Last day of the study') },
    response: noContent,
  },
  confirmItem: {
    route: 'POST /api/research-disclosures/:id/items/:item/outcome',
    summary: 'Confirm that the institute has returned or destroyed a copy; deletes its link to the recording (R32)',
    params: itemParams,
    body: {
      outcome: literals(['returned', 'destroyed'], 'What the institute did'),
      reference: line(64, 'Location of its confirmation'),
    },
    response: noContent,
  },
  closeResearch: {
    route: 'POST /api/research-disclosures/:id/close',
    summary: 'Close a disclosure whose items are all confirmed (R32)',
    response: noContent,
  },
  askExtension: {
    route: 'POST /api/research-disclosures/:id/extensions',
    summary: 'Request a later due date; needs a new decision, and must be before the destruction of every item (AC19)',
    body: { dueOn: day('Until'), reasons: written(2000, 'Why') },
    response: { 201: Type.Object({ id: uuid('The extension') }), 409: ErrorBody },
  },
  decideExtension: {
    route: 'POST /api/research-extensions/:id/decision',
    summary: 'Decide on a later due date',
    body: { outcome: literals(['GRANTED', 'REFUSED'], 'Outcome') },
    response: noContent,
  },
} as const
