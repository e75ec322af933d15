/** The anonymised copy of a recording: transcript, redactions, checks (R33, L30). */
import Type, { type Static } from 'typebox'
import { copyStates } from './research.ts'
import { closed, counted, instant, literals, noContent, person, refusals, uuid, written } from './shapes.ts'

const milliseconds = (description: string) => Type.Integer({ minimum: 0, maximum: 86_400_000, description })
const track = literals(['CALLER', 'OFFICIAL'], 'Whose voice')

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
    language: literals(['fi', 'sv', 'en'], 'Of the words'),
    text: Type.String({ maxLength: 4000, description: 'What is said, as a person has checked it' }),
    isReviewed: Type.Optional(
      Type.Boolean({ description: 'False: a program took it for that, and no person has accepted it yet' }),
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
    source: literals(['MANUAL', 'PROPOSED'], 'A person marked it, or it was found in the words or tones'),
    isReviewed: Type.Boolean({ description: 'A person has accepted it; what is not is rendered never' }),
  },
  closed,
)
export type CopyRedaction = Static<typeof CopyRedaction>

const work = {
  level: literals(['T', 'N', 'D'], 'How it is to be voiced'),
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
    recordingId: uuid('Of which recording'),
    durationMs: milliseconds('Of the recording'),
    state: literals([...copyStates], 'How far it is'),
    revision: Type.Integer({ description: 'Goes up with every change; a change resets what was approved' }),
    ...work,
    preparedBy: person('Who prepares it'),
    playedShare: Type.Number({ description: '0-1: how much of the original the preparer has played; 1 is needed' }),
    unplayed: Type.Array(Type.Object({ fromMs: milliseconds('From'), toMs: milliseconds('To') })),
    lacks: Type.Array(
      Type.Object({
        what: literals([...copyLacks], 'What is missing before it can be rendered'),
        at: Type.Optional(Type.Array(Type.Integer(), { description: 'Which turns or redactions' })),
      }),
    ),
    levels: Type.Array(
      Type.Object({
        level: work.level,
        engine: Type.Optional(Type.String()),
        isOffered: Type.Boolean({
          description: 'There is an engine with a passing evaluation, and the description allows it',
        }),
        why: Type.Optional(literals(['no-engine', 'no-evaluation', 'not-in-description'], 'Why not')),
      }),
    ),
    recognition: Type.Optional(
      Type.Object(
        {
          name: Type.String(),
          version: Type.String(),
          state: literals(['none', 'waiting', 'running', 'made', 'failed'], 'How far its words are'),
          done: Type.Optional(Type.Integer({ description: 'Of the tracks, while it runs' })),
          tracks: Type.Optional(Type.Integer()),
          words: Type.Optional(Type.Integer({ description: 'How many it found' })),
          failure: Type.Optional(Type.String({ description: 'Why it failed: a code, as program-changed' })),
        },
        { description: 'The program of the agency that proposes words; to who prepares, where there is one' },
      ),
    ),
    rendered: Type.Optional(Type.Object({ at: instant('When'), engine: Type.String(), version: Type.String() })),
    progress: Type.Optional(Type.Number({ description: '0-1, while it is rendered' })),
    failure: Type.Optional(Type.String({ description: 'Why it could not be rendered: a code, as turn-too-short' })),
    failedTurn: Type.Optional(
      Type.Integer({ description: 'turn-too-short: which turn has more words than can be said in its time' }),
    ),
    heardShare: Type.Number({ description: '0-1: how much of the result the viewer has heard' }),
    check: Type.Optional(
      Type.Object({
        at: instant('When'),
        by: person('The second person'),
        outcome: literals(['APPROVED', 'REJECTED'], 'How'),
        note: Type.Optional(Type.String()),
      }),
    ),
    may: Type.Object({
      edit: Type.Boolean(),
      render: Type.Boolean(),
      hear: Type.Boolean({ description: 'The result; never the original for who checks' }),
      check: Type.Boolean(),
    }),
  },
  { description: 'For who prepares it; who checks is shown neither turns nor redactions’ words' },
)
export type AnonymisedCopy = Static<typeof AnonymisedCopy>

