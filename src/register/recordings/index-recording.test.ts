import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { alawSamples, ulawSamples } from './decode-g711.ts'
import { indexRecording } from './index-recording.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { openIndex, positionOf, sealIndex, type RecordingIndex } from './recording-index.ts'
import type { StreamCodec } from './recording-log.ts'
import { createRecordingWriter, type RecordingWriter } from './recording-writer.ts'
import { renderAudio, wavHeader } from './render-audio.ts'

const { identity, recipient } = generateKeyPair()
const startedAt = Temporal.Instant.from('2026-03-02T09:00:00Z')
const codecs: StreamCodec[] = [
  { payloadType: 8, codec: 'PCMA', clockRate: 8000 },
  { payloadType: 0, codec: 'PCMU', clockRate: 8000 },
]
let directory = ''
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'seloste-index-'))))
afterEach(() => rmSync(directory, { recursive: true }))

async function record(endMs: number, script: (writer: RecordingWriter) => void | Promise<void>) {
  const writer = await createRecordingWriter({
    id: 'r',
    directory,
    intakePublicKey: recipient,
    startedAt,
    pendingChunksLimit: 1e6,
  })
  writer.mark('mapping', 0, { streams: { 0: 'caller', 1: 'official' } })
  await script(writer)
  const { bodyPath, headerPath } = await writer.finish(endMs * 10)
  const fileKey = readAgeHeader(readFileSync(headerPath), identity)
  const body = readFileSync(bodyPath)
  const recording = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const opened: number[] = []
  const index = await indexRecording(recording)
  const openChunk = (n: number) => (opened.push(n), recording.openChunk(n))
  const render = (from = 0, to = index.durationSamples) => renderAudio(index, openChunk, from, to)
  return { index, render, opened, fileKey }
}

/** Packet n of a stream: bytes that differ from all near ones. */
function voice(stream: number, n: number): Buffer {
  return Buffer.from(Array.from({ length: 160 }, (_, i) => (n * 7 + i * 13 + stream * 101) & 0xff))
}

function lane(pcm: Buffer, channel: number): number[] {
  return Array.from({ length: pcm.length / 4 }, (_, i) => pcm.readInt16LE(4 * i + 2 * channel))
}

function firstSample(index: RecordingIndex, stream: number): number {
  const source = index.sources.find((s) => s.stream === stream)!
  return positionOf(source, 0, 0, 8000)
}

function random(seed: number) {
  return () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
}

describe('a well-behaved sender', () => {
  test('is played sample by sample as sent, through jitter, loss, reordering, duplicates and a change of codec', async () => {
    const next = random(5)
    const sent: { n: number; stream: number; atMs: number }[] = []
    for (let n = 0; n < 1500; n++) for (const stream of [0, 1]) sent.push({ n, stream, atMs: n * 20 + 5 + next() * 60 })
    const lost = new Set([3, 700, 701, 702])
    const { index, render, fileKey } = await record(30_100, (writer) => {
      for (const stream of [0, 1]) writer.source(stream, stream, 65_530, 0xffffff00, codecs)
      for (const { n, stream, atMs } of sent.sort((a, b) => a.atMs - b.atMs)) {
        if (stream === 0 && lost.has(n)) continue
        const pt = n > 1000 ? 0 : 8
        writer.packet(stream, pt, false, n, n * 160, Math.round(atMs * 10), voice(stream, n), 0, 160)
        if (n % 50 === 0) writer.packet(stream, pt, false, n, n * 160, Math.round(atMs * 10), voice(stream, n), 0, 160)
      }
    })
    const pcm = await render()
    for (const stream of [0, 1]) {
      const played = lane(pcm, stream)
      const at = firstSample(index, stream)
      for (let n = 0; n < 1500; n++) {
        const table = n > 1000 ? ulawSamples : alawSamples
        const expected =
          stream === 0 && lost.has(n) ? Array(160).fill(0) : [...voice(stream, n)].map((code) => table[code]!)
        expect(played.slice(at + n * 160, at + n * 160 + 160), `${stream}/${n}`).toEqual(expected)
      }
    }
    expect(Math.abs(firstSample(index, 0) - firstSample(index, 1))).toBeLessThan(80)
    expect(index.tracks).toEqual([
      {
        track: 'caller',
        streams: [0],
        codecs: ['PCMA', 'PCMU'],
        packetsReceived: 1496,
        packetsLost: 4,
        packetsOmitted: 0,
      },
      {
        track: 'official',
        streams: [1],
        codecs: ['PCMA', 'PCMU'],
        packetsReceived: 1500,
        packetsLost: 0,
        packetsOmitted: 0,
      },
    ])
    const at = firstSample(index, 0)
    expect(index.gaps).toEqual([
      { track: 'caller', fromSample: at + 480, toSample: at + 640, kind: 'loss' },
      { track: 'caller', fromSample: at + 112_000, toSample: at + 112_480, kind: 'loss' },
    ])
    expect(await openIndex(fileKey, sealIndex(fileKey, index))).toEqual({
      ...index,
      peaks: index.peaks.map((lane) => Buffer.from(lane)),
    })
  })

  test('is rendered identically in one piece and in several, and only the chunks of a piece are opened', async () => {
    const { index, render, opened } = await record(40_000, (writer) => {
      for (const stream of [0, 1]) writer.source(stream, stream, 0, 0, codecs)
      for (let n = 0; n < 2000; n++) {
        for (const stream of [0, 1]) writer.packet(stream, 8, false, n, n * 160, n * 200, voice(stream, n), 0, 160)
      }
    })
    expect(index.durationSamples).toBe(320_000)
    const whole = await render()
    const pieces: Buffer[] = []
    for (let from = 0; from < 320_000; from += 33_333) pieces.push(await render(from, Math.min(320_000, from + 33_333)))
    expect(Buffer.concat(pieces).equals(whole)).toBe(true)
    opened.length = 0
    await render(160_000, 161_000)
    expect(opened.length).toBeLessThanOrEqual(2)
    expect(index.peaks[0].length).toBe(800)
    const loudest = Math.max(...lane(whole, 1).slice(400, 800).map(Math.abs)) >> 7
    expect(index.peaks[1][1]).toBe(loudest)
  })
})

