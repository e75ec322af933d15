import { createCipheriv, createDecipheriv, type CipherGCMTypes } from 'node:crypto'
import { CounterMode } from './counter-mode.ts'
import type { SessionKeys } from './derive-keys.ts'
import { HmacSha1 } from './hmac-sha1.ts'

/**
 * Authenticates one packet, then decrypts it in place. `high` and `low` are the packet index: its upper 32 bits and its lower
 * 16, in RTP the rollover counter and the sequence number.
 */
export interface PacketCipher {
  /**
   * Bytes [0, from) are the header, [from, to) are encrypted, the tag begins at `tagAt`. Returns false if the tag does not
   * match; nothing was changed.
   */
  openRtp(bytes: Buffer, from: number, to: number, tagAt: number, ssrc: number, high: number, low: number): boolean
  /** As openRtp, for RTCP, whose header is 8 bytes. `index` is the authenticated word with the encryption flag. */
  openRtcp(bytes: Buffer, to: number, indexAt: number, tagAt: number, ssrc: number, index: number): boolean
  /** Returns a whole SRTCP packet, without an MKI. */
  sealRtcp(packet: Buffer, ssrc: number, index: number): Buffer
}

export const rtcpHeaderBytes = 8
const encrypted = 0x8000_0000

/** RFC 3711: AES in counter mode and HMAC-SHA1. The tag is the last field and covers everything except the MKI. */
export class CounterModeCipher implements PacketCipher {
  private readonly counter: CounterMode
  private readonly hmac: HmacSha1
  private readonly tagBytes: number

  constructor({ encryption, authentication, salt }: SessionKeys, tagBytes: number) {
    this.counter = new CounterMode(encryption, salt)
    this.hmac = new HmacSha1(authentication)
    this.tagBytes = tagBytes
  }

  openRtp(bytes: Buffer, from: number, to: number, tagAt: number, ssrc: number, high: number, low: number): boolean {
    if (!this.hmac.isTag(bytes, to, high, tagAt, this.tagBytes)) return false
    this.counter.apply(bytes, from, to, ssrc, high, low)
    return true
  }

  openRtcp(bytes: Buffer, to: number, indexAt: number, tagAt: number, ssrc: number, index: number): boolean {
    if (!this.hmac.isTag(bytes, indexAt + 4, undefined, tagAt, this.tagBytes)) return false
    this.counter.apply(bytes, rtcpHeaderBytes, to, ssrc, (index >>> 16) & 0x7fff, index & 0xffff)
    return true
  }

  sealRtcp(packet: Buffer, ssrc: number, index: number): Buffer {
    const end = packet.length + 4
    const sealed = Buffer.alloc(end + this.tagBytes)
    packet.copy(sealed)
    this.counter.apply(sealed, rtcpHeaderBytes, packet.length, ssrc, index >>> 16, index & 0xffff)
    sealed.writeUInt32BE((index | encrypted) >>> 0, packet.length)
    sealed.write(this.hmac.digest(sealed, end).slice(0, this.tagBytes), end, 'latin1')
    return sealed
  }
}

const gcmTagBytes = 16

/** RFC 7714: AES-GCM. The tag follows the ciphertext, before SRTCP's index and the MKI. */
export class GcmCipher implements PacketCipher {
  private readonly algorithm: CipherGCMTypes
  private readonly key: Buffer
  private readonly salt: Buffer
  private readonly nonce = Buffer.alloc(12)

  constructor({ encryption, salt }: SessionKeys) {
    this.algorithm = encryption.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
    this.key = encryption
    this.salt = salt
  }

  openRtp(bytes: Buffer, from: number, to: number, tagAt: number, ssrc: number, high: number, low: number): boolean {
    this.setNonce(ssrc, high, low)
    return this.open(bytes, bytes.subarray(0, from), from, to, tagAt)
  }

  openRtcp(bytes: Buffer, to: number, indexAt: number, tagAt: number, ssrc: number, index: number): boolean {
    this.setNonce(ssrc, (index >>> 16) & 0x7fff, index & 0xffff)
    const associated = Buffer.concat([bytes.subarray(0, rtcpHeaderBytes), bytes.subarray(indexAt, indexAt + 4)])
    return this.open(bytes, associated, rtcpHeaderBytes, to, tagAt)
  }

  sealRtcp(packet: Buffer, ssrc: number, index: number): Buffer {
    this.setNonce(ssrc, index >>> 16, index & 0xffff)
    const word = Buffer.alloc(4)
    word.writeUInt32BE((index | encrypted) >>> 0)
    const header = packet.subarray(0, rtcpHeaderBytes)
    const cipher = createCipheriv(this.algorithm, this.key, this.nonce, { authTagLength: gcmTagBytes })
    cipher.setAAD(Buffer.concat([header, word]))
    const body = cipher.update(packet.subarray(rtcpHeaderBytes))
    cipher.final()
    return Buffer.concat([header, body, cipher.getAuthTag(), word])
  }

  /** RFC 7714 sections 8.1 and 9.1: SSRC at 2, the 48-bit index at 6. */
  private setNonce(ssrc: number, high: number, low: number): void {
    const { nonce, salt } = this
    nonce.writeUInt16BE(salt.readUInt16BE(0), 0)
    nonce.writeInt32BE(salt.readInt32BE(2) ^ ssrc, 2)
    nonce.writeInt32BE(salt.readInt32BE(6) ^ high, 6)
    nonce.writeUInt16BE(salt.readUInt16BE(10) ^ low, 10)
  }

  private open(bytes: Buffer, associated: Buffer, from: number, to: number, tagAt: number): boolean {
    const cipher = createDecipheriv(this.algorithm, this.key, this.nonce, { authTagLength: gcmTagBytes })
    cipher.setAAD(associated)
    cipher.setAuthTag(bytes.subarray(tagAt, tagAt + gcmTagBytes))
    const plain = cipher.update(bytes.subarray(from, to))
    try {
      cipher.final()
    } catch {
      // The only error is a tag mismatch.
      return false
    }
    bytes.set(plain, from)
    return true
  }
}
