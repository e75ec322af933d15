/**
 * Finnish national numbers in customary groups: the area code with its 0 and without brackets, the rest in groups of three or
 * four (029 512 000, 040 123 4567, 09 123 456).
 */
export type FinnishGroups = { areaCode: string; groups: string[] }

/** Longest first: 0457 is a code only before seven digits, 0100 and 0200 only in short service numbers. */
const areaCodes =
  /^(?:457(?=\d{7}$)|(?:100|200)(?=\d{3,5}$)|6\d\d(?<=600|606)|70\d|800|4\d|50|[1237]0|29|39|7[135]|1[3-9]|[235689])/

/** Splits a national significant number (no 0 in front, digits only). `exchanges` as in NumberingOptions. */
export function finnishGroups(national: string, exchanges: readonly string[] = []): FinnishGroups {
  // The state's seven-digit 029 numbers are written as if 0295 were a code (0295 333 200), unless the agency's exchange defines
  // the group: 029 512 1001.
  const exchange = exchanges.find((prefix) => national.startsWith(prefix) && national.length > prefix.length)
  const areaCode = areaCodes.exec(national)?.[0] ?? ''
  if (exchange !== undefined && exchange.startsWith(areaCode) && exchange.length > areaCode.length) {
    const rest = inGroups(national.slice(exchange.length))
    return { areaCode, groups: [exchange.slice(areaCode.length), ...rest] }
  }
  if (/^29\d{7}$/.test(national)) return { areaCode, groups: [national.slice(2, 3), ...inGroups(national.slice(3))] }
  return { areaCode, groups: inGroups(national.slice(areaCode.length)) }
}

function inGroups(digits: string): string[] {
  if (digits.length <= 4) return digits === '' ? [] : [digits]
  if (digits.length === 5) return [digits.slice(0, 3), digits.slice(3)]
  if (digits.length <= 8)
    return [digits.slice(0, digits.length === 8 ? 4 : 3), digits.slice(digits.length === 8 ? 4 : 3)]
  return [digits.slice(0, 3), ...inGroups(digits.slice(3))]
}
