/**
 * SRTP as a client sends it (RFC 3711, RFC 6188, RFC 7714), and its keys in SDP (RFC 4568). Written directly from the
 * RFCs and independent of the recorder's own implementation, so that each tests the other.
 */
import { createCipheriv, createHmac, type CipherGCMTypes } from 'node:crypto'

export const suites = {
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, saltBytes: 14, tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, saltBytes: 14, tagBytes: 4 },
  AES_256_CM_HMAC_SHA1_80: { keyBytes: 32, saltBytes: 14, tagBytes: 10 },
  AES_256_CM_HMAC_SHA1_32: { keyBytes: 32, saltBytes: 14, tagBytes: 4 },
  AEAD_AES_128_GCM: { keyBytes: 16, saltBytes: 12, tagBytes: 16 },
  AEAD_AES_256_GCM: { keyBytes: 32, saltBytes: 12, tagBytes: 16 },
} as const
export type SuiteName = keyof typeof suites

export type MediaKey = {
  readonly suite: SuiteName
  /** Master key and salt. */
  readonly secret: Buffer
  readonly mki?: Buffer
}

export function makeMediaKey(suite: SuiteName, random: (bytes: number) => Uint8Array, mki?: Buffer): MediaKey {
  const { keyBytes, saltBytes } = suites[suite]
  return { suite, secret: Buffer.from(random(keyBytes + saltBytes)), ...(mki && { mki }) }
}

export function writeCryptoLine({ suite, secret, mki }: MediaKey, tag = 1): string {
  const reported = mki ? `|${BigInt(`0x${mki.toString('hex')}`)}:${mki.length}` : ''
  return `a=crypto:${tag} ${suite} inline:${secret.toString('base64')}|2^31${reported}`
}

/** Encrypts the packets of one SSRC, in any order: `sequence` is not limited to 16 bits. */
export function protectMedia({ suite, secret, mki = Buffer.alloc(0) }: MediaKey) {
  const { keyBytes, saltBytes, tagBytes } = suites[suite]
  const [master, masterSalt] = [secret.subarray(0, keyBytes), secret.subarray(keyBytes)]
  const bits = keyBytes * 8
  const derive = (label: number, bytes: number) => {
    const iv = Buffer.alloc(16)
    masterSalt.copy(iv)
    iv[7]! ^= label
    return createCipheriv(`aes-${bits}-ctr`, master, iv).update(Buffer.alloc(bytes))
  }
  const [key, authentication, salt] = [derive(0, keyBytes), derive(1, 20), derive(2, saltBytes)]

  return (packet: Buffer, sequence: number): Buffer => {
    const rollovers = Math.floor(sequence / 65_536)
    const header = packet.subarray(0, headerBytes(packet))
    const payload = packet.subarray(header.length)
    const place = Buffer.alloc(16)
    packet.copy(place, suite.startsWith('AEAD') ? 2 : 4, 8, 12)
    place.writeUInt32BE(rollovers, suite.startsWith('AEAD') ? 6 : 8)
    packet.copy(place, suite.startsWith('AEAD') ? 10 : 12, 2, 4)
    salt.forEach((byte, i) => (place[i]! ^= byte))
    if (suite.startsWith('AEAD')) {
      const cipher = createCipheriv(`aes-${bits}-gcm` as CipherGCMTypes, key, place.subarray(0, 12))
      cipher.setAAD(header)
      const body = Buffer.concat([cipher.update(payload), cipher.final()])
      return Buffer.concat([header, body, cipher.getAuthTag(), mki])
    }
    const sealed = Buffer.concat([header, createCipheriv(`aes-${bits}-ctr`, key, place).update(payload)])
    const trailer = Buffer.alloc(4)
    trailer.writeUInt32BE(rollovers)
    const tag = createHmac('sha1', authentication).update(sealed).update(trailer).digest().subarray(0, tagBytes)
    return Buffer.concat([sealed, mki, tag])
  }
}

function headerBytes(packet: Buffer): number {
  const fixed = 12 + 4 * (packet[0]! & 0x0f)
  return packet[0]! & 0x10 ? fixed + 4 + 4 * packet.readUInt16BE(fixed + 2) : fixed
}
