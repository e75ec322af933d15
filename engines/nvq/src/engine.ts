/** What the parts of nvq share. In: samples in which what was redacted is silence already, and a source of chance. Out: as many samples. */

/** Mono, 16 bits. */
export const voiceRate = 8000

/** Samples [from, to). */
export interface Span {
  from: number
  to: number
}

/** So many bytes of chance; a bench gives its own to compare runs. */
export type RandomBytes = (size: number) => Uint8Array

export interface Track {
  samples: Int16Array
  /** Silence in `samples`, and silence in what comes back. In order, not overlapping. */
  redacted: readonly Span[]
}

export interface VoiceEngine {
  name: string
  version: string
  level: 'D'
  /** One draw for the whole track; what was drawn is gone when it resolves. */
  revoice: (track: Track, random: RandomBytes) => Promise<Int16Array>
}
