import { access } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { formatEndpoint, parseEndpoint, parsePortRange } from '#platform/config/addresses.ts'
import { parsePublicUrl } from '#platform/config/identity-provider.ts'
import { parseSources } from '#platform/config/sip-security.ts'
import { optional, readText, type Answer, type Terminal } from '../ask.ts'

const rtpPorts = '30000-39999'
const sipPort = 5060

/**
 * Asks for the settings that a first installation needs.
 * @param before present settings of the file; they are offered as defaults
 */
export async function askSettings(
  { ask, print }: Terminal,
  before: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const settings = new Map<string, string>()
  print('\nCalls\n')
  const host = await ask({
    prompt: 'Address of this machine at which recording clients reach it',
    preset: hostOf(before.get('SELOSTE_SIP')) ?? ownAddress(),
    read: (text) => check(text, () => parseEndpoint('the address', `${bracketed(text)}:${sipPort}`).host),
  })
  settings.set('SELOSTE_SIP', formatEndpoint({ host, port: sipPort }))
  const sources = await ask({
    prompt: 'Addresses of the recording clients (session border controllers), with commas between them',
    preset: before.get('SELOSTE_SIP_SOURCES'),
    read: (text) => (text === '' ? readText(text) : check(text, () => parseSources('the list', text)!.join(', '))),
  })
  settings.set('SELOSTE_SIP_SOURCES', sources)
  const ports = await ask({
    prompt: 'UDP ports of the audio; four for each simultaneous call',
    preset: /\d+-\d+$/.exec(before.get('SELOSTE_RTP') ?? '')?.[0] ?? rtpPorts,
    read: (text) => check(text, () => (parsePortRange('the range', `${bracketed(host)}:${text}`), text)),
  })
  settings.set('SELOSTE_RTP', `${bracketed(host)}:${ports}`)
  print('\nThe web\n')
  const url = await ask({
    prompt: 'Address at which browsers will reach it, through your TLS proxy',
    preset: before.get('SELOSTE_PUBLIC_URL'),
    read: (text) => check(text, () => parsePublicUrl(text)),
  })
  settings.set('SELOSTE_PUBLIC_URL', url)
  print('\nThe register description\n')
  const description = await ask({
    prompt: 'Its file, made with "seloste description new FILE"; empty to try with the one that comes with Seloste',
    preset: before.get('SELOSTE_DESCRIPTION'),
    read: optional(readText),
  })
  if (description === undefined) return settings
  const exists = await access(description).then(
    () => true,
    () => false,
  )
  if (!exists) print(`    ${description} is not there: make it with "seloste description new ${description}" first\n`)
  return settings.set('SELOSTE_DESCRIPTION', description)
}

export async function askYesNo({ ask }: Terminal, prompt: string): Promise<boolean> {
  return ask({
    prompt: `${prompt} yes or no`,
    read: (text) => (text === 'yes' || text === 'no' ? { value: text === 'yes' } : { wrong: 'yes or no' }),
  })
}

function check(text: string, read: () => string): Answer<string> {
  try {
    return { value: read() }
  } catch (error) {
    return { wrong: text === '' ? 'an answer is needed' : (error as Error).message }
  }
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function hostOf(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : parseEndpoint('SELOSTE_SIP', endpoint).host
}

/** First address of this machine that others may reach. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address
}
