import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumber } from '#description/phone-numbers/phone-number.ts'

/** Maximum number of cached numbers. Numbers of services and officials occur in many calls, a caller three times in each call. */
const maxRemembered = 5_000
/** Longer texts are not cached: they are not phone numbers. */
const maxRememberedLength = 64
const remembered = new WeakMap<NumberingOptions, Map<string, PhoneNumber>>()

/** Normalises a number from a telephone system by the numbering plan of a version of the description. */
export function readNumber(written: string, numbering: NumberingOptions): PhoneNumber {
  if (written.length > maxRememberedLength) return normalisePhoneNumber(written, numbering)
  let known = remembered.get(numbering)
  if (!known) remembered.set(numbering, (known = new Map<string, PhoneNumber>()))
  let number = known.get(written)
  if (!number) {
    if (known.size >= maxRemembered) known.clear()
    known.set(written, (number = normalisePhoneNumber(written, numbering)))
  }
  return number
}
