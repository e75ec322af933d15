/** Evaluations, the official's view of them, calibration and results of groups (R3-R6, R37, R38). */
import Type from 'typebox'
import { Answers, FormLanguage, QualityFormContent, QualityScale, Score } from './quality-forms.ts'
import { closed, counted, instant, line, literals, noContent, refusals, uuid, written } from './shapes.ts'

const revision = counted(0, 'As it was when it was read: what has been saved since is not written over')
const kind = literals(['SAMPLED', 'CALIBRATION'], 'Drawn for evaluation, or one of several of a calibration')
const state = literals(
  ['WAITING', 'DRAFT', 'FINISHED', 'RELEASED', 'ACKNOWLEDGED', 'SET_ASIDE', 'ENDED'],
  'How far it is; ENDED: its recording is gone',
)
const endWhy = Type.Optional(literals(['term', 'forbidden'], 'Its term was over, or its use was forbidden'))
const text = (maxLength: number, description: string) => Type.String({ maxLength, description })

const MomentComment = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
    atMs: counted(0, 'Where in the recording'),
    question: Type.Optional(
      Type.String({ pattern: '^[a-z0-9-]{1,40}$', description: 'Of which question; or of none' }),
    ),
    text: text(2000, 'What is said of the moment'),
  },
  closed,
)
const Comments = Type.Array(MomentComment, { maxItems: 200 })

const times = {
  releasedAt: Type.Optional(instant('Given to the official')),
  acknowledgedAt: Type.Optional(instant('The official has read it')),
  disagreedAt: Type.Optional(instant('The official disagreed')),
  answeredAt: Type.Optional(instant('The disagreement was answered')),
}
const disagreement = {
  ...times,
  disagreement: Type.Optional(Type.String({ description: 'Why' })),
  answerOutcome: Type.Optional(literals(['KEPT', 'REOPENED'], 'It stays, or is done again')),
  answer: Type.Optional(Type.String()),
}

const ListedEvaluation = Type.Object({
  id: uuid('The evaluation'),
  kind,
  state,
  planName: Type.Optional(Type.String()),
  week: Type.Optional(Type.String({ format: 'date', description: 'Of the draw' })),
  calibrationName: Type.Optional(Type.String()),
  formName: Type.String(),
  recordingId: Type.Optional(uuid('Its recording')),
  unitName: Type.Optional(Type.String()),
  number: Type.String({ description: 'The service number' }),
  startedAt: Type.Optional(instant('The recording began')),
  durationMs: Type.Optional(Type.Integer()),
  destroyAt: Type.Optional(instant('The recording is destroyed, and what was said of it with it')),
  isMine: Type.Boolean({ description: 'The viewer evaluates it' }),
  isTaken: Type.Boolean({ description: 'Somebody does' }),
  total: Type.Optional(Type.Number()),
  isFailed: Type.Optional(Type.Boolean()),
  ...times,
  endedAt: Type.Optional(instant('Its recording is gone since')),
  endWhy,
})

const Evaluation = Type.Object({
  id: uuid('The evaluation'),
  kind,
  state,
  planName: Type.Optional(Type.String()),
  formId: uuid('The form'),
  formVersion: Type.Optional(Type.Integer({ description: 'The version it was begun with, and keeps' })),
  newestVersion: Type.Optional(Type.Integer({ description: 'The newest there is' })),
  formName: Type.Optional(Type.String()),
  formLanguage: FormLanguage,
  form: Type.Union([QualityFormContent, Type.Null()]),
  recordingId: Type.Optional(uuid('Its recording')),
  contactId: Type.Optional(uuid('Its call')),
  segmentId: Type.Optional(uuid('The part of it')),
  number: Type.String(),
  unitName: Type.Optional(Type.String()),
  officialName: Type.Optional(Type.String({ description: 'As in the history' })),
  startedAt: Type.Optional(instant('The recording began')),
  durationMs: Type.Optional(Type.Integer()),
  destroyAt: Type.Optional(instant('The recording is destroyed, and what was said of it with it')),
  standsStill: Type.Optional(
    literals(
      ['recording.destroyed', 'recording.restricted', 'recording.not-yet-kept'],
      'Why nothing may be done with it now',
    ),
  ),
  isMine: Type.Boolean(),
  revision,
  answers: Answers,
  score: Type.Optional(Score),
  comments: Comments,
  note: Type.String(),
  savedAt: Type.Optional(instant('Last saved')),
  ...disagreement,
  endedAt: Type.Optional(instant('Its recording is gone since')),
  endWhy,
})

