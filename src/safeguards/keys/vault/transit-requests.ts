/**
 * Requests to the transit engine of a Vault or OpenBao (its HTTP API, /v1). Each request has its own connection: on a shared
 * one a second answer to the last request could be taken for the answer to this one. Messages contain no token.
 */
import { readFile } from 'node:fs/promises'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import type { KeyStoreSettings } from '#platform/config/key-store.ts'
import { KeyStoreFault } from '../key-store.ts'
import { readSecretFile } from '../secret-file.ts'

export interface Answer {
  /** 200, 204, 400 or 404; others are thrown as faults. */
  status: number
  data: Readonly<Record<string, unknown>>
  errors: readonly string[]
  /** The server's id of this request, if it gives one. */
  requestId: string | undefined
}

export interface Timing {
  /** Timeout of one request, from the first byte to the last. */
  requestMs: number
  /** Pause before the second attempt; four times as long before the third. */
  pauseMs: number
}

export type TransitRequest = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Answer>

type TransitSettings = Extract<KeyStoreSettings, { kind: 'vault' }>

const tries = 3
/** Enough for thousands of wrapped keys. */
const maxAnswerBytes = 16 * 1024 * 1024

/** Every request can be retried: the caller checks the state afterwards. */
export function createTransitRequest(location: TransitSettings, { requestMs, pauseMs }: Timing): TransitRequest {
  const unavailableFault = (reason: string, cause?: unknown) =>
    new KeyStoreFault('KEY_STORE_AWAY', `the key server ${location.url} ${reason}`, cause)

  return async (method, path, body) => {
    let usedToken: string | undefined
    for (let attempt = 1; ; attempt++) {
      const token = await readSecretFile(location.tokenFile, 'the token of the key server')
      try {
        const { status, text } = await send(location, { method, path, body, token, requestMs })
        if (status === 403) {
          // The token was renewed between reading it and the answer: retry with the new one.
          const isRenewed = (await readSecretFile(location.tokenFile, 'the token of the key server')) !== token
          if (isRenewed && attempt < tries && usedToken !== token) {
            usedToken = token
            continue
          }
          throw unavailableFault(
            `refuses ${method} ${path} (403): renew the token in ${location.tokenFile}, or its policy`,
          )
        }
        const answer = read(status, text)
        if (answer) return answer
        const isSealed = status === 503 && text.includes('sealed')
        const reason = isSealed
          ? 'is sealed: unseal it'
          : `answers ${method} ${path} with ${status}, unlike a transit engine`
        if (attempt === tries || !isRetryable(status)) throw unavailableFault(reason)
      } catch (error) {
        if (error instanceof KeyStoreFault) throw error
        const { code, message } = error as NodeJS.ErrnoException
        if (attempt === tries)
          throw unavailableFault(`does not answer ${method} ${path} (${code ?? message}); asked ${tries} times`, error)
      }
      await pause(pauseMs * 4 ** (attempt - 1))
    }
  }
}

/** A 400 is about the request: retrying does not help. */
function isRetryable(status: number): boolean {
  return status === 412 || status === 429 || status >= 500 || status === 200
}

/** Parses the answer of a transit engine; undefined if it is from something else. */
function read(status: number, text: string): Answer | undefined {
  if (status === 204 && text === '') return { status, data: {}, errors: [], requestId: undefined }
  if (status !== 200 && status !== 400 && status !== 404) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(json)) return undefined
  const { data, errors, request_id: id } = json
  const isAnswer = isRecord(data) || Array.isArray(errors)
  if (!isAnswer || (status === 200 && !isRecord(data))) return undefined
  return {
    status,
    data: isRecord(data) ? data : {},
    errors: Array.isArray(errors) ? errors.map(String) : [],
    requestId: typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : undefined,
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface OutgoingRequest {
  method: string
  path: string
  body: object | undefined
  token: string
  requestMs: number
}

async function send(
  { url, namespace, caFile }: TransitSettings,
  { method, path, body, token, requestMs }: OutgoingRequest,
): Promise<{ status: number; text: string }> {
  const content = body && Buffer.from(JSON.stringify(body))
  const isTls = url.startsWith('https:')
  const ca = isTls && caFile !== undefined ? await readFile(caFile) : undefined
  return new Promise((resolve, reject) => {
    const request = (isTls ? requestTls : requestPlain)(`${url}/v1/${path}`, {
      method,
      agent: false,
      signal: AbortSignal.timeout(requestMs),
      ...(ca && { ca }),
      headers: {
        connection: 'close',
        'x-vault-request': 'true',
        'x-vault-token': token,
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
        ...(content && { 'content-type': 'application/json', 'content-length': content.length }),
      },
    })
    request.once('error', reject)
    request.once('response', (response) => {
      const parts: Buffer[] = []
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size > maxAnswerBytes) response.destroy(new Error(`an answer of more than ${maxAnswerBytes} bytes`))
        else parts.push(part)
      })
      response.once('error', reject)
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') })
      })
    })
    request.end(content)
  })
}
