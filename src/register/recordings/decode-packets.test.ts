import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { levelsOf } from '#test/simulator/levels.ts'
import { indexRecording } from './index-recording.ts'
import { createRecordingWriter } from './recording-writer.ts'
import { renderAudio } from './render-audio.ts'

/** Output of ffmpeg: 440 Hz at 8000 and 1700 Hz at 3000 of 32768, one second. */
const encoded = JSON.parse(
  readFileSync(new URL('../../../test/vectors/codecs/two-tones.json', import.meta.url), 'utf8'),
) as { g722: string; opus: string[]; opusStereo: string[] }
const g722 = Buffer.from(encoded.g722, 'base64')
const pcm = Buffer.alloc(16_000)
for (let n = 0; n < 8000; n++) {
  const angle = (2 * Math.PI * n) / 8000
  pcm.writeInt16BE(Math.round(8000 * Math.sin(440 * angle) + 3000 * Math.sin(1700 * angle)), 2 * n)
}
const rfc3551 = JSON.parse(
  readFileSync(new URL('../../../test/vectors/codecs/rfc3551.json', import.meta.url), 'utf8'),
) as { formats: Record<'G726-32' | 'DVI4', { packets: string[] }> }
const packetsOf = (name: 'G726-32' | 'DVI4') =>
  rfc3551.formats[name].packets.map((packet) => Buffer.from(packet, 'base64'))
const formats = {
  G722: {
    codec: { payloadType: 9, codec: 'G722', clockRate: 8000 },
    packets: Array.from({ length: 50 }, (_, n) => g722.subarray(160 * n, 160 * n + 160)),
    tick: 160,
  },
  Opus: {
    codec: { payloadType: 111, codec: 'opus', clockRate: 48_000 },
    packets: encoded.opus.map((packet) => Buffer.from(packet, 'base64')),
    tick: 960,
  },
  L16: {
    codec: { payloadType: 96, codec: 'L16', clockRate: 8000 },
    packets: Array.from({ length: 50 }, (_, n) => pcm.subarray(320 * n, 320 * n + 320)),
    tick: 160,
  },
  'G.726': { codec: { payloadType: 2, codec: 'G726-32', clockRate: 8000 }, packets: packetsOf('G726-32'), tick: 160 },
  DVI4: { codec: { payloadType: 5, codec: 'DVI4', clockRate: 8000 }, packets: packetsOf('DVI4'), tick: 160 },
  'Opus of two channels': {
    codec: { payloadType: 111, codec: 'opus', clockRate: 48_000 },
    packets: encoded.opusStereo.map((packet) => Buffer.from(packet, 'base64')),
    tick: 960,
  },
} as const

let directory = ''
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'seloste-codecs-'))))
afterEach(() => rmSync(directory, { recursive: true }))

/** Records a silent caller in A-law and one second of the official; chunks end in the middle of it. */
async function record(
  { codec, packets, tick }: (typeof formats)[keyof typeof formats],
  order = packets.map((_, n) => n),
) {
  const { identity, recipient } = generateKeyPair()
  const startedAt = Temporal.Instant.from('2026-03-02T09:00:00Z')
  const writer = await createRecordingWriter({ id: 'r', directory, intakePublicKey: recipient, startedAt })
  writer.mark('mapping', 0, { streams: { 0: 'caller', 1: 'official' } })
  writer.source(0, 5, 0, 0, [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 }])
  writer.source(1, 6, 0, 0, [codec])
  for (const [at, n] of order.entries()) {
    writer.packet(0, 8, false, at, 160 * at, at * 200, Buffer.alloc(1400, 0xd5), 0, 160)
    // Packets of an unknown payload type, which only make the recording several chunks long.
    for (let i = 0; i < 2; i++) writer.packet(0, 99, false, 10_000 + 2 * at + i, 160 * at, at * 200, filler, 0, 1400)
    const payload = packets[n]!
    writer.packet(1, codec.payloadType, false, n, tick * n, at * 200, payload, 0, payload.length)
  }
  const { bodyPath, headerPath } = await writer.finish(10_200)
  const body = readFileSync(bodyPath)
  const fileKey = readAgeHeader(readFileSync(headerPath), identity)
  const recording = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const index = await indexRecording(recording)
  const render = (from = 0, to = index.durationSamples) => renderAudio(index, (n) => recording.openChunk(n), from, to)
  return { index, render, chunks: recording.chunks }
}
const filler = Buffer.alloc(1400)

const levels = (pcm: Buffer, from: number, tones: readonly number[]) => levelsOf(pcm, { from, lane: 1 }, tones)

describe.each(Object.entries(formats))('%s', (_name, format) => {
  test('is decoded as it was sent, at its level and in its place', async () => {
    const { index, render, chunks } = await record(format)
    expect(chunks).toBeGreaterThan(2)
    expect(index.unrendered.some(({ payloadType }) => payloadType === format.codec.payloadType)).toBe(false)
    expect(index.durationSamples).toBeGreaterThanOrEqual(8000)
    const { found, overRestDb } = levels(await render(), 3000, [440, 1700])
    expect(found[0]).toBeGreaterThan(7200)
    expect(found[0]).toBeLessThan(8800)
    expect(found[1]).toBeGreaterThan(2500)
    expect(found[1]).toBeLessThan(3500)
    expect(overRestDb).toBeGreaterThan(18)
    expect(Math.max(...index.peaks[1])).toBeGreaterThan(60)
  })

  test('sounds the same for any requested part', async () => {
    const { index, render } = await record(format)
    const whole = await render()
    const cuts = [0, 1234, 1235, 4100, 6000, index.durationSamples]
    const parts = await Promise.all(cuts.slice(1).map((to, i) => render(cuts[i], to)))
    expect(Buffer.concat(parts).equals(whole)).toBe(true)
  })

  test('is decoded in the order of sending, in any order of arrival', async () => {
    const order = format.packets.map((_, n) => n ^ 1).filter((n) => n < format.packets.length)
    const { render } = await record(format, order)
    expect(levels(await render(), 3000, [440, 1700]).overRestDb).toBeGreaterThan(8)
  })
})

test('packets that are not Opus are silence, and the rest is played', async () => {
  const { codec, packets, tick } = formats.Opus
  const broken = packets.map((packet, n) =>
    n % 10 === 3 ? Buffer.alloc(4000, n) : n % 10 === 7 ? Buffer.from([n]) : packet,
  )
  const { render } = await record({ codec, packets: broken, tick })
  expect(levels(await render(), 3000, [440]).found[0]).toBeGreaterThan(4000)
})
