/**
 * The discrete Fourier transform of a real signal whose length is a power of two: a complex one of half the length
 * (radix 2, decimation in time), then its halves taken apart (Press et al., Numerical Recipes, 12.3).
 *
 * In: samples. Out: a spectrum, and back. Never here: windows, scales of loudness.
 */
export class RealFft {
  readonly size: number
  /** Bins 0 .. size/2. */
  readonly bins: number
  readonly #half: number
  readonly #reversed: Uint16Array
  readonly #cosine: Float64Array
  readonly #sine: Float64Array
  readonly #real: Float64Array
  readonly #imaginary: Float64Array

  /** @throws where the size is not a power of two between 4 and 65536 */
  constructor(size: number) {
    if (!Number.isInteger(Math.log2(size)) || size < 4 || size > 65536)
      throw new Error(`A Fourier transform of ${size} points: give a power of two from 4 to 65536.`)
    this.size = size
    this.bins = size / 2 + 1
    this.#half = size / 2
    const bits = Math.log2(this.#half)
    this.#reversed = Uint16Array.from({ length: this.#half }, (_, index) => {
      let reversed = 0
      for (let bit = 0; bit < bits; bit++) if (index & (1 << bit)) reversed |= 1 << (bits - 1 - bit)
      return reversed
    })
    const angle = (index: number) => (2 * Math.PI * index) / size
    this.#cosine = Float64Array.from({ length: this.#half }, (_, index) => Math.cos(angle(index)))
    this.#sine = Float64Array.from({ length: this.#half }, (_, index) => Math.sin(angle(index)))
    this.#real = new Float64Array(this.#half)
    this.#imaginary = new Float64Array(this.#half)
  }

  /** Of `size` samples; `real` and `imaginary` have `bins` places each. */
  forward(samples: Float64Array, real: Float64Array, imaginary: Float64Array): void {
    const half = this.#half
    const re = this.#real
    const im = this.#imaginary
    for (let index = 0; index < half; index++) {
      const from = this.#reversed[index]! * 2
      re[index] = samples[from]!
      im[index] = samples[from + 1]!
    }
    this.#transform()
    real[0] = re[0]! + im[0]!
    imaginary[0] = 0
    real[half] = re[0]! - im[0]!
    imaginary[half] = 0
    for (let low = 1, high = half - 1; low <= high; low++, high--) {
      const evenReal = (re[low]! + re[high]!) / 2
      const evenImaginary = (im[low]! - im[high]!) / 2
      const oddReal = (im[low]! + im[high]!) / 2
      const oddImaginary = (re[high]! - re[low]!) / 2
      const cosine = this.#cosine[low]!
      const sine = this.#sine[low]!
      const turnedReal = oddReal * cosine + oddImaginary * sine
      const turnedImaginary = oddImaginary * cosine - oddReal * sine
      real[low] = evenReal + turnedReal
      imaginary[low] = evenImaginary + turnedImaginary
      real[high] = evenReal - turnedReal
      imaginary[high] = turnedImaginary - evenImaginary
    }
  }

  /** The inverse of `forward`, scale included. */
  inverse(real: Float64Array, imaginary: Float64Array, samples: Float64Array): void {
    const half = this.#half
    const re = this.#real
    const im = this.#imaginary
    // The inverse of a complex transform is the transform of what is conjugated, conjugated again.
    const put = (index: number, reals: number, imaginaries: number) => {
      re[this.#reversed[index]!] = reals
      im[this.#reversed[index]!] = -imaginaries
    }
    put(0, (real[0]! + real[half]!) / 2, (real[0]! - real[half]!) / 2)
    for (let low = 1, high = half - 1; low <= high; low++, high--) {
      const evenReal = (real[low]! + real[high]!) / 2
      const evenImaginary = (imaginary[low]! - imaginary[high]!) / 2
      const turnedReal = (real[low]! - real[high]!) / 2
      const turnedImaginary = (imaginary[low]! + imaginary[high]!) / 2
      const cosine = this.#cosine[low]!
      const sine = this.#sine[low]!
      const oddReal = turnedReal * cosine - turnedImaginary * sine
      const oddImaginary = turnedImaginary * cosine + turnedReal * sine
      put(low, evenReal - oddImaginary, evenImaginary + oddReal)
      put(high, evenReal + oddImaginary, oddReal - evenImaginary)
    }
    this.#transform()
    for (let index = 0; index < half; index++) {
      samples[2 * index] = re[index]! / half
      samples[2 * index + 1] = -im[index]! / half
    }
  }

  /** In place, from what is in bit-reversed order. */
  #transform(): void {
    const re = this.#real
    const im = this.#imaginary
    const half = this.#half
    for (let span = 1; span < half; span *= 2) {
      const step = half / span
      for (let turn = 0; turn < span; turn++) {
        const cosine = this.#cosine[turn * step]!
        const sine = this.#sine[turn * step]!
        for (let top = turn; top < half; top += 2 * span) {
          const bottom = top + span
          const real = re[bottom]! * cosine + im[bottom]! * sine
          const imaginary = im[bottom]! * cosine - re[bottom]! * sine
          re[bottom] = re[top]! - real
          im[bottom] = im[top]! - imaginary
          re[top]! += real
          im[top]! += imaginary
        }
      }
    }
  }
}
