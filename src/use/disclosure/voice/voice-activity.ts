/** Finds speech on a track: a level in dB for each frame, and whether it is speech. */
import { voiceRate } from './engine.ts'

/** 200 frames a second: 5 ms. */
export const hop = voiceRate / 200

/** Frames of weak consonants before and after loud frames. */
const framesBefore = 16
const framesAfter = 30
/** 10 ms, so that the start of a turn is exact. */
const windowHops = 2
/** Sound this many dB above the noise floor counts as speech, unless it is far below the loudest speech. */
const aboveFloor = 9
const maxBelowLoudest = 32
/** dB below full scale: a track that is never louder has no speech. */
const minSpeechDb = -62

export interface Activity {
  /** dB below full scale, of 10 ms around each frame's middle. */
  level: Float64Array
  /** 1 for speech. */
  speech: Uint8Array
}

const frameCount = (samples: number): number => Math.ceil(samples / hop) + 1

/** Coefficient of the pre-emphasis filter, which removes hum and rumble. */
const preEmphasis = 0.95

/** @param samples 1 is full scale */
export function findSpeech(samples: Float32Array | Float64Array): Activity {
  const frames = frameCount(samples.length)
  const powers = new Float64Array(frames)
  for (let n = 0; n < samples.length; n++) {
    const difference = samples[n]! - preEmphasis * (n > 0 ? samples[n - 1]! : 0)
    powers[Math.floor(n / hop)]! += difference * difference
  }
  const level = new Float64Array(frames)
  for (let frame = 0; frame < frames; frame++) {
    const from = Math.max(0, frame - windowHops / 2)
    const to = Math.min(frames, frame + windowHops / 2)
    const played = Math.min(samples.length, to * hop) - from * hop
    let power = 0
    for (let block = from; block < to; block++) power += powers[block]!
    level[frame] = 10 * Math.log10(Math.max(played > 0 ? power / played : 0, 1e-10))
  }
  return { level, speech: markSpeech(level) }
}

function markSpeech(level: Float64Array): Uint8Array {
  const speech = new Uint8Array(level.length)
  // Digital silence (removed parts, a call on hold) says nothing about the line's noise.
  const audible = level.filter((db) => db > -95).sort()
  if (audible.length === 0) return speech
  const quantile = (share: number) => audible[Math.min(audible.length - 1, Math.floor(share * audible.length))]!
  const loud = quantile(0.95)
  if (loud < minSpeechDb) return speech
  const threshold = Math.max(Math.min(quantile(0.1) + aboveFloor, loud - 15), loud - maxBelowLoudest, minSpeechDb)
  let last = -Infinity
  for (let frame = 0; frame < level.length; frame++) {
    // A click of one frame is no speech.
    const isLoud = level[frame]! > threshold && (level[frame + 1] ?? -100) > threshold
    if (isLoud) {
      speech.fill(1, Math.max(0, frame - framesBefore), frame + 1)
      last = frame
    } else if (frame - last <= framesAfter) speech[frame] = 1
  }
  return speech
}
