import { expect, test } from 'vitest'
import { allParameters, headersOf, parameterOf, readAddress, readAddresses } from './read-header-value.ts'

test.each([
  ['<sip:a@x>;tag=1', 'sip:a@x', ''],
  ['"Virtanen, Aino" <sip:a@x;user=phone>;tag=1', 'sip:a@x;user=phone', 'Virtanen, Aino'],
  ['"odd <quote> \\" inside" <sip:a@x>', 'sip:a@x', 'odd <quote> \\" inside'],
  ['sip:a@x;tag=1', 'sip:a@x', ''],
  ['To:<sip:a@x', 'sip:a@x', 'To:'],
  ['<sip:a@x;+sip.src', 'sip:a@x;+sip.src', ''],
  ['"unbalanced <sip:a@x>', 'sip:a@x', '"unbalanced'],
])('%s is parsed', (value, uri, displayName) => {
  expect(readAddress(value)).toMatchObject({ uri, displayName })
})

test('lists are split at commas outside quotes and brackets', () => {
  const values = ['"A, B" <sip:a@x;p=1,2>, <tel:+3581>', 'sip:c@x']
  expect(readAddresses(values).map(({ uri }) => uri)).toEqual(['sip:a@x;p=1,2', 'tel:+3581', 'sip:c@x'])
})

test('parameters of header and URI are found together, the header first', () => {
  const address = readAddress('<sip:a@x;x-refci=1;x-nearend>;x-refci=2')!
  expect([...allParameters(address)]).toEqual([
    ['x-refci', '2'],
    ['x-nearend', ''],
  ])
})

test('a parameter may be quoted, and its name is not case-sensitive', () => {
  expect(parameterOf('multipart/mixed; a="x;y"; Boundary="q;r"', 'boundary')).toBe('q;r')
  expect(parameterOf('multipart/mixed', 'boundary')).toBeUndefined()
  expect(parameterOf('multipart/mixed;boundary=', 'boundary')).toBeUndefined()
})

test('headers are found regardless of case, in the order received', () => {
  const headers = headersOf([
    ['Diversion', '1'],
    ['To', '2'],
    ['DIVERSION', '3'],
  ])
  expect(headers('diversion')).toEqual(['1', '3'])
  expect(headers('privacy')).toEqual([])
})
