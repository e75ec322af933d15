import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { alawSamples } from '#register/recordings/decode-g711.ts'
import type { StreamCodec } from '#register/recordings/recording-log.ts'
import { StreamMeter } from './measure-stream.ts'

const alaw: StreamCodec = { payloadType: 8, codec: 'PCMA', clockRate: 8000 }
const events: StreamCodec = { payloadType: 101, codec: 'telephone-event', clockRate: 8000 }
const opus: StreamCodec = { payloadType: 111, codec: 'opus', clockRate: 48_000 }
const encoded = JSON.parse(
  readFileSync(new URL('../../../test/vectors/codecs/two-tones.json', import.meta.url), 'utf8'),
) as { g722: string; opus: string[] }

/** Returns an A-law byte whose sample is closest to this magnitude, of either sign. */
function codeOf(size: number): number {
  return alawSamples.reduce(
    (best, sample, code) =>
      Math.abs(Math.abs(sample) - size) < Math.abs(Math.abs(alawSamples[best]!) - size) ? code : best,
    0,
  )
}
const loud = Buffer.alloc(160, codeOf(3000))
const silence = Buffer.alloc(160, 0xd5)

function startMeter(codecs: StreamCodec[] = [alaw, events]) {
  const meter = new StreamMeter()
  meter.setCodecs(codecs)
  /** Sends the packet of that number, 20 ms each, on time or late. */
  const receive = (n: number, bytes: Uint8Array = loud, payloadType = 8, late100us = 0, jitter16 = 0) =>
    meter.packet(
      payloadType,
      n,
      n * (payloadType === 111 ? 960 : 160),
      n * 200 + late100us,
      jitter16,
      bytes,
      0,
      bytes.length,
    )
  const playAll = (from: number, to: number, bytes?: Uint8Array) => {
    for (let n = from; n < to; n++) receive(n, bytes)
  }
  return { meter, receive, playAll }
}

describe('a gap', () => {
  test('is counted with its duration, and packets that arrive late are subtracted', () => {
    const { meter, receive, playAll } = startMeter()
    playAll(0, 10)
    playAll(15, 20)
    expect(meter.measure(4000)).toMatchObject({ expected: 20, lost: 5, lostMs: 100, packetMs: 20 })
    receive(12)
    expect(meter.measure(4000)).toMatchObject({ expected: 20, lost: 4, lostMs: 80 })
  })

  test('is not counted during a hold, though the numbers continue', () => {
    const { meter, playAll } = startMeter()
    playAll(0, 50)
    meter.pause(true)
    meter.pause(false)
    playAll(150, 200)
    expect(meter.measure(40_000)).toMatchObject({ expected: 100, lost: 0, stalledMs: 0 })
  })

  test('is not counted between two sources, and counts restart with a recording', () => {
    const { meter, playAll } = startMeter()
    playAll(0, 20)
    meter.begin()
    playAll(500, 520)
    expect(meter.measure(104_000)).toMatchObject({ expected: 40, lost: 0 })
    meter.beginAnew()
    playAll(520, 530)
    expect(meter.measure(106_000)).toMatchObject({ expected: 10, lost: 0, firstMs: 10_400, lastMs: 10_580 })
  })

  test('distinguishes a stalled stream from a short silence', () => {
    const { meter, receive } = startMeter()
    receive(0)
    receive(1, loud, 8, 4_000)
    receive(2, loud, 8, 24_000)
    expect(meter.measure(24_400)).toMatchObject({ lost: 0, stalledMs: 2020 })
    expect(meter.measure(44_400)).toMatchObject({ stalledMs: 2020 + 2000 })
  })

  test('is also found by sender reports: fewer packets arrived between two reports than were sent', () => {
    const { meter, playAll } = startMeter()
    playAll(0, 10)
    meter.reported(1010)
    playAll(12, 50)
    meter.reported(1050)
    expect(meter.measure(10_000)).toMatchObject({ reports: 2, reportedSent: 40, reportedArrived: 38 })
  })
})

test('jitter has the mean and the maximum over packets', () => {
  const { meter, receive } = startMeter()
  // RTP units times 16: 8 units are a millisecond.
  for (const [n, units] of [8, 16, 24].entries()) receive(n, loud, 8, 0, units * 16)
  expect(meter.measure(600)).toMatchObject({ jitterMs: 2, worstJitterMs: 3 })
})

describe('audibility', () => {
  test('is judged by level for G.711: speech, silence, and the noise of a good line', () => {
    const { meter, playAll } = startMeter()
    playAll(0, 10, loud)
    playAll(10, 30, silence)
    playAll(30, 40, Buffer.alloc(160, codeOf(60)))
    expect(meter.measure(8000)).toMatchObject({ codec: 'PCMA', judged: 40, sounding: 10, unknown: 0 })
  })

  test('is judged by the growth of the quantiser step for G.722', () => {
    const g722 = Buffer.from(encoded.g722, 'base64')
    const { meter, receive } = startMeter([{ payloadType: 9, codec: 'G722', clockRate: 8000 }])
    for (let n = 0; n < 50; n++) receive(n, g722.subarray(160 * n, 160 * n + 160), 9)
    expect(meter.measure(10_000)).toMatchObject({ codec: 'G722', judged: 50, sounding: 50 })
    // Output of the ITU's encoder for zeros: the step falls to its minimum.
    const quiet = startMeter([{ payloadType: 9, codec: 'G722', clockRate: 8000 }])
    for (let n = 0; n < 20; n++) quiet.receive(n, Buffer.alloc(160, 0xfa), 9)
    expect(quiet.meter.measure(4000)).toMatchObject({ judged: 20, sounding: 0 })
  })

  test('is judged by the voice activity flag and DTX packets for Opus, and music coding is not judged', () => {
    const { meter, receive } = startMeter([opus])
    const config = (number: number, more = 0) => (number << 3) | more
    receive(0, Buffer.from([config(9), 0x80, 1, 2, 3]), 111) // SILK, 20 ms: a voice
    receive(1, Buffer.from([config(9), 0x40, 1, 2, 3]), 111) // SILK: none, only redundancy
    receive(2, Buffer.from([config(9), 0]), 111) // DTX
    expect(meter.measure(600)).toMatchObject({ codec: 'opus', judged: 3, sounding: 1, unknown: 0 })
    receive(3, Buffer.from([config(31), 0xff, 1, 2, 3]), 111) // CELT
    expect(meter.measure(800)).toMatchObject({ judged: 3, sounding: 1, unknown: 1 })
  })

  test('is not judged for key presses, and comfort noise is silence', () => {
    const { meter, receive } = startMeter([alaw, events, { payloadType: 13, codec: 'comfort-noise', clockRate: 8000 }])
    receive(0, silence)
    receive(1, Buffer.from([5, 10, 0, 160]), 101)
    receive(2, Buffer.from([65]), 13)
    expect(meter.measure(600)).toMatchObject({ expected: 3, judged: 2, sounding: 0, unknown: 0 })
  })
})
