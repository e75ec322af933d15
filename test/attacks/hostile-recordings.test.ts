// R22, R39: a recording that capture, or a client that sends what it likes, made so that working on it takes for ever keeps the custodian
// from nothing. Each of these is a few megabytes; the time or memory it took grew with its square, and the custodian hung or ended.
import { expect, test } from 'vitest'
import { findAnchors } from '#register/recordings/find-anchors.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { mixedLeftOut } from '#register/recordings/mixed-beside.ts'
import {
  encodeSource,
  omittedBytes,
  packetHeadBytes,
  writeOmitted,
  writePacketHead,
} from '#register/recordings/recording-log.ts'

const timeout = 20_000

test('packets that all come at once, the last of them earlier than all before it, are placed', { timeout }, () => {
  const count = 500_000
  const seqs = Array.from({ length: count }, (_, n) => n)
  const rtpTimes = seqs.map((n) => (n === 0 ? 0 : n === count - 1 ? -6_250 : -62_500))
  const { anchors } = findAnchors({ seqs, rtpTimes, arrivals: seqs.map(() => 10) })
  expect(anchors.length).toBeGreaterThan(0)
})

test('ten thousand numbers that are missing before each packet are counted', { timeout }, async () => {
  const [chunks, inOne] = [100, 3_000]
  const source = encodeSource({
    ...{ stream: 0, source: 0, ssrc: 1, firstSeq: 0, firstTs: 0 },
    codecs: [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }],
  })
  const openChunk = async (n: number) => {
    const chunk = Buffer.alloc(source.length + omittedBytes + inOne * packetHeadBytes)
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    source.copy(chunk)
    writeOmitted(view, source.length, 0, 1, 5)
    for (let i = 0; i < inOne; i++) {
      const at = source.length + omittedBytes + i * packetHeadBytes
      const place = n * inOne + i
      writePacketHead(view, at, 0, 8, false, 0, place * 5_000, place * 160, place * 200)
    }
    return chunk
  }
  const { tracks } = await indexRecording({ chunks, openChunk })
  expect(tracks).toMatchObject([{ packetsReceived: chunks * inOne, packetsLost: (chunks * inOne - 1) * 4_999 - 1 }])
})

test('gaps of two voices beside a stream of both are not compared each with each', { timeout }, () => {
  const count = 100_000
  const gaps = (['caller', 'official'] as const).flatMap((track) =>
    Array.from({ length: count }, (_, n) => ({
      ...{ track, kind: 'loss' as const },
      fromSample: n * 320 + 160,
      toSample: n * 320 + 320,
    })),
  )
  const track = { streams: [], codecs: [], packetsReceived: 1, packetsLost: 0, packetsOmitted: 0 }
  const tracks = (['caller', 'official', 'mixed'] as const).map((name) => ({ ...track, track: name }))
  const durationSamples = count * 320
  expect(mixedLeftOut({ tracks, gaps, durationSamples })).toEqual([{ from: 0, to: durationSamples }])
})
