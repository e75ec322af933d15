import { statSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { parseEndpoint, type Endpoint } from './addresses.ts'
import { ConfigFault, wrongSetting } from './faults.ts'
import { defaultValue, type SettingReader, type SettingName } from './settings-table.ts'
import { parseSources } from './sip-security.ts'

/** Settings of roles run separately, as different operating system users or on different machines. */
export interface SplitRoleSettings {
  /** SELOSTE_NODE: name of this machine’s capture; default: the machine’s name. */
  node: string
  /** SELOSTE_RUN, absolute: parent of each role's folder of sockets; `undefined`: SELOSTE_DATA. */
  socketsFolder: string | undefined
  /** SELOSTE_DRAW_KEY, absolute: the secret of draws, shared by custodian, capture and feeds; `undefined`: in SELOSTE_DATA. */
  drawKeyFile: string | undefined
  /** SELOSTE_CUSTODIAN: address of a custodian on another machine; `undefined`: its socket. */
  custodian: { host: string; port: number } | undefined
  /** SELOSTE_CUSTODIAN_LISTEN: where the custodian accepts desks of other machines; `undefined`: its socket only. */
  custodianListen: Endpoint | undefined
  /** SELOSTE_CUSTODIAN_DESKS: names in the certificates of those desks. */
  desks: readonly string[]
  /** SELOSTE_PROXIES: addresses, or addresses with a prefix length, of TLS proxies on other machines. */
  proxies: readonly string[]
  /** SELOSTE_PROXY_HEADER: the header with the client's address. */
  proxyHeader: 'x-forwarded-for' | 'forwarded'
  /** SELOSTE_METRICS_SOURCES: other machines that may read metrics and details of health. */
  metricsSources: readonly string[]
  /** SELOSTE_LINK_...: PEM files, absolute, for mutual TLS of custodian and desk. */
  linkFiles: { certificate: string; key: string; authorities: string } | undefined
}

const linkNames = ['SELOSTE_LINK_CERTIFICATE', 'SELOSTE_LINK_KEY', 'SELOSTE_LINK_AUTHORITIES'] as const
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** @throws ConfigFault `setting-wrong` */
export function readSplitRoles(given: SettingReader, folder: string): SplitRoleSettings {
  const path = (name: SettingName) => {
    const text = given(name)
    return text === undefined ? undefined : resolve(folder, text)
  }
  const socketsFolder = path('SELOSTE_RUN')
  // The folder may be created at the start, but a file cannot become a folder.
  if (socketsFolder !== undefined && statSync(socketsFolder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw wrongSetting('SELOSTE_RUN', socketsFolder, 'a folder, or a path where a folder can be created')
  }
  const linkFiles = readLinkFiles(path)
  const custodian = readCustodian(given('SELOSTE_CUSTODIAN'))
  const listenText = given('SELOSTE_CUSTODIAN_LISTEN')
  const custodianListen = listenText === undefined ? undefined : parseEndpoint('SELOSTE_CUSTODIAN_LISTEN', listenText)
  const desks = readDesks(given('SELOSTE_CUSTODIAN_DESKS'))
  const needing = custodian ? 'SELOSTE_CUSTODIAN' : custodianListen ? 'SELOSTE_CUSTODIAN_LISTEN' : undefined
  if (needing !== undefined && !linkFiles) {
    throw new ConfigFault(
      'setting-wrong',
      `${needing} is set without ${linkNames.join(', ')}: custodian and desk on two machines authenticate by certificates (docs/operate/several-machines.md).`,
    )
  }
  if (custodianListen && desks.length === 0) {
    throw wrongSetting(
      'SELOSTE_CUSTODIAN_DESKS',
      '',
      'the names in the certificates of the desks that may ask, with commas between: desk-1.example, desk-2.example',
    )
  }
  const proxies = parseSources('SELOSTE_PROXIES', given('SELOSTE_PROXIES')) ?? []
  return {
    node: readNode(given('SELOSTE_NODE')),
    socketsFolder,
    drawKeyFile: path('SELOSTE_DRAW_KEY'),
    custodian,
    custodianListen,
    desks,
    proxies,
    proxyHeader: readProxyHeader(given('SELOSTE_PROXY_HEADER') ?? defaultValue('SELOSTE_PROXY_HEADER')),
    metricsSources: parseSources('SELOSTE_METRICS_SOURCES', given('SELOSTE_METRICS_SOURCES')) ?? [],
    linkFiles,
  }
}

function readProxyHeader(text: string): SplitRoleSettings['proxyHeader'] {
  const header = text.toLowerCase()
  if (header === 'x-forwarded-for' || header === 'forwarded') return header
  throw wrongSetting('SELOSTE_PROXY_HEADER', text, 'x-forwarded-for or forwarded: the one that the proxy sets')
}

const nodeName = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/

function readNode(text: string | undefined): string {
  if (text === undefined) {
    const own = hostname().toLowerCase().slice(0, 63)
    return nodeName.test(own) ? own : 'capture'
  }
  if (!nodeName.test(text))
    throw wrongSetting('SELOSTE_NODE', text, 'a name of small letters, digits, dots and hyphens: capture-1')
  return text
}

function readLinkFiles(path: SettingReader): SplitRoleSettings['linkFiles'] {
  const [certificate, key, authorities] = linkNames.map(path)
  if (certificate !== undefined && key !== undefined && authorities !== undefined) {
    return { certificate, key, authorities }
  }
  if ((certificate ?? key ?? authorities) === undefined) return undefined
  throw new ConfigFault(
    'setting-wrong',
    `Custodian and desk on two machines need all three of ${linkNames.join(', ')}: set all or none.`,
  )
}

/** Parses `https://custodian.example:8443`: a name or address in its certificate, and a port. */
function readCustodian(text: string | undefined): SplitRoleSettings['custodian'] {
  if (text === undefined) return undefined
  const allowed = 'https://NAME:PORT of the custodian’s machine, or nothing for a custodian on this one'
  if (!URL.canParse(text)) throw wrongSetting('SELOSTE_CUSTODIAN', text, allowed)
  const url = new URL(text)
  const rest = url.pathname + url.search + url.hash + url.username + url.password
  if (url.protocol !== 'https:' || rest !== '/' || url.port === '') {
    // The rest of the URL is not repeated: it may contain a password.
    throw wrongSetting('SELOSTE_CUSTODIAN', `${url.protocol}//${url.host}...`, allowed)
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}

function readDesks(text: string | undefined): string[] {
  if (text === undefined) return []
  return text.split(',').map((one) => {
    const name = one.trim()
    if (!hostName.test(name) && isIP(name) === 0) {
      throw wrongSetting('SELOSTE_CUSTODIAN_DESKS', name, 'names of machines, with commas between: desk-1.example')
    }
    return name
  })
}
