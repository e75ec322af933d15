import { expect, test } from 'vitest'
import texts from '#texts/server/problem.json' with { type: 'json' }
import { DescriptionFault, fieldName, problemAt, describeProblem } from './problem.ts'
import { languages } from './closed-lists.ts'

const codes = Object.keys(texts)
  .filter((key) => !/[.]expected[.]|[.]remedy$/.test(key))
  .map((key) => key.slice('problem.'.length))

test('every problem has a remedy, and both are complete sentences', () => {
  for (const code of codes) {
    for (const key of [`problem.${code}`, `problem.${code}.remedy`] as (keyof typeof texts)[]) {
      for (const language of languages) expect(texts[key][language], key).toMatch(/^[^\s].*[.]$/s)
    }
  }
})

test('each code has the form topic.kind', () => {
  for (const code of codes) expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
})

test('a value can have a text for each language, and a missing value is a bug', () => {
  const path = ['contacts']
  const problem = describeProblem(
    problemAt(path, 'shape.type', { expected: { fi: 'luku', sv: 'ett tal', en: 'a number' } }),
    1,
  )
  expect([problem.remedy.fi, problem.remedy.sv]).toEqual(['Tähän kuuluu luku.', 'Här ska stå ett tal.'])
  expect(() => describeProblem({ path, code: 'contact.email' }, 1)).toThrow(/nothing to put into \{\{value\}\}/)
})

test('a fault at the start prints line, field, message and remedy', () => {
  const problem = describeProblem(problemAt(['recordingPlan', 'rules', 1, 'share'], 'share.range'), 93)
  expect(new DescriptionFault('a.yaml', [problem]).message).toBe(
    'The register description a.yaml cannot be used:\n' +
      '  line 93, recordingPlan.rules[1].share: A share is a number from zero to one. Write 10 per cent as 0.1.',
  )
  expect(fieldName([])).toBe('(file)')
  expect(fieldName(['numbers', 0, ''])).toBe('numbers[0].""')
})
