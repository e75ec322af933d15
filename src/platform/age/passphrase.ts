/**
 * Passphrases that are told over the telephone. In: chance. Out: seven words of two syllables that sound the same in Finnish,
 * Swedish and English letters, of which nobody has to ask how they are written. Never here: a passphrase that is kept.
 */
import { randomInt } from 'node:crypto'

/** No consonants that are heard for one another (b, d, g), and no letters that a keyboard abroad has not. */
const consonants = [...'hjklmnprstv']
const vowels = [...'aeiou']
const syllables = consonants.flatMap((consonant) => vowels.map((vowel) => consonant + vowel))

/** What nobody wants to hear from an authority, in any of the languages. */
const unfit = new Set([
  'homo',
  'hora',
  'hore',
  'kaka',
  'pano',
  'pimu',
  'pipi',
  'pisu',
  'puta',
  'pute',
  'puto',
  'ripu',
  'tuho',
])
const words = syllables.flatMap((first) => syllables.map((second) => first + second)).filter((word) => !unfit.has(word))

const wordsInOne = 7

/** How much chance is in one: 80 bits at the least, as no dictionary nor machine goes through. */
export const passphraseBits = wordsInOne * Math.log2(words.length)

/** `kala-muni-...`: lower-case letters and hyphens. */
export function makePassphrase(): string {
  return Array.from({ length: wordsInOne }, () => words[randomInt(words.length)]).join('-')
}
