/** A stretch of a recording. */
export interface Stretch {
  fromMs: number
  toMs: number
}

const quietBelow = 8
const leadMs = 300

/** base64 of unsigned bytes, one a peak. */
export function decodePeaks(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/**
 * Where neither side speaks for at least `minMs`. A little quiet is left at both ends, so that words keep their
 * beginnings.
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
      const [fromMs, toMs] = [quietFrom * peakMs + leadMs, peak * peakMs - leadMs]
      if ((peak - quietFrom) * peakMs >= minMs) silences.push({ fromMs, toMs })
      quietFrom = undefined
    }
  }
  return silences
}

/** Where to go on from inside a silence; undefined where somebody speaks. */
export function pastSilence(positionMs: number, silences: readonly Stretch[]): number | undefined {
  return silences.find(({ fromMs, toMs }) => positionMs >= fromMs && positionMs < toMs - 100)?.toMs
}
