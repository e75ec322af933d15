/** Texts in place of a number that is not available: step 2. Finnish, Swedish, English, and SIP's own. */
const withheldWords = new Set([
  ...['anonymous', 'anonym', 'anonyymi', 'unavailable', 'restricted', 'private', 'private number', 'withheld'],
  ...['number withheld', 'unknown', 'unknown number', 'blocked', 'not available', 'no number', 'no caller id'],
  ...['salattu', 'salattu numero', 'salainen', 'salainen numero', 'tuntematon', 'tuntematon numero', 'ei numeroa'],
  ...['numero ei näy', 'yksityinen', 'yksityinen numero', 'estetty', 'piilotettu', 'piilotettu numero'],
  ...['dolt', 'dolt nummer', 'hemligt', 'hemligt nummer', 'okänt', 'okänt nummer', 'okänd', 'skyddat nummer'],
  ...['privat', 'privat nummer', 'inget nummer'],
])

/**
 * Display names that request privacy (RFC 3323 section 4.1). "Unknown" and "Unavailable" refer to the name; the number beside
 * them is the caller's.
 */
const privateNames = new Set(['anonymous', 'anonym', 'anonyymi', 'private', 'restricted', 'withheld'])

/** RFC 3323 section 4.1.1.3: host of a From that hides its caller. */
export const anonymousHost = 'anonymous.invalid'

/** Returns true if cleaned text means a withheld number, as an empty text and a lone 0 also do. */
export function isWithheldText(text: string): boolean {
  const words = text
    .toLowerCase()
    .replace(/["'()<>.]/g, '')
    .trim()
  return /^[-_*\s]*$/.test(words) || /^0+$/.test(words) || withheldWords.has(words)
}

/** Returns true if the display name hides the caller, whatever the URI is. */
export function isPrivateName(displayName: string): boolean {
  return privateNames.has(displayName.toLowerCase())
}

const privacyTokens: readonly string[] = ['id', 'user', 'header', 'session', 'critical']

/** Returns true if a Privacy header (RFC 3323, RFC 3325 section 9.3) requests privacy. */
export function requestsPrivacy(header: string): boolean {
  return header
    .toLowerCase()
    .split(/[;,\s]+/)
    .some((token) => privacyTokens.includes(token))
}
