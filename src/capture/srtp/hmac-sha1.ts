import { hash } from 'node:crypto'

const blockBytes = 64
const digestBytes = 20
/** Room for the padded key, the largest datagram and a rollover counter. */
const inner = Buffer.alloc(blockBytes + 65_536 + 4)
const outer = Buffer.alloc(blockBytes + digestBytes)

/**
 * HMAC-SHA1 (RFC 2104) as the two hashes that it is: with node:crypto's own HMAC, which is an object for each packet, it
 * costs three times as much (bench srtp).
 */
export class HmacSha1 {
  private readonly innerPad: Uint8Array
  private readonly outerPad: Uint8Array

  /** @param key no longer than a block of SHA-1: 64 bytes */
  constructor(key: Uint8Array) {
    const padded = new Uint8Array(blockBytes)
    padded.set(key)
    this.innerPad = padded.map((byte) => byte ^ 0x36)
    this.outerPad = padded.map((byte) => byte ^ 0x5c)
  }

  /**
   * The HMAC of bytes [0, size), and behind them of a rollover counter where RTP has one.
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

  /** Whether the `tagBytes` at `tagAt` are the HMAC's first. Takes as long wherever they differ. */
  isTag(bytes: Uint8Array, size: number, rollovers: number | undefined, tagAt: number, tagBytes: number): boolean {
    const digest = this.digest(bytes, size, rollovers)
    let difference = 0
    for (let i = 0; i < tagBytes; i++) difference |= bytes[tagAt + i]! ^ digest.charCodeAt(i)
    return difference === 0
  }
}
