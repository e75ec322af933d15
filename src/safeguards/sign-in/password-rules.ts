/**
 * Rules for passwords (NIST SP 800-63B-4 section 3.1.1.2): returns every problem. No composition rules and no
 * expiry.
 */
import { dictionary } from '@zxcvbn-ts/language-common'
import { maxLength, minLengthAlone, minLengthWithSecondFactor } from './password-length.ts'

/** Minimum number of characters that are neither sequences nor repetitions. */
const minNewCharacters = 6
/** Minimum length of a repeated piece, and of what remains beside words about the person. */
const minOwnCharacters = 8
/** Shorter words about the person are ignored. */
const minWordLength = 4

export interface PasswordProblem {
  code: 'too-short' | 'too-long' | 'common' | 'repeated' | 'context' | 'same'
  /** With too-short. */
  least?: number
  /** With too-long. */
  greatest?: number
  /** With context. */
  word?: string
}

export interface PasswordContext {
  /** A second factor is enrolled, or must be before anything else. */
  secondFactor: boolean
  /** User id, name, organisation, service, as written. */
  words: readonly string[]
  /** The present password, if known. */
  current?: string | undefined
}

const common: ReadonlySet<string> = new Set(dictionary['passwords-common'])
const characterSequences = ['1234567890', 'qwertyuiopå', 'asdfghjklöä', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyzåäö']
/** Substitutions of letters. */
const lookalikes: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'i',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
}

/** Returns every problem of a password; none if it is acceptable. Compared in NFKC, as it is stored. */
export function judgePassword(password: string, context: PasswordContext): PasswordProblem[] {
  const text = password.normalize('NFKC')
  const min = context.secondFactor ? minLengthWithSecondFactor : minLengthAlone
  const { length } = [...text]
  const plain = text.toLowerCase()
  const word = personalWordIn(plain, context.words)
  return [
    ...(length < min ? [{ code: 'too-short' as const, least: min }] : []),
    ...(length > maxLength ? [{ code: 'too-long' as const, greatest: maxLength }] : []),
    // A shorter password is reported as too short only.
    ...(length >= minLengthWithSecondFactor && isRepeated(plain) ? [{ code: 'repeated' as const }] : []),
    ...(isCommon(plain) ? [{ code: 'common' as const }] : []),
    ...(word === undefined ? [] : [{ code: 'context' as const, word }]),
    ...(context.current !== undefined && text === context.current.normalize('NFKC') ? [{ code: 'same' as const }] : []),
  ]
}

/**
 * Returns true if a password is on the list of common passwords: unchanged, without surrounding digits and signs, after undoing
 * substitutions, as a repetition, or as two words of the list.
 */
function isCommon(plain: string): boolean {
  const unit = plain.slice(0, periodOf(plain))
  const bare = strip(unit)
  const forms = [plain, unit, bare, strip(unmask(unit)), unmask(bare), strip(unmask(bare))]
  return forms.some((form) => common.has(form) || isTwoCommon(form))
}

function isTwoCommon(text: string): boolean {
  for (let at = minWordLength; at <= text.length - minWordLength; at += 1) {
    if (common.has(text.slice(0, at)) && common.has(text.slice(at))) return true
  }
  return false
}

/**
 * Returns true if nearly every character repeats or continues the one before, or a few repeat as a whole: aaaa, 1234, qwerty,
 * abcabcabc.
 */
function isRepeated(plain: string): boolean {
  const period = periodOf(plain)
  if (period < plain.length && period < minOwnCharacters) return true
  const characters = [...plain]
  const fresh = characters.filter((character, at) => at === 0 || !follows(characters[at - 1] ?? '', character))
  return fresh.length < minNewCharacters
}

function follows(before: string, after: string): boolean {
  if (before === after) return true
  return characterSequences.some((row) => {
    const at = row.indexOf(before)
    return at !== -1 && (row[at + 1] === after || (at > 0 && row[at - 1] === after))
  })
}

/** Returns the length of the shortest piece that the text repeats; the last one may be cut short. */
function periodOf(text: string): number {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) === text.slice(0, text.length - period)) return period
  }
  return text.length
}

/** Returns a word about the person that is in the password, if too few other characters remain. */
function personalWordIn(plain: string, context: readonly string[]): string | undefined {
  const words = [
    ...new Set(
      context.flatMap((one) => {
        const lower = one.normalize('NFKC').toLowerCase()
        return [lower, ...lower.split(/[^\p{L}\p{N}]+/u)]
      }),
    ),
  ]
    .filter((one) => [...one].length >= minWordLength)
    .sort((one, other) => other.length - one.length)
  let rest = plain
  let found: string | undefined
  for (const one of words) {
    if (!rest.includes(one)) continue
    found ??= one
    rest = rest.replaceAll(one, '')
  }
  return found !== undefined && [...rest].length < minOwnCharacters ? found : undefined
}

function strip(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

function unmask(text: string): string {
  return [...text].map((character) => lookalikes[character] ?? character).join('')
}
