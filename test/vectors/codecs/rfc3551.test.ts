/**
 * Every audio format of RFC 3551 (tables 4 and 5), offered without rtpmap: each is decoded, or kept unchanged and
 * reported.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodesG729 } from '#platform/g729/decode-frames.ts'
import { parseSdp } from '#capture/siprec/parse-sdp.ts'
import { planStreams } from '#capture/siprec/answer-offer.ts'
import { decodesGsm } from '#platform/gsm/decode-frames.ts'
import { staticPayloadTypes } from '#platform/rtp/static-payload-types.ts'
import { isSilent } from '#register/recordings/recording-index.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { levelsOf } from '#test/simulator/levels.ts'
import { recordOffered } from '#test/simulator/record-offered.ts'

interface Vector {
  payloadType: number
  /** RTP clock ticks between packets. */
  ticks: number
  /** The packets contain the two tones that `levelsOf` looks for. */
  tones?: true
  /** Payloads in base64. */
  packets: string[]
}
const { formats } = JSON.parse(readFileSync(new URL('rfc3551.json', import.meta.url), 'utf8')) as {
  formats: Record<string, Vector>
}
const isPlayed = (payloadType: number) =>
  [0, 2, 5, 8, 9].includes(payloadType) || (payloadType === 18 && decodesG729()) || (payloadType === 3 && decodesGsm())
/** Levels of the two tones. A speech codec weakens the second; these are ffmpeg's own levels in the same frames. */
const weakened: Partial<Record<number, readonly [number, number]>> = { 3: [7683, 1917], 18: [7646, 877] }

describe.each(Object.entries(formats))('%s', (_name, { payloadType, ticks, tones, packets }) => {
  const [, clockRate] = staticPayloadTypes[payloadType]!
  /** Payloads; empty where the encoder sent nothing. */
  const payloads = packets.map((packet) => Buffer.from(packet, 'base64'))
  const sent = payloads.flatMap((payload, n) => (payload.length > 0 ? [{ payload, n }] : []))
  const packetMs = (ticks * 1000) / clockRate
  const record = () =>
    recordOffered([
      {
        media: `RTP/AVP ${payloadType}`,
        packets: sent.map(({ payload, n }, at) => ({
          ...{ payloadType, payload, timestamp: n * ticks },
          afterMs: (n - (sent[at - 1]?.n ?? 0)) * packetMs,
        })),
      },
    ])

  test('is kept byte by byte, and unplayable parts are reported', async () => {
    const { index, chunks } = await record()
    const written: Buffer[] = []
    for (const chunk of chunks)
      walkChunk(chunk, { packet: ({ start, end }) => written.push(Buffer.from(chunk.subarray(start, end))) })
    expect(written).toEqual(sent.map(({ payload }) => payload))
    const received = index.tracks.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0)
    expect(received).toBe(written.length)
    expect(index.unplayedMs).toBe(isPlayed(payloadType) ? 0 : 20 * written.length)
    expect(isSilent(index)).toBe(!isPlayed(payloadType))
    expect(index.durationSamples).toBeLessThan(8000 * 1.5)
  })

  // G.729 is playable if libbcg729 is installed, GSM if libgsm is.
  if (!tones || !isPlayed(payloadType)) return
  test('sounds as it was encoded', async () => {
    const { render } = await record()
    const { found, overRestDb } = levelsOf(await render(), { from: 3000, lane: 0 }, [440, 1700])
    const [first, second] = weakened[payloadType] ?? [8000, 3000]
    expect(Math.abs(found[0]! / first - 1)).toBeLessThan(0.1)
    expect(Math.abs(found[1]! / second - 1)).toBeLessThan(0.1)
    expect(overRestDb).toBeGreaterThan(18)
  })
})

const videoTypes = Object.keys(staticPayloadTypes).map(Number).filter((type) => type > 19)

