/** Anonymised recordings lent to a research institute for a limited time (R27-R33, R35). */
import Type, { type Static } from 'typebox'
import { language } from './institutes.ts'
import {
  Download,
  closed,
  counted,
  instant,
  line,
  literals,
  noContent,
  person,
  refusals,
  uuid,
  written,
} from './shapes.ts'

const itemOf = Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Its number') })
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
    what: literals([...researchLacks], 'What is missing, or what changed'),
    items: Type.Optional(Type.Array(Type.Integer(), { description: 'Of which items' })),
    until: Type.Optional(instant('due-date-late: the earliest destruction among the items')),
  },
  { description: 'Names one thing without which nothing is released (AC18)' },
)
export type Lack = Static<typeof Lack>

export const copyStates = ['NONE', 'DRAFT', 'RENDERING', 'RENDERED', 'APPROVED', 'REJECTED', 'FAILED'] as const
export const ResearchItem = Type.Object({
  item: Type.Integer({ description: 'Its number in this disclosure' }),
  recordingId: Type.Optional(uuid('The recording; gone once its copy has come back or been destroyed')),
  contactId: Type.Optional(uuid('Its call')),
  destroyAt: Type.Optional(instant('The recording is destroyed then')),
  recording: Type.Optional(
    literals(
      ['available', 'restricted', 'destroyed'],
      'Whether there is a recording still; unknown once nothing ties it',
    ),
  ),
  copy: Type.Object({
    id: Type.Optional(uuid('The anonymised copy')),
    state: literals([...copyStates], 'How far its anonymisation is'),
    level: Type.Optional(literals(['T', 'N', 'D'], 'Re-voiced, neural, signal processing')),
  }),
  outcome: literals(
    ['none', 'out', 'recalled', 'returned', 'destroyed'],
    'none: not released; out: the institute has it; recalled: to be destroyed now (R50); what the institute confirmed',
  ),
  recallDueAt: Type.Optional(instant('recalled: confirmed by then')),
  confirmedAt: Type.Optional(instant('Confirmed')),
})
export type ResearchItem = Static<typeof ResearchItem>

export const Extension = Type.Object({
  id: uuid('The extension'),
  dueOn: day('Until'),
  reasons: Type.String(),
  askedBy: person('By whom'),
  decided: Type.Optional(
    Type.Object({ at: instant('When'), by: person('By whom'), outcome: literals(['GRANTED', 'REFUSED'], 'How') }),
  ),
})

export const Notice = Type.Object(
  {
    kind: literals(['destroy-now', 'study-ended', 'overdue', 'closed'], 'Why the institute is written to'),
    item: Type.Optional(Type.Integer({ description: 'destroy-now: which copy' })),
    language,
    text: Type.String(),
  },
  { description: 'For the institute, in its language; nothing in it of anybody whose recording it is' },
)
export type Notice = Static<typeof Notice>

const summary = {
  id: uuid('The disclosure'),
  number: Type.String({ description: 'T-2026-3' }),
  institute: Type.Object({ id: uuid('The institute'), name: Type.String() }),
  study: Type.String({ description: 'The study' }),
  state: literals([...researchStates], 'How far it is; follows from what was done'),
  isOverdue: Type.Boolean({
    description: 'Released, past its day or with a recall past its time, and not closed (AC13, AC19)',
  }),
  dueOn: day('The copies are back or destroyed by the end of this day in Helsinki'),
  earliestDestruction: Type.Optional(instant('Of its items; the due date lies before it (R30)')),
  items: Type.Integer({ description: 'How many items' }),
  open: Type.Integer({ description: 'Items that the institute has and has not confirmed' }),
  preparedBy: person('Who prepares it'),
  toCheck: Type.Array(Type.Integer(), {
    description:
      'Items whose copies others prepared and the viewer may hear and sign, as their right reaches the recording',
  }),
  sentBack: Type.Array(Type.Integer(), {
    description: 'Items whose copies the viewer prepared and a second person sent back',
  }),
}
export const ResearchSummary = Type.Object(summary)
export type ResearchSummary = Static<typeof ResearchSummary>

export const Package = Type.Object(
  {
    id: uuid('The package'),
    method: literals(['KEY', 'PASSPHRASE'], 'How it is encrypted'),
    delivery: literals(['LINK', 'MEDIUM'], 'Fetched by the recipient, or saved once by the decision maker'),
    state: literals(['making', 'ready', 'taken', 'expired', 'withdrawn', 'failed'], 'What became of it'),
    files: Type.Integer({ description: 'Sound files in it' }),
    done: Type.Integer({ description: 'Of them ready, while it is made' }),
    sizeBytes: Type.Optional(Type.Integer()),
    sha256: Type.Optional(Type.String({ description: 'Of the encrypted file' })),
    madeAt: instant('Made'),
    madeBy: person('By whom'),
    expiresAt: instant('Not fetched after'),
    takenAt: Type.Optional(instant('Fetched')),
    downloads: Type.Array(Download, { description: 'Begun and refused, oldest first' }),
  },
  { description: 'What leaves: encrypted, fetched once' },
)
export type Package = Static<typeof Package>

