import { expect, test } from 'vitest'
import { agreementByQuestion } from './agreement-by-question.ts'
import { alphaOf } from './krippendorff.ts'

const scale = { kind: 'one-to-five' as const }
const version = { formId: 'f', formName: 'Peruslomake', formVersion: 1, formLanguage: 'fi' as const }

/** A closed calibration in which one question has these answers. */
const closedCalibration = (answers: readonly number[], form: object = {}) => ({
  ...version,
  ...form,
  summary: {
    evaluators: answers.length,
    questions: [
      {
        ...{ id: 'q1', text: 'Kuinka selkeästi?', scale, notApplicable: 0 },
        given: [...new Set(answers)].sort().map((answer) => ({
          answer,
          count: answers.filter((given) => given === answer).length,
        })),
      },
    ],
    alphas: [],
  },
})
const judged = [
  [1, 1, 2],
  [2, 2, 2],
  [3, 3, 4],
  [4, 4, 5],
  [5, 5, 5],
]

test('the alpha of a question is computed from its answers per recording', () => {
  const [form] = agreementByQuestion(judged.map((answers) => closedCalibration(answers)))
  expect(form).toMatchObject({ formName: 'Peruslomake', formVersion: 1, calibrations: 5 })
  expect(form?.questions).toEqual([
    {
      id: 'q1',
      text: 'Kuinka selkeästi?',
      scale,
      measure: 'ordinal',
      recordings: 5,
      alpha: alphaOf(judged, 'ordinal'),
    },
  ])
  expect(form?.questions[0]?.alpha).toBeGreaterThan(0.8)
})

test('no alpha is shown for a form with fewer than five closed calibrations, or a question with fewer recordings', () => {
  expect(agreementByQuestion(judged.slice(1).map((answers) => closedCalibration(answers)))).toEqual([])
  expect(
    agreementByQuestion([...judged.slice(1).map((answers) => closedCalibration(answers)), { ...version }]),
  ).toEqual([])
  // One of the five was answered by a single evaluator.
  const [form] = agreementByQuestion([...judged.slice(1), [3]].map((answers) => closedCalibration(answers)))
  expect(form?.questions).toMatchObject([{ recordings: 4, alpha: null }])
})

test('versions of a form are not mixed, as their questions may differ', () => {
  const two = [
    ...judged.map((answers) => closedCalibration(answers)),
    ...judged.map((one) => closedCalibration(one, { formVersion: 2 })),
  ]
  expect(agreementByQuestion(two).map(({ formVersion, calibrations }) => [formVersion, calibrations])).toEqual([
    [1, 5],
    [2, 5],
  ])
})
