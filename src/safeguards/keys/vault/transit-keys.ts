/**
 * Wrapping keys in the transit engine of a Vault or OpenBao. Wrapped data are the key's version (4 bytes), nonce, content, tag.
 * Keys cannot be exported, and every answer is verified.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { KeyStoreSettings } from '#platform/config/key-store.ts'
import { forgedKey, KeyStoreFault, missingKey, type Unwrapped, type Wrapped } from '../key-store.ts'
import type { WrappingKeys } from '../wrapping-keys.ts'
import { createTransitRequest, isRecord, type Answer, type TransitRequest, type Timing } from './transit-requests.ts'

const maxBatchItems = 1024
const wanted = { type: 'aes256-gcm96', derived: false, exportable: false, allow_plaintext_backup: false }
const versionBytes = 4
/** A nonce and a tag are 28 bytes. */
const minBytes = versionBytes + 28
const ciphertextShape = /^vault:v([1-9]\d{0,8}):([A-Za-z0-9+/]+={0,2})$/
const defaultTiming: Timing = { requestMs: 10_000, pauseMs: 200 }

/**
 * @throws KeyStoreFault KEY_STORE_AWAY, KEY_STORE_OPEN_TO_OTHERS
 */
export async function openTransit(
  settings: Extract<KeyStoreSettings, { kind: 'vault' }>,
  timing: Timing = defaultTiming,
): Promise<WrappingKeys> {
  const { mount, prefix, url } = settings
  const send = createTransitRequest(settings, timing)
  const pathOf = (operation: 'keys' | 'encrypt' | 'decrypt', label: string) => `${mount}/${operation}/${prefix}${label}`
  const unexpected = (operation: string, { status, errors }: Answer) =>
    new KeyStoreFault('KEY_STORE_AWAY', `the key server ${url} answers ${operation} with ${status}${messageOf(errors)}`)

  /** Returns the server's description of a key; undefined if the server reports that there is none. */
  const readKey = async (label: string): Promise<Answer | undefined> => {
    const path = pathOf('keys', label)
    const answer = await send('GET', path)
    if (answer.status === 200) {
      if (answer.data['name'] === `${prefix}${label}`) return answer
      throw new KeyStoreFault('KEY_STORE_AWAY', `the key server ${url} was asked for ${path} but returned another key`)
    }
    // A missing route, a proxy or a wrong namespace has an error text; a missing key has none.
    if (answer.status === 404 && answer.errors.length === 0) return undefined
    throw unexpected(`GET ${path}`, answer)
  }

  /** Checks the key as the server has it, not as requested: some properties can be changed later. */
  const assertNotExportable = (label: string, { data }: Answer) => {
    for (const [name, value] of Object.entries({ ...wanted, supports_decryption: true })) {
      if (data[name] === value) continue
      const reason = `its ${name} is ${JSON.stringify(data[name])}`
      throw new KeyStoreFault(
        'KEY_STORE_OPEN_TO_OTHERS',
        `the key ${prefix}${label} at ${url} cannot be used: ${reason}`,
      )
    }
  }

  const orUnexpected = (path: string) => (error: unknown) => {
    throw error instanceof RefusedBatch ? unexpected(`POST ${path}`, error.answer) : error
  }

  const encrypt = async (label: string, items: readonly Unwrapped[]): Promise<Buffer[]> => {
    const path = pathOf('encrypt', label)
    const batch = items.map(({ secret, purpose }) => ({ plaintext: secret.toString('base64'), ...associated(purpose) }))
    const results = await requestBatch(send, path, batch).catch(orUnexpected(path))
    return results.map((result) => {
      const [, version, content] = ciphertextShape.exec(String(result['ciphertext'])) ?? []
      if (version === undefined || content === undefined) {
        throw new KeyStoreFault('KEY_STORE_AWAY', `the key server ${url} wrapped nothing under ${label}`)
      }
      const bytes = Buffer.alloc(versionBytes)
      bytes.writeUInt32BE(Number(version))
      return Buffer.concat([bytes, Buffer.from(content, 'base64')])
    })
  }

  /** Undefined for an item that does not open. */
  const decrypt = async (label: string, items: readonly Wrapped[]): Promise<(Buffer | undefined)[]> => {
    const results = await requestBatch(
      send,
      pathOf('decrypt', label),
      items.map(({ wrapped, purpose }) => ({ ciphertext: ciphertextOf(wrapped), ...associated(purpose) })),
    )
    return results.map(({ plaintext, error }) => {
      if (typeof error === 'string' && error !== '') return undefined
      if (typeof plaintext === 'string') return Buffer.from(plaintext, 'base64')
      throw new KeyStoreFault('KEY_STORE_AWAY', `the key server ${url} unwrapped nothing of ${label}`)
    })
  }

  // Checks mount and token at the start rather than at the first destruction.
  await listKeys()

  async function listKeys(): Promise<string[]> {
    // By GET: some proxies do not pass the method LIST.
    const path = `${mount}/keys?list=true`
    const answer = await send('GET', path)
    if (answer.status === 404 && answer.errors.length === 0) return []
    const { keys } = answer.data
    if (answer.status !== 200 || !Array.isArray(keys)) throw unexpected(`GET ${path}`, answer)
    return keys.map(String)
  }

  return {
    kind: 'vault',
    async make(label) {
      if (await readKey(label)) throw new KeyStoreFault('KEY_EXISTS', `key ${label} exists already`)
      const answer = await send('POST', pathOf('keys', label), wanted)
      if (answer.status > 204) throw unexpected(`POST ${pathOf('keys', label)}`, answer)
      const made = await readKey(label)
      if (!made)
        throw new KeyStoreFault('KEY_STORE_AWAY', `the key server ${url} created ${label} but does not have it`)
      assertNotExportable(label, made)
    },
    async wrap(label, items) {
      if (items.length === 0) return []
      // The server may create a missing key on encryption.
      const key = await readKey(label)
      if (!key) throw missingKey(label)
      assertNotExportable(label, key)
      const all: Buffer[] = []
      for (const some of inBatches(items)) {
        const wrapped = await encrypt(label, some)
        const sealed = some.map(({ purpose }, index) => ({ wrapped: wrapped[index]!, purpose }))
        const again = await decrypt(label, sealed).catch(orUnexpected(pathOf('decrypt', label)))
        // Verifies that it opens again before it replaces anything.
        if (!some.every(({ secret }, index) => again[index]?.equals(secret))) {
          throw new KeyStoreFault(
            'KEY_FORGED',
            `the key server ${url} wrapped something else under ${label} than it was given`,
          )
        }
        all.push(...wrapped)
      }
      return all
    },
    async unwrap(label, items) {
      if (items.length === 0) return []
      const all: Buffer[] = []
      try {
        for (const some of inBatches(items)) {
          const short = some.find(({ wrapped }) => wrapped.length < minBytes)
          if (short) throw forgedKey(label, short.purpose)
          for (const [index, secret] of (await decrypt(label, some)).entries()) {
            if (!secret) throw forgedKey(label, some[index]!.purpose)
            all.push(secret)
          }
        }
      } catch (error) {
        // Ask for the key itself to learn whether it is missing.
        if (error instanceof RefusedBatch) {
          if (!(await readKey(label))) throw missingKey(label)
          throw unexpected(`POST ${pathOf('decrypt', label)}`, error.answer)
        }
        throw error
      }
      return all
    },
    has: async (label) => (await readKey(label)) !== undefined,
    async destroy(label) {
      const key = await readKey(label)
      if (!key) return undefined
      const probe: Unwrapped = { secret: randomBytes(32), purpose: `destruction ${label}` }
      const [sealed] = await encrypt(label, [probe])
      const allowed = await send('POST', `${pathOf('keys', label)}/config`, { deletion_allowed: true })
      if (allowed.status > 204) throw unexpected(`POST ${pathOf('keys', label)}/config`, allowed)
      // The state afterwards counts, not the answers.
      const deleted = await send('DELETE', pathOf('keys', label))
      const stays = (answer: string) =>
        new KeyStoreFault('KEY_STAYS', `the key server ${url} was told to destroy ${prefix}${label}, ${answer}`)
      if (await readKey(label)) throw stays(`and it is still there (${deleted.status}${messageOf(deleted.errors)})`)
      const opened = await decrypt(label, [{ wrapped: sealed!, purpose: probe.purpose }]).catch((error: unknown) => {
        if (error instanceof RefusedBatch) return [undefined]
        throw error
      })
      if (opened[0]) throw stays('says that it is gone, and still decrypts with it')
      const request = key.requestId === undefined ? '' : ` (request ${key.requestId})`
      return `found${request}, deleted, then not found, and what it had wrapped no longer opened`
    },
    labels: async () =>
      (await listKeys()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  }
}

/** A batch that was refused as a whole. */
class RefusedBatch extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`refused with ${answer.status}${messageOf(answer.errors)}`)
    this.name = 'RefusedBatch'
    this.answer = answer
  }
}

