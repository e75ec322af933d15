/**
 * Prosody of a recording as one vector: mean, range and movement of the pitch, rhythm of the loudness, and the long-term spectrum
 * with its variance (timbre and room, if the engine preserves them).
 */
import { pitchOf } from './pitch.ts'
import { cepstra, type VoiceFrames } from './voice-frames.ts'

/** Modulation frequencies of the loudness that represent rhythm, in Hz. */
const rhythms = [1, 2, 3, 4, 6, 8, 12]

const moments = (values: readonly number[]) => {
  if (values.length < 2) return [0, 0, 0]
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) + 1e-6
  return [mean, spread, values.reduce((sum, value) => sum + ((value - mean) / spread) ** 3, 0) / values.length]
}

export function prosodyOf(samples: Int16Array, { raw, count, loudness, speaks }: VoiceFrames): Float64Array {
  const pitch = pitchOf(samples)
  const voiced = [...pitch].filter((hz) => hz > 0).map(Math.log)
  const ordered = voiced.toSorted((one, other) => one - other)
  const at = (share: number) => ordered[Math.floor(share * (ordered.length - 1))] ?? 0
  const moves: number[] = []
  let runs = 0
  for (let frame = 1; frame < pitch.length; frame++) {
    const [before, here] = [pitch[frame - 1]!, pitch[frame]!]
    if (before > 0 && here > 0) moves.push(Math.log(here / before))
    if (before === 0 && here > 0) runs++
  }
  const levels = [...loudness].filter((_, frame) => speaks[frame] === 1)
  const [loud = 0, spread, skew] = moments(levels)
  const swings = rhythms.map((hz) => {
    let [real, imaginary] = [0, 0]
    loudness.forEach((level, frame) => {
      if (speaks[frame] !== 1) return
      real += (level - loud) * Math.cos((2 * Math.PI * hz * frame) / 100)
      imaginary += (level - loud) * Math.sin((2 * Math.PI * hz * frame) / 100)
    })
    return Math.log((real ** 2 + imaginary ** 2) / Math.max(1, levels.length) + 1)
  })
  const timbre: number[] = []
  for (let order = 0; order < cepstra; order++) {
    const [mean = 0, deviation = 0] = moments(
      Array.from({ length: count }, (_, frame) => raw[frame * cepstra + order]!),
    )
    if (order > 0) timbre.push(mean)
    timbre.push(Math.log(deviation + 1e-3))
  }
  return Float64Array.from([
    ...moments(voiced),
    at(0.1),
    at(0.5),
    at(0.9),
    ...moments(moves),
    moves.reduce((sum, move) => sum + Math.abs(move), 0) / Math.max(1, moves.length),
    voiced.length / Math.max(1, count),
    (runs * 100) / Math.max(1, count),
    spread!,
    skew!,
    ...swings,
    ...timbre,
  ])
}
