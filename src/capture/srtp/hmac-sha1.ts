import { hash } from 'node:crypto'

const blockBytes = 64
const digestBytes = 20
/** Room for the padded key, the largest datagram and a rollover counter. */
const inner = Buffer.alloc(blockBytes + 65_536 + 4)
const outer = Buffer.alloc(blockBytes + digestBytes)

/**
 * HMAC-SHA1 (RFC 2104) as two hashes. node:crypto's HMAC needs an object for each packet and costs three times as much (bench
 * srtp).
 */
export class HmacSha1 {
  private readonly innerPad: Uint8Array
  private readonly outerPad: Uint8Array

  /** @param key at most one SHA-1 block: 64 bytes */
  constructor(key: Uint8Array) {
    const padded = new Uint8Array(blockBytes)
    padded.set(key)
    this.innerPad = padded.map((byte) => byte ^ 0x36)
    this.outerPad = padded.map((byte) => byte ^ 0x5c)
  }

  /**
   * Returns the HMAC of bytes [0, size) and, for RTP, the rollover counter after them.
   * @returns 20 bytes, a character each
   */
  digest(bytes: Uint8Array, size: number, rollovers?: number): string {
    inner.set(this.innerPad)
    inner.set(bytes.subarray(0, size), blockBytes)
    let end = blockBytes + size
    if (rollovers !== undefined) end = inner.writeInt32BE(rollovers | 0, end)
    outer.set(this.outerPad)
    outer.write(hash('sha1', inner.subarray(0, end), 'latin1'), blockBytes, 'latin1')
    return hash('sha1', outer, 'latin1')
  }

  /** Returns true if the `tagBytes` bytes at `tagAt` equal the start of the HMAC. Compares in constant time. */
  isTag(bytes: Uint8Array, size: number, rollovers: number | undefined, tagAt: number, tagBytes: number): boolean {
    const digest = this.digest(bytes, size, rollovers)
    let difference = 0
    for (let i = 0; i < tagBytes; i++) difference |= bytes[tagAt + i]! ^ digest.charCodeAt(i)
    return difference === 0
  }
}