describe('alignment', () => {
  const hour = 180_000
  test.each([
    [100, 0],
    [-100, 0],
    [100, -100],
  ])(
    'an hour of clocks off by %i and %i ppm keeps the tracks within 40 ms of real time and of each other',
    async (a, b) => {
      const next = random(9)
      const silence = Buffer.alloc(8, 0xd5) // Short packets, because only the times matter here.
      const { index } = await record(3_600_000, async (writer) => {
        const skews = [a, b]
        for (const stream of [0, 1]) writer.source(stream, stream, 0, 0, codecs)
        for (let n = 0; n < hour; n++) {
          for (const stream of [0, 1]) {
            const atMs = n * 20 * (1 + skews[stream]! / 1e6) + next() * 25
            writer.packet(stream, 8, false, n, n * 160, Math.round(atMs * 10), silence, 0, 8)
          }
          if (n % 5000 === 0) await new Promise(setImmediate)
        }
      })
      const errorMs = (stream: number, ppm: number, n: number) => {
        const source = index.sources.find((s) => s.stream === stream)!
        return positionOf(source, n, n * 160, 8000) / 8 - n * 20 * (1 + ppm / 1e6)
      }
      for (let n = 0; n < hour; n += 37) {
        const errors = [errorMs(0, a, n), errorMs(1, b, n)] as const
        expect(Math.abs(errors[0])).toBeLessThan(40)
        expect(Math.abs(errors[0] - errors[1])).toBeLessThan(40)
      }
    },
  )

  test('a well-behaved sender is never re-anchored in an hour of jitter', async () => {
    const next = random(3)
    const { index } = await record(3_600_000, async (writer) => {
      writer.source(0, 1, 0, 0, codecs)
      for (let n = 0; n < hour; n++) {
        writer.packet(0, 8, false, n, n * 160, Math.round((n * 20 + next() * 80) * 10), Buffer.alloc(8), 0, 8)
        if (n % 5000 === 0) await new Promise(setImmediate)
      }
    })
    expect(index.sources[0]!.anchors).toHaveLength(1)
  })

  async function times(
    arrivalMs: (n: number) => number | undefined,
    rtp: (n: number) => number,
    seq = (n: number) => n,
  ) {
    const { index } = await record(40_000, (writer) => {
      writer.source(0, 1, 0, 0, codecs)
      for (let n = 0; n < 1000; n++) {
        const at = arrivalMs(n)
        if (at !== undefined) writer.packet(0, 8, false, seq(n), rtp(n), at * 10, voice(0, n), 0, 160)
      }
    })
    return index
  }

  test('a sender that stops its clock during a pause is placed by its arrival', async () => {
    const index = await times(
      (n) => n * 20 + (n >= 500 ? 7000 : 0),
      (n) => n * 160,
    )
    expect(index.sources[0]!.anchors).toEqual([
      { fromSeq: 0, anchor: 0 },
      { fromSeq: 500, anchor: 56_000 },
    ])
    expect(index.gaps[0]).toEqual({ track: 'caller', fromSample: 80_000, toSample: 136_000, kind: 'pause' })
    expect(index.tracks[0]!.packetsLost).toBe(0)
  })

  test('a sender whose RTP clock jumps without a pause continues without a gap', async () => {
    const index = await times(
      (n) => n * 20,
      (n) => n * 160 + (n >= 500 ? 1_000_000 : 0),
    )
    expect(index.sources[0]!.anchors).toHaveLength(2)
    expect(index.gaps).toEqual([{ track: 'caller', fromSample: 160_000, toSample: 320_000, kind: 'pause' }])
  })

  test('three seconds that were delayed and delivered at once are played in their place', async () => {
    const index = await times(
      (n) => (n >= 300 && n < 450 ? 9000 : n * 20),
      (n) => n * 160,
    )
    expect(index.sources[0]!.anchors).toEqual([{ fromSeq: 0, anchor: 0 }])
    expect(index.sources[0]!.straySeqs).toEqual([])
    expect(index.gaps).toHaveLength(1)
  })

  test('a recorder or sender without CPU time for most of the time does not move what was sent', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const next = random(seed)
      const stalls: { from: number; to: number }[] = []
      for (let at = 0; at < 20_000;) {
        const stall = { from: at, to: at + 100 + next() * 2500 }
        stalls.push(stall)
        at = stall.to + next() * 300
      }
      const index = await times(
        (n) => Math.round(stalls.find(({ from, to }) => n * 20 >= from && n * 20 < to)?.to ?? n * 20),
        (n) => n * 160,
      )
      rmSync(join(directory, 'r.hdr'))
      rmSync(join(directory, 'r.body'))
      expect(index.sources[0]!.anchors.length).toBe(1)
      expect(index.gaps.length).toBeLessThanOrEqual(2)
    }
  })

  test('one packet with an invalid time does not stretch the recording', async () => {
    const index = await times(
      (n) => n * 20,
      (n) => (n === 200 ? 0x7fffffff : n * 160),
    )
    expect(index.sources[0]!.straySeqs).toEqual([200])
    expect(index.durationSamples).toBe(320_000)
  })

  test('a hold is a pause and no loss, though the sequence numbers continue', async () => {
    const { index } = await record(20_000, (writer) => {
      writer.source(0, 1, 0, 0, codecs)
      for (let n = 0; n < 1000; n++) {
        if (n === 400) writer.mark('hold', 80_000)
        if (n === 600) writer.mark('resume', 120_000)
        if (n < 400 || n >= 600) writer.packet(0, 8, false, n, n * 160, n * 200, voice(0, n), 0, 160)
      }
    })
    expect(index.tracks[0]).toMatchObject({ packetsReceived: 800, packetsLost: 0 })
    expect(index.gaps).toEqual([{ track: 'caller', fromSample: 64_000, toSample: 96_000, kind: 'pause' }])
  })

  test('key presses are counted and are no loss', async () => {
    const { index } = await record(2000, (writer) => {
      writer.source(0, 1, 0, 0, codecs)
      for (let n = 0; n < 100; n++) {
        if (n >= 50 && n < 55) writer.omitted(0, n)
        else writer.packet(0, 8, false, n, n * 160, n * 200, voice(0, n), 0, 160)
      }
    })
    expect(index.tracks[0]).toMatchObject({ packetsReceived: 95, packetsLost: 0, packetsOmitted: 5 })
    expect(index.gaps).toEqual([{ track: 'caller', fromSample: 8000, toSample: 8800, kind: 'pause' }])
  })

  test('a new SSRC continues where the old one ended', async () => {
    const { index, render } = await record(4000, (writer) => {
      writer.source(0, 1, 0, 0, codecs)
      for (let n = 0; n < 200; n++) {
        if (n === 100) writer.source(0, 2, 777, 999, codecs)
        writer.packet(0, 8, false, n % 100, (n % 100) * 160, n * 200, voice(0, n), 0, 160)
      }
    })
    const played = lane(await render(), 0)
    expect(played).toEqual(
      Array.from({ length: 200 }, (_, n) => [...voice(0, n)].map((code) => alawSamples[code]!)).flat(),
    )
    expect(index.gaps).toEqual([])
  })
})

