/** Compares recognised words with what was said: the fewest words replaced, missing and added (word error rate). */

export interface Comparison {
  said: number
  replaced: number
  missing: number
  added: number
  /** For each found word, true if it was said there. */
  areRight: boolean[]
}

/** Returns the words of a text, without case and punctuation. */
export function wordsOfText(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}'’]+/u)
    .filter((word) => word !== '')
}

/** @param found words as recognised, each compared as `wordsOfText` returns it */
export function compareWords(said: readonly string[], found: readonly string[]): Comparison {
  const plain = found.map((word) => wordsOfText(word).join(''))
  // costs[i][j]: fewest changes from the first i words said to the first j words found.
  const costs = Array.from({ length: said.length + 1 }, (_, i) => [i, ...plain.map((__, j) => (i === 0 ? j + 1 : 0))])
  const cost = (i: number, j: number) => (i < 0 || j < 0 ? Infinity : costs[i]![j]!)
  const swap = (i: number, j: number) => cost(i - 1, j - 1) + (said[i - 1] === plain[j - 1] ? 0 : 1)
  for (let i = 1; i <= said.length; i++) {
    for (let j = 1; j <= plain.length; j++) costs[i]![j] = Math.min(swap(i, j), cost(i - 1, j) + 1, cost(i, j - 1) + 1)
  }
  const result = { said: said.length, replaced: 0, missing: 0, added: 0, areRight: plain.map(() => false) }
  let [i, j] = [said.length, plain.length]
  while (i > 0 || j > 0) {
    if (i > 0 && j > 0 && cost(i, j) === swap(i, j)) {
      const isRight = said[i - 1] === plain[j - 1]
      result.areRight[j - 1] = isRight
      if (!isRight) result.replaced++
      i--
      j--
    } else if (i > 0 && cost(i, j) === cost(i - 1, j) + 1) {
      result.missing++
      i--
    } else {
      result.added++
      j--
    }
  }
  return result
}
