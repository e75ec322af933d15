/**
 * Wraps a public Ed25519 key in an X.509 certificate, as a signed vCon must carry one. The certificate is signed by its own key
 * and adds no trust: verifiers compare the key. The same key and name always give the same certificate.
 */
import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto'

const ed25519 = sequence(Buffer.from('06032b6570', 'hex'))
/** The extension keyUsage, critical: digital signatures only. */
const keyUsage = Buffer.from('a3123010300e0603551d0f0101ff040403020780', 'hex')
const version3 = Buffer.from('a003020102', 'hex')

/** @returns DER */
export function selfSigned(name: string, privateKey: KeyObject): Buffer {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const serial = createHash('sha256').update(publicKey).digest().subarray(0, 16)
  // Neither negative nor with a leading zero.
  serial[0] = (serial[0]! & 0x3f) | 0x40
  const signed = sequence(
    version3,
    element(0x02, serial),
    ed25519,
    nameOf(name),
    // No expiry (RFC 5280 section 4.1.2.5): the key is used as long as the log exists.
    sequence(element(0x17, Buffer.from('200101000000Z')), element(0x18, Buffer.from('99991231235959Z'))),
    nameOf(name),
    publicKey,
    keyUsage,
  )
  return sequence(signed, ed25519, element(0x03, Buffer.from([0]), sign(null, signed, privateKey)))
}

/** A common name has at most 64 characters; the end of a log's name is what makes it unique. */
function nameOf(name: string): Buffer {
  const value = element(0x0c, Buffer.from(name.slice(-64)))
  return sequence(element(0x31, sequence(Buffer.from('0603550403', 'hex'), value)))
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts)
}

function element(tag: number, ...parts: Buffer[]): Buffer {
  const { length } = Buffer.concat(parts)
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), ...parts])
}
