import { formatEndpoint, isLoopback } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { readTrunks, trunkFinder, type Trunk } from '#capture/session/reading/trunks.ts'
import { ok, warning, type Finding } from './finding.ts'

/** Shorter prefixes contain more machines than an agency has recording clients. */
const widestPrefix = { ipv4: 16, ipv6: 48 }

/**
 * Networks with a shorter prefix have more than eight addresses. A telephone system (a redundant pair with its shared addresses)
 * needs no more, and each host of a trunk can end, join and answer for the sessions of the other hosts.
 */
const widestTrunk = { ipv4: 29, ipv6: 125 }

/**
 * Checks which sources may send calls, and whether clients behind a proxy can be distinguished. Settings without any source are
 * refused earlier, at the start.
 */
export function checkEdge(
  settings: Pick<Settings, 'sip' | 'http' | 'publicUrl' | 'sipSecurity' | 'splitRoles' | 'trunksFile'>,
): Finding[] {
  const sources = settings.sipSecurity.sipSources ?? []
  return [
    judgeSources(settings),
    ...judgeTrunks(settings),
    ...judgeWideTrunks(sources, trunksOf(settings.trunksFile)),
    ...judgeProxies(settings),
  ]
}

function judgeSources({ sip, sipSecurity: { sipSources, sipsFiles } }: Pick<Settings, 'sip' | 'sipSecurity'>): Finding {
  if (!sipSources) {
    const overTls = sipsFiles ? ', and over TLS by clients with a certificate' : ''
    return ok('sip.sources', `SELOSTE_SIP (${formatEndpoint(sip)}) is reachable from this machine only${overTls}`)
  }
  const wide = sipSources.filter((source) => isWider(source, widestPrefix))
  const says = `calls are accepted from ${sipSources.join(', ')}`
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
    'SELOSTE_TRUNKS has no trunks: no media ports are reserved for known ones, and each source is a trunk of its own'
  return [
    warning(
      'sip.trunks',
      says,
      'name the recording clients in it; two of one pair in one entry (recording-clients.md)',
    ),
  ]
}

function judgeWideTrunks(sources: readonly string[], trunks: readonly Trunk[]): Finding[] {
  const find = trunkFinder(trunks.map(({ client: _, ...trunk }) => trunk))
  // A configured trunk that overlaps the network already says which hosts belong together.
  const isNamed = (source: string) => {
    const network = trunkFinder([{ name: source, from: [source] }])
    const addresses = trunks.flatMap(({ from }) => from.map(addressOf))
    return find(addressOf(source), undefined) !== undefined || addresses.some((one) => network(one, undefined))
  }
  const wide = sources.filter((source) => isWider(source, widestTrunk) && !isNamed(source))
  if (wide.length === 0) return []
  return [
    warning(
      'sip.wide-trunks',
      `every host of ${wide.join(', ')} is of one trunk: each may end, join and answer for the sessions of the others`,
      'name single addresses, or the recording clients in SELOSTE_TRUNKS (recording-clients.md)',
    ),
  ]
}

function isWider(source: string, limit: { ipv4: number; ipv6: number }): boolean {
  const [address = '', bits] = source.split('/')
  return bits !== undefined && Number(bits) < (address.includes(':') ? limit.ipv6 : limit.ipv4)
}

function addressOf(source: string): string {
  return source.split('/')[0] ?? ''
}

/** Undefined if the file cannot be read, which is another finding. */
function trunksOf(file: string | undefined): readonly Trunk[] {
  try {
    return readTrunks(file)
  } catch {
    return []
  }
}

function judgeProxies({ http, publicUrl, splitRoles }: Pick<Settings, 'http' | 'publicUrl' | 'splitRoles'>): Finding[] {
  const header =
    splitRoles.proxyHeader === 'forwarded' ? 'Forwarded (RFC 7239)' : 'X-Forwarded-For and X-Forwarded-Proto'
  if (splitRoles.proxies.length > 0) {
    const from = `${splitRoles.proxies.join(', ')} and this machine`
    return [
      ok('http.proxies', `client addresses are taken from ${header} set by ${from}: the proxy must set it itself`),
    ]
  }
  if (isLoopback(http.host)) return []
  const says = `SELOSTE_HTTP (${formatEndpoint(http)}) is reachable from other machines, and SELOSTE_PROXIES has no proxy`
  const remedy =
    publicUrl?.startsWith('https:') === true
      ? 'add the TLS proxy to SELOSTE_PROXIES: otherwise everybody behind it shares one rate limit'
      : 'put a TLS proxy in front of it, add it to SELOSTE_PROXIES, and set SELOSTE_PUBLIC_URL to its https address'
  return [warning('http.proxies', says, remedy)]
}
