import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeMediaKey, protectMedia } from '#test/simulator/protect-media.ts'
import { seedRandom } from '#test/simulator/random.ts'
import { MediaOpener } from '../srtp/open-media.ts'
import { suiteNamed } from '../srtp/suites.ts'
import { SourceFollower } from './follow-source.ts'

const peer = { address: '192.0.2.1', port: 4000 }
const random = seedRandom('follow srtp')
const bytes = (count: number) => Buffer.from(random.hex(count), 'hex')

test('an SRTP stream keeps every packet under its key, and no byte of forged packets before, beside or after', () => {
  const strangers = process.env['SELOSTE_LONG'] ? 100_000 : 3000
  const key = makeMediaKey('AES_CM_128_HMAC_SHA1_80', bytes)
  const seal = protectMedia(key)
  const recorded: string[] = []
  const sources = new Set<number>()
  const follower = new SourceFollower({
    stream: 0,
    peer,
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
    opener: new MediaOpener([{ suite: suiteNamed(key.suite)!, secret: createSecretKey(key.secret) }]),
    recording: {
      source: (_stream, ssrc) => void sources.add(ssrc),
      packet: (...[, , , , , , datagram, start, end]) => recorded.push(datagram.toString('hex', start, end)) > 0,
      omitted: () => {},
    },
  })
  let now = 0
  const receive = (datagram: Buffer) =>
    follower.receive(Buffer.from(datagram), datagram.length, now, peer.address, peer.port)
  const packet = (sequence: number, ssrc: number, payload: Buffer) => {
    const header = Buffer.from('8008', 'hex')
    const rest = Buffer.alloc(10)
    rest.writeUInt16BE(sequence & 0xffff, 0)
    rest.writeUInt32BE(160 * sequence, 2)
    rest.writeUInt32BE(ssrc, 6)
    return Buffer.concat([header, rest, payload])
  }
  const sent: string[] = []
  let last: Buffer = Buffer.alloc(0)
  const stranger = (n: number) => {
    const sequence = 65_500 + Math.floor(n / 30) + random.integer(-3, 3)
    const shape = random.integer(0, 3)
    if (shape === 0) return packet(sequence, 7, bytes(160))
    if (shape === 1) return packet(n, 99, bytes(170))
    if (shape === 2) return bytes(random.integer(0, 200))
    return last
  }
  // Two packets in order from the described address and port would be followed if they were RTP.
  for (let n = 0; n < 5; n++) receive(packet(n, 99, bytes(170)))
  for (let n = 0; n < strangers; n++) {
    now += 7
    receive(stranger(n))
    if (n % 30 !== 0) continue
    const payload = bytes(160)
    const sequence = 65_500 + n / 30
    last = seal(packet(sequence, 7, payload), sequence)
    receive(last)
    sent.push(payload.toString('hex'))
  }
  // The call falls silent: a forged source would be followed now if it were RTP.
  now += 10_000
  for (let n = 0; n < 50; n++) receive(packet(40_000 + n, 7, bytes(160)))
  follower.settle()
  expect(recorded).toEqual(sent)
  expect([...sources]).toEqual([7])
  expect(follower.lost).toBe(0)
  expect(follower.counters.unauthentic).toBeGreaterThan(strangers / 4)
  expect(follower.counters.duplicates).toBeGreaterThan(strangers / 10)
})
