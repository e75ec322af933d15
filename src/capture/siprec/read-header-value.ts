/**
 * Parses the few SIP header forms that SIPREC needs (RFC 3261 section 20, RFC 3325, RFC 5806): addresses and parameters.
 * Written by hand because clients leave brackets open and put parameters on the wrong side of them.
 */

const maxValueChars = 2048
const maxAddresses = 16

/**
 * Returns all values of a header, by lower-case full name, in the order received; empty if the header is absent. Supplied by
 * the session from its SIP message.
 */
export type HeaderReader = (name: string) => readonly string[]

export function headersOf(pairs: Iterable<readonly [name: string, value: string]>): HeaderReader {
  const values = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    const list = values.get(key)
    if (list) list.push(value)
    else values.set(key, [value])
  }
  return (name) => values.get(name.toLowerCase()) ?? []
}

export interface HeaderAddress {
  /** The URI without brackets and display name, with its own parameters; as sent. */
  readonly uri: string
  /** The display name without quotes; empty if there is none. */
  readonly displayName: string
  /** Header parameters by lower-case name; value '' for a flag. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Parses one address of a From, To, P-Asserted-Identity or Diversion header; undefined if it is empty. */
export function readAddress(value: string): HeaderAddress | undefined {
  const text = value.slice(0, maxValueChars).trim()
  if (text === '' || text === '*') return undefined
  const open = indexOutsideQuotes(text, '<')
  if (open === -1) {
    // Without brackets, parameters belong to the header (RFC 3261 section 20.10).
    const semicolon = text.indexOf(';')
    const uri = (semicolon === -1 ? text : text.slice(0, semicolon)).trim()
    return { uri, displayName: '', parameters: parametersOf(semicolon === -1 ? '' : text.slice(semicolon)) }
  }
  const close = text.indexOf('>', open)
  const uri = text.slice(open + 1, close === -1 ? text.length : close).trim()
  const displayName = text
    .slice(0, open)
    .trim()
    .replace(/^"(.*)"$/s, '$1')
  return { uri, displayName, parameters: parametersOf(close === -1 ? '' : text.slice(close + 1)) }
}

/** Returns parameters of header and URI together: Cisco's phones put their own inside the brackets. */
export function allParameters({ uri, parameters }: HeaderAddress): ReadonlyMap<string, string> {
  return new Map([...parametersOfUri(uri), ...parameters])
}

/** Returns the parameters of a URI, by lower-case name. */
export function parametersOfUri(uri: string): ReadonlyMap<string, string> {
  const semicolon = uri.indexOf(';', uri.lastIndexOf('@') + 1)
  return semicolon === -1 ? new Map() : parametersOf(uri.slice(semicolon))
}

/** Returns all addresses of all values: a header may be repeated or contain a list (RFC 3325 section 9.1). */
export function readAddresses(values: readonly string[]): HeaderAddress[] {
  return values
    .slice(0, maxAddresses)
    .flatMap((value) => splitOutsideQuotes(value.slice(0, maxValueChars)))
    .slice(0, maxAddresses)
    .map(readAddress)
    .filter((address) => address !== undefined)
}

/** Returns a parameter of a header value such as a Content-Type's boundary, unquoted; undefined if absent or empty. */
export function parameterOf(value: string, name: string): string | undefined {
  const semicolon = value.indexOf(';')
  if (semicolon === -1) return undefined
  return parametersOf(value.slice(semicolon)).get(name) || undefined
}

function parametersOf(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  const pattern = /;[ \t]*([^\s=;"]{1,128})[ \t]*(?:=[ \t]*(?:"([^"]*)"|([^;]*)))?/g
  for (const [, name, quoted, bare] of text.slice(0, maxValueChars).matchAll(pattern)) {
    const key = name!.toLowerCase()
    if (!parameters.has(key)) parameters.set(key, quoted ?? bare?.trim() ?? '')
  }
  return parameters
}

function indexOutsideQuotes(text: string, wanted: string): number {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"' && text[at - 1] !== '\\') quoted = !quoted
    else if (!quoted && text[at] === wanted) return at
  }
  // An odd number of quotes hides the address: search for it nevertheless.
  return quoted ? text.indexOf(wanted) : -1
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = []
  let quoted = false
  let bracketed = false
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"' && text[at - 1] !== '\\') quoted = !quoted
    else if (quoted) continue
    else if (char === '<') bracketed = true
    else if (char === '>') bracketed = false
    else if (char === ',' && !bracketed) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
