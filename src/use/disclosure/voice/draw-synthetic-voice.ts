/** Draws the synthetic voice of a track (level T). The draw depends only on random bytes and the track, not on the speaker. */
import { VoiceFault } from './voice-faults.ts'

export const drawBytes = 32

/**
 * Variants of eSpeak NG that are intelligible over a telephone, in two disjoint groups: the two parties never have the same
 * voice. Both groups have low and high voices, so a track reveals nothing.
 */
const variants = [
  ['m1', 'm3', 'm5', 'm7', 'Michael', 'robert', 'f1', 'f3', 'shelby'],
  ['m2', 'm4', 'm6', 'Reed', 'marcelo', 'miguel', 'f2', 'f4', 'linda'],
] as const

/** 0 to 99 in eSpeak NG. The two tracks have different values, so that two low voices differ. */
const pitches = [
  { from: 22, to: 42 },
  { from: 58, to: 78 },
] as const

export const everyVariant: readonly string[] = variants.flat()

export interface SyntheticVoice {
  variant: string
  pitch: number
  /** Variation of pitch; 50 is the variant's own. */
  range: number
  /** Words per minute. */
  rate: number
  /** Seed of the comfort noise. */
  noiseSeed: Uint32Array
}

/** @param draw `drawBytes` random bytes; the caller wipes them */
export function drawSyntheticVoice(draw: Uint8Array, track: 0 | 1): SyntheticVoice {
  if (draw.length !== drawBytes) throw new VoiceFault('engine-answer-wrong', `A draw of ${draw.length} bytes.`)
  const view = new DataView(draw.buffer, draw.byteOffset, draw.byteLength)
  /** 0 to below `count`, from 32 bits, so that no value is favoured by more than one in a hundred million. */
  const among = (index: number, count: number) => Math.floor((view.getUint32(4 * index) / 2 ** 32) * count)
  const { from, to } = pitches[track]
  return {
    variant: variants[track][among(1, variants[track].length)]!,
    pitch: from + among(2, to - from + 1),
    range: 40 + among(3, 21),
    rate: 140 + among(4, 51),
    noiseSeed: Uint32Array.from([5, 6, 7], (index) => view.getUint32(4 * index)),
  }
}
