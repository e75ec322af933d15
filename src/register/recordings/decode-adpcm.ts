/**
 * ADPCM as in RFC 3551: DVI4 (section 4.5.1), whose packets are independent, and ITU-T G.726 at 32 kbit/s (section 4.5.4),
 * whose words are packed from the least significant bits up and depend on earlier ones.
 */

const dvi4Steps = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10_442, 11_487, 12_635, 13_899, 15_289, 16_818, 18_500, 20_350, 22_385, 24_623, 27_086,
  29_794, 32_767,
]
const dvi4Changes = [-1, -1, -1, -1, 2, 4, 6, 8]
/** Predicted value, step index, a reserved byte. */
const dvi4HeadBytes = 4

const within = (value: number, min: number, max: number) => Math.max(min, Math.min(max, value))

/** Returns the number of samples of a DVI4 packet. */
export function dvi4Samples(bytes: number): number {
  return Math.max(0, 2 * (bytes - dvi4HeadBytes))
}

/** Decodes one DVI4 packet, bytes [start, end). */
export function decodeDvi4(chunk: Buffer, start: number, end: number): Int16Array {
  const pcm = new Int16Array(dvi4Samples(end - start))
  if (pcm.length === 0) return pcm
  let value = chunk.readInt16BE(start)
  let index = within(chunk[start + 2]!, 0, dvi4Steps.length - 1)
  for (let n = 0; n < pcm.length; n++) {
    const byte = chunk[start + dvi4HeadBytes + (n >> 1)]!
    // The first of two is in the most significant bits.
    const word = n % 2 === 0 ? byte >> 4 : byte & 15
    const step = dvi4Steps[index]!
    const change = (step >> 3) + (word & 4 ? step : 0) + (word & 2 ? step >> 1 : 0) + (word & 1 ? step >> 2 : 0)
    value = within(word & 8 ? value - change : value + change, -32_768, 32_767)
    index = within(index + dvi4Changes[word & 7]!, 0, dvi4Steps.length - 1)
    pcm[n] = value
  }
  return pcm
}

/** By the four bits of a word: logarithm of the difference, change of the scale, and its speed (G.726 tables 7, 13 and 16). */
const logDifferences = [-2048, 4, 135, 213, 273, 323, 373, 425, 425, 373, 323, 273, 213, 135, 4, -2048]
const scaleChanges = [-12, 18, 41, 64, 112, 198, 355, 1122, 1122, 355, 198, 112, 64, 41, 18, -12]
const speeds = [0, 0, 0, 0x200, 0x200, 0x200, 0x600, 0xe00, 0xe00, 0x600, 0x200, 0x200, 0x200, 0, 0, 0]

/** Bits of a magnitude, at most 15. */
const bitsOf = (magnitude: number) => Math.min(15, 32 - Math.clz32(magnitude))

/** Floating-point form of the predictor: sign, four bits of exponent, six of mantissa. */
function floating(value: number, magnitude: number): number {
  const exponent = bitsOf(magnitude)
  const mantissa = magnitude === 0 ? 0x20 : (exponent << 6) + ((magnitude << 6) >> exponent)
  return value < 0 ? mantissa - 0x400 : mantissa
}

/** Multiplies a coefficient by a signal in that form. */
function multiplied(coefficient: number, signal: number): number {
  const magnitude = coefficient > 0 ? coefficient : -coefficient & 0x1fff
  const exponent = bitsOf(magnitude) - 6
  const mantissa = magnitude === 0 ? 32 : exponent >= 0 ? magnitude >> exponent : magnitude << -exponent
  const shift = exponent + ((signal >> 6) & 15) - 13
  const product = (mantissa * (signal & 0x3f) + 0x30) >> 4
  const result = shift >= 0 ? (product << shift) & 0x7fff : product >> -shift
  return (coefficient ^ signal) < 0 ? -result : result
}

/** Decoder of one stream of G.726 at 32 kbit/s; words depend on earlier ones. */
export class G726Decoder {
  /** Scale: slow and fast part, and the speed between them with its averages. */
  private slow = 34_816
  private fast = 544
  private speed = 0
  private shortAverage = 0
  private longAverage = 0
  /** Predictor: two poles, six zeros, and the signals they weigh. */
  private poles = [0, 0]
  private readonly zeros = [0, 0, 0, 0, 0, 0]
  private reconstructed = [32, 32]
  private readonly differences = [32, 32, 32, 32, 32, 32]
  private signs = [0, 0]
  private isTone = false

