/** Parts of a sip:, sips: or tel: URI (RFC 3261 section 19.1, RFC 3966): step 4. */
export type NumberUri = {
  /** From a name-addr: `"Anonymous" <sip:…>`. */
  displayName?: string
  user: string
  /** Lower case, without port or parameters; undefined for tel:. */
  host?: string
  /** RFC 3966 section 5.1.5: a +prefix or a domain that completes a local number. */
  phoneContext?: string
  ext?: string
}

/** Parses a URI, bare or in a name-addr. Undefined if the text is not a URI; the user is empty if the URI has none. */
export function readUri(text: string): NumberUri | undefined {
  const named = /^([^<]*)<\s*((?:sips?|tel):[^>]*)>/i.exec(text)
  const uri = /^(sips?|tel):(.*)$/i.exec(named?.[2] ?? text)
  if (!uri) return undefined
  const displayName = named?.[1]?.replace(/"/g, '').trim()
  const rest = (uri[2] ?? '').trim()
  const at = rest.lastIndexOf('@')
  // Some gateways omit the host (sip:+358401234567): all digits means a number, as in tel:.
  const isTel = uri[1]?.toLowerCase() === 'tel' || (at < 0 && /^\+?\d+(;|$)/.test(rest))
  const userPart = isTel ? rest : at < 0 ? '' : rest.slice(0, at)
  const [user = '', ...parameters] = userPart.split(';')
  const found: NumberUri = { user: isTel ? user : (user.split(':')[0] ?? '') }
  if (!isTel) found.host = hostOf(at < 0 ? rest : rest.slice(at + 1))
  if (displayName) found.displayName = displayName
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=')
    if (name?.toLowerCase() === 'phone-context') found.phoneContext = value.toLowerCase()
    if (name?.toLowerCase() === 'ext') found.ext = value
  }
  return found
}

/** Decodes the user part; unchanged if its escapes are invalid. */
export function unescapeUser(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return user
  }
}

function hostOf(text: string): string {
  const host = (text.split(/[;?>\s]/)[0] ?? '').toLowerCase()
  return host.startsWith('[') ? host.replace(/\]:\d+$/, ']') : host.replace(/:\d+$/, '')
}