const OwnEvaluation = Type.Object({
  id: uuid('The evaluation'),
  state: literals(['RELEASED', 'ACKNOWLEDGED'], 'How far it is'),
  formName: Type.String(),
  formLanguage: FormLanguage,
  form: QualityFormContent,
  contactId: uuid('The call'),
  segmentId: uuid('The part of it'),
  number: Type.String(),
  startedAt: instant('The recording began'),
  destroyAt: instant('The recording is destroyed, and the evaluation is no more'),
  answers: Answers,
  score: Score,
  comments: Comments,
  note: Type.String(),
  ...disagreement,
  releasedAt: instant('Given'),
})

const CalibrationSummary = Type.Object({
  evaluators: Type.Integer(),
  totals: Type.Optional(Type.Object({ least: Type.Number(), median: Type.Number(), most: Type.Number() })),
  questions: Type.Array(
    Type.Object({
      id: Type.String(),
      text: Type.String(),
      scale: QualityScale,
      given: Type.Array(Type.Object({ answer: Type.Integer(), count: Type.Integer() })),
      notApplicable: Type.Integer(),
    }),
  ),
  alphas: Type.Array(
    Type.Object({
      scale: literals(['yes-no', 'one-to-five', 'points'], 'Questions of this scale'),
      measure: literals(['nominal', 'ordinal', 'interval'], 'How its differences are measured'),
      questions: Type.Integer(),
      alpha: Type.Union([Type.Number(), Type.Null()], { description: 'Krippendorff’s alpha' }),
    }),
  ),
})

const Calibration = Type.Object({
  id: uuid('The calibration'),
  name: Type.String(),
  formId: uuid('The form'),
  formName: Type.String(),
  formVersion: Type.Integer(),
  formLanguage: FormLanguage,
  begunAt: instant('Begun'),
  isMine: Type.Boolean({ description: 'The viewer began it' }),
  begun: Type.Integer({ description: 'How many evaluate' }),
  finished: Type.Integer({ description: 'How many have finished' }),
  myEvaluation: Type.Optional(uuid('The viewer’s own')),
  isFinished: Type.Optional(Type.Boolean({ description: 'The viewer has finished' })),
  closedAt: Type.Optional(instant('Closed: what was answered may be compared')),
  endedAt: Type.Optional(instant('Its recording is gone since')),
  destroyAt: Type.Optional(instant('The recording is destroyed')),
  summary: Type.Optional(CalibrationSummary),
})

const FormAgreement = Type.Object(
  {
    formId: uuid('The form'),
    formName: Type.String(),
    formVersion: Type.Integer(),
    formLanguage: FormLanguage,
    calibrations: Type.Integer({ description: 'Closed ones, five or more' }),
    questions: Type.Array(
      Type.Object({
        id: Type.String(),
        text: Type.String(),
        scale: QualityScale,
        measure: literals(['nominal', 'ordinal', 'interval'], 'How its differences are measured'),
        recordings: Type.Integer({ description: 'To which two evaluators or more gave an answer' }),
        alpha: Type.Union([Type.Number(), Type.Null()], {
          description:
            'Krippendorff’s alpha over these; null where there are fewer than five or all answers are the same',
        }),
      }),
    ),
  },
  { description: 'How far evaluators agree on each question of a version of a form' },
)

const GroupResult = Type.Object(
  {
    unitName: Type.String(),
    number: Type.String(),
    formName: Type.String(),
    formVersion: Type.Integer(),
    formLanguage: FormLanguage,
    isEnough: Type.Boolean({
      description: 'False: fewer than five officials or ten evaluations; nothing more is said',
    }),
    evaluations: Type.Optional(Type.Integer()),
    officials: Type.Optional(Type.Integer()),
    mean: Type.Optional(Type.Union([Type.Integer(), Type.Null()], { description: 'Whole per cent' })),
    failedShare: Type.Optional(Type.Integer({ description: 'Whole per cent' })),
    sections: Type.Optional(Type.Array(Type.Object({ title: Type.String(), mean: Type.Integer() }))),
  },
  { description: 'Of a unit and number; never of a person' },
)