export const ResearchDetail = Type.Object({
  ...summary,
  purpose: literals(
    ['QUALITY_LEVEL'],
    'The one permitted purpose: to assess the quality level of customer service (R28)',
  ),
  format: literals(['OPUS', 'WAV'], 'Of the sound files'),
  createdAt: instant('Begun'),
  lacks: Type.Array(Lack),
  itemList: Type.Array(ResearchItem),
  undertaking: Type.Optional(
    Type.Object({
      reference: Type.String(),
      signatory: Type.String(),
      signedOn: day('Signed'),
      by: person('Put on file by'),
      at: instant('When'),
    }),
  ),
  decision: Type.Optional(
    Type.Object({
      outcome: literals(['GRANTED', 'REFUSED'], 'How'),
      reasons: Type.String(),
      by: person('The decision maker'),
      at: instant('When'),
    }),
  ),
  packages: Type.Array(Package),
  seen: Type.String({
    description: 'Another text whenever what is decided on is another; a decision says of which it is',
  }),
  studyEndedOn: Type.Optional(day('The study ended')),
  extensions: Type.Array(Extension),
  notices: Type.Array(Notice, { description: 'What the institute is to be told now' }),
  may: Type.Object({
    prepare: Type.Boolean({ description: 'Change it, pick items, anonymise' }),
    check: Type.Boolean({ description: 'Hear and sign copies that others made' }),
    decide: Type.Boolean(),
    release: Type.Boolean(),
    confirm: Type.Boolean({ description: 'Confirm items, end the study, close' }),
  }),
})
export type ResearchDetail = Static<typeof ResearchDetail>

export const researchOperations = {
  listResearch: {
    route: 'GET /api/research-disclosures',
    summary: 'Disclosures to research institutes: those that are open, or those that are over',
    querystring: Type.Object({ state: Type.Optional(literals(['open', 'over'], 'Which; open unless said')) }, closed),
    response: { 200: Type.Object({ items: Type.Array(ResearchSummary) }), ...refusals },
  },
  beginResearch: {
    route: 'POST /api/research-disclosures',
    summary: 'Begin a disclosure: to whom, which study, until when (R28, R30)',
    body: Type.Object(
      {
        instituteId: uuid('The institute'),
        study: line(200, 'The study'),
        dueOn: day('Until when'),
        format: literals(['OPUS', 'WAV'], 'Of the sound files'),
      },
      closed,
    ),
    response: {
      201: Type.Object({ id: uuid('The disclosure'), number: Type.String() }),
      409: refusals[400],
      ...refusals,
    },
  },
  readResearch: {
    route: 'GET /api/research-disclosures/:id',
    summary: 'A disclosure with its items and all that is missing',
    response: { 200: ResearchDetail, ...refusals },
  },
  changeResearch: {
    route: 'PUT /api/research-disclosures/:id',
    summary: 'Change the study, the day or the format before the decision',
    body: Type.Object(
      {
        study: line(200, 'The study'),
        dueOn: day('Until when'),
        format: literals(['OPUS', 'WAV'], 'Of the files'),
      },
      closed,
    ),
    response: noContent,
  },
  withdrawResearch: {
    route: 'DELETE /api/research-disclosures/:id',
    summary: 'Give up a disclosure of which nothing was released',
    response: noContent,
  },
  pickItem: {
    route: 'POST /api/research-disclosures/:id/items',
    summary: 'Pick one recording that the viewer may hear for a service-level study (R29)',
    body: Type.Object({ recordingId: uuid('The recording') }, closed),
    response: { 201: Type.Object({ item: Type.Integer() }), 409: refusals[400], ...refusals },
  },
  dropItem: {
    route: 'DELETE /api/research-disclosures/:id/items/:item',
    summary: 'Take an item out before the decision',
    params: itemOf,
    response: noContent,
  },
  fileUndertaking: {
    route: 'PUT /api/research-disclosures/:id/undertaking',
    summary: 'The institute has undertaken to return or destroy the copies as soon as the study ends (R31)',
    body: Type.Object(
      {
        reference: line(64, 'Where the document is'),
        signatory: line(200, 'Who signed for the institute'),
        signedOn: day('When'),
      },
      closed,
    ),
    response: noContent,
  },
  decideResearch: {
    route: 'POST /api/research-disclosures/:id/decision',
    summary: 'Decide; somebody else than who prepared or checked it, and only when nothing else is missing (R35)',
    body: Type.Object(
      {
        outcome: literals(['GRANTED', 'REFUSED'], 'How'),
        reasons: written(2000, 'Why'),
        seen: Type.String({ maxLength: 64, description: 'Of the disclosure as it was read' }),
      },
      closed,
    ),
    response: noContent,
  },
  endStudy: {
    route: 'POST /api/research-disclosures/:id/study-end',
    summary: 'The study has ended, on its day or before: every copy is returned or destroyed at once (R32)',
    body: Type.Object({ endedOn: day('When') }, closed),
    response: noContent,
  },
  confirmItem: {
    route: 'POST /api/research-disclosures/:id/items/:item/outcome',
    summary: 'The institute has returned or destroyed a copy; what tied it to the recording is deleted (R32)',
    params: itemOf,
    body: Type.Object(
      {
        outcome: literals(['returned', 'destroyed'], 'What it did'),
        reference: line(64, 'Where its confirmation is'),
      },
      closed,
    ),
    response: noContent,
  },
  closeResearch: {
    route: 'POST /api/research-disclosures/:id/close',
    summary: 'Close a disclosure of which every item is confirmed (R32)',
    response: noContent,
  },
  askExtension: {
    route: 'POST /api/research-disclosures/:id/extensions',
    summary: 'Ask for a later day; it needs a new decision and never passes an item’s destruction (AC19)',
    body: Type.Object({ dueOn: day('Until'), reasons: written(2000, 'Why') }, closed),
    response: { 201: Type.Object({ id: uuid('The extension') }), 409: refusals[400], ...refusals },
  },
  decideExtension: {
    route: 'POST /api/research-extensions/:id/decision',
    summary: 'Decide on a later day',
    body: Type.Object({ outcome: literals(['GRANTED', 'REFUSED'], 'How') }, closed),
    response: noContent,
  },
} as const
