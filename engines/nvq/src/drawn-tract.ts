/**
 * A vocal tract that was drawn: of another length, and its parts of other lengths among themselves. In: chance. Out: where each
 * frequency comes from. Never here: the tract that spoke.
 */
import type { Chance } from './chance.ts'
import { unwarpHertz } from './envelope.ts'
import { voiceRate } from './engine.ts'

/** Lengths; above one is shorter. */
const lengths = [0.91, 1.02] as const
/** Each moved to between `furthest` below and above so much of itself, and what lies between them with them. */
const places = [
  { hertz: 300, middle: 1.034 },
  { hertz: 800, middle: 1 },
  { hertz: 1500, middle: 1.021 },
  { hertz: 2500, middle: 1 },
]
const furthest = 0.09

/** @returns from a frequency of what comes out to that of an average tract */
export function drawTract(chance: Chance): (hertz: number) => number {
  const length = chance.between(lengths[0], lengths[1])
  const knots = [
    { hertz: 0, factor: 1 },
    ...places.map(({ hertz, middle }) => ({ hertz, factor: middle + furthest * chance.between(-1, 1) })),
    { hertz: voiceRate / 2, factor: 1 },
  ]
  return (hertz) => {
    const right = Math.max(
      1,
      knots.findIndex((knot) => hertz <= knot.hertz),
    )
    const [from, to] = [knots[right - 1]!, knots[right]!]
    const factor = from.factor + ((hertz - from.hertz) / (to.hertz - from.hertz)) * (to.factor - from.factor)
    return unwarpHertz(hertz / factor, length)
  }
}
