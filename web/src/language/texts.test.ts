import { expect, test } from 'vitest'
import { translateWith } from './texts.ts'

const texts = {
  'a.name': 'Hei {{name}}, {{name}}!',
  'a.calls_zero': 'Ei puheluja',
  'a.calls_one': '{{count}} puhelu',
  'a.calls_other': '{{count}} puhelua',
  'a.rows_one': 'yksi rivi',
  'a.rows_other': '{{count}} riviä',
}
const t = translateWith(texts, 'fi')

test('placeholders are filled in at each occurrence', () => {
  expect(t('a.name', { name: '$& Aino' })).toBe('Hei $& Aino, $& Aino!')
  expect(t('a.name')).toBe('Hei , !')
})

test('a number selects the plural, and zero has its own text if there is one', () => {
  expect([0, 1, 2].map((count) => t('a.calls', { count }))).toEqual(['Ei puheluja', '1 puhelu', '2 puhelua'])
  expect(t('a.rows', { count: 0 })).toBe('0 riviä')
})

test('a key without a text is returned as it is, until its text has been loaded', () => {
  const loaded: Record<string, string> = {}
  const later = translateWith(loaded, 'sv')
  expect(later('a.late')).toBe('a.late')
  Object.assign(loaded, { 'a.late': 'Sent' })
  expect(later('a.late')).toBe('Sent')
})
