import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { editDescription, type TextEdit } from '../edit/edit-description.ts'
import { parseDescription, seedDescriptionFile } from '../read-description.ts'
import { effectsOfChange } from './effects-of-change.ts'

const seed = readFileSync(seedDescriptionFile, 'utf8')
function descriptionWith(edits: TextEdit[] = []) {
  const parsed = parseDescription(editDescription(seed, edits))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}
const nothing = {
  terms: [],
  endsHolds: false,
  endsKinds: [],
  endsService: false,
  endsResearch: false,
  endsAuthority: false,
}

test('a change that shortens no term and removes no service affects no pending work', () => {
  expect(
    effectsOfChange(descriptionWith(), descriptionWith([{ path: ['title', 'en'], value: 'REGISTER' }])),
  ).toMatchObject(nothing)
})

test('shorter terms are listed by number, months and instant', () => {
  const after = descriptionWith([{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }])
  const { terms } = effectsOfChange(descriptionWith(), after)
  expect(terms.length).toBeGreaterThan(0)
  for (const term of terms) expect(term).toMatchObject({ months: 3, at: after.effectiveFrom.toString() })
})

test.each([
  ['holdForInspection', { endsHolds: true }],
  ['accessCopy', { endsKinds: ['COPY'] }],
])('switching %s off is listed, and switching it on is not', (name, effects) => {
  const on = descriptionWith([{ path: ['switches', name], value: true }])
  const off = descriptionWith([{ path: ['switches', name], value: false }])
  expect(effectsOfChange(on, off)).toMatchObject({ ...nothing, ...effects })
  expect(effectsOfChange(off, on)).toMatchObject(nothing)
})
