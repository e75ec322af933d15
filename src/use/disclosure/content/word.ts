/**
 * Finds identifying words in a call (R33, ADR 37) and proposes them to a reviewer, who decides. Error messages never contain
 * words of a call.
 */
import type { Span, Turn } from '../voice/engine.ts'

export type Language = Turn['language']

/** Side of the call: index of the track. */
export type TrackIndex = 0 | 1

/** A word as spoken or recognised; times in samples of the recording, 8 kHz. */
export interface Word extends Span {
  text: string
  language: Language
  track: TrackIndex
  /** The recogniser's confidence, 0 to 1; undefined if a person wrote the word. */
  confidence?: number
}

/** Categories of removals; shown to the reviewer and counted in the release record. */
export const categories = [
  'NAME',
  'IDENTITY_CODE',
  'ADDRESS',
  'PHONE',
  'ACCOUNT',
  'BUSINESS_ID',
  'CASE_NUMBER',
  'PLATE',
  'DATE_OF_BIRTH',
  'OTHER',
] as const
export type Category = (typeof categories)[number]

/** Why a span is proposed. Codes only: a reason never repeats what was said. */
export type Trigger =
  /** A code with a valid check character, check digit or remainder. */
  | 'check-passes'
  /** Digits in the category's format. */
  | 'form'
  /** A phrase before it ("henkilötunnus", "min adress", "my name is"), by either party. */
  | 'phrase'
  /** Four or more digits in a row. */
  | 'digits'
  /** A listed name, alone or beside another. */
  | 'name-list'
  | 'name-pair'
  /** Capitalised within a sentence. */
  | 'capital'
  /** Letters said one by one. */
  | 'spelled'
  /** An ending of street names, a postcode, a town. */
  | 'street'
  | 'postcode'
  | 'town'
  /** Said elsewhere in the call, by either party. */
  | 'repeated'
  /** Pressed keys, found in the audio (voice). */
  | 'dtmf'

export interface Proposal extends Span {
  track: TrackIndex
  category: Category
  trigger: Trigger
  /** Probability, 0 to 1, that a reviewer accepts it. */
  confidence: number
}
