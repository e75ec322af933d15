import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalisePhoneNumber } from './normalise-phone-number.ts'

/** Finnish numbers as telephone systems and people write them: the text, the expected kind and key, and further facts. */
const table: [raw: string, kind: string, key: string | null, more?: object][] = [
  ['029 512 000', 'e164', '+35829512000', { valid: true, cls: 'national', display: '029 512 000' }],
  ['0295 12000', 'e164', '+35829512000', { display: '029 512 000' }],
  ['00358 29 512 000', 'e164', '+35829512000'],
  ['990 358 29 512 000', 'e164', '+35829512000'],
  ['０２９ ５１２ ０００', 'e164', '+35829512000'],
  ['029\u00a0512\u00a0000', 'e164', '+35829512000'],
  ['\u202a029 512 000\u202c', 'e164', '+35829512000'],
  ['029–512–000', 'e164', '+35829512000'],
  ['tel:+358-29-512-000', 'e164', '+35829512000'],
  ['0295 333 200', 'e164', '+358295333200', { display: '0295 333 200' }],
  ['010 4601', 'e164', '+358104601', { valid: true }],
  ['020 634 11', 'e164', '+3582063411', { valid: true }],
  ['0100 100', 'e164', '+358100100', { valid: true, display: '0100 100' }],
  ['0800 12345', 'e164', '+35880012345', { valid: true, cls: 'free' }],
  ['020202', 'e164', '+35820202', { display: '020202' }],
  ['116117', 'short', 'short:358:116117', { cls: 'harmonised', display: '116 117' }],
  ['116 000', 'short', 'short:358:116000'],
  ['+358116117', 'short', 'short:358:116117'],
  ['00358 116 117', 'short', 'short:358:116117'],
  ['+358 112', 'short', 'short:358:112', { cls: 'emergency' }],
  ['112', 'short', 'short:358:112'],
  ['118', 'short', 'short:358:118'],
  ['1061234', 'short', 'short:358:1061234', { cls: 'area-service' }],
  ['010 61234', 'e164', '+3581061234'],
  ['10022', 'short', 'short:358:10022'],
  ['16400', 'short', 'short:358:16400'],
  ['512000', 'extension', 'ext:main:512000', { display: '512000' }],
  ['4711', 'extension', 'ext:main:4711'],
  ['358500000', 'e164', '+358500000'],
  ['35829512000', 'e164', '+35829512000'],
  ['029 512 000 p. 12', 'e164', '+35829512000', { ext: '12', display: '029 512 000' }],
  ['029 512 000 alanro 12', 'e164', '+35829512000', { ext: '12' }],
  ['029 512 000 ankn. 12', 'e164', '+35829512000', { ext: '12' }],
  ['+358 29 512 000/12', 'unparsed', null],
  ['029 512 000, 029 512 001', 'unparsed', null],
  ['puh. 029 512 000', 'e164', '+35829512000'],
  ['vaihde 029 512 000', 'e164', '+35829512000'],
  ['tfn 029 512 001', 'e164', '+35829512001'],
  ['029 512 000 (vaihde)', 'e164', '+35829512000'],
  ['+358 (0)29 512 000', 'e164', '+35829512000'],
  ['(09) 123 456', 'e164', '+3589123456', { display: '09 123 456' }],
  ['*31#040 123 4567', 'e164', '+358401234567', { cls: 'mobile', display: '040 123 4567' }],
  ['#31#0401234567', 'e164', '+358401234567'],
  ['sip:+358401234567@sbc.example.fi:5060;user=phone', 'e164', '+358401234567'],
  ['<sip:%2B358401234567;npdi@sbc.example.fi>;tag=1', 'e164', '+358401234567'],
  ['"Aino" <sips:4711@pbx.example.fi>', 'extension', 'ext:main:4711'],
  ['tel:4711;phone-context=pbx.example.fi', 'extension', 'ext:pbx.example.fi:4711'],
  ['tel:029512000;phone-context=+358;ext=12', 'e164', '+35829512000', { ext: '12' }],
  ['sip:aino@Example.FI:5061', 'address', 'sip:aino@example.fi', { display: 'aino@example.fi' }],
  ['sip:@example.fi', 'unparsed', null],
  ['sip:+35840123@x', 'e164', '+35840123'],
  ['030 123', 'e164', '+35830123', { valid: false }],
  ['0600 1234', 'e164', '+3586001234', { valid: false }],
  ['073 1234567', 'e164', '+358731234567', { valid: false }],
  ['018 12345', 'e164', '+3581812345', { valid: true }],
  ['+46 8 123 456 78', 'e164', '+46812345678', { display: '+46 8 123 456 78' }],
  ['46812345678', 'e164', '+46812345678'],
  ['anonymous', 'withheld', null],
  ['Unavailable', 'withheld', null],
  ['', 'withheld', null],
  ['0', 'withheld', null],
  ['salattu numero', 'withheld', null],
  ['Dolt nummer', 'withheld', null],
  ['sip:anonymous@anonymous.invalid', 'withheld', null],
  ['"Anonymous" <sip:anonymous@10.0.0.1>;tag=9', 'withheld', null],
  ['"Anonymous" <sip:+358401234567@trunk.example>', 'withheld', null],
  ['"Anonymous" <sip:+358401234567>', 'withheld', null],
  ['sip:4711;phone-context=pbx.example.fi@sbc.example.fi', 'extension', 'ext:pbx.example.fi:4711'],
  ['sip:+358401234567', 'e164', '+358401234567'],
  ['"Unknown" <sip:+358401234567@trunk.example>', 'e164', '+358401234567'],
  ['Tel: 029 512 000 (vaihde)', 'e164', '+35829512000'],
  ['soita minulle', 'unparsed', null],
  ['9'.repeat(40), 'unparsed', null],
]