test('a codec that cannot be played is kept, listed and silent', async () => {
  const { index, render } = await record(1000, (writer) => {
    writer.source(1, 1, 0, 0, [{ payloadType: 111, codec: 'unknown', clockRate: 48_000 }])
    for (let n = 0; n < 50; n++) writer.packet(1, 111, false, n, n * 960, n * 200, voice(0, n), 0, 60)
  })
  expect(index.unrendered).toEqual([{ stream: 1, payloadType: 111, codec: 'unknown', packets: 50 }])
  expect(index.gaps).toEqual([])
  expect((await render()).every((byte) => byte === 0)).toBe(true)
})

test('a mixed stream is on both channels, and a WAV header has the length', async () => {
  const { render } = await record(1000, (writer) => {
    writer.mark('mapping', 0, { streams: { 0: 'mixed' } })
    writer.source(0, 1, 0, 0, codecs)
    for (let n = 0; n < 50; n++) writer.packet(0, 8, false, n, n * 160, n * 200, voice(0, n), 0, 160)
  })
  const pcm = await render()
  expect(lane(pcm, 0)).toEqual(lane(pcm, 1))
  expect(lane(pcm, 0).some((sample) => sample !== 0)).toBe(true)
  // RIFF size WAVE; fmt: 16 bytes, PCM, 2 channels, 8000 Hz, 32,000 bytes a second, 4 bytes a sample of 16 bits; data size.
  const fields = [
    ...['52494646', '247d0000', '57415645'],
    ...['666d7420', '10000000', '0100', '0200', '401f0000', '007d0000', '0400', '1000'],
    ...['64617461', '007d0000'],
  ]
  expect(wavHeader(8000).toString('hex')).toBe(fields.join(''))
})
