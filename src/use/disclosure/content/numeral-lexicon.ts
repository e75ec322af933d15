// Splits a written numeral, in one word or several, into a language's morphemes. Sums are in read-numerals.ts.

/**
 * `unit` 0 to 9; `teen` 10 to 19; `ten` 20 to 90; `teen-mark` and `ten-mark` turn the preceding unit into a teen or a ten
 * (kolme-toista, kolme-kymmentä); `times` repeats the next digit (double two).
 */
export type MorphemeKind = 'unit' | 'teen' | 'ten' | 'teen-mark' | 'ten-mark' | 'hundred' | 'thousand' | 'times'

export interface Morpheme {
  kind: MorphemeKind
  value: number
  /** "kolmas", "third": part of a date rather than of a number. */
  ordinal: boolean
  /** Also an ordinary word: "en", "toinen", "oh", "kuu". Counts only among other numerals. */
  weak: boolean
}

export interface Lexicon {
  morphemes: ReadonlyMap<string, Morpheme>
  longest: number
  /** Morphemes of at least four letters, still recognisable with one wrong letter. */
  resembled: readonly string[]
}

/** Rows of `kind value form form ...`; `?` after a form: weak; `.` after the kind: ordinal. */
export function lexicon(table: string): Lexicon {
  const morphemes = new Map<string, Morpheme>()
  for (const row of table.trim().split('\n')) {
    const [kind = '', value = '', ...forms] = row.trim().split(/\s+/)
    for (const form of forms) {
      const weak = form.endsWith('?')
      morphemes.set(weak ? form.slice(0, -1) : form, {
        kind: kind.replace('.', '') as MorphemeKind,
        value: Number(value),
        ordinal: kind.endsWith('.'),
        weak,
      })
    }
  }
  const forms = [...morphemes.keys()]
  return {
    morphemes,
    longest: Math.max(...forms.map((form) => form.length)),
    resembled: forms.filter((form) => form.length >= 4),
  }
}

/** Splits a word into morphemes, longest first; undefined if a part is no numeral. */
export function splitNumeral(word: string, { morphemes, longest }: Lexicon): Morpheme[] | undefined {
  if (word === '') return []
  for (let length = Math.min(longest, word.length); length > 0; length -= 1) {
    const morpheme = morphemes.get(word.slice(0, length))
    // "en" and its like are not part of a longer word: "enkel" is not "one" and something.
    if (morpheme === undefined || (morpheme.weak && length < word.length && morpheme.kind === 'unit' && length < 3))
      continue
    const rest = splitNumeral(word.slice(length), { morphemes, longest, resembled: [] })
    if (rest !== undefined) return [morpheme, ...rest]
  }
  return undefined
}

/** Returns true if two words differ by one letter at most: changed, lost, added, or two swapped. */
export function withinOneEdit(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1
  const restOne = one.slice(start)
  const restOther = other.slice(start)
  if (restOne.length === restOther.length) {
    const turned = restOne[0] === restOther[1] && restOne[1] === restOther[0] && restOne.slice(2) === restOther.slice(2)
    return restOne.slice(1) === restOther.slice(1) || turned
  }
  return restOne.length > restOther.length ? restOne.slice(1) === restOther : restOne === restOther.slice(1)
}

/** Returns the form with which a long numeral begins or ends, if only one part of it was recognised: "viisikydmentäyksi". */
function partialNumeral(word: string, forms: readonly string[]): string | undefined {
  return word.length < 7 ? undefined : forms.find((form) => word.startsWith(form) || word.endsWith(form))
}

/** Returns the morpheme that a misheard numeral resembles. */
export function resembledNumeral(word: string, { resembled, morphemes }: Lexicon): Morpheme | undefined {
  if (word.length < 3) return undefined
  const form = resembled.find((one) => withinOneEdit(word, one)) ?? partialNumeral(word, resembled)
  return form === undefined ? undefined : morphemes.get(form)
}
