import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { finnishGroups } from './finnish-groups.ts'
import { type NumberingOptions } from './phone-number.ts'

/** Fewer hidden digits than this are guessed too easily to show the last two. */
const hiddenDigits = 3

/**
 * How a number is written for Finnish readers: `029 512 000`, `040 123 4567`, `+46 8 123 456 78`, `116 117`, `4711`,
 * `user@host`. The whole number: {@link maskedPhoneNumber} is what is shown by default.
 */
export function displayPhoneNumber(key: string, options: NumberingOptions = {}): string {
  const [scheme, , code] = key.split(':')
  if (key.startsWith('+358')) return displayFinnish(key.slice(4), options.exchanges)
  if (key.startsWith('+')) return parsePhoneNumberFromString(key, { extract: false })?.formatInternational() ?? key
  if (scheme === 'short' && code) return code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code
  if (scheme === 'ext' && code) return code
  return key.slice(key.indexOf(':') + 1)
}

/**
 * A number as screens show it until somebody reveals it (L33, AC9): `+358 40 *** **67`. Never more than the country
 * code, the area code and the last two digits; the stars do not tell the length. Short codes are public services and
 * stay readable; of an address only the host remains.
 */
export function maskedPhoneNumber(key: string): string {
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

function displayFinnish(national: string, exchanges: readonly string[] | undefined): string {
  const { areaCode, groups } = finnishGroups(national, exchanges)
  // 0295 333 200: the single digit belongs to the code as people write it. 020202 and its kin stay in one piece.
  if (/^202\d\d$/.test(national) || areaCode === '') return `0${national}`
  const [first = '', ...rest] = groups
  return first.length === 1 ? [`0${areaCode}${first}`, ...rest].join(' ') : [`0${areaCode}`, ...groups].join(' ')
}

function stars(digits: string): string {
  return digits.length >= hiddenDigits + 2 ? `*** **${digits.slice(-2)}` : '*** ***'
}
