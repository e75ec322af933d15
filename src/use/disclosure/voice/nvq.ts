/**
 * Level D: the voice is taken apart, spelt in shapes that belong to nobody, given the averages of four strangers and a
 * drawn pitch, and made anew (R33; docs/decisions/0035). It is pseudonymised, not anonymous: who trains a verifier on
 * what comes out finds the speaker again more often than chance.
 */
import { analyse, everyFrame, momentsOf, seriesOf, type Analysis, type Moments } from './analysis.ts'
import { Chance } from './chance.ts'
import { codebook, Nearest, shapeTerms, type Codebook } from './codebook.ts'
import type { Span, VoiceEngine } from './engine.ts'
import { bandCount } from './envelope.ts'
import { makeExcitation } from './excitation.ts'
import { newMelody } from './melody.ts'
import { resynthesise } from './resynthesis.ts'
import { findTractFactor } from './vocal-tract.ts'
import { hop } from './voice-activity.ts'

/** Fewer frames that count than this (50 ms) are no voice. */
const fewestFrames = 10
const nearestWords = 4
const strangersMixed = 4
/** Standard deviation of the level, dB: everybody speaks as evenly. */
const levelDeviation = 7.5
/** What is quieter than this, in standard deviations, is quieter still: a voice starts when it started. */
const quiet = -1.8
/** RMS of speech and of the noise of the line, both dB below full scale: rooms and telephones differ. */
const speechLevel = -23
const noiseLevel = -68
/** A redaction does not click: samples at its edges. */
const edge = 40

/** What is drawn for one track. */
interface Draw {
  strangers: Moments
  /** Of what comes out. */
  tractFactor: number
  pitch: number
}

export const nvq: VoiceEngine = {
  name: 'nvq',
  version: '1',
  level: 'D',
  async revoice(track, random) {
    const chance = new Chance(random)
    const out = new Float32Array(track.samples.length)
    const analysis = analyse(track)
    try {
      if (analysis.counted.length >= fewestFrames) speakAs(drawVoice(chance, codebook()), analysis, chance, out)
      const noise = 10 ** (noiseLevel / 20)
      for (let n = 0; n < out.length; n++) out[n]! += noise * chance.noise()
    } finally {
      chance.forget()
    }
    silence(out, track.redacted)
    return Int16Array.from(out, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32767))
  },
}

function drawVoice(chance: Chance, { strangers }: Codebook): Draw {
  const mixed: Moments = { mean: new Float64Array(bandCount), deviation: new Float64Array(bandCount) }
  for (const stranger of chance.different(strangersMixed, strangers.length))
    for (let order = 0; order < bandCount; order++) {
      mixed.mean[order]! += strangers[stranger]!.mean[order]! / strangersMixed
      mixed.deviation[order]! += strangers[stranger]!.deviation[order]! / strangersMixed
    }
  return {
    strangers: mixed,
    tractFactor: chance.between(0.93, 1.1),
    pitch: Math.exp(chance.between(Math.log(98), Math.log(205))),
  }
}

function speakAs(draw: Draw, analysis: Analysis, chance: Chance, out: Float32Array): void {
  const shapes = codebook()
  const factor = findTractFactor(analysis, shapes)
  const series = seriesOf(analysis, everyFrame(analysis), factor)
  spell(series, analysis, shapes)
  putMoments(series, analysis, draw.strangers)
  const melody = newMelody(analysis.pitch, draw.pitch)
  const excitation = makeExcitation(melody, out.length, chance)
  out.set(resynthesise(series, evenLevel(analysis), excitation, draw.tractFactor))
  for (const drawn of [excitation, melody, series, draw.strangers.mean, draw.strangers.deviation]) drawn.fill(0)
  draw.tractFactor = draw.pitch = 0
  level(out, analysis.speech)
}

