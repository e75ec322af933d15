/**
 * What re-speaks one track of a recording so that nobody knows the speaker (R33; docs/decisions).
 *
 * In: samples in which what was redacted is silence already, and a source of chance. Out: samples of the same length. Never
 * here: the parameters that were drawn, once the track is done; anything that is derived from a recording's id.
 */

/** Every track here: mono, 16 bits. */
export const voiceRate = 8000

/** Samples [from, to). */
export interface Span {
  from: number
  to: number
}

/** The three levels, as a report names them: re-voiced from a transcript, neural, signal processing. */
export const levels = ['T', 'N', 'D'] as const
export type Level = (typeof levels)[number]

/** Bytes of the system's random source; a bench gives its own to compare runs. */
export type RandomBytes = (size: number) => Uint8Array

export interface Track {
  samples: Int16Array
  /** Silence in `samples`, and silence in what comes back. In order, not overlapping. */
  redacted: readonly Span[]
}

/** Levels N and D: another voice says the same with the same timing. */
export interface VoiceEngine {
  /** Of the engine, not of the recording. */
  name: string
  version: string
  level: 'N' | 'D'
  /** One draw for the whole track; what was drawn is gone when it resolves. */
  revoice: (track: Track, random: RandomBytes) => Promise<Int16Array>
}

/** What one party says in one go, as a person has checked it; times in samples of the recording. */
export interface Turn extends Span {
  text: string
  language: 'fi' | 'sv' | 'en'
}

/** Level T: the transcript of a call is spoken by synthetic voices; no voice, prosody, pace or pause of the recording survives. */
export interface TranscriptEngine {
  name: string
  version: string
  level: 'T'
  /**
   * @param call the turns of the caller's and of the official's track; order and long waits alone are read from their times
   * @returns both tracks, of one length: each voice at a pace of its own, with drawn pauses
   */
  speak: (call: readonly [readonly Turn[], readonly Turn[]], random: RandomBytes) => Promise<[Int16Array, Int16Array]>
}
