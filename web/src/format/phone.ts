/**
 * Formats a Finnish E.164 number the Finnish way, area code as its own group: `029 497 000`, `040 123 4567`, `09 123 456`.
 * Everything else, masked numbers included, is returned as it is.
 */
export function formatPhone(number: string): string {
  const national = /^\+358(\d{5,12})$/.exec(number)?.[1]
  if (!national) return number
  const areaDigits = national.startsWith('9') ? 1 : 2
  const rest = national.slice(areaDigits)
  const groups =
    rest.length <= 4 ? [rest] : rest.length <= 7 ? [rest.slice(0, 3), rest.slice(3)] : rest.match(/.{1,3}/g)!
  return [`0${national.slice(0, areaDigits)}`, ...groups].join(' ')
}
