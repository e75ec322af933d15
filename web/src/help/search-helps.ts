/** Search in the help topics, in the browser. */

/**
 * Maps letters that alternate when a Finnish word is inflected (consonant gradation: kielto, kiellon; lupa, luvan) to one
 * letter.
 */
const gradation = [
  [/[^\p{L}\p{N}]+/gu, ' '],
  [/d/g, 't'],
  [/v/g, 'p'],
  [/(?<=n)[tg]/g, 'n'],
  [/nk/g, 'n'],
  [/lt/g, 'l'],
  [/rt/g, 'r'],
  [/mp/g, 'm'],
  [/(.)\1+/g, '$1'],
] as const

/** Returns a text in lowercase, without accents and gradation. */
function fold(text: string): string {
  const plain = text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
  return gradation.reduce((folded, [from, to]) => folded.replaceAll(from, to), plain).trim()
}

/** Returns the first letters of a folded word, without a possible ending: at least four, and three fifths of it. */
function stem(word: string): string {
  return word.slice(0, Math.max(4, Math.ceil(word.length * 0.6)))
}

/**
 * Returns the help topics that have every word of a query, also inflected or within a compound; first those that have them in
 * the title.
 */
export function searchHelps<Help extends { title: string; text: string }>(
  helps: readonly Help[],
  query: string,
): Help[] {
  const stems = fold(query).split(' ').filter(Boolean).map(stem)
  const has = (text: string) => {
    const folded = fold(text)
    return stems.every((one) => folded.includes(one))
  }
  const found = helps.filter(({ title, text }) => has(`${title} ${text}`))
  return [...found.filter(({ title }) => has(title)), ...found.filter(({ title }) => !has(title))]
}
