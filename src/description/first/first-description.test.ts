import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { expect, test } from 'vitest'
import { descriptionFile, fieldsAt } from '../description-file.ts'
import { parseDescription, seedDescriptionFile } from '../read-description.ts'
import { readAnswers } from './answers.ts'
import { firstDescription } from './first-description.ts'

const page = await readFile('docs/formats/register-description.md', 'utf8')
const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!
const bundled = await readFile(seedDescriptionFile, 'utf8')

function makeDescription(source: string): string {
  const read = readAnswers(source)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return firstDescription(read.answers, bundled)
}

test('the example answers of the format’s page make a valid description without a word of the bundled description’s agency', () => {
  const text = makeDescription(example)
  const parsed = parseDescription(text)
  expect(parsed).toMatchObject({ ok: true, description: { version: 1, profile: 'gdpr' } })
  expect(text).not.toMatch(/verohallin|skatteförv|tax adm|henkilövero|vero\.example|029 ?(497|512)/i)
  expect(text).toContain('fi: Esimerkkiviraston puhelinpalvelun kontaktihistorian')
})

test('answers without a legal basis, an officer and a test line make a register description without a rule for a test line', () => {
  const lines = example.split('\n')
  const from = lines.findIndex((line) => line.startsWith('  legalBasis:'))
  const until = lines.findIndex((line) => line.startsWith('decision:'))
  const text = makeDescription(
    [...lines.slice(0, from), ...lines.slice(until)].join('\n').replace(/, testLine: [\d ]+/, ''),
  )
  const parsed = parseDescription(text)
  expect(parsed).toMatchObject({ ok: true, description: { profile: 'seed' } })
  expect(parsed.ok && parsed.description.recordingPlan.rules.map(({ id }) => id)).toEqual(['service-numbers'])
})

test('each section has a comment that says what it is for', () => {
  const text = makeDescription(example)
  const keys = [...text.matchAll(/^(\w+):/gm)].map(([, key]) => key)
  const bare = [...text.matchAll(/(?<!^#.*\n)^(\w+):/gm)].map(([, key]) => key)
  expect(keys.length).toBeGreaterThan(15)
  expect(bare).toEqual(['effectiveFrom', 'title'])
})

test('a file with a missing or an unknown answer is refused with the name of the answer', () => {
  const broken = example.replace('finnishIllative: ', 'illative: ').replace('percent: 10', 'percent: ten')
  expect(readAnswers(broken)).toEqual({
    ok: false,
    problems: expect.arrayContaining([
      expect.stringMatching(/^unit .*finnishIllative/),
      expect.stringMatching(/^unit must not have illative/),
      expect.stringMatching(/^recording\.percent /),
    ]),
  })
  expect(readAnswers('agency: [')).toMatchObject({ ok: false })
})

test('the format’s page names every field', () => {
  const named = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code!.split(/[^A-Za-z]+/)))
  const places = [
    '',
    'controller',
    'numbering',
    'recordingPlan',
    'storage',
    'disclosure',
    'rights',
    'contacts',
    'switches',
  ]
  const items = ['purposes', 'roles', 'numbers', 'recordingPlan/properties/rules', 'storage/properties/sites']
  const fields = [
    ...places.flatMap((place) => fieldsAt(place === '' ? '#' : `#/properties/${place}`)),
    ...items.flatMap((place) => fieldsAt(`#/properties/${place}/items`)),
  ]
  expect(fields.length).toBeGreaterThan(70)
  expect(fields.filter((field) => !named.has(field))).toEqual([])
  expect(descriptionFile.Check(parseDocument(makeDescription(example)).toJS())).toBe(true)
})
