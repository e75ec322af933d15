/**
 * Reads the targets of webhooks (SELOSTE_WEBHOOKS, docs/operate/webhooks.md) from a YAML file. An error is one line, and never
 * contains a secret.
 */
import { parse } from 'yaml'
import { ConfigFault } from '#platform/config/faults.ts'

export const webhookEvents = ['contact.admitted', 'recording.sealed', 'recording.destroyed'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export interface WebhookTarget {
  readonly name: string
  readonly url: string
  /** Signing key: the bytes behind `whsec_` (Standard Webhooks), or those of the text itself. */
  readonly secret: Buffer
  readonly events: readonly WebhookEvent[]
}

const fields = ['name', 'url', 'secret', 'events']
const nameShape = /^[a-z0-9][a-z0-9-]{0,39}$/
/** HMAC-SHA256 is as strong as its key: RFC 2104 advises no fewer bytes than the hash has; Standard Webhooks allows 24. */
const minSecretBytes = 24

/**
 * Parses the text of a webhooks file.
 * @param path of the file, for messages
 * @throws ConfigFault `config-file-wrong`: which entry, what was found, what is allowed; never a secret
 */
export function readWebhooks(text: string, path: string): readonly WebhookTarget[] {
  const wrong = (problem: string) => new ConfigFault('config-file-wrong', `The webhooks of ${path}: ${problem}.`)
  let file: unknown
  try {
    file = parse(text)
  } catch (cause) {
    throw wrong(`they cannot be read as YAML (${(cause as Error).message.split('\n')[0]})`)
  }
  const entries = isObject(file) ? file['webhooks'] : undefined
  if (!Array.isArray(entries) || entries.length === 0) throw wrong('a list named "webhooks" is expected')
  const names = new Set<unknown>()
  return entries.map((entry: unknown, at) => {
    const problem = problemOf(entry, names)
    if (problem !== undefined) throw wrong(`entry ${at + 1}: ${problem}`)
    const { name, url, secret, events } = entry as Record<string, string> & { events?: WebhookEvent[] }
    names.add(name)
    return { name: name!, url: url!, secret: secretBytes(secret!), events: events ?? webhookEvents }
  })
}

function problemOf(entry: unknown, names: ReadonlySet<unknown>): string | undefined {
  if (!isObject(entry)) return 'it must have a name, a url and a secret'
  const unknown = Object.keys(entry).find((field) => !fields.includes(field))
  if (unknown !== undefined) return `"${unknown}" is unknown; allowed are ${fields.join(', ')}`
  const { name, url, secret, events } = entry
  if (typeof name !== 'string' || !nameShape.test(name))
    return 'its name must have only lower-case letters, digits and -'
  if (names.has(name)) return `the name "${name}" is used twice`
  if (typeof url !== 'string' || !isAllowed(url)) {
    return 'its url must be https://… without a user name, or http://… of this machine'
  }
  if (typeof secret !== 'string' || secretBytes(secret).length < minSecretBytes) {
    return `its secret must have at least ${minSecretBytes} bytes: whsec_ and Base64, or plain text`
  }
  if (events !== undefined && !isEvents(events)) return `its events must be a list of ${webhookEvents.join(', ')}`
  return undefined
}

function isAllowed(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, hash } = new URL(text)
  if (username !== '' || password !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname))
}

function isEvents(value: unknown): value is WebhookEvent[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => webhookEvents.includes(one as WebhookEvent))
}

function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
