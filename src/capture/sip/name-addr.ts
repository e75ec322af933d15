import { parseParameters, type Parameters } from './parameters.ts'
import { skipQuoted, unquote } from './scan-text.ts'

/**
 * A value of From, To, Contact, Route...: display name (unquoted, '' if none), URI as written, header parameters. `closed` is
 * false if a `<` had no `>`.
 */
export interface NameAddr {
  display: string
  uri: string
  parameters: Parameters
  closed: boolean
}

/**
 * Parses one name-addr or addr-spec (RFC 3261 20.10); without brackets, parameters belong to the header. Accepts errors of real
 * clients: no space between name and `<`; `<<sip:a>;+sip.src>`; and a `<` that never closes, in which case parameters from the
 * first one that begins with `+` or `tag` belong to the header. Returns undefined for an empty value, an unclosed quote, or a
 * missing URI.
 */
export function parseNameAddr(text: string): NameAddr | undefined {
  const value = text.trim()
  let open = -1
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i)
    if (char === 0x22) {
      const after = skipQuoted(value, i)
      if (after < 0) return undefined
      i = after - 1
    } else if (char === 0x3c) {
      open = i
      break
    }
  }
  if (open < 0) return bareAddress(value)
  const display = unquote(value.slice(0, open).trim())
  let start = open + 1
  while (value[start] === '<') start++
  const close = value.indexOf('>', start)
  if (close < 0) return unclosedAddress(display, value.slice(start))
  const uri = value.slice(start, close).trim()
  return finish(display, uri, value.slice(close + 1).replaceAll('>', ''), true)
}

export function tagOf(address: NameAddr): string | undefined {
  const tag = address.parameters.get('tag')
  return tag === '' ? undefined : tag
}

function bareAddress(value: string): NameAddr | undefined {
  const semicolon = value.indexOf(';')
  const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
  if (uri.includes('"') || uri.includes(' ')) return undefined
  return finish('', uri, semicolon < 0 ? '' : value.slice(semicolon), true)
}

function unclosedAddress(display: string, text: string): NameAddr | undefined {
  let at = text.indexOf(';')
  while (at >= 0) {
    const name = text.slice(at + 1, at + 5).toLowerCase()
    if (name.startsWith('+') || name === 'tag=') break
    at = text.indexOf(';', at + 1)
  }
  return finish(display, (at < 0 ? text : text.slice(0, at)).trim(), at < 0 ? '' : text.slice(at), false)
}

function finish(display: string, uri: string, rest: string, closed: boolean): NameAddr | undefined {
  const semicolon = rest.indexOf(';')
  const parameters = parseParameters(semicolon < 0 ? '' : rest.slice(semicolon + 1))
  if (parameters === undefined || !uri.includes(':')) return undefined
  return { display, uri, parameters, closed }
}
