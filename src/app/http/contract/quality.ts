/** Evaluations, the official's view of them, calibration and results of groups (R3-R6, R37, R38). */
import Type from 'typebox'
import { Answers, FormLanguage, QualityFormContent, QualityScale, Score } from './quality-forms.ts'
import { closed, counted, instant, line, literals, noContent, uuid, written, ErrorBody } from './shapes.ts'

const revision = counted(0, 'Revision that was read; later changes are not overwritten')
const kind = literals(
  ['SAMPLED', 'CALIBRATION'],
  'SAMPLED: drawn for evaluation; CALIBRATION: one of several evaluations of the same recording',
)
const state = literals(
  ['WAITING', 'DRAFT', 'FINISHED', 'RELEASED', 'ACKNOWLEDGED', 'SET_ASIDE', 'ENDED'],
  'State; ENDED: the recording was destroyed',
)
const endWhy = Type.Optional(literals(['term', 'forbidden'], 'Why: the term ended, or use was forbidden'))
const text = (maxLength: number, description: string) => Type.String({ maxLength, description })

const MomentComment = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
    atMs: counted(0, 'Position in the recording'),
    question: Type.Optional(
      Type.String({ pattern: '^[a-z0-9-]{1,40}$', description: 'Key of a question; absent for a general comment' }),
    ),
    text: text(2000, 'Comment'),
  },
  closed,
)
const Comments = Type.Array(MomentComment, { maxItems: 200 })

const times = {
  releasedAt: Type.Optional(instant('Released to the official')),
  acknowledgedAt: Type.Optional(instant('The official has read it')),
  disagreedAt: Type.Optional(instant('The official disagreed')),
  answeredAt: Type.Optional(instant('The disagreement was answered')),
}
const disagreement = {
  ...times,
  disagreement: Type.Optional(Type.String({ description: 'Why' })),
  answerOutcome: Type.Optional(
    literals(['KEPT', 'REOPENED'], 'KEPT: the evaluation is unchanged; REOPENED: it is done again'),
  ),
  answer: Type.Optional(Type.String()),
}

const ListedEvaluation = Type.Object({
  id: uuid('The evaluation'),
  kind,
  state,
  planName: Type.Optional(Type.String()),
  week: Type.Optional(Type.String({ format: 'date', description: 'Week of the draw' })),
  calibrationName: Type.Optional(Type.String()),
  formName: Type.String(),
  recordingId: Type.Optional(uuid('The recording')),
  unitName: Type.Optional(Type.String()),
  number: Type.String({ description: 'The service number' }),
  startedAt: Type.Optional(instant('The recording began')),
  durationMs: Type.Optional(Type.Integer()),
  destroyAt: Type.Optional(instant('When the recording is destroyed, and the comments with it')),
  isMine: Type.Boolean({ description: 'True if the viewer evaluates it' }),
  isTaken: Type.Boolean({ description: 'True if somebody evaluates it' }),
  total: Type.Optional(Type.Number()),
  isFailed: Type.Optional(Type.Boolean()),
  ...times,
  endedAt: Type.Optional(instant('When the recording was destroyed')),
  endWhy,
})

