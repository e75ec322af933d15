/**
 * ITU-T G.722 at 64 kbit/s, decoded to 8 kHz: only the lower sub-band, 0 to 4 kHz at 8,000 samples a second. The upper band (4
 * to 7 kHz) does not fit an 8 kHz timeline.
 */

/** Block 6L: values of the lower band's six bits, relative to the step (G.722 table 14). */
const outputLevels = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808,
  21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008,
  3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
]
/** The same for its four upper bits, which adapt the predictor (table 11). */
const predictorLevels = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
]
/** Change of the step for each (block 3L). */
const stepChanges = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60]
const steps = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
  3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]

const limited = (value: number, max: number) => Math.max(-max, Math.min(max, value))
const saturated = (value: number) => Math.max(-32_768, Math.min(32_767, value))

/** Decoder of one stream; bytes depend on earlier ones. */
export class G722Decoder {
  /** Logarithm of the step, and the step. */
  private logStep = 0
  private step = 32
  /** Predicted signal, last reconstructed values, predictor coefficients. */
  private predicted = 0
  private zeroPredicted = 0
  private readonly reconstructed = [0, 0, 0]
  private readonly partial = [0, 0, 0]
  private readonly poles = [0, 0, 0]
  private readonly zeros = [0, 0, 0, 0, 0, 0, 0]
  private readonly differences = [0, 0, 0, 0, 0, 0, 0]

  /** Decodes one 16-bit sample at 8 kHz per byte into `pcm` from `at` on. */
  decode(bytes: Uint8Array, from: number, to: number, pcm: Int16Array, at = 0): void {
    for (let i = from; i < to; i++) pcm[at++] = this.sample(bytes[i]! & 0x3f)
  }

  private sample(code: number): number {
    const level = code >> 2
    const output = limited(this.predicted + ((this.step * outputLevels[code]!) >> 15), 16_383)
    const difference = (this.step * predictorLevels[level]!) >> 15
    this.logStep = Math.max(0, Math.min(18_432, ((this.logStep * 127) >> 7) + stepChanges[level]!))
    const shift = 8 - (this.logStep >> 11)
    const mantissa = steps[(this.logStep >> 6) & 31]!
    this.step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2
    this.adapt(difference)
    return output << 1
  }

  /** Block 4L: adapts the predictor of two poles and six zeros. */
  private adapt(difference: number): void {
    const { reconstructed, partial, poles, zeros, differences } = this
    differences[0] = difference
    reconstructed[0] = saturated(this.predicted + difference)
    partial[0] = saturated(this.zeroPredicted + difference)
    const [now, before, earlier] = partial.map((value) => value >> 15) as [number, number, number]

    const quadrupled = saturated(poles[1]! << 2)
    let second = (Math.min(32_767, now === before ? -quadrupled : quadrupled) >> 7) + (now === earlier ? 128 : -128)
    second = limited(second + ((poles[2]! * 32_512) >> 15), 12_288)
    let first = (now === before ? 192 : -192) + ((poles[1]! * 32_640) >> 15)
    first = limited(first, saturated(15_360 - second))

    const rise = difference === 0 ? 0 : 128
    for (let i = 1; i < 7; i++) {
      const same = differences[i]! >> 15 === difference >> 15
      zeros[i] = saturated((same ? rise : -rise) + ((zeros[i]! * 32_640) >> 15))
    }
    for (let i = 6; i > 0; i--) differences[i] = differences[i - 1]!
    for (let i = 2; i > 0; i--) {
      reconstructed[i] = reconstructed[i - 1]!
      partial[i] = partial[i - 1]!
    }
    poles[1] = first
    poles[2] = second

    const fromPoles = saturated(
      ((first * saturated(2 * reconstructed[1]!)) >> 15) + ((second * saturated(2 * reconstructed[2]!)) >> 15),
    )
    let fromZeros = 0
    for (let i = 6; i > 0; i--) fromZeros += (zeros[i]! * saturated(2 * differences[i]!)) >> 15
    this.zeroPredicted = saturated(fromZeros)
    this.predicted = saturated(fromPoles + this.zeroPredicted)
  }
}
