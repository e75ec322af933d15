/** Every audio format of RFC 3551 (tables 4 and 5), offered without rtpmap: decoded, or kept as it came and told. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodesG729 } from '#platform/g729/decode-frames.ts'
import { staticPayloadTypes } from '#platform/rtp/static-payload-types.ts'
import { isSilent } from '#register/recordings/recording-index.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { levelsOf } from '#test/simulator/levels.ts'
import { recordOffered } from '#test/simulator/record-offered.ts'

interface Vector {
  payloadType: number
  /** RTP clock from packet to packet. */
  ticks: number
  tones?: true
  packets: string[]
}
const { formats } = JSON.parse(readFileSync(new URL('rfc3551.json', import.meta.url), 'utf8')) as {
  formats: Record<string, Vector>
}
const isPlayed = (payloadType: number) => [0, 2, 5, 8, 9].includes(payloadType) || (payloadType === 18 && decodesG729())

describe.each(Object.entries(formats))('%s', (_name, { payloadType, ticks, tones, packets }) => {
  const [, clockRate] = staticPayloadTypes[payloadType]!
  /** Empty where its encoder sent nothing. */
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

  test('is kept byte by byte, and what is not played of it is told', async () => {
    const { index, chunks } = await record()
    const kept: Buffer[] = []
    for (const chunk of chunks)
      walkChunk(chunk, { packet: ({ start, end }) => kept.push(Buffer.from(chunk.subarray(start, end))) })
    expect(kept).toEqual(sent.map(({ payload }) => payload))
    const received = index.tracks.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0)
    expect(received).toBe(kept.length)
    expect(index.unplayedMs).toBe(isPlayed(payloadType) ? 0 : 20 * kept.length)
    expect(isSilent(index)).toBe(!isPlayed(payloadType))
    expect(index.durationSamples).toBeLessThan(8000 * 1.5)
  })

  // G.729 is heard where libbcg729 is installed.
  if (!tones || !isPlayed(payloadType)) return
  test('sounds as it was spoken', async () => {
    const { render } = await record()
    const { found, overRestDb } = levelsOf(await render(), { from: 3000, lane: 0 }, [440, 1700])
    // A code of speech weakens the second tone: in the same frames of G.729 ffmpeg's decoder finds 7,646 and 877.
    const [first, second] = payloadType === 18 ? [7646, 877] : [8000, 3000]
    expect(Math.abs(found[0]! / first - 1)).toBeLessThan(0.1)
    expect(Math.abs(found[1]! / second - 1)).toBeLessThan(0.1)
    expect(overRestDb).toBeGreaterThan(18)
  })
})

test('covers every audio format of the tables', () => {
  const types = Object.entries(staticPayloadTypes).flatMap(([type, [encoding]]) =>
    Number(type) < 20 && encoding !== 'CN' ? [Number(type)] : [],
  )
  expect(new Set(Object.values(formats).map(({ payloadType }) => payloadType))).toEqual(new Set(types))
})
