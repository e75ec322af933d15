/** Signed notes (C2SP signed-note), checkpoints in them (tlog-checkpoint) and cosignatures (tlog-cosignature, Ed25519). */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { canonicalJson } from './entry-bytes.ts'

/** The log signs notes; a witness signs that it saw one. */
const signatureTypes = { note: 0x01, cosignature: 0x04 }
type SignatureType = keyof typeof signatureTypes

export interface VerifierKey {
  name: string
  id: Buffer
  type: SignatureType
  key: KeyObject
}

export interface Signer extends VerifierKey {
  privateKey: KeyObject
}

export interface Checkpoint {
  origin: string
  size: number
  root: Buffer
}

export interface SignatureLine {
  name: string
  id: Buffer
  signature: Buffer
  /** The line in the note, without its line end. */
  line: string
}

export interface SignedCheckpoint extends Checkpoint {
  /** The signed text, including its last line end. */
  text: string
  signatures: SignatureLine[]
}

const keyBytes = 32
/** An Ed25519 public key in DER is this prefix and the key (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const maxSignatures = 32
const maxNoteLength = 64 * 1024

/** @param privateKey PKCS #8, DER */
export function makeSigner(name: string, privateKey: Buffer, type: SignatureType): Signer {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  return { ...makeVerifierKey(name, createPublicKey(key), type), privateKey: key }
}

/** Returns a verifier key with a name. */
export function makeVerifierKey(name: string, key: KeyObject, type: SignatureType): VerifierKey {
  return { name, type, key, id: keyId(name, type, rawKey(key)) }
}

/** `<name>+<key id>+<type and key>`. */
export function writeVerifierKey({ name, id, type, key }: VerifierKey): string {
  const material = Buffer.concat([Buffer.from([signatureTypes[type]]), rawKey(key)])
  return `${name}+${id.toString('hex')}+${material.toString('base64')}`
}

/** Parses a verifier key; undefined if it is none of a known kind. */
export function readVerifierKey(text: string): VerifierKey | undefined {
  const [, name, hex, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  const material = Buffer.from(base64 ?? '', 'base64')
  const type = (Object.keys(signatureTypes) as SignatureType[]).find((one) => signatureTypes[one] === material[0])
  if (name === undefined || type === undefined || material.length !== 1 + keyBytes) return undefined
  const raw = material.subarray(1)
  const id = keyId(name, type, raw)
  if (id.toString('hex') !== hex) return undefined
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' })
  return { name, type, id, key }
}

/** Returns the note of a checkpoint with the log's signature. */
export function signCheckpoint(signer: Signer, { origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`
  return `${text}\n${signatureLine(signer, sign(null, Buffer.from(text), signer.privateKey))}\n`
}

/**
 * Returns the log's signature over a statement, base64.
 * @param kind first line of the signed text, such as `seloste pruning v1`
 */
export function signStatement({ name, privateKey }: Signer, kind: string, statement: unknown): string {
  return sign(null, statementBytes(name, kind, statement), privateKey).toString('base64')
}

export function isStatementSigned(
  { name, key }: VerifierKey,
  kind: string,
  statement: unknown,
  signature: unknown,
): boolean {
  const bytes = Buffer.from(typeof signature === 'string' ? signature : '', 'base64')
  return bytes.length === 64 && verify(null, statementBytes(name, kind, statement), key, bytes)
}

function statementBytes(name: string, kind: string, statement: unknown): Buffer {
  return Buffer.from(`${kind}\n${name}\n${canonicalJson(statement)}\n`)
}

/** Returns a witness's signature line, without its line end. */
export function cosign(signer: Signer, text: string, seconds: number): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(seconds))
  return signatureLine(signer, Buffer.concat([time, sign(null, cosignedMessage(text, seconds), signer.privateKey)]))
}

/** Parses the note of a checkpoint; undefined if it is none. Use `signedBy` to verify it. */
export function readCheckpoint(note: string): SignedCheckpoint | undefined {
  if (note.length > maxNoteLength || /[\0-\x09\x0b-\x1f]/.test(note)) return undefined
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return undefined
  const text = note.slice(0, end + 1)
  const [origin, digits, base64, ...more] = text.slice(0, -1).split('\n')
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(digits ?? '') || !base64 || more.includes('')) return undefined
  const root = Buffer.from(base64, 'base64')
  if (root.length !== 32 || root.toString('base64') !== base64) return undefined
  const signatures = readSignatureLines(note.slice(end + 2))
  return signatures && { origin, size: Number(digits), root, text, signatures }
}

/** Parses the signature lines of a note or a witness's answer; undefined if a line is invalid. */
export function readSignatureLines(text: string): SignatureLine[] | undefined {
  if (!text.endsWith('\n')) return undefined
  const lines = text.slice(0, -1).split('\n')
  if (lines.length > maxSignatures) return undefined
  const read = lines.map((line) => {
    const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const bytes = Buffer.from(base64 ?? '', 'base64')
    return name === undefined || bytes.length < 5
      ? undefined
      : { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4), line }
  })
  return read.every((line) => line !== undefined) ? read : undefined
}

/** Verifies a key's signature: `none` if no line is of this key, `wrong` if one is invalid. */
export function signedBy(
  key: VerifierKey,
  { text, signatures }: Pick<SignedCheckpoint, 'text' | 'signatures'>,
): { line: string; seconds?: number } | 'none' | 'wrong' {
  const line = signatures.find(({ name, id }) => name === key.name && id.equals(key.id))
  if (!line) return 'none'
  if (key.type === 'note') {
    return verify(null, Buffer.from(text), key.key, line.signature) ? { line: line.line } : 'wrong'
  }
  if (line.signature.length !== 72) return 'wrong'
  const seconds = Number(line.signature.readBigUInt64BE(0))
  return verify(null, cosignedMessage(text, seconds), key.key, line.signature.subarray(8))
    ? { line: line.line, seconds }
    : 'wrong'
}

function cosignedMessage(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
}

function signatureLine({ name, id }: VerifierKey, signature: Buffer): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}`
}

function keyId(name: string, type: SignatureType, raw: Buffer): Buffer {
  const hash = createHash('sha256')
    .update(name)
    .update('\n')
    .update(Buffer.from([signatureTypes[type]]))
    .update(raw)
  return hash.digest().subarray(0, 4)
}

function rawKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length)
}
