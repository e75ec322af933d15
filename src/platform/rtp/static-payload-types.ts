/** Name in capitals, clock rate in Hz and channels of a payload type. */
export type PayloadFormat = readonly [encoding: string, clockRate: number, channels: number]

/**
 * RFC 3551 tables 4 and 5: payload types that need no rtpmap. Also two that the RFC reserves and clients still send as they
 * were defined before (RFC 1890): 2 is G.721, which is G726-32, and 19 is comfort noise.
 */
export const staticPayloadTypes: Readonly<Record<number, PayloadFormat>> = {
  0: ['PCMU', 8000, 1],
  2: ['G726-32', 8000, 1],
  3: ['GSM', 8000, 1],
  4: ['G723', 8000, 1],
  5: ['DVI4', 8000, 1],
  6: ['DVI4', 16_000, 1],
  7: ['LPC', 8000, 1],
  8: ['PCMA', 8000, 1],
  9: ['G722', 8000, 1],
  10: ['L16', 44_100, 2],
  11: ['L16', 44_100, 1],
  12: ['QCELP', 8000, 1],
  13: ['CN', 8000, 1],
  14: ['MPA', 90_000, 1],
  15: ['G728', 8000, 1],
  16: ['DVI4', 11_025, 1],
  17: ['DVI4', 22_050, 1],
  18: ['G729', 8000, 1],
  19: ['CN', 8000, 1],
  25: ['CELB', 90_000, 1],
  26: ['JPEG', 90_000, 1],
  28: ['NV', 90_000, 1],
  31: ['H261', 90_000, 1],
  32: ['MPV', 90_000, 1],
  33: ['MP2T', 90_000, 1],
  34: ['H263', 90_000, 1],
}

/** Default clock rate of speech formats, also used instead of an invalid one. */
export const defaultClockRate = 8000

/** Bounds that include all audio and video formats; other rates would put packets hours apart. */
export function isClockRate(clockRate: number): boolean {
  return clockRate >= 4000 && clockRate <= 384_000
}