describe('parsing a telephone number', () => {
  test.each(table)('%j is parsed as %s %s', (raw, kind, key, more = {}) => {
    expect(normalisePhoneNumber(raw)).toMatchObject({ kind, key, ...more })
  })

  test('a parsed number keeps its text as received, and a withheld one keeps nothing (AC9)', () => {
    expect(normalisePhoneNumber(' 029-512 000').raw).toBe(' 029-512 000')
    expect(normalisePhoneNumber('"Anonymous" <sip:+358401234567@trunk.example>').raw).toBe('')
  })

  test('an extension belongs to its exchange', () => {
    expect(normalisePhoneNumber('4711', { pbx: 'oulu' }).key).toBe('ext:oulu:4711')
    expect(normalisePhoneNumber('ext:oulu:4711', { pbx: 'turku' }).key).toBe('ext:oulu:4711')
  })

  const numberish = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'0123456789+ -().*#/,;:@<>"%xpextsiltELsh[]_') }),
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 16 }),
    fc
      .tuple(fc.constantFrom('+', '00', '0', '358', '990', 'sip:', 'tel:', 'ext:a:', 'short:358:'), fc.string())
      .map((t) => t.join('')),
    fc.tuple(fc.constantFrom('+', '+358', '0', '00358', '990', ''), fc.nat(9_999_999_999)).map((t) => t.join('')),
    fc.tuple(fc.string({ minLength: 1 }), fc.domain()).map(([user, host]) => `sip:${user}@${host}`),
  )

  test('no text throws', () => {
    fc.assert(
      fc.property(numberish, (raw) => {
        expect(normalisePhoneNumber(raw).kind).toBeTypeOf('string')
      }),
      { numRuns: 5_000 },
    )
  })

  test('a key is parsed to itself', () => {
    fc.assert(
      fc.property(numberish, (raw) => {
        const { key, kind } = normalisePhoneNumber(raw)
        if (key !== null) expect(normalisePhoneNumber(key)).toMatchObject({ key, kind })
      }),
      { numRuns: 5_000 },
    )
  })

  test('a valid number as displayed is parsed to the same number', () => {
    fc.assert(
      fc.property(numberish, (raw) => {
        const number = normalisePhoneNumber(raw)
        if ((number.kind === 'e164' || number.kind === 'short') && number.valid)
          expect(normalisePhoneNumber(number.display).key).toBe(number.key)
      }),
      { numRuns: 5_000 },
    )
  })
})
