/**
 * Weak baseline: McAdams' coefficient (Patino et al. 2021, arXiv 2011.01130; VoicePrivacy's baseline B2). Raises the angles of the
 * complex LPC poles to a power between 0.5 and 0.9, drawn once per recording.
 */
import type { VoiceEngine } from '../src/engine.ts'

const frameLength = 240
const hop = 120
const order = 12

export const mcadams: VoiceEngine = {
  name: 'mcadams',
  version: '1',
  level: 'D',
  revoice: async ({ samples }, random) => {
    const [high = 0, low = 0] = random(2)
    return moveFormants(samples, 0.5 + (0.4 * (high * 256 + low)) / 65535)
  },
}

function moveFormants(samples: Int16Array, power: number): Int16Array {
  const out = new Float64Array(samples.length + frameLength)
  const window = Float64Array.from({ length: frameLength }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / frameLength))
  const frame = new Float64Array(frameLength)
  for (let start = 0; start < samples.length; start += hop) {
    for (let n = 0; n < frameLength; n++) frame[n] = (samples[start + n] ?? 0) * window[n]!
    const coefficients = linearPrediction(frame)
    const moved = fromRoots(rootsOf(coefficients).map((root) => moveRoot(root, power)))
    const past = new Float64Array(order)
    for (let n = 0; n < frameLength; n++) {
      let residual = frame[n]!
      for (let k = 1; k <= order; k++) residual += coefficients[k]! * (frame[n - k] ?? 0)
      let sample = residual
      for (let k = 1; k <= order; k++) sample -= moved[k]! * past[k - 1]!
      past.copyWithin(1, 0)
      past[0] = sample
      out[start + n]! += sample * window[n]!
    }
  }
  return Int16Array.from({ length: samples.length }, (_, n) => Math.max(-32768, Math.min(32767, Math.round(out[n]!))))
}

/** Returns the LPC coefficients 1, a1, ... (Levinson-Durbin recursion). */
function linearPrediction(frame: Float64Array): Float64Array {
  const correlation = Float64Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0
    for (let n = lag; n < frame.length; n++) sum += frame[n]! * frame[n - lag]!
    return sum
  })
  const a = new Float64Array(order + 1)
  a[0] = 1
  let error = correlation[0]! * 1.0001 + 1
  for (let step = 1; step <= order; step++) {
    let sum = correlation[step]!
    for (let k = 1; k < step; k++) sum += a[k]! * correlation[step - k]!
    const reflection = -sum / error
    const before = a.slice()
    for (let k = 1; k < step; k++) a[k] = before[k]! + reflection * before[step - k]!
    a[step] = reflection
    error *= 1 - reflection ** 2
  }
  return a
}

interface Complex {
  re: number
  im: number
}

/** Returns the roots of a polynomial (Durand-Kerner method). */
function rootsOf(coefficients: Float64Array): Complex[] {
  const roots: Complex[] = Array.from({ length: order }, (_, index) => ({
    re: 0.9 * Math.cos((2 * Math.PI * (index + 0.3)) / order),
    im: 0.9 * Math.sin((2 * Math.PI * (index + 0.3)) / order),
  }))
  for (let round = 0; round < 40; round++) {
    let furthest = 0
    for (const [index, root] of roots.entries()) {
      let [re, im] = [1, 0]
      for (let k = 1; k <= order; k++)
        [re, im] = [re * root.re - im * root.im + coefficients[k]!, re * root.im + im * root.re]
      let [belowRe, belowIm] = [1, 0]
      for (const [other, { re: otherRe, im: otherIm }] of roots.entries()) {
        if (other === index) continue
        const [x, y] = [root.re - otherRe, root.im - otherIm]
        ;[belowRe, belowIm] = [belowRe * x - belowIm * y, belowRe * y + belowIm * x]
      }
      const size = belowRe ** 2 + belowIm ** 2 + 1e-30
      const [stepRe, stepIm] = [(re * belowRe + im * belowIm) / size, (im * belowRe - re * belowIm) / size]
      root.re -= stepRe
      root.im -= stepIm
      furthest = Math.max(furthest, stepRe ** 2 + stepIm ** 2)
    }
    if (furthest < 1e-12) break
  }
  return roots
}

function moveRoot({ re, im }: Complex, power: number): Complex {
  const radius = Math.min(0.98, Math.hypot(re, im))
  const angle = Math.atan2(im, re)
  if (Math.abs(im) < 1e-6) return { re: Math.sign(re) * radius, im: 0 }
  const moved = Math.sign(angle) * Math.abs(angle) ** power
  return { re: radius * Math.cos(moved), im: radius * Math.sin(moved) }
}

function fromRoots(roots: readonly Complex[]): Float64Array {
  let polynomial: Complex[] = [{ re: 1, im: 0 }]
  for (const { re, im } of roots) {
    const next = [...polynomial, { re: 0, im: 0 }].map((value) => ({ ...value }))
    polynomial.forEach((value, k) => {
      next[k + 1]!.re -= value.re * re - value.im * im
      next[k + 1]!.im -= value.re * im + value.im * re
    })
    polynomial = next
  }
  return Float64Array.from(polynomial, ({ re }) => re)
}
