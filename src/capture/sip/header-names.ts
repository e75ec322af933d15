/** Long header names by compact form (RFC 3261 7.3.3, and RFC 3892 b, 3841 a j d, 4474 y n, 4028 x, 6665 o u, 3515 r). */
const longFormOf: Record<string, string> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
}

const spelled: Record<string, string> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'mime-version': 'MIME-Version',
  'min-se': 'Min-SE',
  'www-authenticate': 'WWW-Authenticate',
}

/** Returns a received header name in its long form, in lower case. */
export function longHeaderName(name: string): string {
  const lower = name.toLowerCase()
  return lower.length === 1 ? (longFormOf[lower] ?? lower) : lower
}

/** Returns the usual spelling of a long form in lower case (`call-id` -> `Call-ID`). */
export function spellHeaderName(name: string): string {
  const known = spelled[name]
  if (known !== undefined) return known
  let out = ''
  let startsWord = true
  for (const char of name) {
    out += startsWord ? char.toUpperCase() : char
    startsWord = char === '-'
  }
  return out
}
