import { type PhoneNumberClass } from './phone-number.ts'

/**
 * Finnish numbers that are dialled without a 0 in front and have no E.164 form. The library would make +358116117 of
 * 116117, and +3581061234 of 106 1234, which is 010 61234: another subscriber. So it never sees them.
 */
const shortCodes: readonly (readonly [RegExp, PhoneNumberClass])[] = [
  [/^112$/, 'emergency'],
  [/^116\d{3}$/, 'harmonised'],
  [/^118\d{0,3}$/, 'directory'],
  [/^100\d{2,3}$/, 'operator-service'],
  [/^10[67]\d{1,5}$/, 'area-service'],
  [/^1[2-8]\d{3}$/, 'operator-service'],
]

/** The class of a short code, or undefined where the digits are none. */
export function shortCodeClass(digits: string): PhoneNumberClass | undefined {
  return shortCodes.find(([pattern]) => pattern.test(digits))?.[1]
}

/** Step 9: 112 and 116xxx that someone gave a country code go back to what they are. Returns the bare digits. */
export function shortCodeBehindCountryCode(e164: string): string | undefined {
  return /^\+358(112|116\d{3})$/.exec(e164)?.[1]
}
