import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceFollower } from './follow-source.ts'

const peer = { address: '192.0.2.1', port: 4000 }
const codecs = [
  { payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const,
  { payloadType: 101, codec: 'telephone-event', clockRate: 8000 } as const,
]

type Sent = { seq: number; ts: number; ssrc?: number; pt?: number; text?: string; marker?: boolean }

function rtp({ seq, ts, ssrc = 7, pt = 8, text = 'audio', marker = false }: Sent): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = pt | (marker ? 0x80 : 0)
  head.writeUInt16BE(seq & 0xffff, 2)
  head.writeUInt32BE(ts >>> 0, 4)
  head.writeUInt32BE(ssrc, 8)
  return Buffer.concat([head, Buffer.from(text)])
}

type RecordedPacket = { source: number; seq: number; ts: number; at: number; text: string; pt: number }

function startFollower(latches?: (address: string) => boolean) {
  const recorded: RecordedPacket[] = []
  const omitted: number[] = []
  const sources: { ssrc: number; firstSeq: number; firstTs: number }[] = []
  const follower = new SourceFollower({
    stream: 0,
    peer,
    codecs,
    latches,
    recording: {
      source: (_stream, ssrc, firstSeq, firstTs) => void sources.push({ ssrc, firstSeq, firstTs }),
      omitted: (_stream, seq) => void omitted.push(seq),
      packet: (_stream, pt, _marker, seq, ts, at, buffer, start, end) => {
        recorded.push({ source: sources.length - 1, seq, ts, at, text: buffer.toString('latin1', start, end), pt })
        return true
      },
    },
  })
  const receive = (bytes: Buffer, at: number, address = peer.address, port = peer.port) =>
    follower.receive(bytes, bytes.length, at, address, port)
  return { follower, recorded, omitted, sources, receive }
}