test.each(videoTypes)('a video line (payload type %i of table 5) is refused at its position, and the audio line beside it is recorded', (type) => {
  const offer = parseSdp(
    ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', `m=video 5000 RTP/AVP ${type}`, 'm=audio 4000 RTP/AVP 8', ''].join('\r\n'),
  )
  if (offer.kind === 'refusal') throw new Error(offer.reason)
  const [video, audio] = planStreams(offer, '192.0.2.1')
  expect(video).toMatchObject({ accepted: false, refusedBecause: 'not audio' })
  expect(audio).toMatchObject({ accepted: true, storage: 'playable' })
})

test.each(videoTypes)('payload type %i of table 5 on an audio line is kept unchanged, and reported', async (payloadType) => {
  const payload = Buffer.alloc(200, payloadType)
  const packets = Array.from({ length: 5 }, (_, n) => ({ payloadType, payload, timestamp: n * 1800 }))
  const { index } = await recordOffered([{ media: `RTP/AVP 8 ${payloadType}`, packets }])
  expect(index.tracks.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0)).toBe(5)
  expect(index.unplayedMs).toBe(100)
  expect(isSilent(index)).toBe(true)
})

/**
 * Formats of RFC 3551 without a static number, and formats named in real session descriptions; with the bytes of a 20
 * ms frame.
 */
const byName: readonly [name: string, frameBytes: number][] = [
  ['G726-40/8000', 100],
  ['G726-24/8000', 60],
  ['G726-16/8000', 40],
  ['G729D/8000', 16],
  ['G729E/8000', 30],
  ['GSM-EFR/8000', 31],
  ['L8/8000', 160],
  ['RED/8000', 165],
  ['VDVI/8000', 50],
  ['AMR/8000', 32],
  ['AMR-WB/16000', 61],
  ['EVS/16000', 33],
  ['iLBC/8000', 38],
  ['speex/8000', 38],
  ['speex/16000', 70],
  ['SILK/16000', 60],
  ['x-msrta/16000', 60],
  ['G7221/16000', 60],
  ['G722.1/16000', 60],
  ['BV16/8000', 40],
  ['EVRC/8000', 23],
]

describe.each(byName)('%s', (name, frameBytes) => {
  const clockRate = Number(name.split('/')[1])
  const packets = Array.from({ length: 10 }, (_, n) => ({
    ...{ payloadType: 96, payload: Buffer.alloc(frameBytes, n + 1), timestamp: (n * clockRate) / 50 },
  }))
  const events = `a=rtpmap:101 telephone-event/${clockRate}`

  test('offered alone is kept byte by byte with its duration, and is reported as unplayable', async () => {
    const { index, chunks } = await recordOffered([
      { media: ['RTP/AVP 96 101', `a=rtpmap:96 ${name}`, events].join('\n'), packets },
    ])
    const received: Buffer[] = []
    for (const chunk of chunks)
      walkChunk(chunk, { packet: ({ start, end }) => received.push(Buffer.from(chunk.subarray(start, end))) })
    expect(received).toEqual(packets.map(({ payload }) => payload))
    expect([index.unplayedMs, isSilent(index)]).toEqual([200, true])
    expect(Math.abs(index.durationSamples - 1600)).toBeLessThan(200)
  })

  test('offered before G.711 is left out of the answer, and reported if the client sends it anyway', async () => {
    const media = ['RTP/AVP 96 8 101', `a=rtpmap:96 ${name}`, events].join('\n')
    const alaw = (n: number) => ({ payloadType: 8, payload: Buffer.alloc(160, 0x2a), timestamp: n * 160 })
    const answered: number[][] = []
    const playable = await recordOffered([
      { media, packets: ({ formats: types }) => (answered.push([...types]), Array.from({ length: 10 }, (_, n) => alaw(n))) },
    ])
    expect(answered).toEqual([[8, 101]])
    expect([playable.index.unplayedMs, isSilent(playable.index)]).toEqual([0, false])
    const { index } = await recordOffered([{ media, packets }])
    expect([index.unplayedMs, isSilent(index)]).toEqual([200, true])
  })
})

test('all audio formats of the tables are covered', () => {
  const types = Object.entries(staticPayloadTypes).flatMap(([type, [encoding]]) =>
    Number(type) < 20 && encoding !== 'CN' ? [Number(type)] : [],
  )
  expect(new Set(Object.values(formats).map(({ payloadType }) => payloadType))).toEqual(new Set(types))
})
