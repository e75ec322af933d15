import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'

/** A number as the description has it last; one that it does not know has no name. */
export function viewNumber({ numbering, numbers }: RegisterDescription, number: string) {
  const entry = numbers.findLast(({ key }) => key === number)
  return { number, display: displayPhoneNumber(number, numbering), ...(entry && { name: entry.names }) }
}
