/**
 * Wrapping keys in a token of a PKCS#11 module: a hardware security module, or SoftHSM. Data are wrapped by AES-256-GCM in the
 * token, in the layout of wrap.ts. Keys cannot be extracted, and a key counts as missing only in the right token.
 */
import { randomBytes } from 'node:crypto'
import type { KeyStoreSettings } from '#platform/config/key-store.ts'
import { forgedKey, KeyStoreFault, missingKey, type Unwrapped, type Wrapped } from '../key-store.ts'
import type { WrappingKeys } from '../wrapping-keys.ts'
import { loadModule, returned } from './cryptoki.ts'
import { createTokenSession, ReturnedError, type OpenSession } from './token-session.ts'
import { attribute, isTrue, putTemplate, type Attribute } from './template.ts'

const [keyGen, gcm] = [0x1080, 0x1087]
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
const maxSecretLength = 32 * 1024
/** Prefix of our keys in a token with others. */
const prefix = 'seloste:'
/** A permanent key that identifies the token as ours. */
const markerLabel = `${prefix}here_`

/**
 * Opens a token.
 * @param maxCallMs timeout after which a call counts as unanswered
 * @throws KeyStoreFault KEY_STORE_AWAY, KEY_STORE_OPEN_TO_OTHERS
 */
export async function openToken(
  settings: Extract<KeyStoreSettings, { kind: 'pkcs11' }>,
  maxCallMs?: number,
): Promise<WrappingKeys> {
  const token = createTokenSession(await loadModule(settings.module), settings, maxCallMs)

  const assertOurs = async (session: OpenSession) => {
    await session.assertSignedIn()
    if ((await find(session, markerLabel)).length > 0) return
    throw session.gone('it is another token, or was emptied: it does not have Seloste’s marker')
  }
  /** Returns the handles of a label. That there are none is accepted only from our own token. */
  const handlesOf = async (session: OpenSession, label: string) => {
    const handles = await find(session, `${prefix}${label}`)
    if (handles.length === 0) await assertOurs(session)
    return handles
  }
  const handleOf = async (session: OpenSession, label: string) => {
    const [handle, ...more] = await handlesOf(session, label)
    if (handle === undefined) throw missingKey(label)
    if (more.length === 0) return handle
    throw new KeyStoreFault(
      'KEY_STORE_AWAY',
      `the token "${settings.token}" has ${more.length + 1} keys ${prefix}${label}`,
    )
  }

  await token.use(async (session) => {
    if ((await find(session, markerLabel)).length === 0) await generate(session, markerLabel)
  })

  return {
    kind: 'pkcs11',
    make: (label) => {
      let isFirst = true
      return token.use(async (session) => {
        // If the session was lost meanwhile, an existing key is the one just made.
        const existing = await handlesOf(session, label)
        if (existing.length > 0 && isFirst) throw keyExistsFault(label)
        isFirst = false
        const created = existing[0] ?? (await generate(session, `${prefix}${label}`))
        const [handle, ...more] = await find(session, `${prefix}${label}`)
        if (handle === undefined)
          throw new KeyStoreFault('KEY_STORE_AWAY', `the token created ${label} but does not have it`)
        if (more.length > 0) {
          // Another process made a key of this name at the same time: that key is used, or none.
          await session.call('C_DestroyObject', session.handle, created)
          throw keyExistsFault(label)
        }
        await assertNotExtractable(session, handle, label).catch(async (error: unknown) => {
          await session.call('C_DestroyObject', session.handle, created)
          throw error
        })
      })
    },
    wrap: (label, items) =>
      token.use(async (session) => {
        const key = await handleOf(session, label)
        await assertNotExtractable(session, key, label)
        const wrapped: Buffer[] = []
        for (const item of items) {
          const one = await encrypt(session, key, item)
          // Verifies that it opens again before it replaces anything.
          const again = await decrypt(session, key, { wrapped: one, purpose: item.purpose })
          if (!again?.equals(item.secret)) {
            throw new KeyStoreFault('KEY_FORGED', `the token wrapped something else under ${label} than it was given`)
          }
          wrapped.push(one)
        }
        return wrapped
      }),
    unwrap: (label, items) =>
      token.use(async (session) => {
        const key = await handleOf(session, label)
        const secrets: Buffer[] = []
        for (const item of items) {
          const secret = await decrypt(session, key, item)
          if (!secret) throw forgedKey(label, item.purpose)
          secrets.push(secret)
        }
        return secrets
      }),
    has: (label) => token.use(async (session) => (await handlesOf(session, label)).length > 0),
    destroy: (label) => {
      let destroyed = 0
      return token.use(async (session) => {
        for (const handle of await handlesOf(session, label)) {
          try {
            await session.call('C_DestroyObject', session.handle, handle)
          } catch (error) {
            // Destroyed by another process since; the search below decides.
            if (!(error instanceof ReturnedError && error.code === returned.CKR_OBJECT_HANDLE_INVALID)) throw error
          }
          destroyed++
          session.memory.clear()
        }
        const remaining = await handlesOf(session, label)
        if (remaining.length > 0) {
          throw new KeyStoreFault('KEY_STAYS', `the token "${settings.token}" still has the key ${prefix}${label}`)
        }
        return destroyed === 0 ? undefined : 'destroyed in the token, then looked for and not found'
      })
    },
    labels: () =>
      token.use(async (session) => {
        const labels: string[] = []
        for (const handle of await find(session, undefined)) {
          const label = await labelOf(session, handle)
          if (label.startsWith(prefix) && label !== markerLabel) labels.push(label.slice(prefix.length))
        }
        await assertOurs(session)
        return labels
      }),
  }
}

