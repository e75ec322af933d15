/**
 * ITU-T G.711 for the simulator: A-law and µ-law, one byte a sample at 8 kHz. Independent of the recorder's own
 * decoder, so that each tests the other.
 */

/** Decodes an A-law byte to linear 16-bit (G.711 table 1a; even bits are inverted on the wire). */
const decodeAlaw = (byte: number): number => {
  const inverted = byte ^ 0x55
  const segment = (inverted >> 4) & 7
  const step = ((inverted & 15) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return inverted & 0x80 ? magnitude : -magnitude
}

/** Decodes a µ-law byte to linear 16-bit (G.711 table 2a; all bits are inverted on the wire). */
const decodeUlaw = (byte: number): number => {
  const inverted = ~byte & 0xff
  const magnitude = ((((inverted & 15) << 3) + 0x84) << ((inverted >> 4) & 7)) - 0x84
  return inverted & 0x80 ? -magnitude : magnitude
}

const encodeAlawSample = (sample: number): number => {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(32767, sample >= 0 ? sample : -sample - 1)
  const segment = magnitude < 256 ? 0 : 24 - Math.clz32(magnitude)
  const mantissa = segment === 0 ? magnitude >> 4 : (magnitude >> (segment + 3)) & 15
  return ((segment << 4) | mantissa | sign) ^ 0x55
}

const encodeUlawSample = (sample: number): number => {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(32635, Math.abs(sample)) + 0x84
  const segment = 24 - Math.clz32(magnitude)
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 15)) & 0xff
}

const alawToLinearTable = Int16Array.from({ length: 256 }, (_, byte) => decodeAlaw(byte))
const ulawToLinearTable = Int16Array.from({ length: 256 }, (_, byte) => decodeUlaw(byte))
const alawToUlawTable = Uint8Array.from({ length: 256 }, (_, byte) => encodeUlawSample(decodeAlaw(byte)))

/** The quietest A-law sample (+8 of 32768), used where nobody speaks. */
export const alawSilence = 0xd5

export const alawToLinear = (alaw: Uint8Array): Int16Array =>
  Int16Array.from(alaw, (byte) => alawToLinearTable[byte] as number)
export const ulawToLinear = (ulaw: Uint8Array): Int16Array =>
  Int16Array.from(ulaw, (byte) => ulawToLinearTable[byte] as number)
export const linearToAlaw = (samples: Int16Array): Uint8Array => Uint8Array.from(samples, encodeAlawSample)
export const linearToUlaw = (samples: Int16Array): Uint8Array => Uint8Array.from(samples, encodeUlawSample)
export const alawToUlaw = (alaw: Uint8Array): Uint8Array =>
  Uint8Array.from(alaw, (byte) => alawToUlawTable[byte] as number)
