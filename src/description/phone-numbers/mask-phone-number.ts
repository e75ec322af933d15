import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { finnishGroups } from './finnish-groups.ts'

/** With fewer hidden digits the number could be guessed, so the last two are hidden too. */
const hiddenDigits = 3

/**
 * Masks a number for screens (L33, AC9): `+358 40 *** **67`. Shows at most the country code, area code and last two digits;
 * the stars do not reveal the length. Short codes are public services and stay readable; of a SIP address only the host
 * remains.
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
