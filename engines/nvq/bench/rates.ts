/** Error rates computed from a verifier's scores. */

export interface Scored {
  same: boolean
  score: number
}

/** Returns the equal error rate, at which false acceptances and false rejections are equal; 0 to 1. */
export function equalErrorRate(trials: readonly Scored[]): number {
  const sorted = trials.toSorted((one, other) => one.score - other.score)
  return equalErrorOf(
    sorted.map(({ same }) => same),
    new Float64Array(sorted.length).fill(1),
  )
}

/**
 * @param same whether each trial is of one speaker, in the order of the scores
 * @param weights how often each trial counts
 */
export function equalErrorOf(same: readonly boolean[], weights: Float64Array): number {
  let [targets, strangers] = [0, 0]
  for (let at = 0; at < same.length; at++) {
    if (same[at]) targets += weights[at]!
    else strangers += weights[at]!
  }
  let [missed, taken] = [0, strangers]
  let [before, equal] = [1, 0.5]
  for (let at = 0; at < same.length; at++) {
    if (same[at]) missed += weights[at]!
    else taken -= weights[at]!
    const [miss, alarm] = [missed / targets, taken / strangers]
    if (Math.abs(miss - alarm) > before) break
    before = Math.abs(miss - alarm)
    equal = (miss + alarm) / 2
  }
  return equal
}

/** Returns the share of speakers found at a false acceptance rate of 1 %. */
export function foundAtOnePercent(trials: readonly Scored[]): number {
  const strangers = trials.filter(({ same }) => !same).map(({ score }) => score)
  strangers.sort((one, other) => other - one)
  const threshold = strangers[Math.floor(strangers.length * 0.01)] ?? Infinity
  const targets = trials.filter(({ same }) => same)
  return targets.filter(({ score }) => score > threshold).length / targets.length
}

/** Returns the share of recordings whose speaker has the highest score of all enrolled speakers. */
export function pickedOut(trials: readonly { recording: string; same: boolean; score: number }[]): number {
  const recordings = [...Map.groupBy(trials, ({ recording }) => recording).values()]
  const hits = recordings.filter((candidates) => {
    const best = candidates.reduce((one, other) => (other.score > one.score ? other : one))
    return best.same
  })
  return hits.length / recordings.length
}
