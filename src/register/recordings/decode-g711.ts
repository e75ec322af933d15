/**
 * ITU-T G.711: A-law and mu-law bytes to 16-bit linear samples, by table.
 * The values are those of the ITU's G.191 software tool library (13-bit and 14-bit codes, left-justified).
 */

/** 256 samples, one a code byte. */
export const alawSamples = Int16Array.from({ length: 256 }, (_, code) => alawSample(code))
export const ulawSamples = Int16Array.from({ length: 256 }, (_, code) => ulawSample(code))

function alawSample(code: number): number {
  const toggled = code ^ 0x55
  const exponent = (toggled >> 4) & 7
  const mantissa = ((toggled & 0x0f) << 4) | 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return toggled & 0x80 ? magnitude : -magnitude
}

function ulawSample(code: number): number {
  const inverted = ~code & 0xff
  const exponent = (inverted >> 4) & 7
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << exponent) - 0x84
  return inverted & 0x80 ? -magnitude : magnitude
}
