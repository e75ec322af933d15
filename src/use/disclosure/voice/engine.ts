/**
 * Interface of engines that re-speak a track so that nobody recognises the speaker (R33; docs/decisions). Removed parts are
 * silent already. Drawn parameters are discarded with the track, and nothing is derived from a recording's id.
 */

/** All tracks: mono, 16 bits. */
export const voiceRate = 8000

/** Samples [from, to). */
export interface Span {
  from: number
  to: number
}

/** The levels, as in reports: spoken from a transcript, neural, signal processing. */
export const levels = ['T', 'N', 'D'] as const
export type Level = (typeof levels)[number]

/** Bytes of the system's random source; benchmarks pass their own to compare runs. */
export type RandomBytes = (size: number) => Uint8Array

export interface Track {
  samples: Int16Array
  /** Silent in `samples` and in the result. Ordered, without overlaps. */
  redacted: readonly Span[]
}

/** Levels N and D: another voice with the same words and timing. */
export interface VoiceEngine {
  name: string
  version: string
  level: 'N' | 'D'
  /** Re-speaks a track with one draw, which is discarded. */
  revoice: (track: Track, random: RandomBytes) => Promise<Int16Array>
}

/** An utterance of one party, checked by a person; times in samples of the recording. */
export interface Turn extends Span {
  text: string
  language: 'fi' | 'sv' | 'en'
}

/** Level T: synthetic voices speak the transcript; no voice, prosody, pace or pause of the recording remains. */
export interface TranscriptEngine {
  name: string
  version: string
  level: 'T'
  /**
   * Speaks a call.
   * @param call turns of the caller's and of the official's track; only order and long waits are taken from their times
   * @returns both tracks, of the same length: each voice at its own pace, with drawn pauses
   */
  speak: (call: readonly [readonly Turn[], readonly Turn[]], random: RandomBytes) => Promise<[Int16Array, Int16Array]>
}