/** Sends a batch as one request; the results are in order and of this request. */
async function requestBatch(
  request: TransitRequest,
  path: string,
  items: readonly object[],
): Promise<Record<string, unknown>[]> {
  const run = randomUUID()
  const answer = await request('POST', path, {
    batch_input: items.map((item, index) => ({ ...item, reference: `${run}.${index}` })),
  })
  const results = answer.data['batch_results']
  if (!Array.isArray(results)) throw new RefusedBatch(answer)
  const isOurs = (result: unknown, index: number): result is Record<string, unknown> => {
    if (!isRecord(result)) return false
    const { reference } = result
    // Servers from before 2023 have no references.
    return reference === undefined || reference === '' || reference === `${run}.${index}`
  }
  if (results.length !== items.length || !results.every(isOurs)) {
    throw new KeyStoreFault(
      'KEY_STORE_AWAY',
      `the key server answered POST ${path} with the results of another request`,
    )
  }
  return results
}

function* inBatches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += maxBatchItems) yield items.slice(from, from + maxBatchItems)
}

/** An empty purpose is left out. */
function associated(purpose: string): { associated_data?: string } {
  return purpose === '' ? {} : { associated_data: Buffer.from(purpose).toString('base64') }
}

/** Stored as bytes, not text: two texts can encode the same bytes, and a changed bit must be detected. */
function ciphertextOf(wrapped: Buffer): string {
  return `vault:v${wrapped.readUInt32BE(0)}:${wrapped.subarray(versionBytes).toString('base64')}`
}

function messageOf(errors: readonly string[]): string {
  return errors.length === 0 ? '' : ` (${errors.join('; ').replace(/\s+/g, ' ').slice(0, 200)})`
}
