/**
 * Generates passphrases that can be dictated over the telephone: seven words of two syllables, spelled as they are pronounced
 * in Finnish, Swedish and English. Never stored.
 */
import { randomInt } from 'node:crypto'

/** Consonants, except those that are confused with one another (b, d, g) and letters that foreign keyboards lack. */
const consonants = [...'hjklmnprstv']
const vowels = [...'aeiou']
const syllables = consonants.flatMap((consonant) => vowels.map((vowel) => consonant + vowel))

/** Syllable pairs that are offensive in one of the languages. */
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

/** Entropy in bits: at least 80, out of reach of dictionaries and brute force. */
export const passphraseBits = wordsInOne * Math.log2(words.length)

/** Returns a passphrase like `kala-muni-...`: lower-case letters and hyphens. */
export function makePassphrase(): string {
  return Array.from({ length: wordsInOne }, () => words[randomInt(words.length)]).join('-')
}