export const PrivacyReport = Type.Object({
  level: work.level,
  engine: Type.String(),
  version: Type.String(),
  isAnonymous: Type.Boolean({ description: 'False for D: pseudonymised (L30)' }),
  evaluation: Type.Optional(
    Type.Object({
      date: Type.String({ format: 'date' }),
      figures: Type.Array(
        Type.Object({ name: Type.String(), value: Type.Number(), demanded: Type.Optional(Type.Number()) }),
      ),
    }),
  ),
  removed: Type.Array(Type.Object({ reason: literals([...redactionReasons], 'Category'), count: Type.Integer() })),
  redactedMs: milliseconds('How much is removed'),
  durationMs: milliseconds('Of the whole'),
  residualRisk: literals(
    ['words', 'words-and-prosody', 'voice'],
    'What of a person is left, told in words by the page',
  ),
  preparedBy: person('Who prepared it'),
  checkedBy: Type.Optional(person('Who checked it')),
})
export type PrivacyReport = Static<typeof PrivacyReport>

/** Maximum size of a transcript: that of a call of an hour, with a margin. */
const maxWordsBytes = 2 * 1024 * 1024

export const anonymisedCopyOperations = {
  beginCopy: {
    route: 'POST /api/research-disclosures/:id/items/:item/copy',
    summary: 'Begin the anonymised copy of an item, or find the one that its recording has: there is never a second',
    params: Type.Object({ id: Type.String({ format: 'uuid' }), item: counted(1, 'Its number') }),
    response: { 200: Type.Object({ id: uuid('The copy') }), 409: refusals[400], ...refusals },
  },
  readCopy: {
    route: 'GET /api/anonymised-copies/:id',
    summary: 'The work on a copy: words, redactions, what is missing',
    response: { 200: AnonymisedCopy, ...refusals },
  },
  saveCopy: {
    route: 'PUT /api/anonymised-copies/:id',
    bodyLimit: maxWordsBytes,
    summary: 'Save words and redactions; what was rendered or approved of an earlier revision is gone',
    body: Type.Object({ revision: counted(0, 'As it was read'), ...work }, closed),
    response: { 200: Type.Object({ revision: Type.Integer() }), 409: refusals[400], ...refusals },
  },
  proposeForCopy: {
    route: 'POST /api/anonymised-copies/:id/proposals',
    access: 'view',
    bodyLimit: maxWordsBytes,
    summary: 'Propose turns from voice activity or recognition, and redactions from words and tones; nothing is saved',
    body: Type.Object({ turns: Type.Array(CopyTurn, { maxItems: 2000 }) }, closed),
    response: {
      200: Type.Object({ turns: Type.Array(CopyTurn), redactions: Type.Array(CopyRedaction) }),
      409: refusals[400],
      ...refusals,
    },
  },
  recogniseCopy: {
    route: 'POST /api/anonymised-copies/:id/recognition',
    access: 'view',
    summary:
      'Have the agency’s program write down what is said, to be proposed; the copy’s recognition tells how far it is',
    body: Type.Object({ language: literals(['fi', 'sv', 'en'], 'What is expected to be spoken') }, closed),
    response: { 202: Type.Null(), 409: refusals[400], ...refusals },
  },
  renderCopy: {
    route: 'POST /api/anonymised-copies/:id/rendering',
    summary:
      'Render the copy once from the sealed original: redacted first, then voiced; refused while something is missing',
    body: Type.Object({ revision: counted(0, 'As it was read') }, closed),
    response: { 202: Type.Null(), 409: refusals[400], ...refusals },
  },
  hearCopy: {
    route: 'POST /api/anonymised-copies/:id/hearings',
    access: 'view',
    summary: 'Hear the result; what is heard is logged and counts for the check',
    response: {
      201: Type.Object({
        id: uuid('The hearing'),
        audio: Type.String({ description: 'Where its sound is' }),
        durationMs: milliseconds('Of the result'),
        until: instant('Until'),
      }),
      409: refusals[400],
      ...refusals,
    },
  },
  hearCopyAudio: {
    route: 'GET /api/copy-hearings/:id/audio',
    summary: 'The sound of a result, by range, to the session that hears it; no-store',
    response: {
      200: { description: 'audio/wav', content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } } },
      206: { description: 'audio/wav', content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } } },
      ...refusals,
    },
  },
  checkCopy: {
    route: 'POST /api/anonymised-copies/:id/check',
    summary: 'Sign or reject the result as its second person, who has heard all of it (R33)',
    body: Type.Object(
      {
        revision: counted(0, 'As it was heard'),
        outcome: literals(['APPROVED', 'REJECTED'], 'How'),
        note: Type.Optional(written(1000, 'What the preparer is to mend; names nobody')),
      },
      closed,
    ),
    response: noContent,
  },
  readPrivacyReport: {
    route: 'GET /api/anonymised-copies/:id/report',
    access: 'view',
    summary: 'What was removed and what risk is left',
    response: { 200: PrivacyReport, 409: refusals[400], ...refusals },
  },
} as const