function keyExistsFault(label: string): KeyStoreFault {
  return new KeyStoreFault('KEY_EXISTS', `key ${label} exists already`)
}

/** Returns secret AES keys with this label, or with any. */
async function find(session: OpenSession, label: string | undefined): Promise<number[]> {
  const { memory } = session
  const wanted: Attribute[] = [attribute.secretKey, attribute.aes, attribute.onToken]
  if (label !== undefined) wanted.push(attribute.label(label))
  const template = putTemplate(memory, wanted)
  const atOnce = 64
  const found: number[] = []
  const [handles, count] = [memory.put(8 * atOnce), memory.put(8)]
  await session.call('C_FindObjectsInit', session.handle, template.address, wanted.length)
  for (let more = atOnce; more === atOnce;) {
    await session.call('C_FindObjects', session.handle, handles.address, atOnce, count.address)
    more = Number(count.bytes.readBigUInt64LE(0))
    for (let at = 0; at < more; at++) found.push(Number(handles.bytes.readBigUInt64LE(8 * at)))
  }
  await session.call('C_FindObjectsFinal', session.handle)
  memory.clear()
  return found
}

async function generate(session: OpenSession, label: string): Promise<number> {
  const { memory } = session
  const wanted = [
    attribute.secretKey,
    attribute.aes,
    attribute.onToken,
    attribute.isPrivate,
    attribute.sensitive,
    attribute.notExtractable,
    attribute.encrypts,
    attribute.decrypts,
    attribute.label(label),
    attribute.valueBytes(keyBytes),
  ]
  const mechanism = memory.put(24)
  mechanism.bytes.writeBigUInt64LE(BigInt(keyGen), 0)
  const [template, handle] = [putTemplate(memory, wanted), memory.put(8)]
  await session.call(
    'C_GenerateKey',
    session.handle,
    mechanism.address,
    template.address,
    wanted.length,
    handle.address,
  )
  const made = Number(handle.bytes.readBigUInt64LE(0))
  memory.clear()
  return made
}

/** Checks the key's attributes as the token reports them, not as requested. */
async function assertNotExtractable(session: OpenSession, key: number, label: string): Promise<void> {
  const { memory } = session
  const wantedAttributes = [attribute.sensitive, attribute.notExtractable]
  const template = putTemplate(memory, wantedAttributes)
  await session.call('C_GetAttributeValue', session.handle, key, template.address, wantedAttributes.length)
  const [isSensitive, isExtractable] = template.values.map(isTrue)
  memory.clear()
  if (isSensitive && !isExtractable) return
  throw new KeyStoreFault(
    'KEY_STORE_OPEN_TO_OTHERS',
    `the token would let the key ${label} be extracted: it cannot be used`,
  )
}

