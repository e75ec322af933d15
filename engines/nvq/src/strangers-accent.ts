/**
 * An accent of somebody who does not exist: codewords moved along the ways in which people differ (accents.ts), so that a track is as far
 * from its speaker as another person is, and is understood as other people are. In: codewords, chance. Out: what is said for them.
 * Never here: anything of a track.
 */
import { accentData } from './accent-data.ts'
import { readAccents, sharesOfClasses, type Accents } from './accents.ts'
import type { Chance } from './chance.ts'
import type { Codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'

/** Times as far as people lie from everybody. */
const furthest = 4.2
/** A sound that is less of a class than this is none of it. */
const leastShare = 1e-3

interface Known extends Accents {
  /** For each codeword how much it is of each class. */
  shares: readonly Float64Array[]
}

let known: Known | undefined

/** Of the shared codebook, whose codewords are the same for every track. */
function knownOf({ words, weights }: Codebook): Known {
  const accents = readAccents(accentData, weights)
  const shares = Array.from({ length: words.length / shapeTerms }, (_, word) =>
    sharesOfClasses(accents, words.subarray(word * shapeTerms, (word + 1) * shapeTerms)),
  )
  return { ...accents, shares }
}

/** In place. @param drawn which codewords a track has @param said instead of them, in that order */
export function addStrangersAccent(
  drawn: readonly number[],
  said: Float32Array,
  shapes: Codebook,
  chance: Chance,
): void {
  const { directions, shares } = (known ??= knownOf(shapes))
  const field = new Float64Array(directions[0]!.length)
  for (const direction of directions) {
    const far = furthest * chance.normal()
    for (let at = 0; at < field.length; at++) field[at]! += far * direction[at]!
  }
  for (const [at, word] of drawn.entries())
    for (const [place, share] of shares[word]!.entries()) {
      if (share < leastShare) continue
      for (let term = 0; term < shapeTerms; term++)
        said[at * shapeTerms + term]! += share * field[place * shapeTerms + term]!
    }
  field.fill(0)
}
