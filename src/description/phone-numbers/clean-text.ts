/**
 * Step 1: replaces full-width digits, no-break spaces, typographic dashes and invisible direction marks by plain text, since
 * numbers are pasted from web pages and letters. Idempotent.
 */
export function cleanText(raw: string): string {
  return raw
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}\p{Mn}\p{Me}]/gu, (character) => (/\s/.test(character) ? ' ' : ''))
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\p{Z}\s]+/gu, ' ')
    .trim()
}