async function labelOf(session: OpenSession, object: number): Promise<string> {
  const { memory } = session
  // 128 bytes exceed any label of ours.
  const template = putTemplate(memory, [attribute.label(' '.repeat(128))])
  try {
    await session.call('C_GetAttributeValue', session.handle, object, template.address, 1)
    return template.values[0]!.subarray(0, template.lengthOf(0)).toString('utf8')
  } catch (error) {
    const bufferTooSmall = 0x150
    const notOurs =
      error instanceof ReturnedError &&
      (error.code === bufferTooSmall || error.code === returned.CKR_OBJECT_HANDLE_INVALID)
    if (notOurs) return ''
    throw error
  } finally {
    memory.clear()
  }
}

async function encrypt(session: OpenSession, key: number, { secret, purpose }: Unwrapped): Promise<Buffer> {
  if (secret.length > maxSecretLength)
    throw new RangeError(`a secret of ${secret.length} bytes is too long for a token`)
  const { memory } = session
  const nonce = memory.put(randomBytes(nonceBytes))
  await session.call('C_EncryptInit', session.handle, gcmMechanism(session, nonce, purpose), key)
  const [input, output, length] = [memory.put(secret), memory.put(secret.length + tagBytes), memory.put(8)]
  length.bytes.writeBigUInt64LE(BigInt(output.bytes.length))
  await session.call('C_Encrypt', session.handle, input.address, secret.length, output.address, length.address)
  // Some modules replace our nonce with their own: use what is there.
  const wrapped = Buffer.concat([nonce.bytes, output.bytes.subarray(0, Number(length.bytes.readBigUInt64LE(0)))])
  memory.clear()
  return wrapped
}

/** Undefined if the tag is wrong. */
async function decrypt(session: OpenSession, key: number, { wrapped, purpose }: Wrapped): Promise<Buffer | undefined> {
  if (wrapped.length < nonceBytes + tagBytes) return undefined
  const { memory } = session
  const nonce = memory.put(wrapped.subarray(0, nonceBytes))
  await session.call('C_DecryptInit', session.handle, gcmMechanism(session, nonce, purpose), key)
  const input = memory.put(wrapped.subarray(nonceBytes))
  const [output, length] = [memory.put(wrapped.length), memory.put(8)]
  length.bytes.writeBigUInt64LE(BigInt(output.bytes.length))
  try {
    await session.call('C_Decrypt', session.handle, input.address, input.bytes.length, output.address, length.address)
    return Buffer.from(output.bytes.subarray(0, Number(length.bytes.readBigUInt64LE(0))))
  } catch (error) {
    if (error instanceof ReturnedError && forged.includes(error.code)) return undefined
    // Some modules report a wrong tag with a generic error: then check whether the key opens what it wraps now.
    const isUnclear = error instanceof ReturnedError && genericErrors.includes(error.code) && purpose !== probe
    if (!isUnclear) throw error
  } finally {
    memory.clear()
  }
  const secret = Buffer.from(probe)
  const opened = await decrypt(session, key, {
    wrapped: await encrypt(session, key, { secret, purpose: probe }),
    purpose: probe,
  })
  if (!opened?.equals(secret)) throw new ReturnedError('C_Decrypt', returned.CKR_DEVICE_ERROR)
  return undefined
}

const probe = 'seloste-probe'
/** Errors that mean a wrong tag. */
const forged: readonly number[] = [returned.CKR_ENCRYPTED_DATA_INVALID, returned.CKR_ENCRYPTED_DATA_LEN_RANGE]
const genericErrors: readonly number[] = [returned.CKR_GENERAL_ERROR, returned.CKR_FUNCTION_FAILED]

/**
 * CK_MECHANISM with CK_GCM_PARAMS: nonce, its length in bytes and in bits, the purpose and its length, the tag length in bits.
 */
function gcmMechanism({ memory }: OpenSession, nonce: { address: bigint }, purpose: string): bigint {
  const aad = Buffer.from(purpose)
  const [parameters, mechanism] = [memory.put(48), memory.put(24)]
  const location = aad.length > 0 ? memory.put(aad).address : 0n
  for (const [index, value] of [
    nonce.address,
    nonceBytes,
    nonceBytes * 8,
    location,
    aad.length,
    tagBytes * 8,
  ].entries()) {
    parameters.bytes.writeBigUInt64LE(BigInt(value), 8 * index)
  }
  for (const [index, value] of [gcm, parameters.address, parameters.bytes.length].entries()) {
    mechanism.bytes.writeBigUInt64LE(BigInt(value), 8 * index)
  }
  return mechanism.address
}
