/**
 * What a track is taken apart into: where somebody speaks, the pitch, the shape of the spectrum. In: samples and what
 * is redacted. Out: one value, or one series, for each frame of 5 ms. Never here: anything that is kept.
 */
import type { Span, Track } from './engine.ts'
import { bandCount, bandsFor, EnvelopeFinder } from './envelope.ts'
import { findPitch } from './pitch.ts'
import { findSpeech, frameCount, hop } from './voice-activity.ts'

/** dB below the loudest: quieter speech does not count for averages. */
const quietest = 30
/** Frames whose window reaches into silence that was put there say nothing of the voice. */
const marginSamples = 200
/** A voice does not start for a shorter time, nor stop: frames. */
const shortestVoiced = 4
const shortestGap = 3

export interface Analysis {
  /** 1 is full scale; silence in what is redacted. */
  samples: Float32Array
  speech: Uint8Array
  /** dB below full scale. */
  level: Float64Array
  /** Hertz, 0 where unvoiced. */
  pitch: Float64Array
  /** Frames that count for averages. */
  counted: Uint32Array
}

/** Mean and standard deviation of each term of the series. */
export interface Moments {
  mean: Float64Array
  deviation: Float64Array
}

export function analyse(track: Track): Analysis {
  const samples = Float32Array.from(track.samples, (sample) => sample / 32768)
  for (const { from, to } of track.redacted) samples.fill(0, from, to)
  const { level, speech } = findSpeech(samples)
  const near = new Uint8Array(level.length)
  for (const span of track.redacted) {
    markFrames(speech, span, 0, 0)
    markFrames(near, span, marginSamples, 1)
  }
  const pitch = findPitch(samples, level, speech)
  mendVoicing(pitch)
  let loudest = -100
  for (let frame = 0; frame < level.length; frame++)
    if (speech[frame] === 1 && level[frame]! > loudest) loudest = level[frame]!
  const counted = new Uint32Array(level.length)
  let count = 0
  for (let frame = 0; frame < level.length; frame++)
    if (speech[frame] === 1 && near[frame] === 0 && level[frame]! > loudest - quietest) counted[count++] = frame
  return { samples, speech, level, pitch, counted: counted.slice(0, count) }
}

function markFrames(marks: Uint8Array, { from, to }: Span, margin: number, mark: number): void {
  marks.fill(mark, Math.max(0, Math.ceil((from - margin) / hop)), Math.max(0, Math.ceil((to + margin) / hop)))
}

/** Runs of voiced and unvoiced frames that are too short to be any: of no pitch, or of the pitch around them. */
function mendVoicing(pitch: Float64Array): void {
  for (let from = 0; from < pitch.length;) {
    const isVoiced = pitch[from]! > 0
    let to = from + 1
    while (to < pitch.length && pitch[to]! > 0 === isVoiced) to++
    if (isVoiced && to - from < shortestVoiced) pitch.fill(0, from, to)
    else if (!isVoiced && to - from <= shortestGap && from > 0 && to < pitch.length)
      pitch.fill(Math.sqrt(pitch[from - 1]! * pitch[to]!), from, to)
    from = to
  }
}

/** The series of these frames, one after the other, for a vocal tract shorter by `factor`. */
export const seriesOf = (analysis: Analysis, frames: ArrayLike<number>, factor: number): Float32Array =>
  seriesForEach(analysis, frames, [factor])[0]!

/** The same for several factors: each frame is looked at once. */
export function seriesForEach(
  analysis: Analysis,
  frames: ArrayLike<number>,
  factors: readonly number[],
): readonly Float32Array[] {
  const finder = new EnvelopeFinder()
  const bands = factors.map(bandsFor)
  const all = factors.map(() => new Float32Array(frames.length * bandCount))
  for (let n = 0; n < frames.length; n++) {
    finder.look(analysis.samples, frames[n]!, analysis.pitch[frames[n]!]!)
    for (const [at, series] of all.entries())
      finder.series(bands[at]!, series.subarray(n * bandCount, (n + 1) * bandCount))
  }
  return all
}

export const everyFrame = (analysis: Analysis): Uint32Array =>
  Uint32Array.from({ length: frameCount(analysis.samples.length) }, (_, frame) => frame)

/** Of the rows of a series; all rows unless `rows` says which. */
export function momentsOf(series: Float32Array, rows?: ArrayLike<number>): Moments {
  const count = rows ? rows.length : series.length / bandCount
  const mean = new Float64Array(bandCount)
  const deviation = new Float64Array(bandCount)
  for (let n = 0; n < count; n++) {
    const at = (rows ? rows[n]! : n) * bandCount
    for (let order = 0; order < bandCount; order++) {
      const value = series[at + order]!
      mean[order]! += value
      deviation[order]! += value * value
    }
  }
  for (let order = 0; order < bandCount; order++) {
    mean[order] = mean[order]! / Math.max(1, count)
    deviation[order] = Math.sqrt(Math.max(1e-6, deviation[order]! / Math.max(1, count) - mean[order]! ** 2))
  }
  return { mean, deviation }
}

/** In place: terms in these deviations from this mean, times what each weighs; the level stays. @param rows those alone */
export function weigh(
  series: Float32Array,
  { mean, deviation }: Moments,
  weights: Float64Array,
  rows: Iterable<number> = new Array(series.length / bandCount).keys(),
): void {
  for (const row of rows)
    for (let order = 1, at = row * bandCount + 1; order < bandCount; order++, at++)
      series[at] = ((series[at]! - mean[order]!) / deviation[order]!) * weights[order]!
}
