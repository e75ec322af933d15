import { expect, test } from 'vitest'
import {
  addQuestion,
  addSection,
  changeQuestion,
  questionsBefore,
  moveQuestion,
  moveSection,
  removeQuestion,
} from './build-form.ts'
import type { FormContent } from './quality-shapes.ts'

function twoSections(): FormContent {
  let n = 0
  const newId = () => `i${n++}`
  // i0: i1, i2; i3: i4
  const first = addQuestion(addSection({ sections: [] }, newId), 'i0', newId)
  return addSection(first, newId)
}
const idsOf = (form: FormContent) => form.sections.map(({ id, questions }) => [id, ...questions.map((one) => one.id)])

test('sections and questions move by one place, and stay at the ends', () => {
  const form = twoSections()
  expect(idsOf(moveSection(form, 'i3', -1))).toEqual([
    ['i3', 'i4'],
    ['i0', 'i1', 'i2'],
  ])
  expect(idsOf(moveQuestion(form, 'i1', 1))).toEqual([
    ['i0', 'i2', 'i1'],
    ['i3', 'i4'],
  ])
  expect(moveQuestion(form, 'i2', 1)).toEqual(form)
  expect(moveSection(form, 'i0', -1)).toEqual(form)
})

test('a condition is kept while its question comes before', () => {
  const form = changeQuestion(twoSections(), 'i4', { onlyIf: { question: 'i2', answers: [0] } })
  expect(questionsBefore(form, 'i4').map(({ id }) => id)).toEqual(['i1', 'i2'])
  const conditionOf = (given: FormContent) =>
    given.sections.flatMap(({ questions }) => questions).find(({ id }) => id === 'i4')?.onlyIf
  expect(conditionOf(moveQuestion(form, 'i2', -1))).toEqual({ question: 'i2', answers: [0] })
  expect(conditionOf(removeQuestion(form, 'i2'))).toBeUndefined()
  expect(conditionOf(moveSection(form, 'i3', -1))).toBeUndefined()
})
