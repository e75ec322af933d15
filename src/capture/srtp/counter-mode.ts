import { createCipheriv, type Cipheriv } from 'node:crypto'

/** Blocks encrypted at a time; a typical packet of 20 ms has eleven. */
const maxBlocks = 128
const counters = Buffer.alloc(16 * maxBlocks)
const view = new DataView(counters.buffer, counters.byteOffset, counters.length)
/** Views of the first n blocks, made once. */
const firstBlocks = Array.from({ length: maxBlocks + 1 }, (_, n) => counters.subarray(0, 16 * n))

/**
 * AES in counter mode (RFC 3711 section 4.1.1, RFC 6188). One cipher per call makes the key stream by encrypting counters
 * individually (ECB): a new cipher for each packet costs twice as much (bench srtp).
 */
export class CounterMode {
  private readonly ecb: Cipheriv
  private readonly salt: DataView

  /** @param salt 14 bytes */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.ecb = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false)
    const padded = new Uint8Array(16)
    padded.set(salt)
    this.salt = new DataView(padded.buffer)
  }

  /**
   * Encrypts or decrypts bytes [from, to) in place.
   * @param high the packet index's upper 32 bits: the rollover counter
   * @param low its lower 16 bits: the sequence number
   */
  apply(bytes: Uint8Array, from: number, to: number, ssrc: number, high: number, low: number): void {
    const { salt } = this
    const word0 = salt.getInt32(0)
    const word1 = salt.getInt32(4) ^ ssrc
    const word2 = salt.getInt32(8) ^ high
    const word3 = salt.getInt32(12) ^ (low << 16)
    for (let at = from, block = 0; at < to;) {
      const blocks = Math.min(maxBlocks, (to - at + 15) >> 4)
      for (let i = 0; i < blocks; i++, block++) {
        view.setInt32(16 * i, word0)
        view.setInt32(16 * i + 4, word1)
        view.setInt32(16 * i + 8, word2)
        view.setInt32(16 * i + 12, word3 ^ block)
      }
      const stream = this.ecb.update(firstBlocks[blocks]!)
      const end = Math.min(to, at + 16 * blocks)
      for (let i = 0; at < end; i++, at++) bytes[at]! ^= stream[i]!
    }
  }
}
