import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readVcon } from './read-vcon.ts'
import { selfSigned } from './self-signed.ts'
import type { Vcon } from './vcon-schema.ts'
import { vconUuid, writeVcon } from './write-vcon.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signer = { name: 'seloste/lupavirasto/9f2c61d0', privateKey }

const valid = {
  vcon: '0.4.0',
  uuid: vconUuid(signer.name),
  created_at: '2026-12-02T00:00:00Z',
  parties: [{ type: 'person' }, { type: 'person' }],
  dialog: [
    {
      type: 'recording',
      start: '2026-12-01T10:00:00Z',
      duration: 12.5,
      parties: [0, [1]],
      mediatype: 'audio/x-wav',
      filename: '1.wav',
      content_hash: `sha512-${'A'.repeat(86)}`,
    },
  ],
} satisfies Vcon
const dialog = valid.dialog[0]!

/** Signs any object, valid or not, as other software may. */
function signed(vcon: object, changed: { head?: object; header?: object } = {}): Buffer {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const [payload, head] = [encode(vcon), encode(changed.head ?? { alg: 'EdDSA' })]
  const signature = sign(null, Buffer.from(`${head}.${payload}`), privateKey).toString('base64url')
  const header = { x5c: [selfSigned(signer.name, privateKey).toString('base64')], ...changed.header }
  return Buffer.from(JSON.stringify({ payload, signatures: [{ protected: head, header, signature }] }))
}
function problemsOf(bytes: Buffer): string[] {
  const read = readVcon(bytes)
  return 'problems' in read ? read.problems.map(({ where, what }) => `${where} ${what}`) : []
}

describe('a signed vCon', () => {
  test('is read as written, with the key that signed it', () => {
    const read = readVcon(writeVcon(valid, signer))
    expect(read).toMatchObject({ vcon: valid })
    expect('signedBy' in read && read.signedBy.equals(publicKey)).toBe(true)
    expect(problemsOf(signed(valid))).toEqual([])
  })

  test('is not written if it could not be read', () => {
    expect(() => writeVcon({ ...valid, dialog: [{ ...dialog, parties: [7] }] }, signer)).toThrow(
      '/dialog/0/parties has no 7',
    )
  })

  test.each<[string, Buffer, RegExp]>([
    ['a body that is not JSON', Buffer.from('no'), /^jws:\/ /],
    ['no signature', Buffer.from(JSON.stringify(valid)), /^jws:\/ must have required properties payload, signatures/],
    ['another algorithm', signed(valid, { head: { alg: 'none' } }), /^jws:\/signatures\/0 .*algorithm/],
    ['a critical header parameter', signed(valid, { head: { alg: 'EdDSA', crit: ['b64'] } }), /crit/],
    ['a key of another algorithm', signed(valid, { head: { alg: 'RS256' } }), /does not fit/],
    ['a broken certificate', signed(valid, { header: { x5c: ['AAAA'] } }), /cannot be read/],
    [
      'another uuid in its header',
      signed(valid, { header: { uuid: vconUuid('x') } }),
      /^jws:\/signatures\/0\/header\/uuid /,
    ],
    ['another version', signed({ ...valid, vcon: '0.0.1' }), /^\/vcon /],
    ['an invalid uuid', signed({ ...valid, uuid: 'x' }), /^\/uuid /],
    ['an invalid creation time', signed({ ...valid, created_at: 'today' }), /^\/created_at /],
    ['an unknown extension', signed({ ...valid, critical: ['x'] }), /^\/critical .*x/],
    ['both redacted and amended', signed({ ...valid, redacted: { type: 'x' }, amended: {} }), /^\/amended /],
    ['a dialog without start', signed({ ...valid, dialog: [{ type: 'text' }] }), /^\/dialog\/0 .*start/],
    [
      'an invalid content hash',
      signed({ ...valid, dialog: [{ ...dialog, content_hash: 'x' }] }),
      /^\/dialog\/0\/content_hash /,
    ],
    ['a url without TLS', signed({ ...valid, dialog: [{ ...dialog, url: 'http://x' }] }), /^\/dialog\/0\/url /],
    [
      'a recording-set with content',
      signed({ ...valid, dialog: [{ ...dialog, type: 'recording-set' }] }),
      /recordings .*\|.*must not have content/,
    ],
    [
      'a body that is not text',
      signed({ ...valid, dialog: [{ ...dialog, body: {}, encoding: 'none' }] }),
      /^\/dialog\/0\/body /,
    ],
    [
      'an attachment of an unknown party',
      signed({ ...valid, attachments: [{ start: valid.created_at, party: 9, dialog: 0 }] }),
      /^\/attachments\/0\/party has no 9/,
    ],
  ])('is refused with %s', (_, bytes, problem) => {
    expect(problemsOf(bytes).join('|')).toMatch(problem)
  })

  test('is refused after any change of its payload', () => {
    const jws = JSON.parse(writeVcon(valid, signer).toString()) as { payload: string }
    const payload = Buffer.from(JSON.stringify({ ...valid, subject: 'x' })).toString('base64url')
    expect(problemsOf(Buffer.from(JSON.stringify({ ...jws, payload })))).toEqual(['jws:/signatures/0 does not verify'])
  })
})

test('the certificate is self-signed by the key and identical each time, also for a long name', () => {
  for (const name of [signer.name, `seloste/${'ä'.repeat(90)}/9f2c61d0`]) {
    const certificate = new X509Certificate(selfSigned(name, privateKey))
    expect(certificate.verify(publicKey)).toBe(true)
    expect(certificate.subject).toBe(`CN=${name.slice(-64)}`)
    expect(selfSigned(name, privateKey)).toEqual(certificate.raw)
  }
})

test('a uuid has version 8 and ends with the same digits for one maker', () => {
  const [first, second] = [vconUuid('a'), vconUuid('a')]
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(first).not.toBe(second)
  expect(first.slice(19)).toBe(second.slice(19))
})
