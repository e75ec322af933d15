/** Evaluation forms and sampling plans (R4). */
import Type from 'typebox'
import { closed, counted, instant, line, literals, noContent, uuid, ErrorBody } from './shapes.ts'

const key = (description: string) => Type.String({ pattern: '^[a-z0-9-]{1,40}$', description })
const weight = (description: string) => Type.Integer({ minimum: 0, maximum: 100, description })
export const FormLanguage = literals(['fi', 'sv', 'en'], 'Language of its texts')

export const QualityScale = Type.Union(
  [
    Type.Object({ kind: Type.Literal('yes-no') }, closed),
    Type.Object({ kind: Type.Literal('one-to-five') }, closed),
    Type.Object({ kind: Type.Literal('points'), most: Type.Integer({ minimum: 1, maximum: 100 }) }, closed),
  ],
  { description: 'Yes (1) or no (0); 1 to 5; points from 0' },
)
const QualityQuestion = Type.Object(
  {
    id: key('Key of the question, the same in all versions of the form'),
    text: Type.String({ maxLength: 500, description: 'Text of the question; may be empty in a draft' }),
    help: Type.String({ maxLength: 2000, description: 'Meaning of the answers; may be empty' }),
    scale: QualityScale,
    weight: weight('Weight in its section; 0: not counted'),
    critical: literals(
      ['none', 'section', 'form'],
      'Effect of the lowest answer: none, the section gets 0, or the total gets 0 (a fatal question)',
    ),
    mayNotApply: Type.Boolean({ description: 'True if the evaluator may answer that it does not apply' }),
    onlyIf: Type.Optional(
      Type.Object(
        {
          question: key('Key of an earlier question'),
          answers: Type.Array(Type.Integer({ minimum: 0, maximum: 100 }), { maxItems: 101 }),
        },
        { ...closed, description: 'Asked only if an earlier question has one of these answers' },
      ),
    ),
  },
  closed,
)
export const QualityFormContent = Type.Object(
  {
    sections: Type.Array(
      Type.Object(
        {
          id: key('Key of the section'),
          title: Type.String({ maxLength: 200 }),
          weight: weight('Weight in the total'),
          questions: Type.Array(QualityQuestion, { maxItems: 50 }),
        },
        closed,
      ),
      { maxItems: 20 },
    ),
  },
  closed,
)

export const Answers = Type.Record(
  Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  Type.Union([Type.Integer({ minimum: 0, maximum: 100 }), Type.Null()]),
  { description: 'Answers by question; null: does not apply' },
)
export const Score = Type.Object(
  {
    total: Type.Union([Type.Number(), Type.Null()], {
      description: '0 to 100; null if no weighted question applies',
    }),
    isFailed: Type.Boolean({ description: 'True if a fatal question has the lowest answer, so that the total is 0' }),
    sections: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
    asked: Type.Array(Type.String(), { description: 'Questions to answer, given the present answers' }),
    unanswered: Type.Array(Type.String(), { description: 'Questions without an answer' }),
  },
  { description: 'Result of the answers' },
)

const Problems = Type.Array(
  Type.Object({
    at: Type.Optional(Type.String({ description: 'Key of the section or question' })),
    code: literals(
      [
        'no-sections',
        'no-questions',
        'title-missing',
        'text-missing',
        'id-twice',
        'nothing-counts',
        'condition-not-earlier',
        'condition-answers',
      ],
      'Problem that prevents publication',
    ),
  }),
)
const revision = counted(0, 'Revision that was read; later changes are not overwritten')
const planFields = {
  name: line(200, 'Name'),
  formId: uuid('The form'),
  unitId: uuid('The unit of the officials'),
  number: line(40, 'The service number'),
  weekly: Type.Integer({ minimum: 1, maximum: 100, description: 'Maximum recordings per week' }),
  daysLeft: Type.Integer({ minimum: 7, maximum: 60, description: 'Minimum days that a candidate has left' }),
}

const SamplingPlan = Type.Object({
  id: uuid('The plan'),
  ...planFields,
  formName: Type.String(),
  unitName: Type.String(),
  seed: Type.String({ description: 'Seed of the draws, with which every draw can be repeated' }),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('End of the plan')),
  draws: Type.Array(
    Type.Object({
      week: Type.String({ format: 'date', description: 'Monday of the week' }),
      drawnAt: instant('Drawn'),
      candidateCount: Type.Integer(),
      pickedCount: Type.Integer(),
      followedCount: Type.Integer({ description: 'Number of replacements for recordings with nothing to evaluate' }),
      isAsDrawn: Type.Optional(Type.Boolean({ description: 'True if repeating the draw gives the same result' })),
    }),
    { description: 'The last twelve draws, newest first' },
  ),
})

export const qualityFormOperations = {
  listQualityForms: {
    route: 'GET /api/quality/forms',
    summary: 'List evaluation forms',
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            id: uuid('The form'),
            language: FormLanguage,
            name: Type.String(),
            hasDraft: Type.Boolean({ description: 'True if there is a draft of the next version' }),
            version: Type.Optional(Type.Integer({ description: 'The newest published version' })),
            publishedAt: Type.Optional(instant('When')),
          }),
        ),
      }),
    },
  },
  beginQualityForm: {
    route: 'POST /api/quality/forms',
    summary: 'Begin an evaluation form',
    body: { name: line(200, 'Name'), language: FormLanguage },
    response: { 201: Type.Object({ id: uuid('The form') }) },
  },
  readQualityForm: {
    route: 'GET /api/quality/forms/:id',
    summary: 'Read a form with its draft and versions',
    response: {
      200: Type.Object({
        id: uuid('The form'),
        language: FormLanguage,
        name: Type.String(),
        revision,
        draft: Type.Union([QualityFormContent, Type.Null()]),
        versions: Type.Array(
          Type.Object({
            version: Type.Integer(),
            name: Type.String(),
            content: QualityFormContent,
            publishedAt: instant('When it was published; it cannot be changed after that'),
            publishedBy: uuid('By whom'),
          }),
          { description: 'Newest first' },
        ),
      }),
    },
  },
  saveQualityForm: {
    route: 'PUT /api/quality/forms/:id',
    summary: 'Save the draft of the next version; published versions are unchanged',
    body: { revision, name: line(200, 'Name'), form: QualityFormContent },
    response: { 200: Type.Object({ revision, problems: Problems }), 409: ErrorBody },
  },
  publishQualityForm: {
    route: 'POST /api/quality/forms/:id/versions',
    summary: 'Publish the draft as the next version; evaluations in progress keep their version',
    body: { revision },
    response: { 201: Type.Object({ version: Type.Integer() }), 409: ErrorBody },
  },
  listSamplingPlans: {
    route: 'GET /api/quality/plans',
    summary: 'List sampling plans, with the last draws and their verification',
    response: { 200: Type.Object({ items: Type.Array(SamplingPlan) }) },
  },
  beginSamplingPlan: {
    route: 'POST /api/quality/plans',
    summary:
      'Begin a sampling plan: a number of recordings per week of a unit and a service number, from the previous week on',
    body: planFields,
    response: { 201: Type.Object({ id: uuid('The plan') }), 409: ErrorBody },
  },
  endSamplingPlan: {
    route: 'DELETE /api/quality/plans/:id',
    summary: 'End a plan; drawn recordings stay in the queue',
    response: noContent,
  },
} as const
