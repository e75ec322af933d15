import { isIP, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { ConfigFault, wrongSetting } from './faults.ts'

/** Who may call us, and by what: of the trunks of session border controllers. */
export type SipSecurity = {
  /** SELOSTE_SIPS_...: PEM files, absolute; `undefined`: SIP over TLS is not opened. */
  sipsFiles: { certificate: string; key: string; clients: string } | undefined
  /** SELOSTE_SIP_SOURCES: addresses, or an address and a prefix length; `undefined`: everybody may ask. */
  sipSources: readonly string[] | undefined
  /** SELOSTE_SDES_IN_CLEAR: whose SRTP keys are taken without TLS. */
  sdesInClear: readonly string[]
}

export const sipSecurityNames = [
  'SELOSTE_SIPS_CERTIFICATE',
  'SELOSTE_SIPS_KEY',
  'SELOSTE_SIPS_CLIENTS',
  'SELOSTE_SIP_SOURCES',
  'SELOSTE_SDES_IN_CLEAR',
] as const

/** @throws ConfigFault `setting-wrong` */
export function readSipSecurity(given: (name: string) => string | undefined, folder: string): SipSecurity {
  const [certificate, key, clients] = ['SELOSTE_SIPS_CERTIFICATE', 'SELOSTE_SIPS_KEY', 'SELOSTE_SIPS_CLIENTS'].map(
    (name) => {
      const path = given(name)
      return path === undefined ? undefined : resolve(folder, path)
    },
  )
  const all = certificate !== undefined && key !== undefined && clients !== undefined
  if (!all && (certificate ?? key ?? clients) !== undefined) {
    throw new ConfigFault(
      'setting-wrong',
      'SIP over TLS needs all three of SELOSTE_SIPS_CERTIFICATE, SELOSTE_SIPS_KEY and SELOSTE_SIPS_CLIENTS: allowed is all or none.',
    )
  }
  return {
    sipsFiles: all ? { certificate, key, clients } : undefined,
    sipSources: parseSources('SELOSTE_SIP_SOURCES', given('SELOSTE_SIP_SOURCES')),
    sdesInClear: parseSources('SELOSTE_SDES_IN_CLEAR', given('SELOSTE_SDES_IN_CLEAR')) ?? [],
  }
}

/** `192.0.2.10, 2001:db8:7::/48` */
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