/** In place: each frame becomes a mixture of its nearest codewords. */
function spell(series: Float32Array, analysis: Analysis, shapes: Codebook): void {
  const own = momentsOf(series, analysis.counted)
  const nearest = new Nearest(nearestWords, shapes.words, shapes.halves)
  const row = new Float64Array(shapeTerms)
  for (let frame = 0; frame < analysis.speech.length; frame++) {
    if (analysis.speech[frame] === 0) continue
    const at = frame * bandCount
    for (let term = 0; term < shapeTerms; term++) {
      const order = term + 1
      const value = (series[at + order]! - own.mean[order]!) / own.deviation[order]!
      row[term] = value * shapes.weights[order]!
    }
    nearest.find(row)
    let sum = 0
    row.fill(0)
    for (let place = 0; place < nearestWords; place++) {
      const weight = 1 / (nearest.distances[place]! + 0.4)
      const word = nearest.places[place]! * shapeTerms
      sum += weight
      for (let term = 0; term < shapeTerms; term++) row[term]! += weight * shapes.words[word + term]!
    }
    for (let term = 0; term < shapeTerms; term++) series[at + 1 + term] = row[term]! / sum
  }
  smooth(series, analysis.speech)
}

/** Over three frames: codewords do not change with a click. */
function smooth(series: Float32Array, speech: Uint8Array): void {
  const was = new Float32Array(bandCount)
  const is = new Float32Array(bandCount)
  for (let frame = 1; frame + 1 < speech.length; frame++) {
    const at = frame * bandCount
    is.set(series.subarray(at, at + bandCount))
    if (speech[frame - 1] === 0) was.set(is)
    const next = speech[frame] === 1 && speech[frame + 1] === 1 ? at + bandCount : at
    for (let order = 0; order < bandCount; order++)
      series[at + order] = was[order]! / 4 + is[order]! / 2 + series[next + order]! / 4
    was.set(is)
  }
}

/** In place: whatever mean and variance are left become the strangers'. */
function putMoments(series: Float32Array, analysis: Analysis, strangers: Moments): void {
  const left = momentsOf(series, analysis.counted)
  for (let frame = 0; frame < analysis.speech.length; frame++) {
    if (analysis.speech[frame] === 0) continue
    for (let order = 1; order < bandCount; order++) {
      const at = frame * bandCount + order
      const value = (series[at]! - left.mean[order]!) / left.deviation[order]!
      series[at] = strangers.mean[order]! + value * strangers.deviation[order]!
    }
  }
}

/** dB: the level of each frame as evenly spread as everybody's; -Infinity where nobody speaks. */
function evenLevel({ level, speech, counted }: Analysis): Float64Array {
  const even = new Float64Array(level.length).fill(-Infinity)
  let mean = 0
  for (const frame of counted) mean += level[frame]! / counted.length
  let squares = 0
  for (const frame of counted) squares += (level[frame]! - mean) ** 2 / counted.length
  const deviation = Math.max(3, Math.sqrt(squares))
  for (let frame = 0; frame < level.length; frame++) {
    if (speech[frame] === 0) continue
    const value = (level[frame]! - mean) / deviation
    even[frame] = speechLevel + levelDeviation * (value + Math.min(0, value - quiet))
  }
  return even
}

/** Speech as loud as everybody's; peaks are rounded, not cut. */
function level(out: Float32Array, speech: Uint8Array): void {
  let power = 0
  let count = 0
  for (let n = 0; n < out.length; n++) {
    if (speech[Math.floor(n / hop)] === 0) continue
    power += out[n]! ** 2
    count++
  }
  const gain = 10 ** (speechLevel / 20) / Math.sqrt(Math.max(power / Math.max(1, count), 1e-12))
  for (let n = 0; n < out.length; n++) out[n] = Math.tanh(out[n]! * gain)
}

function silence(out: Float32Array, redacted: readonly Span[]): void {
  for (const { from, to } of redacted) {
    out.fill(0, from, to)
    for (let n = 0; n < edge; n++) {
      if (from - 1 - n >= 0) out[from - 1 - n]! *= (n + 1) / (edge + 1)
      if (to + n < out.length) out[to + n]! *= (n + 1) / (edge + 1)
    }
  }
}