export const qualityOperations = {
  listEvaluations: {
    route: 'GET /api/quality/evaluations',
    summary: 'The queue: what waits, what one works on, what was released, of recordings that one reaches',
    response: { 200: Type.Object({ items: Type.Array(ListedEvaluation) }), ...refusals },
  },
  readEvaluation: {
    route: 'GET /api/quality/evaluations/:id',
    summary: 'An evaluation with its form',
    response: { 200: Evaluation, ...refusals },
  },
  beginEvaluation: {
    route: 'POST /api/quality/evaluations/:id/beginning',
    summary: 'Take an evaluation from the queue, with the newest version of its form',
    response: noContent,
  },
  saveEvaluation: {
    route: 'PUT /api/quality/evaluations/:id',
    summary: 'Save what has been answered so far; answers what it comes to',
    body: Type.Object(
      { revision, answers: Answers, comments: Comments, note: text(5000, 'Of the whole call') },
      closed,
    ),
    response: { 200: Type.Object({ revision, score: Score }), 409: refusals[400], ...refusals },
  },
  releaseEvaluation: {
    route: 'POST /api/quality/evaluations/:id/release',
    summary: 'Give it to the official whose call it was; of a calibration, say that it is finished',
    body: Type.Object({ revision }, closed),
    response: noContent,
  },
  setEvaluationAside: {
    route: 'POST /api/quality/evaluations/:id/setting-aside',
    summary: 'Put aside what cannot be evaluated, or give back what somebody else should',
    body: Type.Object(
      { why: literals(['unsuitable', 'too-close'], 'Nothing to evaluate; or the evaluator stands too near') },
      closed,
    ),
    response: {
      200: Type.Object({
        isFollowed: Type.Optional(
          Type.Boolean({ description: 'Of one put aside for good: the next of its draw took its place' }),
        ),
      }),
      409: refusals[400],
      ...refusals,
    },
  },
  answerDisagreement: {
    route: 'POST /api/quality/evaluations/:id/answer',
    summary: 'Answer an official’s disagreement: it stays, or is done again',
    body: Type.Object(
      { outcome: literals(['KEPT', 'REOPENED'], 'How'), text: written(2000, 'What is answered') },
      closed,
    ),
    response: noContent,
  },
  listOwnEvaluations: {
    route: 'GET /api/my-calls/evaluations',
    summary: 'The released evaluations of one’s own calls (R39)',
    response: { 200: Type.Object({ items: Type.Array(OwnEvaluation) }), ...refusals },
  },
  acknowledgeEvaluation: {
    route: 'POST /api/my-calls/evaluations/:id/acknowledgement',
    summary: 'Say that one has read it',
    response: noContent,
  },
  disagreeWithEvaluation: {
    route: 'POST /api/my-calls/evaluations/:id/disagreement',
    summary: 'Disagree, and say why',
    body: Type.Object({ reasons: written(2000, 'Why') }, closed),
    response: noContent,
  },
  listCalibrations: {
    route: 'GET /api/quality/calibrations',
    summary: 'Calibrations: how far they are, and of closed ones the spread and the agreement',
    response: {
      200: Type.Object({ items: Type.Array(Calibration), agreement: Type.Array(FormAgreement) }),
      ...refusals,
    },
  },
  beginCalibration: {
    route: 'POST /api/quality/calibrations',
    summary: 'Let several evaluate one recording, each without seeing the others',
    body: Type.Object(
      { recordingId: uuid('The recording'), formId: uuid('The form'), name: line(200, 'Its name') },
      closed,
    ),
    response: { 201: Type.Object({ id: uuid('The calibration') }), 409: refusals[400], ...refusals },
  },
  joinCalibration: {
    route: 'POST /api/quality/calibrations/:id/evaluations',
    summary: 'Take part: one’s own evaluation in it',
    response: { 201: Type.Object({ id: uuid('The evaluation') }), 409: refusals[400], ...refusals },
  },
  closeCalibration: {
    route: 'POST /api/quality/calibrations/:id/closing',
    summary: 'Close it: the answers of those who have finished are compared, by nobody’s name',
    response: noContent,
  },
  readQualityResults: {
    route: 'GET /api/quality/results/:quarter',
    summary: 'Results by unit and number, of groups that are large enough; never by person (R6)',
    params: Type.Object({
      quarter: Type.String({ pattern: '^20\\d\\d-Q[1-4]$', description: '2026-Q4: of the calls' }),
    }),
    response: { 200: Type.Object({ items: Type.Array(GroupResult) }), ...refusals },
  },
} as const
