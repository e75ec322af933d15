/**
 * Keys of a media line: its a=crypto lines (RFC 4568). A key is stored in an object that does not reveal its bytes when
 * printed. The lines are removed from the attributes that an answer may echo.
 */
import { createSecretKey } from 'node:crypto'
import { suiteNamed, type MasterKey } from '../srtp/suites.ts'
import type { SdpAttribute } from './read-codecs.ts'

/** One usable crypto line. */
export interface OfferedCrypto {
  /** Tag, to be repeated in the answer. */
  readonly tag: string
  /** As written in the offer. */
  readonly suiteName: string
  /** Several if packets carry an MKI that selects the key. */
  readonly keys: readonly MasterKey[]
}

const maxKeys = 16
const maxMkiBytes = 128

/** Returns the usable lines, in the client's order of preference. Lines with unsupported parameters are omitted. */
export function readCrypto(attributes: readonly SdpAttribute[]): OfferedCrypto[] {
  const offered: OfferedCrypto[] = []
  for (const { name, value } of attributes) {
    if (name !== 'crypto' || value === undefined) continue
    const [tag = '', suiteName = '', parameters = '', ...session] = value.split(/\s+/)
    const suite = suiteNamed(suiteName)
    if (!suite || !/^\d{1,9}$/.test(tag) || !session.every(isSupported)) continue
    const parts = parameters.split(';').filter(Boolean)
    const keys = parts.length > maxKeys ? [] : parts.map((part) => readKey(part, suite))
    if (keys.length === 0 || keys.includes(undefined)) continue
    const known = keys.filter((key) => key !== undefined)
    // RFC 4568 section 6.1: several keys are distinguished by an MKI, of equal length for all.
    const lengths = new Set(known.map(({ mki }) => mki?.length))
    if (lengths.size > 1 || (known.length > 1 && lengths.has(undefined))) continue
    offered.push({ tag, suiteName, keys: known })
  }
  return offered
}

/**
 * Returns true for an acceptable session parameter (RFC 4568 section 6.3). Refused: unencrypted or unauthenticated packets, and
 * key derivation during the call. A window size hint is satisfied, as ours is larger. Other parameters may be ignored only if
 * marked as optional.
 */
function isSupported(parameter: string): boolean {
  return parameter === 'KDR=0' || /^WSH=\d{2,4}$/.test(parameter) || parameter.startsWith('-')
}

/**
 * Parses `inline:<key and salt>["|" lifetime]["|" MKI ":" length]`. The lifetime is the sender's responsibility: a recorder
 * that enforced it would lose the call and protect nobody.
 */
function readKey(part: string, suite: MasterKey['suite']): MasterKey | undefined {
  const found = /^inline:([A-Za-z0-9+/]+={0,2})(?:\|(?:2\^\d{1,2}|\d{1,15}))?(?:\|(\d{1,15}):(\d{1,3}))?$/i.exec(part)
  if (!found) return undefined
  const [, written = '', mki, mkiBytes] = found
  const bytes = Buffer.from(written, 'base64')
  if (bytes.length !== suite.keyBytes + suite.saltBytes) return undefined
  const secret = createSecretKey(bytes)
  bytes.fill(0)
  if (mki === undefined) return { suite, secret }
  const length = Number(mkiBytes)
  const hex = BigInt(mki).toString(16)
  if (length < 1 || length > maxMkiBytes || hex.length > 2 * length) return undefined
  return { suite, secret, mki: Buffer.from(hex.padStart(2 * length, '0'), 'hex') }
}

/** Returns our own key as an answer's line, without lifetime and MKI. */
export function writeCrypto({ tag, suiteName }: OfferedCrypto, own: MasterKey): string {
  return `a=crypto:${tag} ${suiteName} inline:${own.secret.export().toString('base64')}`
}