describe('a source', () => {
  test('is followed from its second packet in order, and the first is kept', () => {
    const { receive, recorded, sources } = startFollower()
    receive(rtp({ seq: 10, ts: 1600 }), 0)
    expect(recorded).toEqual([])
    receive(rtp({ seq: 11, ts: 1760 }), 200)
    expect(recorded.map(({ seq, ts, at }) => [seq, ts, at])).toEqual([
      [0, 0, 0],
      [1, 160, 200],
    ])
    expect(sources).toEqual([{ ssrc: 7, firstSeq: 10, firstTs: 1600 }])
  })

  test('loses nothing if its first packets are lost or reordered', () => {
    const { receive, recorded } = startFollower()
    for (const seq of [3, 2, 5, 6, 7]) receive(rtp({ seq, ts: seq * 160 }), seq * 200)
    expect(recorded.map(({ seq }) => seq)).toEqual([0, -1, 2, 3, 4])
  })

  test('continues in another recording with the same numbers, without probation, and duplicates stay duplicates', () => {
    const { follower, receive, recorded, sources } = startFollower()
    for (const seq of [10, 11, 12]) receive(rtp({ seq, ts: seq * 160 }), seq * 200)
    follower.beginAnew(-2400)
    receive(rtp({ seq: 12, ts: 12 * 160 }), 10)
    receive(rtp({ seq: 13, ts: 13 * 160 }), 200)
    expect(sources).toEqual([
      { ssrc: 7, firstSeq: 10, firstTs: 1600 },
      { ssrc: 7, firstSeq: 10, firstTs: 1600 },
    ])
    expect(recorded.map(({ source, seq, at }) => [source, seq, at])).toEqual([
      [0, 0, 2000],
      [0, 1, 2200],
      [0, 2, 2400],
      [1, 3, 200],
    ])
    expect([follower.counters.received, follower.counters.duplicates, follower.lost]).toEqual([1, 1, 0])
  })

  test('continues across wraps of sequence number and timestamp', () => {
    const { receive, recorded, follower } = startFollower()
    for (let n = 0; n < 200_000; n++) receive(rtp({ seq: 65_000 + n, ts: 0xfffff000 + n * 160, text: '' }), n * 200)
    expect(recorded.every(({ seq, ts }, n) => seq === n && ts === n * 160)).toBe(true)
    expect(follower.lost).toBe(0)
  })

  test('keeps late packets and drops duplicates', () => {
    const { receive, recorded, follower } = startFollower()
    for (const seq of [1, 2, 3, 8, 9, 5, 5, 8, 4, 1, 10]) receive(rtp({ seq, ts: seq * 160 }), 100)
    expect(recorded.map(({ seq }) => seq + 1)).toEqual([1, 2, 3, 8, 9, 5, 4, 10])
    expect(follower.counters).toMatchObject({ received: 8, duplicates: 3 })
    expect(follower.lost).toBe(2)
  })

  test('is replaced by a new SSRC only after it fell silent, and no packet of the new SSRC is lost', () => {
    const { receive, recorded, follower } = startFollower()
    for (let n = 0; n < 50; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    for (let n = 0; n < 50; n++) receive(rtp({ seq: 900 + n, ts: n * 160, ssrc: 8 }), (50 + n) * 200)
    expect(recorded.map(({ source, seq }) => [source, seq])).toEqual([
      ...Array.from({ length: 50 }, (_, n) => [0, n]),
      ...Array.from({ length: 50 }, (_, n) => [1, n]),
    ])
    expect(follower.counters).toMatchObject({ received: 100, foreign: 0 })
    expect(follower.lost).toBe(0)
  })

  test('is replaced at the call’s end by a source that began just before the end', () => {
    const { receive, recorded, follower } = startFollower()
    for (let n = 0; n < 50; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    for (let n = 0; n < 5; n++) receive(rtp({ seq: 900 + n, ts: n * 160, ssrc: 8 }), (50 + n) * 200)
    follower.settle()
    expect(recorded).toHaveLength(55)
  })

  test('that restarts its numbers under the same SSRC loses nothing', () => {
    const { receive, recorded, sources } = startFollower()
    for (let n = 0; n < 50; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    for (let n = 0; n < 50; n++) receive(rtp({ seq: 30_000 + n, ts: 5_000_000 + n * 160 }), (50 + n) * 200)
    expect(recorded).toHaveLength(100)
    expect(sources).toHaveLength(2)
  })

  test.each([60, 500, 1500, 2999])(
    'whose sequence numbers go back by %i while its timestamps continue loses nothing',
    (back) => {
      const { receive, recorded, follower } = startFollower()
      const whole = 4000
      for (let n = 0; n < whole + 400; n++) receive(rtp({ seq: n < whole ? n : n - back, ts: 160 * n }), 200 * n)
      expect(recorded).toHaveLength(whole + 400)
      expect(follower.lost).toBe(0)
    },
  )

  test('that keeps changing its SSRC is counted while it is not recorded, and packets from another port are not counted', () => {
    const { receive, recorded, follower } = startFollower()
    for (let n = 0; n < 100; n++) receive(rtp({ seq: n, ts: 160 * n }), 200 * n)
    for (let n = 100; n < 1100; n++) {
      receive(rtp({ seq: n, ts: 160 * n, ssrc: 100 + Math.floor(n / 10) }), 200 * n)
      receive(rtp({ seq: n, ts: 160 * n, ssrc: 9 }), 200 * n, peer.address, 4002)
    }
    follower.settle()
    expect(follower.unfollowed).toBe(1100 - recorded.length)
    expect(follower.unfollowed).toBeGreaterThan(100)
  })

  test('keeps an audio packet that arrives after a key press with a higher number', () => {
    const { receive, recorded } = startFollower()
    for (let n = 0; n < 5; n++) receive(rtp({ seq: n, ts: 160 * n }), 200 * n)
    receive(rtp({ seq: 6, ts: 640, pt: 101, text: 'key!' }), 1000)
    receive(rtp({ seq: 5, ts: 800 }), 1001)
    expect(recorded.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('is not replaced while it is active, however much another source sends', () => {
    const { receive, recorded } = startFollower()
    for (let n = 0; n < 500; n++) {
      receive(rtp({ seq: n, ts: n * 160 }), n * 200)
      for (let k = 0; k < 3; k++)
        receive(rtp({ seq: 3 * n + k, ts: 0, ssrc: 666, text: 'foreign' }), n * 200 + k, peer.address, 9)
    }
    expect(recorded).toHaveLength(500)
    expect(recorded.some(({ text }) => text === 'foreign')).toBe(false)
  })

  test('on the described port is not replaced by another port, not even during a pause', () => {
    const { receive, recorded } = startFollower()
    for (let n = 0; n < 100; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    for (let n = 0; n < 500; n++) receive(rtp({ seq: n, ts: n * 160, ssrc: 666 }), 20_000 + n * 200, peer.address, 9)
    for (let n = 0; n < 100; n++) receive(rtp({ seq: 100 + n, ts: n * 160 }), 120_000 + n * 200)
    expect(recorded).toHaveLength(200)
  })

  test('on another port is replaced at once by a source on the described port', () => {
    const { receive, recorded } = startFollower()
    for (let n = 0; n < 10; n++) receive(rtp({ seq: n, ts: n * 160, ssrc: 666, text: 'x' }), n * 200, peer.address, 9)
    for (let n = 0; n < 10; n++) receive(rtp({ seq: n, ts: n * 160 }), 2000 + n * 200)
    expect(recorded.filter(({ text }) => text === 'audio')).toHaveLength(10)
  })

  test('can change at once after a new session description', () => {
    const { receive, recorded, follower } = startFollower()
    for (let n = 0; n < 10; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    follower.update({ peer: { address: '192.0.2.9', port: 5000 }, codecs })
    receive(rtp({ seq: 10, ts: 1600 }), 2000)
    for (let n = 0; n < 10; n++) receive(rtp({ seq: n, ts: n * 160, ssrc: 9 }), 2000 + n * 200, '192.0.2.9', 5000)
    expect(recorded).toHaveLength(20)
    expect(follower.counters.foreign).toBe(1)
  })

  test('restarts when its codecs change', () => {
    const { receive, recorded, sources, follower } = startFollower()
    for (let n = 0; n < 10; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    follower.update({ peer, codecs: [{ payloadType: 8, codec: 'PCMU', clockRate: 8000 }] })
    for (let n = 10; n < 20; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
    expect(recorded).toHaveLength(20)
    expect(sources).toHaveLength(2)
    expect(follower.lost).toBe(0)
  })
})

describe('the recording', () => {
  test('has no key presses, which are counted and do not count as lost packets', () => {
    const { receive, recorded, omitted, follower } = startFollower()
    for (let n = 0; n < 20; n++) receive(rtp({ seq: n, ts: n * 160, pt: n >= 5 && n < 9 ? 101 : 8 }), n * 200)
    expect(recorded).toHaveLength(16)
    expect(omitted).toEqual([5, 6, 7, 8])
    expect(follower.counters).toMatchObject({ received: 16, omitted: 4 })
    expect(follower.lost).toBe(0)
  })

  test('has no packet of a key press’s length under an undeclared payload type', () => {
    const { receive, recorded, omitted, follower } = startFollower()
    follower.update({ peer, codecs: [...codecs, { payloadType: 100, codec: 'unknown', clockRate: 8000 }] })
    const types = [8, 8, 100, 120, 8, 100, 120]
    for (const [n, pt] of types.entries())
      receive(rtp({ seq: n, ts: n * 160, pt, text: n > 4 ? 'speech' : 'keys' }), n * 200)
    expect(recorded.map(({ pt }) => pt)).toEqual([8, 8, 8, 100, 120])
    expect(omitted).toEqual([2, 3])
    expect(follower.lost).toBe(0)
  })

  const pressed = [5, 10, 0, 160]
  const speech = Array.from({ length: 160 }, (_, at) => (at * 31) & 0xff)
  test.each<[string, number[], { declared: 'kept' | 'omitted'; undeclared: 'kept' | 'omitted' }]>([
    [
      'a key press, once',
      [0xe5, 0, 0, 4, 0x65, ...pressed, ...pressed],
      { declared: 'omitted', undeclared: 'omitted' },
    ],
    [
      'a key press, twice',
      [0xe5, 0, 0, 4, 0xe5, 0, 0, 4, 0x65, ...pressed, ...pressed, ...pressed],
      { declared: 'omitted', undeclared: 'omitted' },
    ],
    ['a first key press', [0x65, ...pressed], { declared: 'omitted', undeclared: 'omitted' }],
    [
      'a key press beside speech',
      [0xe5, 0, 0, 4, 0x08, ...pressed, ...speech],
      { declared: 'omitted', undeclared: 'kept' },
    ],
    ['speech, redundantly', [0x88, 0, 0, 160, 0x08, ...speech, ...speech], { declared: 'kept', undeclared: 'kept' }],
    ['what begins like a key press', [0x65, ...speech], { declared: 'omitted', undeclared: 'kept' }],
    ['impossible lengths', [0xe5, 0, 1, 4, 0x65, ...pressed], { declared: 'kept', undeclared: 'kept' }],
  ])('has redundant payload (RFC 2198) only without key presses, by what is declared: %s', (_, payload, outcome) => {
    for (const isRedundant of [true, false]) {
      const { receive, recorded, omitted, follower } = startFollower()
      follower.update({
        peer,
        codecs: [...codecs, { payloadType: 97, codec: 'unknown', clockRate: 8000, isRedundant }],
      })
      for (let n = 0; n < 2; n++) receive(rtp({ seq: n, ts: n * 160 }), n * 200)
      receive(Buffer.concat([rtp({ seq: 2, ts: 320, pt: 97, text: '' }), Buffer.from(payload)]), 400)
      const isKept = outcome[isRedundant ? 'declared' : 'undeclared'] === 'kept'
      expect(recorded.map(({ pt }) => pt)).toEqual([8, 8, ...(isKept ? [97] : [])])
      expect(omitted).toEqual(isKept ? [] : [2])
      expect(follower.lost).toBe(0)
    }
  })

  test('has no foreign byte, and every packet of the call, after 20,000 mutated and injected packets', () => {
    const { receive, recorded, follower } = startFollower()
    let n = 0
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 30 })),
          {
            minLength: 20,
            maxLength: 20,
          },
        ),
        (batch) => {
          for (const [noise, kind, index] of batch) {
            const at = n * 200
            const forged = rtp({ seq: n, ts: n * 160, text: 'foreign' })
            if (kind === 0) receive(Buffer.from(noise), at)
            if (kind === 1) receive(forged, at, '198.51.100.7')
            if (kind === 2) receive(forged, at, peer.address, 9999)
            if (kind === 3) {
              forged[0] = noise[0] ?? 0
              forged[8 + (index & 3)]! ^= 0x10
              receive(forged.subarray(0, index), at)
            }
            receive(rtp({ seq: n, ts: n * 160 }), at)
            n++
          }
        },
      ),
      { numRuns: 1000 },
    )
    expect(recorded.map(({ seq }) => seq)).toEqual(Array.from({ length: n }, (_, i) => i))
    expect(recorded.every(({ text }) => text === 'audio')).toBe(true)
    expect(follower.counters.received).toBe(20_000)
  })

  test('has no CSRCs, extensions and padding, and packets with wrong lengths are invalid', () => {
    const { receive, recorded, follower } = startFollower()
    const plain = rtp({ seq: 0, ts: 0, text: '' })
    const full = Buffer.concat([
      plain,
      Buffer.alloc(8),
      Buffer.from([1, 2, 0, 1, 9, 9, 9, 9]),
      Buffer.from('voice'),
      Buffer.from([0, 0, 3]),
    ])
    full[0] = 0x80 | 0x20 | 0x10 | 2
    receive(rtp({ seq: 65_535, ts: -160 }), 0)
    receive(full, 1)
    expect(recorded[1]!.text).toBe('voice')
    for (const padding of [0, 200]) {
      const bad = Buffer.from(full)
      bad[bad.length - 1] = padding
      receive(bad, 2)
    }
    receive(full.subarray(0, 21), 2)
    expect(follower.counters.invalid).toBe(3)
  })
})

describe('latching (RFC 7362)', () => {
  const relay = { address: '198.51.100.1', port: 6000 }
  const inTrunk = (address: string) => address.startsWith('198.51.100.')
  type Address = typeof peer

  /** Sends packets every 20 ms from an address, numbered from `first` on. */
  function speak(
    { receive }: ReturnType<typeof startFollower>,
    { address, port }: Address,
    packets: number,
    { first = 0, from = 0, ssrc = 7 } = {},
  ): void {
    for (let n = first; n < first + packets; n++)
      receive(rtp({ seq: n, ts: 160 * n, ssrc }), from + 200 * (n - first), address, port)
  }

  test('follows a source of the trunk’s networks if nothing comes from the described address, without loss', () => {
    const setup = startFollower(inTrunk)
    speak(setup, relay, 30)
    expect(setup.recorded).toHaveLength(30)
    expect(setup.follower.latched).toEqual(relay)
  })

  test('if the trunk does not latch, or for an address outside its networks, follows nothing and reports the address', () => {
    for (const setup of [startFollower(), startFollower((address) => address === '198.51.100.77')]) {
      setup.receive(rtp({ seq: 1, ts: 0 }), 0, '203.0.113.1', 4000)
      speak(setup, relay, 60)
      expect(setup.recorded).toEqual([])
      expect(setup.follower.counters.foreign).toBe(61)
      expect(setup.follower.foreign).toEqual({ address: relay.address, packets: 59 })
    }
  })

  test('happens once: no other address or port of the trunk is followed, however long the latched one is silent', () => {
    const setup = startFollower(inTrunk)
    speak(setup, relay, 30)
    speak(setup, { address: '198.51.100.2', port: 6000 }, 60, { from: 50_000, ssrc: 8 })
    speak(setup, { ...relay, port: 6002 }, 60, { from: 90_000, ssrc: 9 })
    setup.follower.settle()
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([7])
    expect(setup.follower.counters.foreign).toBe(120)
    speak(setup, relay, 10, { first: 30, from: 130_000 })
    expect(setup.recorded).toHaveLength(40)
  })

  test('ends when the described address sends, which takes over', () => {
    const setup = startFollower(inTrunk)
    speak(setup, relay, 30)
    speak(setup, peer, 30, { from: 6_000, ssrc: 8 })
    speak(setup, relay, 60, { first: 30, from: 20_000 })
    speak(setup, { address: '198.51.100.2', port: 1 }, 60, { from: 60_000, ssrc: 9 })
    setup.follower.settle()
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([7, 8])
    expect(setup.follower.sourceChanges).toBe(1)
    expect(setup.follower.latched).toBeUndefined()
  })

  test('never replaces the described address once that was followed', () => {
    const setup = startFollower(inTrunk)
    speak(setup, relay, 5)
    speak(setup, peer, 2, { from: 100, ssrc: 8 })
    speak(setup, relay, 200, { first: 5, from: 2_000 })
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([8])
  })

  test('is allowed again by a new description, and not by a repeated one', () => {
    const setup = startFollower(inTrunk)
    const next = { address: '198.51.100.2', port: 7000 }
    speak(setup, relay, 30)
    setup.follower.update({ peer, codecs })
    speak(setup, next, 60, { from: 20_000, ssrc: 8 })
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([7])
    setup.follower.update({ peer: { ...peer, port: 4002 }, codecs })
    speak(setup, next, 60, { from: 40_000, ssrc: 8 })
    speak(setup, relay, 60, { first: 30, from: 60_000 })
    setup.follower.settle()
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([7, 8])
    expect(setup.follower.latched).toEqual(next)
  })

  test('after a new description without a new address, latches to the continuing source', () => {
    const setup = startFollower(inTrunk)
    speak(setup, relay, 30)
    setup.follower.update({ peer: { ...peer, port: 4002 }, codecs })
    speak(setup, relay, 60, { first: 30, from: 6_000 })
    expect(setup.recorded).toHaveLength(90)
    speak(setup, { address: '198.51.100.2', port: 7000 }, 60, { from: 40_000, ssrc: 8 })
    expect(setup.sources.map(({ ssrc }) => ssrc)).toEqual([7])
  })
})

describe('after the end signal (R16)', () => {
  test('packets sent before it are kept, however late they arrive, and those sent after it are not', () => {
    const { follower, receive, recorded } = startFollower()
    const send = (n: number, at: number, ssrc = 7) => receive(rtp({ seq: n, ts: 160 * n, ssrc }), at)
    for (let n = 0; n < 50; n++) if (n !== 45) send(n, 200 * n)
    follower.end(9_950)
    send(45, 10_100)
    // 49 was sent at 980 ms and the end came at 995: 50 was sent after it.
    for (let n = 50; n < 74; n++) send(n, 10_000 + 200 * (n - 50))
    send(1, 10_300, 8)
    send(2, 10_500, 8)
    follower.settle()
    expect(recorded.map(({ seq }) => seq)).toEqual([...Array.from({ length: 45 }, (_, n) => n), 46, 47, 48, 49, 45])
    expect(follower.lost).toBe(0)
  })
})
