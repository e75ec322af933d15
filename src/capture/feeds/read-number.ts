import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumber } from '#description/phone-numbers/phone-number.ts'

/** Cache size: a description's numbers and officials occur in every call, and a caller three times in a row. */
const maxRemembered = 5_000
/** Anything longer is no number. */
const maxRememberedLength = 64
const remembered = new WeakMap<NumberingOptions, Map<string, PhoneNumber>>()

/** Normalises a number written by a telephone system, in the numbering of a version of the description. */
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
