/** Character classes and small scanners of the RFC 3261 grammar (section 25.1). Each takes linear time. */

const tokenChars = new Uint8Array(128)
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~")
  tokenChars[char.charCodeAt(0)] = 1

/** Returns true for a non-empty `token`. */
export function isToken(text: string): boolean {
  if (text.length === 0) return false
  for (let i = 0; i < text.length; i++) if (tokenChars[text.charCodeAt(i)] !== 1) return false
  return true
}

/** Reads a decimal number of digits only, at most `max`; otherwise undefined (RFC 4475 3.1.2.4 and 3.1.2.5). */
export function readDecimal(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
    if (value > max) return undefined
  }
  return value
}

/** Returns the offset after the closing quote of the quote opened at `at`, or -1 if it never closes. */
export function skipQuoted(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x5c) i++
    else if (char === 0x22) return i + 1
  }
  return -1
}

/** Returns the content of a quoted-string without quotes and escapes; other text is returned unchanged. */
export function unquote(text: string): string {
  if (text.length < 2 || text[0] !== '"' || text[text.length - 1] !== '"') return text
  const inner = text.slice(1, -1)
  if (!inner.includes('\\')) return inner
  const out: string[] = []
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '\\' && i + 1 < inner.length) i++
    out.push(inner[i] as string)
  }
  return out.join('')
}
