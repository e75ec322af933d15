import { parseDate } from '@internationalized/date'
import { expect, test } from 'vitest'
import { hasEqualProps } from './memo-controls.ts'

const onChange = () => undefined
const control = () => ({
  label: 'Suomi',
  value: 'Palvelunumerot',
  options: [{ value: '1', label: 'Yksi' }],
  day: parseDate('2026-11-27'),
  error: undefined as string | undefined,
  onChange,
})

test('a control is not rendered again if its props are equal, even with new list and date objects', () => {
  expect(hasEqualProps(control(), control())).toBe(true)
})

test.each([
  ['text', { value: 'Palvelunumerot 2' }],
  ['option', { options: [{ value: '1', label: 'Yksi uusi' }] }],
  ['day', { day: parseDate('2026-11-28') }],
  ['day, or none', { day: null }],
  ['error', { error: 'Puuttuu.' }],
  ['callback', { onChange: () => undefined }],
  ['property', { rows: 3 }],
])('a control is rendered again for another %s', (_, change) => {
  expect(hasEqualProps(control(), { ...control(), ...change })).toBe(false)
  expect(hasEqualProps({ ...control(), ...change }, control())).toBe(false)
})
