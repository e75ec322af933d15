/**
 * The codebook of one track. Quantised speech still tells how its speaker says each sound: which codeword stands where another
 * speaker has its neighbour. So each track has a drawn share of the codewords, and what is said for each of them is moved by a
 * drawn smooth field and as people differ, as an accent moves sounds; whoever compares two tracks of one person finds two accents. So is
 * how loud each is said.
 *
 * In: the shared codebook, chance. Out: what to look frames up in, what to say, and how loud. Never here: anything of the track.
 */
import type { Chance } from './chance.ts'
import { halfSquares, type Codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'
import { soundLevels } from './sound-levels.ts'
import { addStrangersAccent } from './strangers-accent.ts'

/** Of the codewords. */
const share = 0.85
/** The field: a sum of waves in random directions. How far it moves a codeword, and how far apart it moves otherwise; deviations. */
const waves = 48
const furthest = 0.25
const wavelength = 3
/** dB by which it moves how loud a codeword is said. */
const louder = 2.2
/** Each term takes so much of each other one. */
const mixedIn = 0.06

export interface DrawnWords {
  /** Looked up: [codeword][term], as in the codebook. */
  words: Float32Array
  /** Half the square of each. */
  halves: Float32Array
  /** Said instead. */
  said: Float32Array
  /** How loud: dB beside the middle of speech. */
  loudness: Float64Array
}

export function drawWords(shapes: Codebook, chance: Chance): DrawnWords {
  const { words, weights } = shapes
  const count = words.length / shapeTerms
  const kept = chance.different(Math.round(share * count), count)
  const own = new Float32Array(kept.length * shapeTerms)
  kept.forEach((word, at) => own.set(words.subarray(word * shapeTerms, (word + 1) * shapeTerms), at * shapeTerms))
  const said = own.slice()
  const levels = soundLevels()
  const loudness = Float64Array.from(kept, (word) => levels[word]!)
  addWaves(own, said, loudness, weights, chance)
  addMixture(own, said, weights, chance)
  addStrangersAccent(kept, said, shapes, chance)
  return { words: own, halves: halfSquares(own), said, loudness }
}

function addWaves(
  own: Float32Array,
  said: Float32Array,
  loudness: Float64Array,
  weights: Float64Array,
  chance: Chance,
): void {
  const direction = new Float64Array(shapeTerms)
  const way = new Float64Array(shapeTerms)
  for (let wave = 0; wave < waves; wave++) {
    for (let term = 0; term < shapeTerms; term++) {
      const weight = weights[term + 1]!
      direction[term] = chance.normal() / wavelength / weight
      way[term] = chance.normal() * furthest * Math.sqrt(2 / waves) * weight
    }
    const rise = chance.normal() * louder * Math.sqrt(2 / waves)
    const phase = chance.between(0, 2 * Math.PI)
    for (let word = 0, at = 0; word < loudness.length; word++, at += shapeTerms) {
      let place = phase
      for (let term = 0; term < shapeTerms; term++) place += direction[term]! * own[at + term]!
      const height = Math.cos(place)
      for (let term = 0; term < shapeTerms; term++) said[at + term]! += height * way[term]!
      loudness[word]! += height * rise
    }
  }
  direction.fill(0)
  way.fill(0)
}

function addMixture(own: Float32Array, said: Float32Array, weights: Float64Array, chance: Chance): void {
  for (let from = 0; from < shapeTerms; from++)
    for (let to = 0; to < shapeTerms; to++) {
      const part = (chance.normal() * mixedIn * weights[to + 1]!) / weights[from + 1]!
      for (let at = 0; at < own.length; at += shapeTerms) said[at + to]! += part * own[at + from]!
    }
}
