/**
 * The age v1 header for an X25519 recipient (https://age-encryption.org/v1, https://c2sp.org/age). Only one recipient;
 * passphrases are in passphrase-header.ts.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { decodeBech32, encodeBech32 } from './bech32.ts'
import { AgeFault } from './faults.ts'

const versionLine = 'age-encryption.org/v1'
const x25519Info = 'age-encryption.org/v1/X25519'
const fileKeyBytes = 16
const columns = 64

/** A key pair: `identity` (`AGE-SECRET-KEY-1...`) opens what is sealed to `recipient` (`age1...`). */
export type KeyPair = { identity: string; recipient: string }

/** Generates an X25519 pair. `secret` (32 bytes) is a parameter for repeatable tests. */
export function generateKeyPair(secret: Buffer = randomBytes(32)): KeyPair {
  return {
    identity: encodeBech32('age-secret-key-', secret).toUpperCase(),
    recipient: encodeBech32('age', publicHalf(secret)),
  }
}

/**
 * Returns the `age1...` recipient of an `AGE-SECRET-KEY-1...` identity.
 * @throws AgeFault `age-key-malformed`
 */
export function recipientOf(identity: string): string {
  return encodeBech32('age', publicHalf(decodeKey('age-secret-key-', identity)))
}

/** Returns true if the text is an `age1...` recipient. */
export function isRecipient(text: string): boolean {
  return decodeBech32('age', text)?.length === 32 && text === text.toLowerCase()
}

/**
 * Writes the header for one recipient.
 * @returns the header (ASCII, ends with a newline) and the 16-byte file key
 * @throws AgeFault `age-key-malformed` when `recipient` is not an `age1...` X25519 key
 */
export function writeAgeHeader(
  recipient: string,
  random: (size: number) => Buffer = randomBytes,
): { header: Buffer; fileKey: Buffer } {
  const theirs = decodeKey('age', recipient)
  const fileKey = random(fileKeyBytes)
  const ephemeral = random(32)
  const share = publicHalf(ephemeral)
  const wrapKey = deriveWrapKey(agree(ephemeral, theirs), share, theirs)
  const cipher = createCipheriv('chacha20-poly1305', wrapKey, Buffer.alloc(12), { authTagLength: 16 })
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
  return { header: signHeader(fileKey, `X25519 ${base64(share)}`, body), fileKey }
}

/** Returns a signed header with one stanza of 32 bytes. `stanza` is its type and arguments. */
export function signHeader(fileKey: Buffer, stanza: string, body: Buffer): Buffer {
  const unsigned = `${versionLine}\n-> ${stanza}\n${base64(body)}\n---`
  return Buffer.from(`${unsigned} ${base64(headerMac(fileKey, unsigned))}\n`)
}

/**
 * Opens a header with an identity.
 * @returns the 16-byte file key
 * @throws AgeFault `age-header-malformed`, `age-no-identity-match`, `age-header-mac` or `age-key-malformed`
 */
export function readAgeHeader(header: Uint8Array, identity: string): Buffer {
  const secret = decodeKey('age-secret-key-', identity)
  const { stanzas, unsigned, mac } = parse(Buffer.from(header).toString('latin1'))
  for (const { type, args, body } of stanzas) {
    if (type !== 'X25519') continue
    const share = args.length === 1 ? fromBase64(args[0]!) : undefined
    if (share?.length !== 32 || body.length !== fileKeyBytes + 16) throw new AgeFault('age-header-malformed')
    const fileKey = unwrap(secret, share, body)
    if (fileKey === undefined) continue
    if (!timingSafeEqual(headerMac(fileKey, unsigned), mac)) throw new AgeFault('age-header-mac')
    return fileKey
  }
  throw new AgeFault('age-no-identity-match')
}

type Stanza = { type: string; args: string[]; body: Buffer }

function parse(text: string): { stanzas: Stanza[]; unsigned: string; mac: Buffer } {
  const lines = text.split('\n')
  const malformed = (reason: string) => new AgeFault('age-header-malformed', reason)
  if (lines[0] !== versionLine) throw malformed('version line')
  const stanzas: Stanza[] = []
  let at = 1
  while (lines[at]?.startsWith('-> ')) {
    const [type, ...args] = lines[at++]!.slice(3).split(' ')
    if (!type || args.includes('')) throw malformed('stanza')
    // A body line of exactly 64 columns is followed by another line, even an empty one.
    let encoded = ''
    let line: string | undefined
    do {
      line = lines[at++]
      if (line === undefined || line.length > columns) throw malformed('stanza body')
      encoded += line
    } while (line.length === columns)
    const body = fromBase64(encoded)
    if (body === undefined) throw malformed('base64')
    stanzas.push({ type, args, body })
  }
  const last = lines[at]
  const mac = last?.startsWith('--- ') ? fromBase64(last.slice(4)) : undefined
  if (mac?.length !== 32) throw malformed('MAC line')
  if (stanzas.length === 0) throw malformed('no stanza')
  if (lines.length !== at + 2 || lines[at + 1] !== '') throw malformed('bytes after the MAC line')
  return { stanzas, unsigned: `${lines.slice(0, at).join('\n')}\n---`, mac }
}

function unwrap(secret: Buffer, share: Buffer, body: Buffer): Buffer | undefined {
  const wrapKey = deriveWrapKey(agree(secret, share), share, publicHalf(secret))
  const decipher = createDecipheriv('chacha20-poly1305', wrapKey, Buffer.alloc(12), { authTagLength: 16 })
  decipher.setAuthTag(body.subarray(fileKeyBytes))
  const fileKey = decipher.update(body.subarray(0, fileKeyBytes))
  try {
    decipher.final()
  } catch {
    return undefined // Sealed to somebody else: the format has no other way to tell.
  }
  return fileKey
}

function deriveWrapKey(shared: Buffer, share: Buffer, recipient: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), x25519Info, 32))
}

function headerMac(fileKey: Buffer, unsigned: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', fileKey, '', 'header', 32))
  return createHmac('sha256', key).update(unsigned).digest()
}

// RFC 8410: the DER around a raw X25519 key is constant.
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex')

function privateKey(secret: Buffer) {
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' })
}

function publicHalf(secret: Buffer): Buffer {
  return createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length)
}

function agree(secret: Buffer, theirs: Buffer): Buffer {
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, theirs]), format: 'der', type: 'spki' })
  try {
    return diffieHellman({ privateKey: privateKey(secret), publicKey }) // OpenSSL refuses the all-zero secret (RFC 7748).
  } catch (cause) {
    throw new AgeFault('age-key-malformed', 'low-order point', cause)
  }
}

function decodeKey(prefix: string, text: string): Buffer {
  const bytes = decodeBech32(prefix, text)
  if (bytes?.length !== 32) throw new AgeFault('age-key-malformed')
  return bytes
}

/** Encodes as base64 without padding, as in age. */
export function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

/** Decodes canonical, unpadded base64; undefined for anything else. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return base64(bytes) === text ? bytes : undefined
}
