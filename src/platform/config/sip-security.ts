import { isIP, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { formatEndpoint, isLoopback, type Endpoint } from './addresses.ts'
import { ConfigFault, wrongSetting } from './faults.ts'
import type { SettingReader } from './settings-table.ts'

/** Sources that may send calls, and their authentication. */
export type SipSecurity = {
  /** SELOSTE_SIPS_...: PEM files, absolute; `undefined`: no SIP over TLS. */
  sipsFiles: { certificate: string; key: string; clients: string } | undefined
  /** SELOSTE_SIP_SOURCES: addresses, or addresses with a prefix length; `undefined`: loopback only. */
  sipSources: readonly string[] | undefined
  /** SELOSTE_SDES_IN_CLEAR: sources whose SRTP keys are accepted without TLS. */
  sdesInClear: readonly string[]
}

const sipsNames = ['SELOSTE_SIPS_CERTIFICATE', 'SELOSTE_SIPS_KEY', 'SELOSTE_SIPS_CLIENTS'] as const

/** @throws ConfigFault `setting-wrong` */
export function readSipSecurity(given: SettingReader, folder: string): SipSecurity {
  const [certificate, key, clients] = sipsNames.map((name) => {
    const path = given(name)
    return path === undefined ? undefined : resolve(folder, path)
  })
  const all = certificate !== undefined && key !== undefined && clients !== undefined
  if (!all && (certificate ?? key ?? clients) !== undefined) {
    throw new ConfigFault(
      'setting-wrong',
      'SIP over TLS needs all three of SELOSTE_SIPS_CERTIFICATE, SELOSTE_SIPS_KEY and SELOSTE_SIPS_CLIENTS: set all or none.',
    )
  }
  return {
    sipsFiles: all ? { certificate, key, clients } : undefined,
    sipSources: parseSipSources(given('SELOSTE_SIP_SOURCES')),
    sdesInClear: parseSources('SELOSTE_SDES_IN_CLEAR', given('SELOSTE_SDES_IN_CLEAR')) ?? [],
  }
}

/**
 * Refuses to accept calls from other machines without a list of sources. SIP over TLS needs none: it requires a client
 * certificate.
 */
export function assertSourcesKnown(sip: Endpoint, { sipSources }: SipSecurity): void {
  if (isLoopback(sip.host) || sipSources !== undefined) return
  throw new ConfigFault(
    'sip-sources-missing',
    `SELOSTE_SIP is ${formatEndpoint(sip)}, which other machines can reach, but SELOSTE_SIP_SOURCES is not set: anybody could send calls. Set SELOSTE_SIP_SOURCES to the addresses of the recording clients (192.0.2.10, 2001:db8:7::/48), or leave SELOSTE_SIP on 127.0.0.1 and accept calls at SELOSTE_SIPS, over TLS with client certificates (docs/operate/secure-trunks.md).`,
  )
}

function parseSipSources(text: string | undefined): string[] | undefined {
  const sources = parseSources('SELOSTE_SIP_SOURCES', text)
  const everybody = sources?.find((source) => /\/0+$/.test(source))
  if (everybody !== undefined) {
    throw wrongSetting('SELOSTE_SIP_SOURCES', everybody, 'the addresses of recording clients, and not everybody')
  }
  return sources
}

/** Parses a list of addresses and networks: `192.0.2.10, 2001:db8:7::/48`. */
export function parseSources(name: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const allowed = 'IP addresses, each alone or with a prefix length, with commas between: 192.0.2.10, 2001:db8:7::/48'
  return text.split(',').map((one) => {
    const source = one.trim()
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(source) ?? []
    const longest = isIPv6(address) ? 128 : 32
    if (isIP(address) === 0 || address.includes('%') || Number(prefix ?? 0) > longest) {
      throw wrongSetting(name, source, allowed)
    }
    return source
  })
}
