import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'

/** Returns a phone number as displayed, with its name in the description if it has an entry. */
export function viewNumber({ numbering, numbers }: RegisterDescription, number: string) {
  const entry = numbers.findLast(({ key }) => key === number)
  return { number, display: displayPhoneNumber(number, numbering), ...(entry && { name: entry.names }) }
}
