import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions, PhoneNumber } from '#description/phone-numbers/phone-number.ts'

/** Maximum number of cached numbers. Numbers of services and officials occur in many calls, a caller three times in each call. */
const maxCached = 5_000
/** Longer texts are not cached: they are not phone numbers. */
const maxCachedLength = 64
const numbersByPlan = new WeakMap<NumberingOptions, Map<string, PhoneNumber>>()

/** Normalises a number from a telephone system by the numbering plan of a version of the description. */
export function readNumber(written: string, numbering: NumberingOptions): PhoneNumber {
  if (written.length > maxCachedLength) return normalisePhoneNumber(written, numbering)
  let known = numbersByPlan.get(numbering)
  if (!known) numbersByPlan.set(numbering, (known = new Map<string, PhoneNumber>()))
  let number = known.get(written)
  if (!number) {
    if (known.size >= maxCached) known.clear()
    known.set(written, (number = normalisePhoneNumber(written, numbering)))
  }
  return number
}
