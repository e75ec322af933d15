/**
 * Which synthetic voice says a track (level T). In: chance. Out: a voice, the same for the whole track. Never here: anything of who
 * spoke: what is drawn depends on chance and on the lane alone.
 */
import { VoiceFault } from './voice-faults.ts'

export const drawBytes = 32

/**
 * Variants of eSpeak NG that are understood over a telephone, in two groups that share none: the two parties of a call are never
 * said by the same voice. Low and high voices are in both, so that a lane tells nothing either.
 */
const variants = [
  ['m1', 'm3', 'm5', 'm7', 'Michael', 'robert', 'f1', 'f3', 'shelby'],
  ['m2', 'm4', 'm6', 'Reed', 'marcelo', 'miguel', 'f2', 'f4', 'linda'],
] as const

/** Of eSpeak NG's 0 to 99; apart as well, so that two low voices differ too. */
const pitches = [
  { from: 22, to: 42 },
  { from: 58, to: 78 },
] as const

export const everyVariant: readonly string[] = variants.flat()

export interface SyntheticVoice {
  variant: string
  pitch: number
  /** How much pitch moves, 50 is the variant's own. */
  range: number
  /** Words a minute. */
  rate: number
  /** Begins the comfort noise. */
  noiseSeed: Uint32Array
}

/** @param draw `drawBytes` bytes of chance; the caller wipes them */
export function drawSyntheticVoice(draw: Uint8Array, lane: 0 | 1): SyntheticVoice {
  if (draw.length !== drawBytes) throw new VoiceFault('engine-answer-wrong', `Chance of ${draw.length} bytes.`)
  const view = new DataView(draw.buffer, draw.byteOffset, draw.byteLength)
  /** 0 to below `count`; of 32 bits, so that no choice is favoured by more than one in a hundred million. */
  const among = (index: number, count: number) => Math.floor((view.getUint32(4 * index) / 2 ** 32) * count)
  const { from, to } = pitches[lane]
  return {
    variant: variants[lane][among(1, variants[lane].length)]!,
    pitch: from + among(2, to - from + 1),
    range: 40 + among(3, 21),
    rate: 140 + among(4, 51),
    noiseSeed: Uint32Array.from([5, 6, 7], (index) => view.getUint32(4 * index)),
  }
}
