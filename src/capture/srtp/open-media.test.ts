import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { RtpHeader, SrtcpSession, SrtpSession } from 'werift-rtp'
import { makeMediaKey, protectMedia, suites, type MediaKey, type SuiteName } from '#test/simulator/protect-media.ts'
import { seedRandom } from '#test/simulator/random.ts'
import { MediaOpener } from './open-media.ts'
import { replayed, tooOld, unauthentic } from './open-rtp.ts'
import { RtcpSealer } from './protect-rtcp.ts'
import { suiteNamed, type MasterKey } from './suites.ts'

const random = seedRandom('srtp')
const bytes = (count: number) => Buffer.from(random.hex(count), 'hex')
const names = Object.keys(suites) as SuiteName[]

function asMaster({ suite, secret, mki }: MediaKey): MasterKey {
  return { suite: suiteNamed(suite)!, secret: createSecretKey(secret), ...(mki && { mki }) }
}

function packet(sequence: number, ssrc = 0xcafe, payload = bytes(160)): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = 8
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE(ssrc, 8)
  return Buffer.concat([header, payload])
}

/** Opens a datagram. Returns the plain packet, or the reason for its refusal. */
function open(opener: MediaOpener, sealed: Buffer): Buffer | number {
  const copy = Buffer.from(sealed)
  const size = opener.openRtp(copy, copy.length)
  if (size > 0) return copy.subarray(0, size)
  expect(copy.equals(sealed), 'a packet that is refused stays as it came').toBe(true)
  return size
}

function sender(suite: SuiteName, mki?: Buffer) {
  const key = makeMediaKey(suite, bytes, mki)
  return { key: asMaster(key), seal: protectMedia(key) }
}

describe.each(names)('%s', (suite) => {
  test('opens each packet once, up to forty places late, over a rollover', () => {
    const { key, seal } = sender(suite)
    const opener = new MediaOpener([key])
    const order = Array.from({ length: 200 }, (_, i) => ({ sequence: 65_436 + i, at: i + random.integer(0, 40) }))
    for (const { sequence } of order.toSorted((a, b) => a.at - b.at)) {
      const sent = packet(sequence)
      const sealed = seal(sent, sequence)
      expect(open(opener, sealed)).toEqual(sent)
      expect(open(opener, sealed)).toBe(replayed)
    }
  })

  test('follows a sender whose sequence numbers continue during long pauses', () => {
    const { key, seal } = sender(suite)
    const opener = new MediaOpener([key])
    for (let sequence = 10; sequence < 9 * 65_536; sequence += 30_000) {
      const sent = packet(sequence)
      expect(open(opener, seal(sent, sequence))).toEqual(sent)
    }
  })

  test('rejects a packet in which any bit differs', () => {
    const { key, seal } = sender(suite)
    const opener = new MediaOpener([key])
    const sent = packet(7)
    const sealed = seal(sent, 7)
    for (let bit = 0; bit < sealed.length * 8; bit += 5) {
      const forged = Buffer.from(sealed)
      forged[bit >> 3]! ^= 1 << (bit & 7)
      expect(open(opener, forged)).toBe(unauthentic)
    }
    expect(open(opener, sealed)).toEqual(sent)
  })

  test('finds the rollover counter of a sender that has long been sending', () => {
    const { key, seal } = sender(suite)
    const opener = new MediaOpener([key])
    const sequence = 40 * 65_536 + 9
    const sent = packet(sequence)
    expect(open(opener, seal(sent, sequence))).toEqual(sent)
    expect(open(opener, seal(packet(9), 9)), 'and never goes back').toBeLessThan(0)
  })
})

describe('compared with werift', () => {
  const key = bytes(16)
  const contributing = (csrcLength: number) => ({
    csrcLength,
    csrc: Array.from({ length: csrcLength }, () => random.integer(0, 0xffffffff)),
  })
  test.each([
    ['AES_CM_128_HMAC_SHA1_80', 1, 14],
    ['AEAD_AES_128_GCM', 7, 12],
  ] as const)('%s: werift’s packets are opened, and werift opens our reports', (suite, profile, saltBytes) => {
    const salt = bytes(saltBytes)
    const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
    const master: MasterKey = { suite: suiteNamed(suite)!, secret: createSecretKey(Buffer.concat([key, salt])) }
    const weriftSession = new SrtpSession({ keys, profile })
    const opener = new MediaOpener([master])
    // werift counts a rollover only if the step across it is under 100.
    let sequence = random.integer(0x8000, 0xffff)
    for (let i = 0; i < 400; i++) {
      const header = new RtpHeader({
        payloadType: random.integer(0, 127),
        sequenceNumber: sequence,
        timestamp: random.integer(0, 0xffffffff),
        ssrc: 77,
        ...contributing(random.integer(0, 3)),
        marker: random.chance(0.5),
      })
      const payload = bytes(random.integer(0, 300))
      const opened = open(opener, weriftSession.encrypt(payload, header))
      expect(opened).toEqual(Buffer.concat([header.serialize(header.serializeSize), payload]))
      sequence = (sequence + random.integer(1, 90)) & 0xffff
    }
    const sealer = new RtcpSealer(master)
    const reports = new SrtcpSession({ keys, profile })
    for (let i = 0; i < 5; i++) {
      const report = Buffer.concat([Buffer.from('81c90007', 'hex'), bytes(28)])
      expect(Buffer.from(reports.decrypt(sealer.seal(report)))).toEqual(report)
      expect(opener.openRtcp(Buffer.from(reports.encrypt(report)))).toEqual(report)
    }
  })
})

