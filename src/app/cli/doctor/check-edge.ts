import { formatEndpoint, isLoopback } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { ok, warning, type Finding } from './finding.ts'

/** Prefixes shorter than these hold more machines than an agency has recording clients. */
const widestPrefix = { ipv4: 16, ipv6: 48 }

/** Checks who may send calls, and whether people behind a proxy can be told apart. A start without any source is refused before. */
export function checkEdge(
  settings: Pick<Settings, 'sip' | 'http' | 'publicUrl' | 'sipSecurity' | 'apart' | 'trunksFile'>,
): Finding[] {
  return [judgeSources(settings), ...judgeTrunks(settings), ...judgeProxies(settings)]
}

function judgeSources({ sip, sipSecurity: { sipSources, sipsFiles } }: Pick<Settings, 'sip' | 'sipSecurity'>): Finding {
  if (!sipSources) {
    const overTls = sipsFiles ? ', and over TLS whoever has a client certificate' : ''
    return ok('sip.sources', `SELOSTE_SIP (${formatEndpoint(sip)}) is reached from this machine alone${overTls}`)
  }
  const wide = sipSources.filter((source) => {
    const [address = '', bits] = source.split('/')
    return bits !== undefined && Number(bits) < (address.includes(':') ? widestPrefix.ipv6 : widestPrefix.ipv4)
  })
  const says = `calls are taken from ${sipSources.join(', ')}`
  if (wide.length === 0) return ok('sip.sources', says)
  const remedy = `name the addresses of the recording clients instead of ${wide.join(', ')}: all of it is one trunk`
  return warning('sip.sources', says, remedy)
}

function judgeTrunks({
  sipSecurity: { sipSources },
  trunksFile,
}: Pick<Settings, 'sipSecurity' | 'trunksFile'>): Finding[] {
  if (trunksFile !== undefined || !sipSources) return []
  const says =
    'SELOSTE_TRUNKS names no trunk: no media ports are kept for known ones, and each source is one of its own'
  return [
    warning(
      'sip.trunks',
      says,
      'name the recording clients in it; two of one pair in one entry (recording-clients.md)',
    ),
  ]
}

function judgeProxies({ http, publicUrl, apart }: Pick<Settings, 'http' | 'publicUrl' | 'apart'>): Finding[] {
  const header = apart.proxyHeader === 'forwarded' ? 'Forwarded (RFC 7239)' : 'X-Forwarded-For and X-Forwarded-Proto'
  if (apart.proxies.length > 0) {
    const from = `${apart.proxies.join(', ')} and this machine`
    return [ok('http.proxies', `for whom a proxy asks is read from ${header} of ${from}: it has to set it itself`)]
  }
  if (isLoopback(http.host)) return []
  const says = `SELOSTE_HTTP (${formatEndpoint(http)}) is reached from other machines, and SELOSTE_PROXIES names no proxy`
  const remedy =
    publicUrl?.startsWith('https:') === true
      ? 'name the proxy with TLS: without it all people behind it are one address for rate limits'
      : 'put a proxy with TLS before it and name it, and set SELOSTE_PUBLIC_URL to its https address'
  return [warning('http.proxies', says, remedy)]
}
