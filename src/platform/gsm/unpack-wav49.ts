/**
 * Converts GSM full rate as WAV files have it (format 0x31: two frames of 260 bits in 65 bytes, lowest bits first) to frames of
 * RTP (RFC 3551 section 4.5.8: 33 bytes, highest bits first, after the signature 0xD). The speech parameters stay the same.
 */
const blockBytes = 65
const frameBytes = 33
/** Widths of a frame's parameters, in order (RFC 3551 table 2). */
const widths = [
  6,
  6,
  5,
  5,
  4,
  4,
  3,
  3,
  ...Array.from({ length: 4 }, () => [7, 2, 2, 6, ...Array.from({ length: 13 }, () => 3)]).flat(),
]

export function unpackWav49(blocks: Buffer): Buffer {
  const count = Math.floor(blocks.length / blockBytes)
  const frames = Buffer.alloc(2 * count * frameBytes)
  for (let block = 0; block < count; block++) {
    let from = block * blockBytes * 8
    for (let half = 0; half < 2; half++) {
      let to = (2 * block + half) * frameBytes * 8
      const put = (value: number, width: number) => {
        for (let bit = width - 1; bit >= 0; bit--, to++) if ((value >> bit) & 1) frames[to >> 3]! |= 0x80 >> (to & 7)
      }
      put(0xd, 4)
      for (const width of widths) {
        let value = 0
        for (let bit = 0; bit < width; bit++, from++) value |= ((blocks[from >> 3]! >> (from & 7)) & 1) << bit
        put(value, width)
      }
    }
  }
  return frames
}
