/** The anonymised copy of a recording: transcript, redactions, checks (R33, L30). */
import Type, { type Static } from 'typebox'
import { copyStates } from './research.ts'
import { closed, counted, instant, literals, noContent, person, uuid, written, ErrorBody } from './shapes.ts'

const milliseconds = (description: string) => Type.Integer({ minimum: 0, maximum: 86_400_000, description })
const track = literals(['CALLER', 'OFFICIAL'], 'Voice')

export const redactionReasons = [
  'NAME',
  'IDENTITY_CODE',
  'ADDRESS',
  'PHONE',
  'ACCOUNT',
  'BUSINESS_ID',
  'CASE_NUMBER',
  'PLATE',
  'DATE_OF_BIRTH',
  'OTHER',
] as const

export const CopyTurn = Type.Object(
  {
    track,
    fromMs: milliseconds('From the beginning of the recording'),
    toMs: milliseconds('To'),
    language: literals(['fi', 'sv', 'en'], 'Language of the text'),
    text: Type.String({ maxLength: 4000, description: 'Transcript of the turn, checked by a person' }),
    isReviewed: Type.Optional(
      Type.Boolean({ description: 'False if a program proposed it and no person has accepted it' }),
    ),
    doubts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            from: Type.Integer({ minimum: 0, maximum: 4000, description: 'First letter of the text' }),
            to: Type.Integer({ minimum: 0, maximum: 4000, description: 'Letter after the last' }),
            fromMs: milliseconds('When the word is said'),
          },
          closed,
        ),
        { maxItems: 2000, description: 'Uncertain words of a program that nobody has corrected or accepted' },
      ),
    ),
  },
  closed,
)
export type CopyTurn = Static<typeof CopyTurn>

export const CopyRedaction = Type.Object(
  {
    track,
    fromMs: milliseconds('From the beginning of the recording'),
    toMs: milliseconds('To'),
    reason: literals([...redactionReasons], 'What is removed'),
    source: literals(['MANUAL', 'PROPOSED'], 'Marked by a person, or found in the transcript or as tones'),
    isReviewed: Type.Boolean({ description: 'True if a person has accepted it; only accepted ones are rendered' }),
  },
  closed,
)
export type CopyRedaction = Static<typeof CopyRedaction>

const work = {
  level: literals(['T', 'N', 'D'], 'Anonymisation level'),
  turns: Type.Array(CopyTurn, { maxItems: 2000 }),
  redactions: Type.Array(CopyRedaction, { maxItems: 2000 }),
}

export const copyLacks = [
  'played',
  'unreviewed',
  'unreviewed-turns',
  'transcript',
  'identifiers-left',
  'engine',
  'level-not-allowed',
] as const

export const AnonymisedCopy = Type.Object(
  {
    id: uuid('The copy'),
    recordingId: uuid('The recording'),
    durationMs: milliseconds('Duration of the recording'),
    state: literals([...copyStates], 'State'),
    revision: Type.Integer({ description: 'Incremented with every change; a change resets an approval' }),
    ...work,
    preparedBy: person('Preparer'),
    playedShare: Type.Number({ description: 'Share of the original that the preparer has played; 1 is required' }),
    unplayed: Type.Array(Type.Object({ fromMs: milliseconds('From'), toMs: milliseconds('To') })),
    lacks: Type.Array(
      Type.Object({
        what: literals([...copyLacks], 'What is still missing for rendering'),
        at: Type.Optional(Type.Array(Type.Integer(), { description: 'Indexes of the turns or redactions' })),
      }),
    ),
    levels: Type.Array(
      Type.Object({
        level: work.level,
        engine: Type.Optional(Type.String()),
        isOffered: Type.Boolean({
          description: 'True if an engine with a passed evaluation exists and the description allows the level',
        }),
        why: Type.Optional(literals(['no-engine', 'no-evaluation', 'not-in-description'], 'Why not')),
      }),
    ),
    recognition: Type.Optional(
      Type.Object(
        {
          name: Type.String(),
          version: Type.String(),
          state: literals(['none', 'waiting', 'running', 'made', 'failed'], 'State of the recognition'),
          done: Type.Optional(Type.Integer({ description: 'Number of finished tracks, while it runs' })),
          tracks: Type.Optional(Type.Integer()),
          words: Type.Optional(Type.Integer({ description: 'Number of recognised words' })),
          failure: Type.Optional(Type.String({ description: 'Why it failed: a code such as program-changed' })),
        },
        { description: 'Recognition by the agency’s program, if there is one; shown to the preparer' },
      ),
    ),
    rendered: Type.Optional(Type.Object({ at: instant('When'), engine: Type.String(), version: Type.String() })),
    progress: Type.Optional(Type.Number({ description: 'Progress of rendering, 0 to 1' })),
    failure: Type.Optional(Type.String({ description: 'Why it could not be rendered: a code such as turn-too-short' })),
    failedTurn: Type.Optional(
      Type.Integer({ description: 'With turn-too-short: index of the turn with too many words for its duration' }),
    ),
    heardShare: Type.Number({ description: 'Share of the result that the viewer has listened to, 0 to 1' }),
    check: Type.Optional(
      Type.Object({
        at: instant('When'),
        by: person('The second person'),
        outcome: literals(['APPROVED', 'REJECTED'], 'Outcome'),
        note: Type.Optional(Type.String()),
      }),
    ),
    may: Type.Object({
      edit: Type.Boolean(),
      render: Type.Boolean(),
      hear: Type.Boolean({
        description: 'True if the viewer may listen to the result; the checker never hears the original',
      }),
      check: Type.Boolean(),
    }),
  },
  { description: 'For the preparer only; the checker sees neither turns nor redacted words' },
)
export type AnonymisedCopy = Static<typeof AnonymisedCopy>

