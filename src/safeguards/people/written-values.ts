import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { termZone } from '#description/terms.ts'

/** Returns the first moment of a day. */
export function dayBegins(day: Temporal.PlainDate): Temporal.Instant {
  return day.toZonedDateTime(termZone).toInstant()
}

/** Returns the first moment after a day: the end of anything with that day as its last. */
export function dayEnds(day: Temporal.PlainDate): Temporal.Instant {
  return dayBegins(day.add({ days: 1 }))
}

/** Returns the day of an instant. */
export function dayAt(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(termZone).toPlainDate()
}

/** Normalises a user id: trimmed, lower case. */
export function userIdOf(written: string): string {
  return written.normalize('NFC').trim().toLowerCase()
}

/** Returns the pattern of `ilike` for texts that contain this one. */
export function containing(text: string): string {
  return `%${text
    .normalize('NFC')
    .trim()
    .replaceAll(/[\\%_]/g, '\\$&')}%`
}

const userIdForm = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u

/** Returns true for a letter or a digit followed by at most 63 of those and of `._@-`. */
export function isUserId(userId: string): boolean {
  return userIdForm.test(userId)
}

/** Longest name of a person or a unit, in characters. */
export const maxNameLength = 200

// Control characters and lone surrogates.
const unstorable = /[\p{Cc}\p{Cs}]/u

/** Returns true if the database can store every character. */
export function isStorable(text: string): boolean {
  return !unstorable.test(text)
}

// Invisible characters, and those that reverse the reading direction (Unicode UAX #9).
const invisibleCharacters = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Normalises a name: composed, with single blanks, without invisible characters. */
export function nameOf(written: string): string {
  return written.normalize('NFC').replaceAll(invisibleCharacters, '').replaceAll(/\s+/g, ' ').trim()
}

/** Returns the key of a number at which an official can answer; undefined for a short code, a withheld number or no number. */
export function officialsPhone(written: string, numbering: NumberingOptions): PhoneNumberKey | undefined {
  const number = normalisePhoneNumber(written, numbering)
  return number.kind === 'e164' || number.kind === 'extension' || number.kind === 'address' ? number.key : undefined
}
