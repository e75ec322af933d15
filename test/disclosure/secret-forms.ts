/** Builds text forms of bytes, and byte forms of numbers. */

export interface Needle {
  form: string
  needle: Buffer
}

/**
 * Returns the base64 (both alphabets) of the bytes at any offset within encoded data, and the hexadecimal in both
 * cases.
 */
export function encodings(name: string, bytes: Buffer): Needle[] {
  if (bytes.length < 5) return []
  const needles: Needle[] = []
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Leaves out characters that share bits with the bytes before or after.
    const start = offset === 0 ? 0 : offset + 1
    const spare = (offset + bytes.length) % 3
    const text = whole.slice(start, spare === 0 ? whole.length : whole.length - 1)
    needles.push({ form: `${name}, base64`, needle: Buffer.from(text) })
    const safe = text.replaceAll('+', '-').replaceAll('/', '_')
    if (safe !== text) needles.push({ form: `${name}, base64`, needle: Buffer.from(safe) })
  }
  const hex = bytes.toString('hex')
  needles.push({ form: `${name}, hexadecimal`, needle: Buffer.from(hex) })
  needles.push({ form: `${name}, hexadecimal`, needle: Buffer.from(hex.toUpperCase()) })
  return needles
}

export function seconds(value: number): number {
  return Math.floor(value / 1000)
}

export function milliseconds(value: number): number {
  return Math.floor(value)
}

export function littleEndian(value: number, size: 4 | 8): Buffer {
  return Buffer.from(bigEndian(value, size)).reverse()
}

export function bigEndian(value: number, size: 4 | 8): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64BE(BigInt(value))
  return buffer.subarray(8 - size)
}
