import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { finnishGroups } from './finnish-groups.ts'
import { type NumberingOptions } from './phone-number.ts'

/**
 * Formats a number for Finnish readers: `029 512 000`, `040 123 4567`, `+46 8 123 456 78`, `116 117`, `4711`, `user@host`. Not
 * masked: screens use mask-phone-number.ts.
 */
export function displayPhoneNumber(key: string, options: NumberingOptions = {}): string {
  const [scheme, , code] = key.split(':')
  if (key.startsWith('+358')) return displayFinnish(key.slice(4), options.exchanges)
  if (key.startsWith('+')) return parsePhoneNumberFromString(key, { extract: false })?.formatInternational() ?? key
  if (scheme === 'short' && code) return code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code
  if (scheme === 'ext' && code) return code
  return key.slice(key.indexOf(':') + 1)
}

function displayFinnish(national: string, exchanges: readonly string[] | undefined): string {
  const { areaCode, groups } = finnishGroups(national, exchanges)
  // 0295 333 200: the single digit belongs to the code as people write it. Numbers such as 020202 stay in one piece.
  if (/^202\d\d$/.test(national) || areaCode === '') return `0${national}`
  const [first = '', ...rest] = groups
  return first.length === 1 ? [`0${areaCode}${first}`, ...rest].join(' ') : [`0${areaCode}`, ...groups].join(' ')
}