export const PrivacyReport = Type.Object({
  level: work.level,
  engine: Type.String(),
  version: Type.String(),
  isAnonymous: Type.Boolean({ description: 'False for level D, which is pseudonymised (L30)' }),
  evaluation: Type.Optional(
    Type.Object({
      date: Type.String({ format: 'date' }),
      figures: Type.Array(
        Type.Object({ name: Type.String(), value: Type.Number(), demanded: Type.Optional(Type.Number()) }),
      ),
    }),
  ),
  removed: Type.Array(Type.Object({ reason: literals([...redactionReasons], 'Category'), count: Type.Integer() })),
  redactedMs: milliseconds('Duration of the removed parts'),
  durationMs: milliseconds('Duration of the recording'),
  residualRisk: literals(
    ['words', 'words-and-prosody', 'voice'],
    'Remaining identifying features, which the page describes',
  ),
  preparedBy: person('Preparer'),
  checkedBy: Type.Optional(person('Checker')),
})
export type PrivacyReport = Static<typeof PrivacyReport>

/** Maximum size of a transcript: that of a call of an hour, with a margin. */
const maxWordsBytes = 2 * 1024 * 1024

export const anonymisedCopyOperations = {
  beginCopy: {
    route: 'POST /api/research-disclosures/:id/items/:item/copy',
    summary: 'Begin the anonymised copy of an item, or return the existing one: a recording has at most one',
    params: Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Number of the item') }),
    response: { 200: Type.Object({ id: uuid('The copy') }), 409: ErrorBody },
  },
  readCopy: {
    route: 'GET /api/anonymised-copies/:id',
    summary: 'Read the work on a copy: transcript, redactions, and what is missing',
    response: { 200: AnonymisedCopy },
  },
  saveCopy: {
    route: 'PUT /api/anonymised-copies/:id',
    bodyLimit: maxWordsBytes,
    summary: 'Save transcript and redactions; a rendering or approval of an earlier revision is discarded',
    body: { revision: counted(0, 'Revision that was read'), ...work },
    response: { 200: Type.Object({ revision: Type.Integer() }), 409: ErrorBody },
  },
  proposeForCopy: {
    route: 'POST /api/anonymised-copies/:id/proposals',
    access: 'view',
    bodyLimit: maxWordsBytes,
    summary:
      'Propose turns from voice activity or recognition, and redactions from the transcript and tones; saves nothing',
    body: { turns: Type.Array(CopyTurn, { maxItems: 2000 }) },
    response: {
      200: Type.Object({ turns: Type.Array(CopyTurn), redactions: Type.Array(CopyRedaction) }),
      409: ErrorBody,
    },
  },
  recogniseCopy: {
    route: 'POST /api/anonymised-copies/:id/recognition',
    access: 'view',
    summary: 'Start speech recognition by the agency’s program; the copy’s recognition has its state',
    body: { language: literals(['fi', 'sv', 'en'], 'Expected language') },
    response: { 202: Type.Null(), 409: ErrorBody },
  },
  renderCopy: {
    route: 'POST /api/anonymised-copies/:id/rendering',
    summary:
      'Render the copy from the encrypted original: redacts it, then changes the voices; refused while something is missing',
    body: { revision: counted(0, 'Revision that was read') },
    response: { 202: Type.Null(), 409: ErrorBody },
  },
  hearCopy: {
    route: 'POST /api/anonymised-copies/:id/hearings',
    access: 'view',
    summary: 'Begin to listen to the result; parts played are logged and count for the check',
    response: {
      201: Type.Object({
        id: uuid('The hearing'),
        audio: Type.String({ description: 'Path of the audio' }),
        durationMs: milliseconds('Duration of the result'),
        until: instant('Until'),
      }),
      409: ErrorBody,
    },
  },
  hearCopyAudio: {
    route: 'GET /api/copy-hearings/:id/audio',
    summary: 'Read a range of the audio of a result, in the session that listens to it; no-store',
    response: {
      200: { description: 'audio/wav', content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } } },
      206: { description: 'audio/wav', content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } } },
    },
  },
  checkCopy: {
    route: 'POST /api/anonymised-copies/:id/check',
    summary: 'Approve or reject the result, as the second person, who has listened to all of it (R33)',
    body: {
      revision: counted(0, 'Revision that was listened to'),
      outcome: literals(['APPROVED', 'REJECTED'], 'Outcome'),
      note: Type.Optional(written(1000, 'What the preparer must correct; without names')),
    },
    response: noContent,
  },
  readPrivacyReport: {
    route: 'GET /api/anonymised-copies/:id/report',
    access: 'view',
    summary: 'Read what was removed and the remaining risk, while the recording exists',
    response: { 200: PrivacyReport, 409: ErrorBody },
  },
} as const
