/**
 * Level D: the voice is taken apart, spelt in shapes that belong to nobody and are moved by a drawn accent, given the
 * averages of four strangers and a drawn pitch, and made anew (R33; docs/decisions/0035). It is pseudonymised, not
 * anonymous: who trains a verifier on what comes out finds the speaker again more often than chance.
 */
import { analyse, everyFrame, momentsOf, seriesOf, type Analysis, type Moments } from './analysis.ts'
import { Chance } from './chance.ts'
import { codebook, Nearest, shapeTerms, type Codebook } from './codebook.ts'
import { drawWords, type DrawnWords } from './drawn-words.ts'
import type { Span, VoiceEngine } from './engine.ts'
import { bandCount } from './envelope.ts'
import { spreadAsEverybody } from './everybodys-spread.ts'
import { makeExcitation } from './excitation.ts'
import { newMelody } from './melody.ts'
import { resynthesise } from './resynthesis.ts'
import { findTractFactor } from './vocal-tract.ts'
import { hop } from './voice-activity.ts'

/** Fewer frames that count than this (50 ms) are no voice. */
const fewestFrames = 10
const nearestWords = 12
const strangersMixed = 4
/** A mixture of codewords moves less than speech does, and a little more is understood better: times the strangers' deviation. */
const clearer = 1.15
/** Where everybody's level lies, dB about its middle: the knots of everybodys-spread.ts; a voice that is evener stays so. */
const levels = [-10.6, -6.2, -2.9, 0, 2.4, 4.1, 6.2]
const leastLevelDeviation = 3
/** What is quieter than all of them is quieter still, so often as much: a voice starts when it started. */
const below = 2
/** Voice begins earlier and ends later by so many frames, or the other way round: how long it lasts is somebody's. */
const voicedEdges = { least: -2, most: 3 }
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
  /** By which the logarithm of the pitch rises in a second. */
  slope: number
  /** Frames by which voice begins earlier and ends later. */
  voicedEdge: number
  words: DrawnWords
}

export const nvq: VoiceEngine = {
  name: 'nvq',
  version: '2',
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

function drawVoice(chance: Chance, shapes: Codebook): Draw {
  const { strangers } = shapes
  const mixed: Moments = { mean: new Float64Array(bandCount), deviation: new Float64Array(bandCount) }
  for (const stranger of chance.different(strangersMixed, strangers.length))
    for (let order = 0; order < bandCount; order++) {
      mixed.mean[order]! += strangers[stranger]!.mean[order]! / strangersMixed
      mixed.deviation[order]! += strangers[stranger]!.deviation[order]! / strangersMixed
    }
  return {
    strangers: mixed,
    tractFactor: chance.between(0.93, 1.1),
    pitch: Math.exp(chance.between(Math.log(92), Math.log(150))),
    slope: chance.between(-0.3, 0.3),
    voicedEdge: Math.floor(chance.between(voicedEdges.least, voicedEdges.most + 1)),
    words: drawWords(shapes, chance),
  }
}

function speakAs(draw: Draw, analysis: Analysis, chance: Chance, out: Float32Array): void {
  const shapes = codebook()
  const factor = findTractFactor(analysis, shapes)
  const series = seriesOf(analysis, everyFrame(analysis), factor)
  spell(series, analysis, draw.words, shapes.weights)
  putMoments(series, analysis, draw.strangers)
  const melody = newMelody(moveVoicing(analysis.pitch, draw.voicedEdge), draw.pitch, draw.slope)
  const excitation = makeExcitation(melody, out.length, chance)
  out.set(resynthesise(series, evenLevel(analysis), excitation, draw.tractFactor))
  const { strangers, words } = draw
  for (const drawn of [excitation, melody, series, strangers.mean, strangers.deviation]) drawn.fill(0)
  for (const drawn of [words.words, words.halves, words.said]) drawn.fill(0)
  draw.tractFactor = draw.pitch = draw.slope = draw.voicedEdge = 0
  level(out, analysis.speech)
}

/** In place: each frame becomes a mixture of what is said for its nearest codewords. */
function spell(series: Float32Array, analysis: Analysis, drawn: DrawnWords, weights: Float64Array): void {
  const own = momentsOf(series, analysis.counted)
  const nearest = new Nearest(nearestWords, drawn.words, drawn.halves)
  const row = new Float64Array(shapeTerms)
  for (let frame = 0; frame < analysis.speech.length; frame++) {
    if (analysis.speech[frame] === 0) continue
    const at = frame * bandCount
    for (let term = 0; term < shapeTerms; term++) {
      const order = term + 1
      const value = (series[at + order]! - own.mean[order]!) / own.deviation[order]!
      row[term] = value * weights[order]!
    }
    nearest.find(row)
    let sum = 0
    row.fill(0)
    for (let place = 0; place < nearestWords; place++) {
      const weight = 1 / (nearest.distances[place]! + 0.4)
      const word = nearest.places[place]! * shapeTerms
      sum += weight
      for (let term = 0; term < shapeTerms; term++) row[term]! += weight * drawn.said[word + term]!
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
      series[at] = strangers.mean[order]! + clearer * value * strangers.deviation[order]!
    }
  }
}

/** dB: the level of each frame as evenly spread as everybody's; -Infinity where nobody speaks. */
function evenLevel({ level, speech, counted }: Analysis): Float64Array {
  const even = new Float64Array(level.length).fill(-Infinity)
  const sorted = Float64Array.from(counted, (frame) => level[frame]!).sort()
  const spread = spreadAsEverybody(sorted, levels, leastLevelDeviation)
  for (let frame = 0; frame < level.length; frame++) {
    if (speech[frame] === 0) continue
    const value = spread(level[frame]!)
    even[frame] = speechLevel + value + (below - 1) * Math.min(0, value - levels[0]!)
  }
  return even
}

/** Stretches of voice grow at both ends by so many frames, at the pitch of their ends; or shrink. */
function moveVoicing(pitch: Float64Array, frames: number): Float64Array {
  let moved = pitch.slice()
  for (let step = 0; step < Math.abs(frames); step++)
    moved = moved.map((own, frame) => {
      const [before, after] = [moved[frame - 1] ?? 0, moved[frame + 1] ?? 0]
      if (frames > 0) return own || before || after
      return before === 0 || after === 0 ? 0 : own
    })
  return moved
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
