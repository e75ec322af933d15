import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLeaks, type Secret } from './find-leaks.ts'

const inRandomBytes = (...inside: readonly (Uint8Array | string)[]) =>
  Buffer.concat([randomBytes(1001), ...inside.map((part) => Buffer.from(part as string)), randomBytes(997)])
const number: Secret = { kind: 'number', value: '040 123 4567' }
const name: Secret = { kind: 'text', value: 'Väinö Hämäläinen' }
const moment = Temporal.Instant.from('2026-03-05T06:07:08.123Z').epochMilliseconds
const time: Secret = { kind: 'time', value: moment }
const id = '6f1c2b8e-93d4-4a5f-8b7a-0c1d2e3f4a5b'
const uuid: Secret = { kind: 'uuid', value: id }

test.each(['0401234567', '040 123 4567', '040-1234567', '(040) 123.4567', '04 01 23 45 67', '040\u00a0123\u202f4567'])(
  'a number grouped as %j is found, in UTF-8, in UTF-16 at even and at odd offsets',
  (written) => {
    expect(findLeaks(inRandomBytes(written), [number])).not.toEqual([])
    expect(findLeaks(inRandomBytes(Buffer.from(written, 'utf16le')), [number])).not.toEqual([])
    expect(findLeaks(inRandomBytes('x', Buffer.from(written, 'utf16le')), [number])).not.toEqual([])
    expect(findLeaks(inRandomBytes(Buffer.from(written, 'utf16le').swap16()), [number])).not.toEqual([])
  },
)

test.each([
  'väinö hämäläinen',
  'VÄINÖ HÄMÄLÄINEN',
  'Väinö_Hämäläinen',
  'Va\u0308ino\u0308 Ha\u0308ma\u0308la\u0308inen',
  'vaino.hamalainen',
])('a name written as %j is found', (written) => {
  expect(findLeaks(inRandomBytes(written), [name])).not.toEqual([])
})

test('a name is found in Latin-1, and in base64 and hexadecimal at any offset', () => {
  expect(findLeaks(inRandomBytes(Buffer.from('Väinö Hämäläinen', 'latin1')), [name])).not.toEqual([])
  for (const before of ['', 'a', 'ab', 'abc']) {
    const bytes = Buffer.from(`${before}Väinö Hämäläinen.`)
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(findLeaks(inRandomBytes(bytes.toString(encoding)), [name]), `${before} ${encoding}`).not.toEqual([])
    }
  }
})

test.each([
  '2026-03-05T06:07:08Z',
  '2026-03-05 08:07',
  '20260305T060708',
  '5.3.2026 klo 08.07',
  String(Math.floor(moment / 1000)),
  String(moment),
])('an instant written as %s is found', (written) => {
  // Encloses the text in quotes, because a digit next to it by chance would make a longer number.
  expect(findLeaks(inRandomBytes(`"${written}"`), [time])).not.toEqual([])
})

test('an instant is found in binary, in either byte order', () => {
  const seconds = Buffer.alloc(4)
  seconds.writeUInt32LE(Math.floor(moment / 1000))
  const milliseconds = Buffer.alloc(8)
  milliseconds.writeBigUInt64BE(BigInt(moment))
  expect(findLeaks(inRandomBytes(seconds), [time])).not.toEqual([])
  expect(findLeaks(inRandomBytes(milliseconds), [time])).not.toEqual([])
})

test('an id is found as text, without hyphens, in capitals, in binary, in base64', () => {
  const raw = Buffer.from(id.replaceAll('-', ''), 'hex')
  for (const form of [
    id,
    id.toUpperCase(),
    id.replaceAll('-', ''),
    raw,
    raw.toString('base64'),
    Buffer.from(id).toString('base64url'),
  ]) {
    expect(findLeaks(inRandomBytes(form), [uuid])).not.toEqual([])
  }
})

test('a leak is reported by the position of the secret in the list, without the secret', () => {
  const [leak] = findLeaks(inRandomBytes(id), [number, uuid])
  expect(leak?.secret).toBe(1)
  expect(JSON.stringify(leak)).not.toContain(id.slice(0, 8))
})

test('nothing is found in random bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), (size) => {
      const secrets: Secret[] = [number, name, time, { kind: 'uuid', value: randomUUID() }]
      expect(findLeaks(randomBytes(size), secrets)).toEqual([])
    }),
    { numRuns: 30 },
  )
})

test('a secret that is too short is refused', () => {
  expect(() => findLeaks(randomBytes(10), [{ kind: 'number', value: '123' }])).toThrow(RangeError)
  expect(() => findLeaks(randomBytes(10), [{ kind: 'text', value: 'ä' }])).toThrow(RangeError)
})
