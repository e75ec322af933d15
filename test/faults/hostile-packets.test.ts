/**
 * B2: malformed and injected RTP and RTCP packets during a call. For SRTP see open-media.test.ts and
 * follow-srtp.test.ts.
 */
import { expect, test } from 'vitest'
import { SourceFollower } from '#capture/rtp/follow-source.ts'
import { readSenderReport } from '#capture/rtp/rtcp.ts'
import { seedRandom } from '../simulator/random.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const malformed = isLong ? 1_000_000 : 20_000
const injected = isLong ? 100_000 : 6_000

const peer = { address: '192.0.2.1', port: 4000 }
const ssrc = 7
const random = seedRandom('B2')
const randomBytes = (size: number) => Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)))

function rtp(sequence: number, source: number, payload: Buffer, payloadType = 8): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = payloadType
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE((sequence * 160) >>> 0, 4)
  head.writeUInt32BE(source, 8)
  return Buffer.concat([head, payload])
}

function openFollower() {
  const received: string[] = []
  const follower = new SourceFollower({
    stream: 0,
    peer,
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
    recording: {
      source: () => undefined,
      omitted: () => undefined,
      packet: (...[, , , , , , datagram, start, end]) => received.push(datagram.toString('latin1', start, end)) > 0,
    },
  })
  return { follower, received }
}

test(`${malformed.toLocaleString('en')} packets that are not RTP, from the peer itself: only bytes of the call are stored`, () => {
  const { follower, received } = openFollower()
  const sent: string[] = []
  const good = rtp(1, ssrc, randomBytes(160))
  let sequence = 0
  /** Packets from the peer's own port, each of which violates one condition. */
  const broken: (() => Buffer)[] = [
    () => randomBytes(random.integer(0, 11)),
    () => good.subarray(0, random.integer(0, 11)),
    // Has another version than 2 (RFC 3550, 5.1).
    () =>
      Buffer.concat([
        Buffer.from([random.pick([0, 0x40, 0xc0]) | random.integer(0, 63)]),
        randomBytes(random.integer(11, 300)),
      ]),
    // Declares more contributing sources, a longer extension or more padding than there are bytes.
    () => Buffer.concat([Buffer.from([0x8f]), good.subarray(1, 12 + random.integer(0, 50))]),
    () =>
      Buffer.concat([
        Buffer.from([0x90]),
        good.subarray(1, 12),
        Buffer.from([1, 2, 0xff, 0xff]),
        randomBytes(random.integer(0, 99)),
      ]),
    () => Buffer.concat([Buffer.from([0xa0]), good.subarray(1, 172), Buffer.from([random.integer(200, 255)])]),
    // Is RTCP by its packet type, whole or in pieces, on the port of RTP (RFC 5761).
    () =>
      Buffer.concat([
        Buffer.from([random.integer(0x80, 0x9f), random.integer(200, 204)]),
        randomBytes(random.integer(0, 200)),
      ]),
    // Has a random source.
    () =>
      Buffer.concat([
        Buffer.from([0x80, random.integer(0, 127)]),
        randomBytes(6),
        Buffer.from([0xff]),
        randomBytes(random.integer(3, 200)),
      ]),
  ]
  for (let n = 0; n < malformed; n++) {
    const at = n * 5
    // Before a source is followed, only its port identifies it. Only SRTP keeps out a sender who spoofs the port too.
    if (n % 40 === 0 || n === 1) {
      const payload = randomBytes(160)
      const packet = rtp(sequence++, ssrc, payload)
      follower.receive(packet, packet.length, at, peer.address, peer.port)
      sent.push(payload.toString('latin1'))
    }
    if (n === 0) continue
    const packet = random.pick(broken)()
    follower.receive(packet, packet.length, at, peer.address, peer.port)
    // Reads the same packet as RTCP: a sender report is accepted only from the call's source.
    const reported = readSenderReport(packet, ssrc)?.lsr
    if (reported !== undefined) expect(packet.readUInt32BE(4)).toBe(ssrc)
  }
  follower.settle()
  expect(received).toEqual(sent)
  expect(follower.lost).toBe(0)
  if (isLong)
    console.log(
      `B2: ${malformed.toLocaleString('en')} malformed packets, ${received.length} of the call kept, 0 others`,
    )
})

test(`${injected.toLocaleString('en')} packets injected from elsewhere, during the call or replayed: none of their bytes is stored`, () => {
  const { follower, received } = openFollower()
  const sent: string[] = []
  let last = rtp(0, ssrc, randomBytes(160))
  let sequence = 0
  const attacks: (() => [Buffer, string, number])[] = [
    // Comes from another address, with everything else guessed correctly.
    () => [rtp(sequence + random.integer(0, 2), ssrc, randomBytes(160)), '198.51.100.9', peer.port],
    // Comes from the peer's address (a neighbour behind the same NAT), from another port, with the same or another
    // source.
    () => [rtp(sequence + random.integer(0, 2), ssrc, randomBytes(160)), peer.address, 4002],
    () => [
      rtp(random.integer(0, 65_535), random.integer(8, 99), randomBytes(160)),
      peer.address,
      random.integer(1024, 65_535),
    ],
    () => [rtp(random.integer(0, 65_535), random.integer(8, 99), randomBytes(160)), peer.address, peer.port],
    // Replays a packet from the right address.
    () => [last, peer.address, peer.port],
  ]
  for (let n = 0; n < injected; n++) {
    const at = n * 10
    if (n % 20 === 0) {
      sequence = n / 20
      const payload = randomBytes(160)
      last = rtp(sequence, ssrc, payload)
      follower.receive(last, last.length, at, peer.address, peer.port)
      sent.push(payload.toString('latin1'))
    }
    // The source is followed after two of its packets; until then the session description determines it.
    if (n < 40) continue
    const [packet, address, port] = random.pick(attacks)()
    follower.receive(Buffer.from(packet), packet.length, at, address, port)
  }
  follower.settle()
  expect(received).toEqual(sent)
  expect(follower.lost).toBe(0)
  expect(follower.counters.foreign).toBeGreaterThan(injected / 4)
  expect(follower.counters.duplicates).toBeGreaterThan(injected / 10)
  if (isLong)
    console.log(`B2: ${injected.toLocaleString('en')} packets injected, ${received.length} of the call kept, 0 foreign`)
})
