/**
 * Level D: the voice is taken apart, spelt in shapes that belong to nobody and are moved by a drawn accent, given the
 * averages of four strangers and a drawn pitch, and made anew (R33; docs/decisions/0035). It is pseudonymised, not
 * anonymous: who trains a verifier on what comes out finds the speaker again more often than chance.
 */
import { analyse, everyFrame, momentsOf, seriesOf, type Analysis, type Moments } from './analysis.ts'
import { Chance } from './chance.ts'
import { codebook, Nearest, shapeTerms, type Codebook } from './codebook.ts'
import { drawnLoudness, type Pace } from './drawn-loudness.ts'
import { drawTract } from './drawn-tract.ts'
import { drawWords, type DrawnWords } from './drawn-words.ts'
import type { Span, VoiceEngine } from './engine.ts'
import { bandCount } from './envelope.ts'
import { evenBands } from './even-bands.ts'
import { makeExcitation } from './excitation.ts'
import { addLineNoise } from './line-noise.ts'
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
/** Of what the codewords take away so much is kept: it is understood better, and it is the speaker's. */
const kept = 0.15
/** Each term moves less or more than the strangers' does: deviation of the logarithm. */
const otherwise = 0.1
/** Voice begins earlier and ends later by so many frames, or the other way round: how long it lasts is somebody's. */
const voicedEdges = { least: -2, most: 3 }
/** RMS of speech and of the noise of the line, dB below full scale: rooms and telephones differ. */
const speechLevel = -23
const noiseLevels = { least: -56, most: -49 }
/** A redaction does not click: samples at its edges. */
const edge = 40

/** What is drawn for one track. */
interface Draw {
  strangers: Moments
  /** Of what comes out: where each frequency comes from. */
  tract: (hertz: number) => number
  pitch: number
  /** By which the logarithm of the pitch rises in a second. */
  slope: number
  /** Of the melody, 1 as everybody's. */
  range: number
  /** How it swells and fades where it is soft. */
  pace: Pace
  /** Frames by which voice begins earlier and ends later. */
  voicedEdge: number
  words: DrawnWords
}

export const nvq: VoiceEngine = {
  name: 'nvq',
  version: '3',
  level: 'D',
  async revoice(track, random) {
    const chance = new Chance(random)
    const out = new Float32Array(track.samples.length)
    const analysis = analyse(track)
    try {
      if (analysis.counted.length >= fewestFrames) speakAs(drawVoice(chance, codebook()), analysis, chance, out)
      addLineNoise(out, chance.between(noiseLevels.least, noiseLevels.most), codebook(), chance)
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
  for (let order = 1; order < bandCount; order++)
    mixed.deviation[order]! *= Math.exp(otherwise * Math.max(-2, Math.min(2, chance.normal())))
  return {
    strangers: mixed,
    tract: drawTract(chance),
    pitch: Math.exp(chance.between(Math.log(92), Math.log(150))),
    slope: chance.between(-0.1, 0.1),
    range: chance.between(0.8, 1.4),
    pace: { swell: chance.between(5, 9), fade: chance.between(1, 4) },
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
  const melody = newMelody(moveVoicing(analysis.pitch, draw.voicedEdge), draw.pitch, draw.slope, draw.range)
  const excitation = makeExcitation(melody, out.length, chance)
  evenBands(excitation)
  const loudness = drawnLoudness(analysis, draw.pace).map((db) => speechLevel + db)
  out.set(resynthesise(series, loudness, excitation, draw.tract))
  const { strangers, words, pace } = draw
  for (const drawn of [excitation, melody, series, loudness, strangers.mean, strangers.deviation]) drawn.fill(0)
  for (const drawn of [words.words, words.halves, words.said]) drawn.fill(0)
  draw.pitch = draw.slope = draw.range = draw.voicedEdge = pace.swell = pace.fade = 0
  draw.tract = (hertz) => hertz
  level(out, analysis.speech)
}

/** In place: each frame becomes a mixture of what is said for its nearest codewords, with a part of what it has beyond them. */
function spell(series: Float32Array, analysis: Analysis, drawn: DrawnWords, weights: Float64Array): void {
  const own = momentsOf(series, analysis.counted)
  const nearest = new Nearest(nearestWords, drawn.words, drawn.halves)
  const row = new Float64Array(shapeTerms)
  const said = new Float64Array(shapeTerms)
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
    said.fill(0)
    for (let place = 0; place < nearestWords; place++) {
      const weight = 1 / (nearest.distances[place]! + 0.4)
      const word = nearest.places[place]! * shapeTerms
      sum += weight
      for (let term = 0; term < shapeTerms; term++)
        said[term]! += weight * (drawn.said[word + term]! - kept * drawn.words[word + term]!)
    }
    for (let term = 0; term < shapeTerms; term++) series[at + 1 + term] = said[term]! / sum + kept * row[term]!
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
