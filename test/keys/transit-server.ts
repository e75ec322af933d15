/**
 * Key server for tests: real HTTP, the API of the transit engine of Vault and OpenBao, real AES-256-GCM, a policy
 * without upsert, and faults that a test requests. Apart from these faults it answers as the real server does.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

interface TransitKey {
  bytes: Buffer
  deletion_allowed: boolean
  exportable: boolean
}

export interface ReceivedRequest {
  method: string
  path: string
  namespace: string | undefined
}

interface TransitResponse {
  status: number
  body: unknown
}

/** Fault of one request. */
export type Fault =
  /** Carries out the request and answers after this many milliseconds. */
  | { answersAfterMs: number }
  /** Carries out the request after this many milliseconds, and never answers. */
  | { doesAfterMs: number }
  /** Sends its answer twice. */
  | 'twice'
  /** Carries out the request and closes the connection before or during the answer. */
  | 'cut'
  | 'cut-amid'
  /** Does nothing and answers with this; a string is not JSON. */
  | { instead: TransitResponse }
  /** Carries out the request and answers with this change. */
  | { changed: (response: TransitResponse) => TransitResponse }

export interface TransitServer {
  url: string
  /** Keys by name, with the prefix. */
  keys: Map<string, TransitKey>
  asked: ReceivedRequest[]
  token: string
  /** Returns the fault of a request; undefined if there is none. */
  fault: ((request: ReceivedRequest) => Fault | undefined) | undefined
  stop(): Promise<void>
}

/**
 * Starts the server.
 * @param tls key and certificate, both PEM; without them it uses plain HTTP
 */
export async function startTransit(tls?: { key: string; cert: string }): Promise<TransitServer> {
  const waiting = new Set<NodeJS.Timeout>()
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part)
    const body = parts.length === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>)
    const request = {
      method: incoming.method ?? '',
      path: (incoming.url ?? '').replace(/^\/v1\//, ''),
      namespace: incoming.headers['x-vault-namespace']?.toString(),
    }
    transit.asked.push(request)
    const isKnown = incoming.headers['x-vault-token'] === transit.token
    const work = () => (isKnown ? answerTo(transit.keys, request, body) : refused)
    const fault = transit.fault?.(request)
    const later = (ms: number, item: () => void) => {
      const timer = setTimeout(() => {
        waiting.delete(timer)
        item()
      }, ms)
      waiting.add(timer)
    }
    if (typeof fault === 'object' && 'instead' in fault) send(outgoing, fault.instead)
    else if (typeof fault === 'object' && 'doesAfterMs' in fault) later(fault.doesAfterMs, work)
    else if (typeof fault === 'object' && 'answersAfterMs' in fault) {
      const response = work()
      later(fault.answersAfterMs, () => send(outgoing, response))
    } else if (typeof fault === 'object') send(outgoing, fault.changed(work()))
    else if (fault === 'cut') {
      work()
      outgoing.destroy()
    } else if (fault === 'cut-amid') {
      const text = JSON.stringify(work().body ?? 'nothing')
      outgoing.writeHead(200, { 'content-length': text.length })
      outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy())
    } else if (fault === 'twice') {
      const { status, body: response } = work()
      const text = response === undefined ? '' : JSON.stringify(response)
      const whole = `HTTP/1.1 ${status} OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`
      outgoing.socket?.end(whole + whole)
    } else send(outgoing, work())
  }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(incoming, outgoing)
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transit: TransitServer = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: new Map(),
    asked: [],
    token: `hvs.${randomBytes(12).toString('hex')}`,
    fault: undefined,
    async stop() {
      for (const timer of waiting) clearTimeout(timer)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return transit
}

const refused: TransitResponse = { status: 403, body: { errors: ['permission denied'] } }
const missing: TransitResponse = { status: 404, body: { errors: [] } }
const done: TransitResponse = { status: 204, body: undefined }
const wrong = (reason: string): TransitResponse => ({ status: 400, body: { errors: [reason] } })
const good = (data: object): TransitResponse => ({ status: 200, body: { request_id: randomUUID(), data } })

function send(outgoing: ServerResponse, { status, body }: TransitResponse): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' })
  outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
}

function answerTo(
  keys: Map<string, TransitKey>,
  { method, path }: ReceivedRequest,
  body: Record<string, unknown>,
): TransitResponse {
  const [mount, item, name = '', more] = path.split('/')
  if (mount !== 'transit')
    return { status: 404, body: { errors: [`no handler for route "${path}". route entry not found.`] } }
  if (item === 'keys?list=true' && method === 'GET') return keys.size === 0 ? missing : good({ keys: [...keys.keys()] })
  const key = keys.get(name)
  if (item === 'encrypt' || item === 'decrypt') {
    // The policy allows update, not create: a missing key is not created here.
    if (!key) return item === 'encrypt' ? refused : wrong('encryption key not found')
    return transform(item, key, body['batch_input'] as Item[])
  }
  if (item !== 'keys') return missing
  if (method === 'GET') return key ? good(describe(name, key)) : missing
  if (method === 'DELETE') {
    if (!key?.deletion_allowed) {
      return wrong(
        `error deleting policy ${name}: ${key ? 'deletion is not allowed for this key' : 'could not delete key; not found'}`,
      )
    }
    keys.delete(name)
    return done
  }
  if (more === 'config') {
    if (!key) return wrong('no existing key named ' + name)
    key.deletion_allowed = body['deletion_allowed'] === true
    return good(describe(name, key))
  }
  if (!key) keys.set(name, { bytes: randomBytes(32), deletion_allowed: false, exportable: body['exportable'] === true })
  return good(describe(name, keys.get(name)!))
}

function describe(name: string, { deletion_allowed, exportable }: TransitKey): object {
  return {
    name,
    type: 'aes256-gcm96',
    derived: false,
    deletion_allowed,
    exportable,
    allow_plaintext_backup: false,
    latest_version: 1,
    keys: { 1: 1_800_000_000 },
    supports_encryption: true,
    supports_decryption: true,
  }
}

interface Item {
  plaintext?: string
  ciphertext?: string
  associated_data?: string
  reference?: string
}

function transform(item: 'encrypt' | 'decrypt', { bytes }: TransitKey, items: Item[]): TransitResponse {
  const results = items.map(({ plaintext = '', ciphertext = '', associated_data = '', reference = '' }) => {
    const aad = Buffer.from(associated_data, 'base64')
    if (item === 'encrypt') {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', bytes, nonce).setAAD(aad)
      const sealed = [nonce, cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()]
      return { ciphertext: `vault:v1:${Buffer.concat(sealed).toString('base64')}`, key_version: 1, reference }
    }
    const [, version, content = ''] = ciphertext.split(':')
    if (version !== 'v1') return { plaintext: '', error: 'invalid ciphertext: version is too new', reference }
    const raw = Buffer.from(content, 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', bytes, raw.subarray(0, 12), { authTagLength: 16 }).setAAD(aad)
      decipher.setAuthTag(raw.subarray(-16))
      const opened = Buffer.concat([decipher.update(raw.subarray(12, -16)), decipher.final()])
      return { plaintext: opened.toString('base64'), reference }
    } catch {
      return { plaintext: '', error: 'cipher: message authentication failed', reference }
    }
  })
  const isBad = results.some((result) => 'error' in result)
  const response = good({ batch_results: results })
  return isBad ? { ...response, status: 400 } : response
}
