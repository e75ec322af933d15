/**
 * What in a call's words says who somebody is (R33, ADR 37): found, proposed, and looked for again in what is to leave.
 *
 * In: words with their times, or a text. Out: proposals with a reason, for a person to judge. Never here: sound; a decision
 * that nothing is left, which is the reviewer's; a word of a call in an error message.
 */
import type { Span, Turn } from '../voice/engine.ts'

export type Language = Turn['language']

/** Which side of the call: the two tracks of a recording by their place. */
export type TrackPlace = 0 | 1

/** One word as somebody said it, or as a recogniser took it; times in samples of the recording, 8 kHz. */
export interface Word extends Span {
  text: string
  language: Language
  track: TrackPlace
}

/** What kind of thing is taken out; the reviewer sees it, and the release record counts by it. */
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
  /** A code whose check character, check digit or remainder is right. */
  | 'check-passes'
  /** Digits of the form that the category has. */
  | 'form'
  /** A phrase before it ("henkilötunnus", "min adress", "my name is"), of either party. */
  | 'phrase'
  /** Four digits or more in a row. */
  | 'digits'
  /** A name of the lists, alone or beside another. */
  | 'name-list'
  | 'name-pair'
  /** A capital within a sentence, where a recogniser or a person wrote one. */
  | 'capital'
  /** Letters said one by one. */
  | 'spelled'
  /** An ending of street names, a postcode, a town. */
  | 'street'
  | 'postcode'
  | 'town'
  /** The same was said elsewhere in the call, by either party. */
  | 'repeated'
  /** Keys that were pressed; they are found in the sound (voice). */
  | 'dtmf'

export interface Proposal extends Span {
  track: TrackPlace
  category: Category
  trigger: Trigger
  /** 0 to 1: how sure it is that a reviewer would keep it. */
  confidence: number
}
