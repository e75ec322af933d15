/** Stretch of a recording. */
export interface Stretch {
  fromMs: number
  toMs: number
}

/** Peaks below this are silence. */
export const quietBelow = 8
/** Quiet kept at both ends of a silence, so that words are not cut. */
const marginMs = 300

/** Decodes base64 of unsigned bytes, one per peak. */
export function decodePeaks(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/**
 * Returns stretches where both sides are silent for at least `minMs`, with a margin at both ends, so that words are not cut.
 */
export function silencesOf(caller: Uint8Array, official: Uint8Array, peaksPerSecond: number, minMs = 2000): Stretch[] {
  const peakMs = 1000 / peaksPerSecond
  const length = Math.max(caller.length, official.length)
  const silences: Stretch[] = []
  let quietFrom: number | undefined
  for (let peak = 0; peak <= length; peak++) {
    const isQuiet = peak < length && (caller[peak] ?? 0) < quietBelow && (official[peak] ?? 0) < quietBelow
    if (isQuiet) quietFrom ??= peak
    else if (quietFrom != null) {
      const [fromMs, toMs] = [quietFrom * peakMs + marginMs, peak * peakMs - marginMs]
      if ((peak - quietFrom) * peakMs >= minMs) silences.push({ fromMs, toMs })
      quietFrom = undefined
    }
  }
  return silences
}

/** Returns the end of the silence at a position; undefined where somebody speaks. */
export function pastSilence(positionMs: number, silences: readonly Stretch[]): number | undefined {
  return silences.find(({ fromMs, toMs }) => positionMs >= fromMs && positionMs < toMs - 100)?.toMs
}
