/** ESTOI (Jensen & Taal 2016): correlation of the band envelopes of two recordings, 1 if equal; measures intelligibility. */
import { RealFft } from '../src/fft.ts'

const frameLength = 256
const hop = 128
const bands = 15
const lowestHz = 150
const segment = 30
/** Frames of the original this far below its loudest frame are ignored in both recordings. */
const rangeDb = 40

const fft = new RealFft(512)
const window = Float64Array.from({ length: frameLength }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / 257))
const edges = Array.from({ length: bands }, (_, band) => {
  const centre = lowestHz * 2 ** (band / 3)
  return [centre * 2 ** (-1 / 6), centre * 2 ** (1 / 6)].map((hz) => Math.round((hz * 512) / 10_000)) as [
    number,
    number,
  ]
})

/** Resamples from 8 to 10 kHz, for which the measure is defined, with a windowed sinc. */
function resampled(samples: Int16Array): Float64Array {
  const reach = 16
  const kernels = Array.from({ length: 5 }, (_, phase) =>
    Float64Array.from({ length: 2 * reach }, (_, tap) => {
      const x = tap - reach + 1 - (phase * 4) / 5 + Math.floor((phase * 4) / 5)
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
      return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1)))
    }),
  )
  return Float64Array.from({ length: Math.floor((samples.length * 5) / 4) }, (_, n) => {
    const at = Math.floor((n * 4) / 5)
    const kernel = kernels[n % 5]!
    let sum = 0
    for (let tap = 0; tap < 2 * reach; tap++) sum += kernel[tap]! * (samples[at + tap - reach + 1] ?? 0)
    return sum
  })
}

function withoutSilence(original: Float64Array, other: Float64Array): [Float64Array, Float64Array] {
  const starts = Array.from({ length: Math.floor((original.length - frameLength) / hop) }, (_, index) => index * hop)
  const loudness = starts.map((start) => {
    let sum = 1e-9
    for (let n = 0; n < frameLength; n++) sum += (original[start + n]! * window[n]!) ** 2
    return 10 * Math.log10(sum)
  })
  const loudest = loudness.reduce((one, two) => Math.max(one, two), -Infinity)
  const kept = starts.filter((_, index) => loudness[index]! > loudest - rangeDb)
  const gather = (from: Float64Array) => {
    const to = new Float64Array(kept.length * hop + frameLength)
    kept.forEach((start, index) => {
      for (let n = 0; n < frameLength; n++) to[index * hop + n]! += from[start + n]! * window[n]!
    })
    return to
  }
  return [gather(original), gather(other)]
}

/** Bands x frames. */
function bandsOf(samples: Float64Array): Float64Array[] {
  const frames = Math.max(0, Math.floor((samples.length - frameLength) / hop) + 1)
  const result = Array.from({ length: bands }, () => new Float64Array(frames))
  const input = new Float64Array(512)
  const [real, imaginary] = [new Float64Array(fft.bins), new Float64Array(fft.bins)]
  for (let frame = 0; frame < frames; frame++) {
    for (let n = 0; n < frameLength; n++) input[n] = samples[frame * hop + n]! * window[n]!
    fft.forward(input, real, imaginary)
    for (const [band, [from, to]] of edges.entries()) {
      let sum = 0
      for (let bin = from; bin < to; bin++) sum += real[bin]! ** 2 + imaginary[bin]! ** 2
      result[band]![frame] = Math.sqrt(sum)
    }
  }
  return result
}

/** Normalises rows to mean 0 and norm 1, then columns. */
function normalised(from: readonly Float64Array[], start: number): Float64Array[] {
  const rows = from.map((row) => unit(row.slice(start, start + segment)))
  for (let column = 0; column < segment; column++) {
    const values = unit(Float64Array.from(rows, (row) => row[column]!))
    rows.forEach((row, band) => (row[column] = values[band]!))
  }
  return rows
}

function unit(values: Float64Array): Float64Array {
  let mean = 0
  for (const value of values) mean += value / values.length
  let square = 0
  for (const value of values) square += (value - mean) ** 2
  const length = Math.sqrt(square) + 1e-12
  return values.map((value) => (value - mean) / length)
}

export function estoi(original: Int16Array, other: Int16Array): number {
  const [one, two] = withoutSilence(resampled(original), resampled(other)).map(bandsOf) as [
    Float64Array[],
    Float64Array[],
  ]
  const frames = one[0]!.length
  let [sum, count] = [0, 0]
  for (let start = 0; start + segment <= frames; start += 5) {
    const [x, y] = [normalised(one, start), normalised(two, start)]
    let product = 0
    for (let band = 0; band < bands; band++) for (let n = 0; n < segment; n++) product += x[band]![n]! * y[band]![n]!
    sum += product / segment
    count++
  }
  return count === 0 ? NaN : sum / count
}
