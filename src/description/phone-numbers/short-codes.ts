import { type PhoneNumberClass } from './phone-number.ts'

/**
 * Finnish numbers that are dialled without a leading 0 and have no E.164 form. The library would turn 116117 into
 * +358116117, and 106 1234 into +3581061234, which is 010 61234: another subscriber. So short codes are never given to the
 * library.
 */
const shortCodes: readonly (readonly [RegExp, PhoneNumberClass])[] = [
  [/^112$/, 'emergency'],
  [/^116\d{3}$/, 'harmonised'],
  [/^118\d{0,3}$/, 'directory'],
  [/^100\d{2,3}$/, 'operator-service'],
  [/^10[67]\d{1,5}$/, 'area-service'],
  [/^1[2-8]\d{3}$/, 'operator-service'],
]

/** Returns the class of a short code; undefined for other digits. */
export function shortCodeClass(digits: string): PhoneNumberClass | undefined {
  return shortCodes.find(([pattern]) => pattern.test(digits))?.[1]
}

/** Step 9: returns 112 and 116xxx without a wrongly added country code, as bare digits. */
export function shortCodeBehindCountryCode(e164: string): string | undefined {
  return /^\+358(112|116\d{3})$/.exec(e164)?.[1]
}
