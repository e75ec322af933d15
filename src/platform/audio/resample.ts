/** Zero crossings of the filter on each side of a sample. */
const crossings = 16
/** Part of the narrower band that passes. */
const passed = 0.94
const telephoneRate = 8000

/** Resamples to 8 kHz with a windowed sinc; samples at 8 kHz are returned as they are, rounded to 16 bits. */
export function toTelephoneRate(samples: ArrayLike<number>, rate: number): Int16Array {
  if (rate === telephoneRate) return Int16Array.from(samples, round)
  const ratio = rate / telephoneRate
  const cutoff = passed * Math.min(1, 1 / ratio)
  const reach = crossings / cutoff
  const length = Math.floor(samples.length / ratio)
  const out = new Int16Array(length)
  for (let n = 0; n < length; n++) {
    const centre = n * ratio
    const [from, to] = [
      Math.max(0, Math.ceil(centre - reach)),
      Math.min(samples.length - 1, Math.floor(centre + reach)),
    ]
    let sum = 0
    for (let at = from; at <= to; at++) {
      const x = at - centre
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach)
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x)
      sum += samples[at]! * sinc * window
    }
    out[n] = round(sum)
  }
  return out
}

function round(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)))
}