const Evaluation = Type.Object({
  id: uuid('The evaluation'),
  kind,
  state,
  planName: Type.Optional(Type.String()),
  formId: uuid('The form'),
  formVersion: Type.Optional(Type.Integer({ description: 'Version of the form with which it was begun' })),
  newestVersion: Type.Optional(Type.Integer({ description: 'The newest version' })),
  formName: Type.Optional(Type.String()),
  formLanguage: FormLanguage,
  form: Type.Union([QualityFormContent, Type.Null()]),
  recordingId: Type.Optional(uuid('The recording')),
  contactId: Type.Optional(uuid('The call')),
  segmentId: Type.Optional(uuid('The segment')),
  number: Type.String(),
  unitName: Type.Optional(Type.String()),
  officialName: Type.Optional(Type.String({ description: 'As in the contact history' })),
  startedAt: Type.Optional(instant('The recording began')),
  durationMs: Type.Optional(Type.Integer()),
  destroyAt: Type.Optional(instant('When the recording is destroyed, and the comments with it')),
  standsStill: Type.Optional(
    literals(
      ['recording.destroyed', 'recording.restricted', 'recording.not-yet-kept'],
      'Error code: why the evaluation cannot be edited now',
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
  endedAt: Type.Optional(instant('When the recording was destroyed')),
  endWhy,
})

const OwnEvaluation = Type.Object({
  id: uuid('The evaluation'),
  state: literals(['RELEASED', 'ACKNOWLEDGED'], 'State'),
  formName: Type.String(),
  formLanguage: FormLanguage,
  form: QualityFormContent,
  contactId: uuid('The call'),
  segmentId: uuid('The segment'),
  number: Type.String(),
  startedAt: instant('The recording began'),
  destroyAt: instant('When the recording is destroyed and the evaluation ends'),
  answers: Answers,
  score: Score,
  comments: Comments,
  note: Type.String(),
  ...disagreement,
  releasedAt: instant('Released'),
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
      measure: literals(['nominal', 'ordinal', 'interval'], 'Difference function'),
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
  isMine: Type.Boolean({ description: 'True if the viewer began it' }),
  begun: Type.Integer({ description: 'Number of evaluators' }),
  finished: Type.Integer({ description: 'Number of evaluators who have finished' }),
  myEvaluation: Type.Optional(uuid('The viewer’s own evaluation')),
  isFinished: Type.Optional(Type.Boolean({ description: 'True if the viewer has finished' })),
  closedAt: Type.Optional(instant('When it was closed; answers can be compared from then on')),
  endedAt: Type.Optional(instant('When the recording was destroyed')),
  destroyAt: Type.Optional(instant('When the recording is destroyed')),
  summary: Type.Optional(CalibrationSummary),
})

const FormAgreement = Type.Object(
  {
    formId: uuid('The form'),
    formName: Type.String(),
    formVersion: Type.Integer(),
    formLanguage: FormLanguage,
    calibrations: Type.Integer({ description: 'Closed calibrations, five or more' }),
    questions: Type.Array(
      Type.Object({
        id: Type.String(),
        text: Type.String(),
        scale: QualityScale,
        measure: literals(['nominal', 'ordinal', 'interval'], 'Difference function'),
        recordings: Type.Integer({ description: 'Recordings with answers of two or more evaluators' }),
        alpha: Type.Union([Type.Number(), Type.Null()], {
          description: 'Krippendorff’s alpha over these; null if there are fewer than five, or all answers are equal',
        }),
      }),
    ),
  },
  { description: 'Agreement of evaluators on each question of a form’s version' },
)

const GroupResult = Type.Object(
  {
    unitName: Type.String(),
    number: Type.String(),
    formName: Type.String(),
    formVersion: Type.Integer(),
    formLanguage: FormLanguage,
    isEnough: Type.Boolean({
      description: 'False if there are fewer than five officials or ten evaluations; then there are no results',
    }),
    evaluations: Type.Optional(Type.Integer()),
    officials: Type.Optional(Type.Integer()),
    mean: Type.Optional(Type.Union([Type.Integer(), Type.Null()], { description: 'Whole per cent' })),
    failedShare: Type.Optional(Type.Integer({ description: 'Whole per cent' })),
    sections: Type.Optional(Type.Array(Type.Object({ title: Type.String(), mean: Type.Integer() }))),
  },
  { description: 'Results of a unit and number; never of a person' },
)

export const qualityOperations = {
  listEvaluations: {
    route: 'GET /api/quality/evaluations',
    summary: 'List evaluations of recordings within the viewer’s access: waiting, in progress, released',
    response: { 200: Type.Object({ items: Type.Array(ListedEvaluation) }) },
  },
  readEvaluation: {
    route: 'GET /api/quality/evaluations/:id',
    summary: 'Read an evaluation with its form',
    response: { 200: Evaluation },
  },
  beginEvaluation: {
    route: 'POST /api/quality/evaluations/:id/beginning',
    summary: 'Take an evaluation from the queue, with the newest version of its form',
    response: noContent,
  },
  saveEvaluation: {
    route: 'PUT /api/quality/evaluations/:id',
    summary: 'Save the present answers; returns the result',
    body: { revision, answers: Answers, comments: Comments, note: text(5000, 'Note about the whole call') },
    response: { 200: Type.Object({ revision, score: Score }), 409: ErrorBody },
  },
  releaseEvaluation: {
    route: 'POST /api/quality/evaluations/:id/release',
    summary: 'Release the evaluation to the official; in a calibration, finish it',
    body: { revision },
    response: noContent,
  },
  setEvaluationAside: {
    route: 'POST /api/quality/evaluations/:id/setting-aside',
    summary: 'Set aside a recording that cannot be evaluated, or return it to the queue for somebody else',
    body: { why: literals(['unsuitable', 'too-close'], 'Nothing to evaluate; or the evaluator is not impartial') },
    response: {
      200: Type.Object({
        isFollowed: Type.Optional(
          Type.Boolean({ description: 'True if the next recording of the draw has replaced it' }),
        ),
      }),
      409: ErrorBody,
    },
  },
  answerDisagreement: {
    route: 'POST /api/quality/evaluations/:id/answer',
    summary: 'Answer an official’s disagreement: keep the evaluation, or reopen it',
    body: { outcome: literals(['KEPT', 'REOPENED'], 'Outcome'), text: written(2000, 'Answer') },
    response: noContent,
  },
  listOwnEvaluations: {
    route: 'GET /api/my-calls/evaluations',
    summary: 'List released evaluations of one’s own calls (R39)',
    response: { 200: Type.Object({ items: Type.Array(OwnEvaluation) }) },
  },
  acknowledgeEvaluation: {
    route: 'POST /api/my-calls/evaluations/:id/acknowledgement',
    summary: 'Acknowledge an evaluation',
    response: noContent,
  },
  disagreeWithEvaluation: {
    route: 'POST /api/my-calls/evaluations/:id/disagreement',
    summary: 'Disagree with an evaluation, with reasons',
    body: { reasons: written(2000, 'Why') },
    response: noContent,
  },
  listCalibrations: {
    route: 'GET /api/quality/calibrations',
    summary: 'List calibrations with their state, and the spread and agreement of closed ones',
    response: { 200: Type.Object({ items: Type.Array(Calibration), agreement: Type.Array(FormAgreement) }) },
  },
  beginCalibration: {
    route: 'POST /api/quality/calibrations',
    summary: 'Begin a calibration: several evaluators evaluate one recording independently',
    body: { recordingId: uuid('The recording'), formId: uuid('The form'), name: line(200, 'Name') },
    response: { 201: Type.Object({ id: uuid('The calibration') }), 409: ErrorBody },
  },
  joinCalibration: {
    route: 'POST /api/quality/calibrations/:id/evaluations',
    summary: 'Take part in a calibration; creates one’s own evaluation',
    response: { 201: Type.Object({ id: uuid('The evaluation') }), 409: ErrorBody },
  },
  closeCalibration: {
    route: 'POST /api/quality/calibrations/:id/closing',
    summary: 'Close a calibration; compares the answers of those who have finished, without names',
    response: noContent,
  },
  readQualityResults: {
    route: 'GET /api/quality/results/:quarter',
    summary: 'Read results by unit and number, of groups that are large enough; never by person (R6)',
    params: Type.Object({
      quarter: Type.String({ pattern: '^20\\d\\d-Q[1-4]$', description: 'Quarter of the calls, such as 2026-Q4' }),
    }),
    response: { 200: Type.Object({ items: Type.Array(GroupResult) }) },
  },
} as const
