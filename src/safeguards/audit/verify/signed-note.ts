import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { canonicalJson } from './entry-bytes.ts'

/** A verifier key: `<name>+<key id>+<base64 of type ‖ key>` (C2SP signed-note). */
export interface VerifierKey {
  name: string
  id: string
  kind: 'log' | 'witness'
  key: KeyObject
}

/** A signed checkpoint (C2SP tlog-checkpoint). */
export interface SignedCheckpoint {
  origin: string
  size: number
  root: Buffer
  /** The signed text. */
  text: string
  signatures: { name: string; keyId: string; bytes: Buffer }[]
}

const kinds = new Map([
  [1, 'log'],
  [4, 'witness'],
] as const)

/** Parses a verifier key; returns the problem if the line is not one. */
export function readVerifierKey(line: string): VerifierKey | string {
  // The base64 may contain plus signs; a name may not (C2SP signed-note).
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : exactBase64(encoded)
  if (name === undefined || id === undefined || bytes?.length !== 33) {
    return 'it is not a verifier key: <name>+<8 hexadecimal digits>+<base64 of 33 bytes>'
  }
  const kind = kinds.get(bytes[0] as 1 | 4)
  if (!kind) return `its type is ${bytes[0]}; a log has 1, a witness 4`
  const own = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'hex').slice(0, 8)
  if (own !== id) return `its id is ${id} and should be ${own}: the line was changed`
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }
  return { name, id, kind, key: createPublicKey({ key: jwk, format: 'jwk' }) }
}

/** Parses the checkpoint of a signed note; returns the problem if the note is not one. */
export function readCheckpoint(note: string): SignedCheckpoint | string {
  const end = note.indexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return 'it is not a signed note: text, an empty line, signature lines'
  const text = note.slice(0, end + 1)
  const [origin, sizeText, rootText, ...more] = text.slice(0, -1).split('\n')
  const root = rootText === undefined ? undefined : exactBase64(rootText)
  if (!origin || sizeText === undefined || !/^(0|[1-9]\d{0,15})$/.test(sizeText) || root?.length !== 32) {
    return 'it is not a checkpoint: origin, size, base64 of a root hash'
  }
  if (more.length > 0) return 'it has lines after the root hash'
  const signatures = []
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const signature = readSignature(line)
    if (!signature) return 'a signature line does not have the form of C2SP signed-note'
    signatures.push(signature)
  }
  return { origin, size: Number(sizeText), root, text, signatures }
}

/** Parses a line `— <name> <base64 of key id ‖ signature>`. */
export function readSignature(line: string): SignedCheckpoint['signatures'][number] | undefined {
  const [, name, encoded] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : exactBase64(encoded)
  if (name === undefined || !bytes || bytes.length < 5) return undefined
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) }
}

/** Returns true if the log’s key signed the checkpoint; an invalid line in its name invalidates it. */
export function signedBy(checkpoint: SignedCheckpoint, key: VerifierKey): boolean {
  const own = checkpoint.signatures.filter(({ name }) => name === key.name)
  const text = Buffer.from(checkpoint.text)
  return own.length > 0 && own.every(({ keyId, bytes }) => keyId === key.id && verify(null, text, key.key, bytes))
}

/**
 * Returns when a witness cosigned (C2SP tlog-cosignature, cosignature/v1), in seconds since 1970.
 * @returns `none` if it did not, `wrong` if a line in its name is invalid
 */
export function cosignedAt(
  text: string,
  signatures: SignedCheckpoint['signatures'],
  witness: VerifierKey,
): number | 'none' | 'wrong' {
  let latest: number | 'none' = 'none'
  for (const { name, keyId, bytes } of signatures) {
    if (name !== witness.name) continue
    if (keyId !== witness.id || bytes.length !== 72) return 'wrong'
    const seconds = bytes.readBigUInt64BE(0)
    const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
    if (!verify(null, signed, witness.key, bytes.subarray(8))) return 'wrong'
    latest = Number(seconds)
  }
  return latest
}

/** Actions that explain findings, with the kind of their signature. */
const signedAs: Readonly<Record<string, string>> = {
  'log.break-accepted': 'acceptance',
  'log.pruned': 'pruning',
  'clock.stepped': 'clock step',
  'backup.restored': 'restore',
}

/** Returns true if the log’s key signed the detail of an entry of that action. */
export function isDetailSigned(
  action: string,
  { signature, ...detail }: Record<string, unknown>,
  key: VerifierKey,
): boolean {
  return isTextSigned(`seloste ${signedAs[action]} v1\n${key.name}\n${canonicalJson(detail)}\n`, signature, key)
}

/**
 * Returns the size of the log when entries began to be signed, from `<size> <signature>`; 0 if the log’s key did not sign it.
 */
export function readSignedFrom(note: string | undefined, key: VerifierKey): number {
  const [digits = '', signature] = (note?.trim() ?? '').split(' ')
  if (!/^\d{1,15}$/.test(digits)) return 0
  return isTextSigned(`seloste entries signed from v1\n${key.name}\n${digits}\n`, signature, key) ? Number(digits) : 0
}

function isTextSigned(text: string, signature: unknown, { key }: VerifierKey): boolean {
  const bytes = typeof signature === 'string' ? exactBase64(signature) : undefined
  return bytes?.length === 64 && verify(null, Buffer.from(text), key, bytes)
}

/** Decodes canonical base64 only: no spare bits, no other alphabet, no line ends. */
function exactBase64(written: string): Buffer | undefined {
  const bytes = Buffer.from(written, 'base64')
  return bytes.toString('base64') === written ? bytes : undefined
}
