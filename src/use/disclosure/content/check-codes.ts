/**
 * Codes with check digits. Input: digits and capital letters without separators.
 * Sources: DVV "Henkilötunnus" (separators of the reform of 2023, the check character's 31 letters); Skatteverket SKV 704
 * (personnummer, Luhn); YTJ (Y-tunnus, weights 7 9 10 5 8 4 2); ISO 13616 (IBAN, remainder of 97).
 */
const checkCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY'

/** In speech the sign between birth date and number is often omitted, or said as "viiva" or a letter. */
const identityCode = /(\d{2})(\d{2})(\d{2})([A-FU-Y]?)(\d{3})([0-9A-FHJ-NPR-Y])/g

/** Returns true if the symbols contain a Finnish identity code with a valid date and check character. */
export function holdsIdentityCode(symbols: string): boolean {
  return everyMatch(identityCode, symbols).some(([, day, month, year, , number, check]) => {
    const remainder = Number(`${day}${month}${year}${number}`) % 31
    return isDay(day, month) && checkCharacters[remainder] === check
  })
}

/** Returns true if the symbols contain the form of an identity code with a possible date; other digits may be misheard. */
export function isLikelyIdentityCode(symbols: string): boolean {
  return everyMatch(identityCode, symbols).some(([, day, month]) => isDay(day, month))
}

/**
 * Returns true if the symbols contain a Swedish personnummer of ten or twelve digits: a date and a valid Luhn digit. The day
 * of a coordination number is 60 higher.
 */
export function holdsPersonnummer(symbols: string): boolean {
  return everyMatch(/(?:19|20)?(\d{2})(\d{2})(\d{2})(\d{4})/g, symbols).some(([, year, month, day, number]) => {
    const birthDay = Number(day) > 60 ? String(Number(day) - 60) : day
    return isDay(birthDay, month) && luhn(`${year}${month}${day}${number}`)
  })
}

/** Returns true for a Finnish business id: seven digits (six in old ones) and the check digit. */
export function isBusinessId(symbols: string): boolean {
  if (!/^\d{7,8}$/.test(symbols)) return false
  const digits = symbols.padStart(8, '0')
  const weights = [7, 9, 10, 5, 8, 4, 2]
  const remainder = weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11
  return remainder !== 1 && Number(digits[7]) === (remainder === 0 ? 0 : 11 - remainder)
}

/** Returns true if the symbols contain an IBAN. A Finnish IBAN is found even without its letters. */
export function holdsIban(symbols: string): boolean {
  if (everyMatch(/([A-Z]{2}\d{2}[A-Z\d]{11,30})/g, symbols).some(([, code]) => withRemainderOne(code ?? '')))
    return true
  return everyMatch(/(\d{16})/g, symbols).some(([, digits]) => withRemainderOne(`FI${digits}`))
}

/** Length of an IBAN by country; IBANs of other countries are not found. */
const ibanLengths = new Map(
  'FI18 SE24 NO15 DK18 IS26 EE20 LV21 LT20 DE22 AT20 CH21 GB22 IE22 NL18 BE16 FR27 ES24 PT25 IT27 PL28 CZ24 HU28 RO24 BG22 GR27 UA29 TR26'
    .split(' ')
    .map((one) => [one.slice(0, 2), Number(one.slice(2))]),
)

/** Checks as many characters as the country's IBAN has; others may follow. */
function withRemainderOne(code: string): boolean {
  const length = ibanLengths.get(code.slice(0, 2))
  if (length === undefined || code.length < length) return false
  const rearranged = code.slice(4, length) + code.slice(0, 4)
  const digits = rearranged.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

function luhn(digits: string): boolean {
  const sum = [...digits].reduce((total, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return sum % 10 === 0
}

/** Returns true if the two can be a day and a month. */
export function isDay(day: string | undefined, month: string | undefined): boolean {
  return Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12
}

/** Returns matches at every position, including overlapping ones. */
function everyMatch(pattern: RegExp, text: string): RegExpExecArray[] {
  const matches: RegExpExecArray[] = []
  const sticky = new RegExp(pattern.source, 'y')
  for (let at = 0; at < text.length; at += 1) {
    sticky.lastIndex = at
    const match = sticky.exec(text)
    if (match !== null) matches.push(match)
  }
  return matches
}
