import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'

/** Returns a number by the description's last entry; an unknown one has no name. */
export function viewNumber({ numbering, numbers }: RegisterDescription, number: string) {
  const entry = numbers.findLast(({ key }) => key === number)
  return { number, display: displayPhoneNumber(number, numbering), ...(entry && { name: entry.names }) }
}
