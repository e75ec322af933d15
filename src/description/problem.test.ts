import { expect, test } from 'vitest'
import { DescriptionFault, fieldName, problemAt, tellProblem } from './problem.ts'
import { problemTexts, type ProblemCode } from './problem-texts/problem-texts.ts'
import { languages } from './closed-lists.ts'

const codes = Object.keys(problemTexts) as ProblemCode[]
const placesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()

test.each(codes)('%s says the same in three languages, with a place for the same values', (code) => {
  const { message, remedy } = problemTexts[code]
  for (const text of [message, remedy]) {
    for (const language of languages) {
      expect(placesIn(text[language])).toEqual(placesIn(text.fi))
      expect(text[language]).toMatch(/^[^\s].*[.]$/s)
    }
    expect(new Set(languages.map((language) => text[language])).size).toBe(3)
  }
})

test.each(codes)('%s is told with every value in its place', (code) => {
  const { message, remedy } = problemTexts[code]
  const values = Object.fromEntries([...placesIn(message.fi), ...placesIn(remedy.fi)].map((name) => [name, 'arvo']))
  const told = tellProblem({ path: ['a', 0], code, values }, 7)
  expect(told).toMatchObject({ line: 7, field: 'a[0]', code })
  expect(JSON.stringify(told)).not.toMatch(/[{]\w+[}]/)
})

test('codes are theme and kind, and no code is in two catalogues', () => {
  for (const code of codes) expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
})

test('a value may have a text for each language; one that is forgotten is a bug', () => {
  const path = ['contacts']
  const told = tellProblem(
    problemAt(path, 'shape.type', { expected: { fi: 'luku', sv: 'ett tal', en: 'a number' } }),
    1,
  )
  expect([told.remedy.fi, told.remedy.sv]).toEqual(['Tähän kuuluu luku.', 'Här ska stå ett tal.'])
  expect(() => tellProblem({ path, code: 'contact.email' }, 1)).toThrow(/nothing to put into \{value\}/)
})

test('a fault at the start prints line, field, message and remedy', () => {
  const problem = tellProblem(problemAt(['recordingPlan', 'rules', 1, 'share'], 'share.range'), 93)
  expect(new DescriptionFault('a.yaml', [problem]).message).toBe(
    'The register description a.yaml cannot be used:\n' +
      '  line 93, recordingPlan.rules[1].share: A share is a number from zero to one. Write 10 per cent as 0.1.',
  )
  expect(fieldName([])).toBe('(file)')
  expect(fieldName(['numbers', 0, ''])).toBe('numbers[0].""')
})
