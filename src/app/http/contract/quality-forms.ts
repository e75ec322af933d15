/** Evaluation forms and sampling plans (R4). */
import Type from 'typebox'
import { closed, counted, instant, line, literals, noContent, refusals, uuid } from './shapes.ts'

const key = (description: string) => Type.String({ pattern: '^[a-z0-9-]{1,40}$', description })
const weight = (description: string) => Type.Integer({ minimum: 0, maximum: 100, description })
export const FormLanguage = literals(['fi', 'sv', 'en'], 'In which its texts are written')

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
    id: key('The same in the versions in which it is the same question'),
    text: Type.String({ maxLength: 500, description: 'The question; missing in a draft at the most' }),
    help: Type.String({ maxLength: 2000, description: 'What each answer means; empty where that is clear' }),
    scale: QualityScale,
    weight: weight('How much it counts in its section; 0: it does not'),
    critical: literals(
      ['none', 'section', 'form'],
      'What the lowest answer takes away: nothing, its section, or (a fatal question) the whole',
    ),
    mayNotApply: Type.Boolean({ description: 'The evaluator may say that it does not apply' }),
    onlyIf: Type.Optional(
      Type.Object(
        {
          question: key('An earlier one'),
          answers: Type.Array(Type.Integer({ minimum: 0, maximum: 100 }), { maxItems: 101 }),
        },
        { ...closed, description: 'Asked only where an earlier question was answered with one of these' },
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
          id: key('Of the section'),
          title: Type.String({ maxLength: 200 }),
          weight: weight('How much it counts in the whole'),
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
  { description: 'By question; null: it does not apply' },
)
export const Score = Type.Object(
  {
    total: Type.Union([Type.Number(), Type.Null()], {
      description: '0 to 100; none where nothing that counts applies',
    }),
    isFailed: Type.Boolean({ description: 'A fatal question has the lowest answer: the total is 0' }),
    sections: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
    asked: Type.Array(Type.String(), { description: 'The questions that are asked, by the answers so far' }),
    unanswered: Type.Array(Type.String(), { description: 'Those of them that wait for an answer' }),
  },
  { description: 'What the answers come to' },
)

const Problems = Type.Array(
  Type.Object({
    at: Type.Optional(Type.String({ description: 'The section or question' })),
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
      'Why it cannot be published',
    ),
  }),
)
const revision = counted(0, 'As it was when it was read: what has been saved since is not written over')
const planFields = {
  name: line(200, 'Its name'),
  formId: uuid('The form'),
  unitId: uuid('The unit of the officials'),
  number: line(40, 'The service number'),
  weekly: Type.Integer({ minimum: 1, maximum: 100, description: 'How many recordings a week at the most' }),
  daysLeft: Type.Integer({ minimum: 7, maximum: 60, description: 'A candidate has so many days left at the least' }),
}

const SamplingPlan = Type.Object({
  id: uuid('The plan'),
  ...planFields,
  formName: Type.String(),
  unitName: Type.String(),
  seed: Type.String({ description: 'With it, and the candidates, every draw can be made again' }),
  begunAt: instant('Begun'),
  endedAt: Type.Optional(instant('Ended; it draws no more')),
  draws: Type.Array(
    Type.Object({
      week: Type.String({ format: 'date', description: 'Its Monday' }),
      drawnAt: instant('Drawn'),
      candidateCount: Type.Integer(),
      pickedCount: Type.Integer(),
      followedCount: Type.Integer({ description: 'So many took the place of one with nothing to evaluate in it' }),
      isAsDrawn: Type.Optional(Type.Boolean({ description: 'Made again it comes out the same' })),
    }),
    { description: 'The last twelve, newest first' },
  ),
})

export const qualityFormOperations = {
  listQualityForms: {
    route: 'GET /api/quality/forms',
    summary: 'Evaluation forms',
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            id: uuid('The form'),
            language: FormLanguage,
            name: Type.String(),
            hasDraft: Type.Boolean({ description: 'The next version is being written' }),
            version: Type.Optional(Type.Integer({ description: 'The newest that is published' })),
            publishedAt: Type.Optional(instant('When')),
          }),
        ),
      }),
      ...refusals,
    },
  },
  beginQualityForm: {
    route: 'POST /api/quality/forms',
    summary: 'Begin an evaluation form',
    body: Type.Object({ name: line(200, 'Its name'), language: FormLanguage }, closed),
    response: { 201: Type.Object({ id: uuid('The form') }), ...refusals },
  },
  readQualityForm: {
    route: 'GET /api/quality/forms/:id',
    summary: 'A form, its draft and its versions',
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
            publishedAt: instant('When; from then on it never changes'),
            publishedBy: uuid('By whom'),
          }),
          { description: 'Newest first' },
        ),
      }),
      ...refusals,
    },
  },
  saveQualityForm: {
    route: 'PUT /api/quality/forms/:id',
    summary: 'Save the draft of the next version; published versions stay as they are',
    body: Type.Object({ revision, name: line(200, 'Its name'), form: QualityFormContent }, closed),
    response: { 200: Type.Object({ revision, problems: Problems }), 409: refusals[400], ...refusals },
  },
  publishQualityForm: {
    route: 'POST /api/quality/forms/:id/versions',
    summary: 'Publish the draft as the next version; evaluations that are under way keep theirs',
    body: Type.Object({ revision }, closed),
    response: { 201: Type.Object({ version: Type.Integer() }), 409: refusals[400], ...refusals },
  },
  listSamplingPlans: {
    route: 'GET /api/quality/plans',
    summary: 'What is drawn for evaluation each week, and the last draws, made again',
    response: { 200: Type.Object({ items: Type.Array(SamplingPlan) }), ...refusals },
  },
  beginSamplingPlan: {
    route: 'POST /api/quality/plans',
    summary: 'Begin to draw so many recordings a week of a unit and a number, from the week before this one',
    body: Type.Object(planFields, closed),
    response: { 201: Type.Object({ id: uuid('The plan') }), 409: refusals[400], ...refusals },
  },
  endSamplingPlan: {
    route: 'DELETE /api/quality/plans/:id',
    summary: 'End a plan; what it has drawn stays in the queue',
    response: noContent,
  },
} as const
