/**
 * An excitation whose bands are all equally strong at every moment: chance makes noise swell here and there, and one band has two
 * harmonics where its neighbour has one; neither is said by anybody, and both are in the way of whoever listens. In: an excitation.
 * Out: the same, evened.
 */
import { RealFft } from './fft.ts'

const size = 256
const bins = size / 2 + 1
const windowSamples = 160
const step = windowSamples / 2
/** No band is raised or lowered by more than this. */
const most = 2
const fft = new RealFft(size)
/** Its squares at half its length apart sum to one. */
const window = Float64Array.from({ length: windowSamples }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / windowSamples))
const energy = windowSamples / 2

/** Bins: a third of an octave each, and no fewer than three. */
const edges = (() => {
  const found = [0, 4]
  while (found.at(-1)! < bins - 1) found.push(Math.max(found.at(-1)! + 3, Math.round(found.at(-1)! * 1.26)))
  return [...found.slice(0, -1), bins]
})()

/** In place; power one stays power one. */
export function evenBands(excitation: Float32Array): void {
  const was = excitation.slice()
  excitation.fill(0)
  const frame = new Float64Array(size)
  const [real, imaginary] = [new Float64Array(bins), new Float64Array(bins)]
  for (let start = -step; start < was.length; start += step) {
    frame.fill(0)
    for (let n = 0; n < windowSamples; n++) frame[n] = (was[start + n] ?? 0) * window[n]!
    fft.forward(frame, real, imaginary)
    for (let band = 0; band + 1 < edges.length; band++) {
      const [from, to] = [edges[band]!, edges[band + 1]!]
      let power = 0
      for (let bin = from; bin < to; bin++) power += real[bin]! ** 2 + imaginary[bin]! ** 2
      const gain = Math.max(1 / most, Math.min(most, 1 / Math.sqrt(power / (to - from) / energy + 1e-6)))
      for (let bin = from; bin < to; bin++) {
        real[bin]! *= gain
        imaginary[bin]! *= gain
      }
    }
    fft.inverse(real, imaginary, frame)
    for (let n = Math.max(0, -start); n < windowSamples && start + n < was.length; n++)
      excitation[start + n]! += frame[n]! * window[n]!
  }
  was.fill(0)
}
