import { createSecretKey } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { suiteNamed } from '../srtp/suites.ts'
import { answerOffer, planStreams, type AnswerOptions } from './answer-offer.ts'
import { parseSdp } from './parse-sdp.ts'

const key30 = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'
const key46 = Buffer.alloc(46, 5).toString('base64')
const own = Buffer.alloc(30, 3)
const options: AnswerOptions = {
  address: '203.0.113.9',
  origin: { sessionId: '777', version: 1 },
  ports: new Map([[0, 30_000]]),
  mode: 'record',
  ownKey: () => ({ suite: suiteNamed('AES_CM_128_HMAC_SHA1_80')!, secret: createSecretKey(own) }),
}

function offerOf(lines: readonly string[], profile = 'RTP/SAVP') {
  const session = ['v=0', 'o=- 9 9 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0']
  const offer = parseSdp([...session, `m=audio 4000 ${profile} 8`, ...lines].join('\r\n'))
  if (offer.kind === 'refusal') throw new Error(offer.reason)
  return offer
}

type Changes = Partial<AnswerOptions> & { profile?: string; acceptsKeys?: boolean }

function answer(lines: readonly string[], { profile = 'RTP/SAVP', acceptsKeys = true, ...changed }: Changes = {}) {
  const offer = offerOf(lines, profile)
  return answerOffer(offer, planStreams(offer, '198.51.100.1', { acceptsKeys }), { ...options, ...changed })
}

const textOf = (result: ReturnType<typeof answer>) => (result.kind === 'answer' ? result.text : result.reason)

describe('keys in an offer (RFC 4568)', () => {
  test('the first usable line is answered under its tag with our own key', () => {
    const text = textOf(
      answer([
        `a=crypto:1 F8_128_HMAC_SHA1_80 inline:${key30}`,
        `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${key30}|2^20|1:4 KDR=0 WSH=128`,
        `a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:${key30}`,
      ]),
    )
    expect(text.match(/^a=crypto.*$/gm)).toEqual([
      `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${own.toString('base64')}`,
    ])
    expect(text).toContain('m=audio 30000 RTP/SAVP 8')
    expect(text).not.toContain(key30)
  })

  test.each([
    ['is unencrypted', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30} UNENCRYPTED_SRTP`],
    ['has unencrypted reports', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30} UNENCRYPTED_SRTCP`],
    ['is unauthenticated', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30} UNAUTHENTICATED_SRTP`],
    ['renews its session keys during the call', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30} KDR=24`],
    ['has an unknown parameter', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30} NEW=1`],
    ['has a key that is too short', `1 AES_256_CM_HMAC_SHA1_80 inline:${key30}`],
    ['has a key that is too long', `1 AES_CM_128_HMAC_SHA1_80 inline:${key46}`],
    ['has no key', '1 AES_CM_128_HMAC_SHA1_80 inline:'],
    ['has two indistinguishable keys', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30};inline:${key30}`],
    ['has an MKI that does not fit its length', `1 AES_CM_128_HMAC_SHA1_80 inline:${key30}|2^20|300:1`],
    ['has no tag', `x AES_CM_128_HMAC_SHA1_80 inline:${key30}`],
  ])('a line that %s is not used', (_what, line) => {
    expect(answer([`a=crypto:${line}`])).toEqual({ kind: 'refusal', status: 488, reason: 'No Usable SRTP Key' })
  })

  test('an unknown optional parameter is ignored', () => {
    expect(answer([`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key30} -NEW=1`]).kind).toBe('answer')
  })

  test('keys of an offer that others can read are not used: RTP/SAVP is refused, RTP/AVP is recorded unencrypted', () => {
    const lines = [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key30}`]
    expect(textOf(answer(lines, { acceptsKeys: false }))).toBe('SRTP Keys Only Over TLS')
    expect(textOf(answer(lines, { acceptsKeys: false, profile: 'RTP/AVP' }))).not.toContain('crypto')
  })

  test.each(['RTP/AVP', 'RTP/SAVPF', 'RTP/AVPF'])(
    'with the profile %s keys are used (RFC 8643), and the answer has the same profile',
    (profile) => {
      const text = textOf(answer([`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key30}`], { profile }))
      expect(text).toContain(`m=audio 30000 ${profile} 8`)
      expect(text).toContain('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:')
    },
  )

  test('a call that is not recorded also gets a key, because otherwise its client would end the call', () => {
    const text = textOf(
      answer([`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key30}`], { mode: 'historyOnly', ports: new Map() }),
    )
    expect(text).toMatch(/m=audio 9 RTP\/SAVP 8\r\n(?:a=.*\r\n)*a=crypto:1 /)
  })

  test('no key can be printed from a parsed offer', () => {
    const offer = offerOf([`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key30}`])
    const shown =
      inspect([offer, planStreams(offer, '198.51.100.1', { acceptsKeys: true })], { depth: 9 }) + JSON.stringify(offer)
    expect(shown).not.toContain(key30.slice(0, 10))
    expect(shown).not.toContain(Buffer.from(key30, 'base64').toString('hex').slice(0, 10))
  })
})

test.each([
  ['a=rtcp:53020', 53_020],
  ['a=rtcp:53020 IN IP4 203.0.113.77', 53_020],
  ['a=rtcp:99999', undefined],
  ['a=rtcp:x', undefined],
])('reports go to the port in %s (RFC 3605), and to no other address than that of the media', (line, reportsPort) => {
  const [stream] = planStreams(offerOf([line], 'RTP/AVP'), '198.51.100.1')
  expect(stream?.remote).toEqual({
    address: '192.0.2.1',
    port: 4000,
    basis: 'sdp',
    ...(reportsPort !== undefined && { reportsPort }),
  })
})
