import { skipQuoted } from './scan-text.ts'

/** `;name=value` parameters: names in lower case, values raw (quotes kept), undefined without a `=`. */
export type Parameters = Map<string, string | undefined>

/**
 * Parses the parameters after a header value or URI (`;tag=1;lr`). Spaces are allowed around `;` and `=`, empty parameters are
 * skipped, and the first of a repeated name applies. Returns undefined if a quote never closes. Takes linear time.
 */
export function parseParameters(text: string): Parameters | undefined {
  const parameters: Parameters = new Map()
  let at = 0
  while (at < text.length) {
    let end = at
    let equals = -1
    while (end < text.length) {
      const char = text.charCodeAt(end)
      if (char === 0x3b) break
      if (char === 0x3d && equals < 0) equals = end
      if (char === 0x22 && equals >= 0) {
        end = skipQuoted(text, end)
        if (end < 0) return undefined
      } else end++
    }
    const name = text
      .slice(at, equals < 0 ? end : equals)
      .trim()
      .toLowerCase()
    if (name !== '' && !parameters.has(name))
      parameters.set(name, equals < 0 ? undefined : text.slice(equals + 1, end).trim())
    at = end + 1
  }
  return parameters
}

/** Formats the parameters, each with its leading `;`. */
export function writeParameters(parameters: Parameters): string {
  let text = ''
  for (const [name, value] of parameters) text += value === undefined ? `;${name}` : `;${name}=${value}`
  return text
}