  /** Decodes two samples a byte, of bytes [start, end). */
  decode(chunk: Buffer, start: number, end: number): Int16Array {
    const pcm = new Int16Array(2 * (end - start))
    for (let at = start; at < end; at++) {
      pcm[2 * (at - start)] = this.next(chunk[at]! & 15)
      pcm[2 * (at - start) + 1] = this.next(chunk[at]! >> 4)
    }
    return pcm
  }

  private next(word: number): number {
    const zeroPart = this.zeros.reduce((sum, zero, n) => sum + multiplied(zero >> 2, this.differences[n]!), 0)
    const polePart = this.poles.reduce((sum, pole, n) => sum + multiplied(pole >> 2, this.reconstructed[n]!), 0)
    const predicted = (zeroPart + polePart) >> 1
    const scale = this.scale()
    const magnitude = differenceOf(word, scale)
    const isNegative = word >= 8
    const signal = isNegative ? predicted - magnitude : predicted + magnitude
    this.adapt({ word, scale, magnitude, isNegative, signal, partial: signal - predicted + (zeroPart >> 1) })
    return within(signal << 2, -32_768, 32_767)
  }

  private scale(): number {
    if (this.speed >= 256) return this.fast
    const slow = this.slow >> 6
    const difference = this.fast - slow
    const part = this.speed >> 2
    return difference > 0 ? slow + ((difference * part) >> 6) : slow + ((difference * part + 0x3f) >> 6)
  }

  private adapt(now: Adaptation): void {
    const { word, scale, magnitude, isNegative, signal, partial } = now
    const isTransition = this.isTone && magnitude > this.threshold()
    this.fast = within(scale + (((scaleChanges[word]! << 5) - scale) >> 5), 544, 5120)
    this.slow += this.fast + (-this.slow >> 6)
    const sign = partial < 0 ? 1 : 0
    if (isTransition) {
      this.poles = [0, 0]
      this.zeros.fill(0)
    } else {
      this.movePoles(sign, partial)
      for (const [n, zero] of this.zeros.entries()) {
        const agrees = isNegative === this.differences[n]! < 0
        this.zeros[n] = zero - (zero >> 8) + (magnitude === 0 ? 0 : agrees ? 128 : -128)
      }
    }
    this.differences.pop()
    this.differences.unshift(floating(isNegative ? -1 : 1, magnitude))
    this.reconstructed = [floating(signal, Math.abs(signal)), this.reconstructed[0]!]
    this.signs = [sign, this.signs[0]!]
    this.isTone = !isTransition && this.poles[1]! < -11_776
    this.moveSpeed(speeds[word]!, scale, isTransition)
  }

  /** During a tone, a difference above it is the tone's end. */
  private threshold(): number {
    const whole = this.slow >> 15
    const max = whole > 9 ? 31 << 10 : (32 + ((this.slow >> 10) & 31)) << whole
    return (max + (max >> 1)) >> 1
  }

  private movePoles(sign: number, partial: number): void {
    const [first, second] = this.poles as [number, number]
    const isTurned = (sign ^ this.signs[0]!) === 1
    let next = second - (second >> 7)
    if (partial !== 0) {
      const drawn = isTurned ? first : -first
      next += drawn < -8191 ? -0x100 : drawn > 8191 ? 0xff : drawn >> 5
      next = within(next + ((sign ^ this.signs[1]!) === 1 ? -0x80 : 0x80), -12_288, 12_288)
    }
    const max = 15_360 - next
    const change = partial === 0 ? 0 : isTurned ? -192 : 192
    this.poles = [within(first - (first >> 8) + change, -max, max), next]
  }

  private moveSpeed(speed: number, scale: number, isTransition: boolean): void {
    this.shortAverage += (speed - this.shortAverage) >> 5
    this.longAverage += ((speed << 2) - this.longAverage) >> 7
    const isChanging = Math.abs((this.shortAverage << 2) - this.longAverage) >= this.longAverage >> 3
    if (isTransition) this.speed = 256
    else if (scale < 1536 || this.isTone || isChanging) this.speed += (0x200 - this.speed) >> 4
    else this.speed += -this.speed >> 4
  }
}

interface Adaptation {
  word: number
  scale: number
  magnitude: number
  isNegative: boolean
  signal: number
  partial: number
}

function differenceOf(word: number, scale: number): number {
  const log = logDifferences[word]! + (scale >> 2)
  return log < 0 ? 0 : ((128 + (log & 127)) << 7) >> (14 - ((log >> 7) & 15))
}
