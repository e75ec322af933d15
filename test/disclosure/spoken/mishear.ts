import type { Word } from '#use/disclosure/content/word.ts'
import { oneOf } from './invented-people.ts'
import type { Chance, SpokenLanguage } from './speak-numbers.ts'

const inserted: Record<SpokenLanguage, string[]> = {
  fi: ['niin', 'että', 'ja', 'no', 'öö', 'se', 'on', 'joo'],
  sv: ['ja', 'och', 'det', 'att', 'är', 'eh', 'som'],
  en: ['and', 'the', 'uh', 'so', 'yes', 'a', 'is'],
}
const alphabet = 'aeioukstnlrmvpdäö'

/**
 * Returns the words as a recogniser might: of each hundred, `errors` are changed (a letter or two, or another word of
 * the call), lost or inserted. Names and other long rare words are misheard twice as often. Times do not change.
 */
export function mishear(words: readonly Word[], errors: number, chance: Chance): Word[] {
  const counts = new Map<string, number>()
  for (const { text } of words) counts.set(text.toLowerCase(), (counts.get(text.toLowerCase()) ?? 0) + 1)
  return words.flatMap((word) => {
    const rare = word.text.length >= 6 && counts.get(word.text.toLowerCase()) === 1 && /^\p{Lu}/u.test(word.text)
    if (chance() >= errors * (rare ? 2 : 1)) return [word]
    const kind = chance()
    if (kind < 0.15) {
      const late = Math.max(word.to - 960, Math.round((word.from + word.to) / 2))
      const more = { ...word, from: late, text: oneOf(inserted[word.language], chance) }
      return [{ ...word, to: late }, more]
    }
    if (kind < 0.35) return []
    if (kind < 0.5 && !/\d/.test(word.text)) return [{ ...word, text: oneOf(words, chance).text }]
    return [{ ...word, text: garble(word.text, chance) }]
  })
}

function garble(text: string, chance: Chance): string {
  let changed = text
  for (let count = chance() < 0.6 ? 1 : 2; count > 0; count -= 1) {
    const at = Math.floor(chance() * changed.length)
    const replacement = /\d/.test(changed[at] ?? '') ? String(Math.floor(chance() * 10)) : oneOf([...alphabet], chance)
    const kind = chance()
    if (kind < 0.5) changed = changed.slice(0, at) + replacement + changed.slice(at + 1)
    else if (kind < 0.8 && changed.length > 2) changed = changed.slice(0, at) + changed.slice(at + 1)
    else changed = changed.slice(0, at) + replacement + changed.slice(at)
  }
  return changed
}
