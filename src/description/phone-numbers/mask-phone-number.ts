import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { finnishGroups } from './finnish-groups.ts'

/** Fewer hidden digits than this are guessed too easily to show the last two. */
const hiddenDigits = 3

/**
 * A number as screens show it until somebody reveals it (L33, AC9): `+358 40 *** **67`. Never more than the country
 * code, the area code and the last two digits; the stars do not tell the length. Short codes are public services and
 * stay readable; of an address only the host remains.
 */
export function maskPhoneNumber(key: string): string {
  if (key.startsWith('+358')) {
    const national = key.slice(4)
    const { areaCode } = finnishGroups(national)
    return ['+358', areaCode, stars(national.slice(areaCode.length))].filter((part) => part !== '').join(' ')
  }
  if (key.startsWith('+')) {
    const callingCode = parsePhoneNumberFromString(key, { extract: false })?.countryCallingCode ?? ''
    return [`+${callingCode}`, stars(key.slice(1 + callingCode.length))].join(' ')
  }
  const [scheme, , code = ''] = key.split(':')
  if (scheme === 'short') return code
  if (scheme === 'ext') return stars(code)
  return `***${key.slice(key.lastIndexOf('@'))}`
}

function stars(digits: string): string {
  return digits.length >= hiddenDigits + 2 ? `*** **${digits.slice(-2)}` : '*** ***'
}
