import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { termZone } from '#description/terms.ts'

/** The first moment of a day. */
export function dayBegins(day: Temporal.PlainDate): Temporal.Instant {
  return day.toZonedDateTime(termZone).toInstant()
}

/** The moment after the last of a day: what has this as its last day ends here. */
export function dayEnds(day: Temporal.PlainDate): Temporal.Instant {
  return dayBegins(day.add({ days: 1 }))
}

/** The day that an instant is in. */
export function dayAt(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(termZone).toPlainDate()
}

/** A user id as it is kept and compared: without the blanks around it, in small letters. */
export function userIdOf(written: string): string {
  return written.normalize('NFC').trim().toLowerCase()
}

const userIdForm = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u

/** A letter or a digit, then at most 63 of those and of `._@-`. */
export function isUserId(userId: string): boolean {
  return userIdForm.test(userId)
}

/** Most characters of a name of a person or a unit. */
export const longestName = 200

// Control characters, and halves of characters.
const unstorable = /[\p{Cc}\p{Cs}]/u

/** Whether the database has a place for every character. */
export function isStorable(text: string): boolean {
  return !unstorable.test(text)
}

// Characters that are not seen, and those that turn round what stands beside a name (Unicode UAX #9).
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** A name as it is kept: composed, with single blanks, and nothing in it that is not seen. */
export function nameOf(written: string): string {
  return written.normalize('NFC').replaceAll(unseen, '').replaceAll(/\s+/g, ' ').trim()
}

/** The key of a number at which an official can answer; nothing for a short code, a withheld number or no number. */
export function officialsPhone(written: string, numbering: NumberingOptions): PhoneNumberKey | undefined {
  const number = normalisePhoneNumber(written, numbering)
  return number.kind === 'e164' || number.kind === 'extension' || number.kind === 'address' ? number.key : undefined
}
