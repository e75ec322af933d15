import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { spokenDialogue } from '../../../test/disclosure/spoken-sound.ts'
import { analyse, everyFrame, seriesOf } from './analysis.ts'
import { Chance } from './chance.ts'
import { codebook } from './codebook.ts'
import { drawWords } from './drawn-words.ts'
import { bandCount, shapeTerms } from './envelope.ts'
import { spell } from './spelling.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 8)
const analysis = analyse({ samples: spoken, redacted: [] })
const { weights } = codebook()
const words = drawWords(codebook(), new Chance(randomBytes))
const own = seriesOf(analysis, everyFrame(analysis), 1)

const spelt = (series: Float32Array, drawn = words) => {
  const said = series.slice()
  spell(said, analysis, drawn, weights)
  return said
}

/** Distance of two tracks in these frames, in deviations of the codebook. */
function apart(one: Float32Array, other: Float32Array, frames = analysis.counted): number {
  let sum = 0
  for (const frame of frames)
    for (let order = 1; order < bandCount; order++)
      sum += ((one[frame * bandCount + order]! - other[frame * bandCount + order]!) / weights[order]!) ** 2
  return Math.sqrt(sum / frames.length / (bandCount - 1))
}

test('the constant shape and the variation of the terms are not in the output', () => {
  const other = own.map((value, at) => (at % bandCount === 0 ? value : 0.3 + value * (1 + (at % bandCount) / 20)))
  expect(apart(spelt(own), spelt(other))).toBeLessThan(0.02)
})

test('another accent gives another output', () => {
  const others = drawWords(codebook(), new Chance(randomBytes))
  expect(apart(spelt(own), spelt(own, others))).toBeGreaterThan(0.3)
})

test('regular deviations of a speaker from a codeword are removed, single ones kept in part', () => {
  // Forty codewords, each said ten times for 30 ms, with something of the speaker's added.
  const chance = new Chance(randomBytes)
  const [sounds, times, frames] = [40, 10, 6]
  const count = sounds * times * frames
  const ways = Float64Array.from({ length: sounds * shapeTerms }, () => 0.2 * chance.normal())
  const says = (sign: (time: number) => number) =>
    Float32Array.from({ length: count * bandCount }, (_, at) => {
      const [turn, order] = [Math.floor(at / bandCount / frames), at % bandCount]
      const place = (turn % sounds) * shapeTerms + order - 1
      if (order === 0) return 0
      return words.words[place]! + sign(Math.floor(turn / sounds)) * ways[place]! * weights[order]!
    })
  const track = {
    ...analysis,
    speech: new Uint8Array(count).fill(1),
    counted: Uint32Array.from(new Array(count).keys()),
  }
  // Without an accent, so that only what was kept differs.
  const plain = { ...words, said: words.words }
  const said = [() => 0, () => 1, (time: number) => (time % 2 === 0 ? 1 : -1)].map((sign) => {
    const series = says(sign)
    spell(series, track, plain, weights)
    return series
  })
  const kept = said.slice(1).map((series) => apart(said[0]!, series, track.counted))
  expect(kept[1]).toBeGreaterThan(0.03)
  // A deviation shared by neighbouring codewords cannot be separated from them: 65 to 85 % of it remains, depending on the draw; all of it
  // if no mean is removed.
  expect(kept[0]).toBeLessThan(0.9 * kept[1]!)
})

test('non-speech stays unchanged', () => {
  const said = spelt(own)
  for (let frame = 1; frame + 1 < analysis.speech.length; frame++)
    if (analysis.speech[frame - 1] === 0 && analysis.speech[frame] === 0 && analysis.speech[frame + 1] === 0)
      expect(said.subarray(frame * bandCount, (frame + 1) * bandCount)).toEqual(
        own.subarray(frame * bandCount, (frame + 1) * bandCount),
      )
})

test('a frame is as loud as the codewords it is made of', () => {
  const loudOf = (loudness: Float64Array) => spell(own.slice(), analysis, { ...words, loudness }, weights)
  const even = loudOf(words.loudness.map(() => 2))
  for (let frame = 0; frame < even.length; frame++)
    expect(even[frame]).toBeCloseTo(analysis.speech[frame] === 1 ? 2 : 0, 5)
  const as = loudOf(words.loudness)
  expect(Math.max(...as)).toBeLessThanOrEqual(Math.max(...words.loudness) + 1e-6)
  expect(Math.max(...as) - Math.min(...as)).toBeGreaterThan(1)
})
