import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { asTrack, spokenDialogue, vowel, whiteNoise } from '../../../test/disclosure/spoken-sound.ts'
import { nvq } from './nvq.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 8)
const redacted = [
  { from: 12_000, to: 20_000 },
  { from: 40_001, to: 44_444 },
]
const masked = Int16Array.from(spoken)
for (const { from, to } of redacted) masked.fill(0, from, to)

/** The largest correlation of two one-second signals, at any shift up to 20 ms. */
function likeness(one: Int16Array, other: Int16Array, from: number): number {
  let largest = 0
  for (let shift = -160; shift <= 160; shift++) {
    let product = 0
    let ones = 1
    let others = 1
    for (let n = from; n < from + 8000; n++) {
      const a = one[n]!
      const b = other[n + shift]!
      product += a * b
      ones += a * a
      others += b * b
    }
    largest = Math.max(largest, Math.abs(product) / Math.sqrt(ones * others))
  }
  return largest
}

describe('a re-spoken track', () => {
  let first: Int16Array
  let second: Int16Array

  beforeAll(async () => {
    const track = { samples: masked, redacted }
    first = await nvq.revoice(track, randomBytes)
    second = await nvq.revoice(track, randomBytes)
  })

  test('has the same length', () => {
    expect(first.length).toBe(masked.length)
  })

  test('is silent where redacted, and nowhere else for long', () => {
    for (const { from, to } of redacted) expect(first.subarray(from, to).every((sample) => sample === 0)).toBe(true)
    expect(first.subarray(0, 12_000).every((sample) => sample === 0)).toBe(false)
  })

  test('differs at each draw', () => {
    expect(first).not.toEqual(second)
    expect(likeness(first, second, 24_000)).toBeLessThan(0.5)
  })

  test('is the same with the same draw', async () => {
    const drawn = randomBytes(1 << 16)
    const again = () => {
      let at = 0
      return (size: number) => Uint8Array.from({ length: size }, () => drawn[at++ % drawn.length]!)
    }
    const track = { samples: masked.subarray(20_000, 40_000), redacted: [] }
    const [one, other] = [await nvq.revoice(track, again()), await nvq.revoice(track, again())]
    expect(one).toEqual(other)
  })

  test('has nothing of the original waveform', () => {
    for (const from of [2000, 24_000, 50_000]) expect(likeness(masked, first, from)).toBeLessThan(0.4)
  })

  test('is heard when the original was: a turn starts within 20 ms and fades as drawn', async () => {
    // 26 dB below the loudest sample, so that the soft start of a word counts. At 20 dB the loudness decides, which is
    // levelled: this turn would start 44 ms earlier, at the average loudness.
    const loud = (samples: Int16Array) => {
      const level = Math.max(...samples) * 0.05
      return samples.findIndex((sample) => Math.abs(sample) > level)
    }
    const quiet = new Int16Array(4000)
    const turn = Int16Array.from([...quiet, ...spoken.subarray(0, 8000), ...quiet])
    const draws = Array.from({ length: 9 }, () => nvq.revoice({ samples: turn, redacted: [] }, randomBytes))
    const starts: number[] = []
    const ends: number[] = []
    for (const out of await Promise.all(draws)) {
      starts.push(loud(out) - loud(turn))
      ends.push(loud(turn.toReversed()) - loud(out.toReversed()))
    }
    // The median of nine draws, as nine of ten starts are demanded, and not each.
    const middle = (found: number[]) => found.toSorted((one, other) => one - other)[4]!
    expect(Math.abs(middle(starts))).toBeLessThan(160)
    // Its last sound is soft or not as drawn, and fades by at least 1.2 dB in 5 ms. The speaker's own pace would be
    // recognisable.
    expect(middle(ends)).toBeGreaterThan(-640)
    expect(middle(ends)).toBeLessThan(800)
  })
})

test('a loud and a soft voice become equally loud, over the same noise', async () => {
  const rms = async (gain: number) => {
    const samples = spoken.map((sample) => Math.round(sample * gain))
    const out = await nvq.revoice({ samples, redacted: [] }, randomBytes)
    return Math.sqrt(out.reduce((sum, sample) => sum + sample ** 2, 0) / out.length)
  }
  expect(Math.abs(20 * Math.log10((await rms(1)) / (await rms(0.08))))).toBeLessThan(1.5)
})

test('silence, a click, a buzz, clipping, tones and tracks too short for a voice keep their length', async () => {
  const tones = Float64Array.from(
    { length: 8000 },
    (_, n) => 0.4 * Math.sin((2 * Math.PI * 770 * n) / 8000) + 0.4 * Math.sin((2 * Math.PI * 1336 * n) / 8000),
  )
  const click = new Int16Array(8000)
  click[4000] = 32_767
  const tracks = [
    ...[0, 1, 39, 40, 41, 400, 1999].map((length) => Int16Array.from(spoken.subarray(8000, 8000 + length))),
    new Int16Array(8000),
    click,
    asTrack(tones),
    asTrack(whiteNoise(8000)),
    asTrack(vowel(100, 1).map((sample) => Math.sign(sample))),
    new Int16Array(8000).fill(-32_768),
    spoken.map((sample) => Math.max(-32_768, Math.min(32_767, sample * 40))),
  ]
  for (const samples of tracks) {
    const out = await nvq.revoice({ samples, redacted: [] }, randomBytes)
    expect(out.length).toBe(samples.length)
    // NaN becomes zero in 16 bits, and a whole second of it would be silence.
    if (samples.length >= 8000) expect(out.some((sample) => sample !== 0)).toBe(true)
  }
  const whole = [{ from: 0, to: spoken.length }]
  const nothing = await nvq.revoice({ samples: new Int16Array(spoken.length), redacted: whole }, randomBytes)
  expect(nothing.every((sample) => sample === 0)).toBe(true)
})

test('the draw is not left in the random source, and only samples are returned', async () => {
  const given: Uint8Array[] = []
  const random = (size: number) => {
    const bytes = randomBytes(size)
    given.push(bytes)
    return bytes
  }
  const out = await nvq.revoice({ samples: masked, redacted }, random)
  expect(out).toBeInstanceOf(Int16Array)
  expect(Object.keys(nvq).sort()).toEqual(['level', 'name', 'revoice', 'version'])
  expect(given.length).toBeGreaterThan(6)
  expect(given.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
})
