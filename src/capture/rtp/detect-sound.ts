/**
 * Detects sound in a packet from a few of its bytes, without decoding. Returns 1 for sound, 0 for silence, -1 if it would need
 * decoding, -2 if the packet is not audio.
 * G.711: every byte has the level. G.722: the level follows from the quantiser's step size (block 3L of the ITU's text), which
 * can be tracked without prediction. Opus: in speech modes the first bits have voice activity flags of the encoder (RFC 6716
 * section 4.2.3); a packet of one or two bytes is silence (DTX, section 3.1).
 */
import { alawSamples, ulawSamples } from '#register/recordings/decode-g711.ts'
import { codecNamed, type Codec, type StreamCodec } from '#register/recordings/recording-log.ts'
import { staticPayloadTypes } from '#platform/rtp/static-payload-types.ts'

/** Kind of each payload type, and the present level of G.722. */
export type SoundState = { kinds: Uint8Array; level: number }

const kind = { unknown: 0, ulaw: 1, alaw: 2, g722: 3, opus: 4, silence: 5, nothing: 6 } as const
const kindOf: Partial<Record<Codec, number>> = {
  PCMU: kind.ulaw,
  PCMA: kind.alaw,
  G722: kind.g722,
  opus: kind.opus,
  'comfort-noise': kind.silence,
  'telephone-event': kind.nothing,
}

/** -48 dBov: above the noise of a line and of a comfort noise generator, below the quietest speech in practice with G.711. */
const soundRms = 130
/** Samples are shifted right by this, so that sums of squares stay small integers, which are faster. */
const squareShift = 6
const squares = (samples: Int16Array) => Int32Array.from(samples, (sample) => (sample * sample) >> squareShift)
const minSquare = (soundRms * soundRms) >> squareShift
const ulawSquares = squares(ulawSamples)
const alawSquares = squares(alawSamples)
/** Every eighth byte of G.711 is read. */
const stride = 8
/** Logarithm of G.722's step (2048 is an octave) for noise at -54 dBov; speech of -40 dBov exceeds it. */
const g722Level = 7000
const stepChanges = Int16Array.of(-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60)

/** Kinds of the static payload types of RFC 3551, for types that are not in the session description. */
const staticKinds = Uint8Array.from({ length: 128 }, (_, payloadType) => {
  const [encoding] = staticPayloadTypes[payloadType] ?? []
  return encoding === undefined ? kind.unknown : (kindOf[codecNamed(encoding)] ?? kind.unknown)
})

export function setSoundKinds(state: SoundState, codecs: readonly StreamCodec[]): void {
  state.kinds.set(staticKinds)
  for (const { payloadType, codec } of codecs) state.kinds[payloadType] = kindOf[codec] ?? kind.unknown
}

export function detectSound(
  state: SoundState,
  payloadType: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): -2 | -1 | 0 | 1 {
  switch (state.kinds[payloadType]) {
    case kind.ulaw:
      return isLoud(ulawSquares, bytes, start, end)
    case kind.alaw:
      return isLoud(alawSquares, bytes, start, end)
    case kind.g722:
      return followStep(state, bytes, start, end)
    case kind.opus:
      return voiceInOpus(bytes, start, end)
    case kind.silence:
      return 0
    case kind.nothing:
      return -2
    default:
      return -1
  }
}

function isLoud(table: Int32Array, bytes: Uint8Array, start: number, end: number): 0 | 1 {
  let sum = 0
  let checked = 0
  for (let i = start; i < end; i += stride) {
    sum += table[bytes[i]!]!
    checked++
  }
  return sum > checked * minSquare ? 1 : 0
}

/** Tracks the logarithm of G.722's step (block 3L, LOGSCL) over the packet, and compares its maximum with the threshold. */
function followStep(state: SoundState, bytes: Uint8Array, start: number, end: number): 0 | 1 {
  let { level } = state
  let highest = 0
  for (let i = start; i < end; i++) {
    level = ((level * 127) >> 7) + stepChanges[(bytes[i]! >> 2) & 15]!
    if (level < 0) level = 0
    else if (level > 18_432) level = 18_432
    if (level > highest) highest = level
  }
  state.level = level
  return highest > g722Level ? 1 : 0
}

/** Reads the voice activity flags of the first Opus frame, for both channels (RFC 6716 sections 3.1, 3.2 and 4.2.3). */
function voiceInOpus(bytes: Uint8Array, start: number, end: number): -1 | 0 | 1 {
  if (end - start <= 2) return 0
  const toc = bytes[start]!
  const framing = toc & 3
  // CELT-only packets have no flags. With frames of different lengths, or more than two, the first one begins at a later offset.
  if (toc & 0x80 || framing > 1) return -1
  const config = toc >> 3
  const length = config < 12 ? config & 3 : config & 1
  // Frames of 10 and 20 ms have one flag, of 40 ms two, of 60 ms three. Hybrid mode has only 10 and 20 ms.
  const flags = config < 12 && length > 1 ? length : 1
  const first = bytes[start + 1]!
  if (first >> (8 - flags)) return 1
  const isStereo = (toc & 4) !== 0
  return isStereo && ((first << (flags + 1)) & 0xff) >> (8 - flags) ? 1 : 0
}
