/**
 * The keys of a media line: its a=crypto lines (RFC 4568). A key goes into an object that shows its bytes to nobody who
 * prints it, and the lines do not stay among the attributes that an answer may echo.
 */
import { createSecretKey } from 'node:crypto'
import { suiteNamed, type MasterKey } from '../srtp/suites.ts'
import type { SdpAttribute } from './read-codecs.ts'

/** One crypto line that can be taken up. */
export interface OfferedCrypto {
  /** What the answer must repeat. */
  readonly tag: string
  /** As written in the offer. */
  readonly suiteName: string
  /** Several where packets say by an MKI which they are under. */
  readonly keys: readonly MasterKey[]
}

const mostKeys = 16
const longestMkiBytes = 128

/** The usable lines, in the client's order of preference; a line that asks for what is not done here is left out. */
export function readCrypto(attributes: readonly SdpAttribute[]): OfferedCrypto[] {
  const offered: OfferedCrypto[] = []
  for (const { name, value } of attributes) {
    if (name !== 'crypto' || value === undefined) continue
    const [tag = '', suiteName = '', parameters = '', ...session] = value.split(/\s+/)
    const suite = suiteNamed(suiteName)
    if (!suite || !/^\d{1,9}$/.test(tag) || !session.every(canBeKept)) continue
    const parts = parameters.split(';').filter(Boolean)
    const keys = parts.length > mostKeys ? [] : parts.map((part) => readKey(part, suite))
    if (keys.length === 0 || keys.includes(undefined)) continue
    const known = keys.filter((key) => key !== undefined)
    // RFC 4568 section 6.1: several keys are told apart by an MKI, and it is as long for all.
    const lengths = new Set(known.map(({ mki }) => mki?.length))
    if (lengths.size > 1 || (known.length > 1 && lengths.has(undefined))) continue
    offered.push({ tag, suiteName, keys: known })
  }
  return offered
}

/**
 * RFC 4568 section 6.3. What leaves a packet unencrypted or unauthenticated is refused, a key derived anew in the call too;
 * a hint for the window is heeded by ours being larger; of others, only those marked as optional may be passed over.
 */
function canBeKept(parameter: string): boolean {
  return parameter === 'KDR=0' || /^WSH=\d{2,4}$/.test(parameter) || parameter.startsWith('-')
}

/**
 * `inline:<key and salt>["|" lifetime]["|" MKI ":" length]`. The lifetime is the sender's to keep: a recorder that stopped
 * listening when it is over would lose the call and protect nobody.
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
  const told = BigInt(mki).toString(16)
  if (length < 1 || length > longestMkiBytes || told.length > 2 * length) return undefined
  return { suite, secret, mki: Buffer.from(told.padStart(2 * length, '0'), 'hex') }
}

/** A key of ours as an answer tells it, without lifetime and MKI. */
export function writeCrypto({ tag, suiteName }: OfferedCrypto, own: MasterKey): string {
  return `a=crypto:${tag} ${suiteName} inline:${own.secret.export().toString('base64')}`
}
