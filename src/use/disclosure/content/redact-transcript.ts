import type { Span, Turn } from '../voice/engine.ts'
import { wordsOfTurn, type TrackTurn } from './estimate-word-times.ts'
import type { Category, Language, TrackIndex } from './word.ts'

/** Replacements in level T: the category, in the turn's language (R33). */
const replacements: Record<Category, Record<Language, string>> = {
  NAME: { fi: '[nimi poistettu]', sv: '[namn borttaget]', en: '[name removed]' },
  IDENTITY_CODE: {
    fi: '[henkilötunnus poistettu]',
    sv: '[personbeteckning borttagen]',
    en: '[identity code removed]',
  },
  ADDRESS: { fi: '[osoite poistettu]', sv: '[adress borttagen]', en: '[address removed]' },
  PHONE: { fi: '[puhelinnumero poistettu]', sv: '[telefonnummer borttaget]', en: '[phone number removed]' },
  ACCOUNT: { fi: '[tilinumero poistettu]', sv: '[kontonummer borttaget]', en: '[account number removed]' },
  BUSINESS_ID: { fi: '[Y-tunnus poistettu]', sv: '[FO-nummer borttaget]', en: '[business id removed]' },
  CASE_NUMBER: { fi: '[asianumero poistettu]', sv: '[ärendenummer borttaget]', en: '[case number removed]' },
  PLATE: { fi: '[rekisterinumero poistettu]', sv: '[registernummer borttaget]', en: '[registration number removed]' },
  DATE_OF_BIRTH: { fi: '[syntymäaika poistettu]', sv: '[födelsetid borttagen]', en: '[date of birth removed]' },
  OTHER: { fi: '[tieto poistettu]', sv: '[uppgift borttagen]', en: '[detail removed]' },
}

/** Returns the replacement text. */
export function replacementText(category: Category, language: Language): string {
  return replacements[category][language]
}

/** All replacements: they are no findings when a text is checked again. */
export const allReplacements: readonly string[] = Object.values(replacements).flatMap((words) => Object.values(words))

/** A removal on its track: an accepted proposal, or a reviewer's own span. */
export interface Removal extends Span {
  track: TrackIndex
  category: Category
}

/**
 * Removes the spans from the turns and keeps their times: words touched by a span are removed, consecutive ones of one category
 * become one replacement. Where spans overlap, the category is that of the span that covers more of the word.
 */
export function redactTranscript(
  turns: readonly TrackTurn[],
  spans: readonly Removal[],
): (Turn & { track: TrackIndex })[] {
  return turns.map((turn) => {
    const remaining: string[] = []
    let before: Category | undefined
    for (const word of wordsOfTurn(turn)) {
      const category = categoryOf(word, turn.track, spans)
      if (category === undefined) remaining.push(word.text)
      else if (category !== before) remaining.push(replacementText(category, turn.language))
      before = category
    }
    const { from, to, language, track } = turn
    return { from, to, language, track, text: remaining.join(' ') }
  })
}

function categoryOf(word: Span, track: TrackIndex, spans: readonly Removal[]): Category | undefined {
  let max = 0
  let category: Category | undefined
  for (const span of spans) {
    const covered = Math.min(word.to, span.to) - Math.max(word.from, span.from)
    if (span.track !== track || covered <= max) continue
    max = covered
    category = span.category
  }
  return category
}