test('a packet before the window is late, and is not decrypted', () => {
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_80')
  const opener = new MediaOpener([key])
  open(opener, seal(packet(5000), 5000))
  expect(open(opener, seal(packet(3976), 3976))).toBe(tooOld)
  expect(open(opener, seal(packet(3977), 3977))).toBeInstanceOf(Buffer)
})

test('each source has a rollover counter and a window of its own', () => {
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_32')
  const opener = new MediaOpener([key])
  for (const sequence of [65_535, 65_536, 65_537]) {
    for (const ssrc of [1, 2]) {
      const sent = packet(sequence - 2 * ssrc, ssrc)
      expect(open(opener, seal(sent, sequence - 2 * ssrc))).toEqual(sent)
    }
  }
})

test('forged packets do not prevent a search for the rollover counter', () => {
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_80')
  const opener = new MediaOpener([key])
  for (let i = 0; i < 200; i++) expect(open(opener, bytes(182))).toBe(unauthentic)
  const at = (sequence: number) => open(opener, seal(packet(sequence), sequence))
  const found = Array.from({ length: 30 }, (_, i) => at(3 * 65_536 + i))
  expect(found.filter((opened) => opened instanceof Buffer).length).toBeGreaterThan(0)
  expect(found.at(-1)).toBeInstanceOf(Buffer)
})

test('the packet’s MKI selects among several keys', () => {
  const [first, second] = [sender('AEAD_AES_128_GCM', Buffer.from([1])), sender('AEAD_AES_128_GCM', Buffer.from([2]))]
  const opener = new MediaOpener([first.key, second.key])
  const sent = [packet(1), packet(2), packet(3)] as const
  expect(open(opener, second.seal(sent[0], 1))).toEqual(sent[0])
  expect(open(opener, first.seal(sent[1], 2))).toEqual(sent[1])
  expect(open(opener, second.seal(sent[2], 3))).toEqual(sent[2])
})

test('new keys replace the previous ones, which remain valid only for packets in flight', () => {
  const [old, fresh] = [sender('AES_CM_128_HMAC_SHA1_80'), sender('AES_256_CM_HMAC_SHA1_80')]
  const opener = new MediaOpener([old.key])
  expect(open(opener, old.seal(packet(1), 1))).toBeInstanceOf(Buffer)
  opener.setKeys([fresh.key])
  expect(open(opener, fresh.seal(packet(3), 3))).toBeInstanceOf(Buffer)
  expect(open(opener, old.seal(packet(2), 2)), 'crossed the offer').toBeInstanceOf(Buffer)
  for (let i = 4; i < 60; i++) open(opener, fresh.seal(packet(i), i))
  expect(open(opener, old.seal(packet(70), 70))).toBe(unauthentic)
})

test('keys that are sent again do not open a packet twice', () => {
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_80')
  const opener = new MediaOpener([key])
  const sealed = seal(packet(1), 1)
  expect(open(opener, sealed)).toBeInstanceOf(Buffer)
  opener.setKeys([{ ...key, secret: createSecretKey(key.secret.export()) }])
  expect(open(opener, sealed)).toBe(replayed)
})

test.each([
  ['other keys', [sender('AES_CM_128_HMAC_SHA1_80').key]],
  ['no keys', []],
])('keys that return after %s do not open a packet twice', (_what, between) => {
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_80')
  const opener = new MediaOpener([key])
  const sealed = seal(packet(1), 1)
  expect(open(opener, sealed)).toBeInstanceOf(Buffer)
  opener.setKeys(between)
  opener.setKeys([sender('AES_CM_128_HMAC_SHA1_80').key])
  opener.setKeys([key])
  expect(open(opener, sealed)).toBe(replayed)
  expect(open(opener, seal(packet(2), 2))).toBeInstanceOf(Buffer)
})

test('a printed key does not reveal its bytes', async () => {
  const { inspect } = await import('node:util')
  const { key } = sender('AES_CM_128_HMAC_SHA1_80')
  const secret = key.secret.export()
  for (const shown of [inspect(key, { depth: 9 }), JSON.stringify(key)]) {
    for (const text of [secret.toString('base64'), secret.toString('hex'), secret.join(',')]) {
      expect(shown).not.toContain(text.slice(0, 12))
    }
  }
})

test('malformed packets of all sorts are refused', () => {
  const count = process.env['SELOSTE_LONG'] ? 1_000_000 : 6_000
  const { key, seal } = sender('AES_CM_128_HMAC_SHA1_80')
  const gcm = sender('AEAD_AES_256_GCM', Buffer.from([9, 9]))
  for (const { opener, good } of [
    { opener: new MediaOpener([key]), good: seal(packet(100), 100) },
    { opener: new MediaOpener([gcm.key]), good: gcm.seal(packet(100), 100) },
  ]) {
    for (let i = 0; i < count / 2; i++) {
      const shape = random.integer(0, 3)
      const sealed =
        shape === 0
          ? bytes(random.integer(0, 60))
          : shape === 1
            ? good.subarray(0, random.integer(0, good.length - 1))
            : Buffer.concat([good, bytes(random.integer(1, 9))])
      if (shape === 3) sealed[0] = random.integer(0, 255)
      expect(opener.openRtp(Buffer.from(sealed), sealed.length)).toBeLessThan(0)
      expect(opener.openRtcp(Buffer.from(sealed))).toBeUndefined()
    }
    expect(opener.openRtp(Buffer.from(good), good.length)).toBeGreaterThan(0)
  }
})
