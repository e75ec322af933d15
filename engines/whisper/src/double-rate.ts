/** From 8 kHz to Whisper's 16 kHz, by a half-band filter (windowed sinc). */

const reach = 16

/** Weights of the samples before and after a point half-way between two. */
const weights = Array.from({ length: reach }, (_, index) => {
  const x = index + 0.5
  return (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 0.5)))
})

export function doubleRate(samples: Int16Array): Int16Array {
  const doubled = new Int16Array(2 * samples.length)
  for (let at = 0; at < samples.length; at++) {
    doubled[2 * at] = samples[at]!
    let between = 0
    for (const [index, weight] of weights.entries())
      between += weight * ((samples[at - index] ?? 0) + (samples[at + 1 + index] ?? 0))
    doubled[2 * at + 1] = Math.max(-32_768, Math.min(32_767, Math.round(between)))
  }
  return doubled
}
