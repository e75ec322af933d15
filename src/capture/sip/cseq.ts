import { isToken, readDecimal } from './scan-text.ts'

/** A CSeq (RFC 3261 20.16): a number below 2**31 (8.1.1.5; up to 2**32 - 1 is accepted) and the method. */
export interface CSeq {
  number: number
  method: string
}

/** Parses a CSeq such as `0009  INVITE`; undefined if the number is missing or too large, or the method is not a token. */
export function parseCSeq(text: string): CSeq | undefined {
  const value = text.trim()
  let digits = 0
  while (digits < value.length && value[digits] !== ' ' && value[digits] !== '\t') digits++
  const number = readDecimal(value.slice(0, digits), 0xffffffff)
  const method = value.slice(digits).trim()
  return number === undefined || !isToken(method) ? undefined : { number, method }
}
