/**
 * Level D: the voice is taken apart, spelt in shapes that belong to nobody and are moved by a drawn accent, given the
 * averages of four strangers and a drawn pitch, and made anew (R33; docs/decisions/0035). It is pseudonymised, not
 * anonymous: who trains a verifier on what comes out finds the speaker again more often than chance.
 */
import { analyse, everyFrame, momentsOf, seriesOf, type Analysis, type Moments } from './analysis.ts'
import { Chance } from './chance.ts'
import { codebook, type Codebook } from './codebook.ts'
import { drawDynamics, dynamicsAsDrawn, type Dynamics } from './drawn-dynamics.ts'
import { drawLoudness, drawnLoudness, levelsAsEverybodys, type Loudness } from './drawn-loudness.ts'
import { drawPace, shapesPaced, type Pace } from './drawn-pace.ts'
import { drawTract } from './drawn-tract.ts'
import { drawVoicing, voicedAsDrawn, type Voicing } from './drawn-voicing.ts'
import { drawWords, type DrawnWords } from './drawn-words.ts'
import type { Span, VoiceEngine } from './engine.ts'
import { bandCount } from './envelope.ts'
import { evenBands } from './even-bands.ts'
import { makeExcitation } from './excitation.ts'
import { heardLevels, powerAboveLevel } from './heard-levels.ts'
import { drawHolding, holdShapes } from './held-shapes.ts'
import { addLineNoise } from './line-noise.ts'
import { drawMelody, newMelody, type Melody } from './melody.ts'
import { resynthesise } from './resynthesis.ts'
import { spell } from './spelling.ts'
import { turnStarts } from './turn-starts.ts'
import { findTractFactor } from './vocal-tract.ts'
import { hop } from './voice-activity.ts'

/** Fewer frames that count than this (50 ms) are no voice. */
const fewestFrames = 10
const strangersMixed = 4
/** A mixture of codewords moves less than speech does, and a little more is understood better: times the strangers' deviation. */
const clearer = 1.15
/** Each term moves less or more than the strangers' does: deviation of the logarithm. */
const otherwise = 0.05
/** RMS of speech and of the noise of the line, dB below full scale: rooms and telephones differ. */
const speechLevel = -23
const noiseLevels = { least: -60, most: -54.5 }
/** A redaction does not click: samples at its edges. */
const edge = 40

/** What is drawn for one track. */
interface Draw {
  strangers: Moments
  /** Of what comes out: where each frequency comes from. */
  tract: (hertz: number) => number
  voicing: Voicing
  melody: Melody
  loudness: Loudness
  dynamics: Dynamics
  /** Frames for which a sound lasts where it is soft. */
  holding: number
  words: DrawnWords
  pace: Pace
}

export const nvq: VoiceEngine = {
  name: 'nvq',
  version: '8',
  level: 'D',
  async revoice(track, random) {
    const chance = new Chance(random)
    const out = new Float32Array(track.samples.length)
    const analysis = analyse(track)
    try {
      if (analysis.counted.length >= fewestFrames)
        speakAs(drawVoice(analysis.speech.length, codebook(), chance), analysis, chance, out)
      addLineNoise(out, chance.between(noiseLevels.least, noiseLevels.most), codebook(), chance)
    } finally {
      chance.forget()
    }
    silence(out, track.redacted)
    return Int16Array.from(out, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32767))
  },
}

/** @param frames of the track */
function drawVoice(frames: number, shapes: Codebook, chance: Chance): Draw {
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
    voicing: drawVoicing(chance),
    melody: drawMelody(frames, chance),
    loudness: drawLoudness(frames, chance),
    dynamics: drawDynamics(chance),
    holding: drawHolding(chance),
    words: drawWords(shapes, chance),
    pace: drawPace(chance),
  }
}

function speakAs(draw: Draw, analysis: Analysis, chance: Chance, out: Float32Array): void {
  const shapes = codebook()
  const factor = findTractFactor(analysis, shapes)
  const series = seriesOf(analysis, everyFrame(analysis), factor)
  const own = levelsAsEverybodys(analysis, draw.loudness)
  const said = spell(series, analysis, draw.words, shapes.weights)
  shapesPaced(series, analysis, draw.pace.shapes)
  putMoments(series, analysis, draw.strangers)
  holdShapes(series, own, draw.holding)
  const above = powerAboveLevel(series, own, draw.tract)
  const starts = turnStarts(analysis.samples)
  const loudness = drawnLoudness(own, said, starts, above, draw.loudness)
  dynamicsAsDrawn(loudness, above, starts, draw.dynamics, draw.pace.levels)
  const heard = heardLevels(loudness, above)
  const melody = newMelody(voicedAsDrawn(analysis.pitch, heard, draw.voicing), draw.melody)
  const excitation = makeExcitation(melody, draw.voicing.breath, out.length, chance)
  evenBands(excitation)
  const levels = loudness.map((db) => speechLevel + db)
  out.set(resynthesise(series, levels, excitation, draw.tract))
  for (const made of [excitation, melody, series, own, said, above, loudness, heard, levels]) made.fill(0)
  wipe(draw)
  level(out, analysis.speech)
}

/** In place: of what was drawn nothing is left in memory. */
function wipe(drawn: object): void {
  const parts: Record<string, unknown> = { ...drawn }
  for (const [name, value] of Object.entries(parts)) {
    if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer, value.byteOffset, value.byteLength).fill(0)
    else if (typeof value === 'object' && value !== null) wipe(value)
    else Object.assign(drawn, { [name]: 0 })
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
