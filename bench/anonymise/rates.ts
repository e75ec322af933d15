/** What is told of a verifier's scores. */

export interface Scored {
  same: boolean
  score: number
}

/** Share of errors where as many strangers are taken in as persons are turned away; 0 to 1. */
export function equalErrorRate(trials: readonly Scored[]): number {
  const sorted = trials.toSorted((one, other) => one.score - other.score)
  const targets = sorted.filter(({ same }) => same).length
  const strangers = sorted.length - targets
  let [missed, taken] = [0, strangers]
  let [before, equal] = [1, 0.5]
  for (const { same } of sorted) {
    if (same) missed++
    else taken--
    const [miss, alarm] = [missed / targets, taken / strangers]
    if (Math.abs(miss - alarm) > before) break
    before = Math.abs(miss - alarm)
    equal = (miss + alarm) / 2
  }
  return equal
}

/** Share of persons found where one stranger in a hundred is taken for them. */
export function foundAtOnePercent(trials: readonly Scored[]): number {
  const strangers = trials.filter(({ same }) => !same).map(({ score }) => score)
  strangers.sort((one, other) => other - one)
  const threshold = strangers[Math.floor(strangers.length * 0.01)] ?? Infinity
  const targets = trials.filter(({ same }) => same)
  return targets.filter(({ score }) => score > threshold).length / targets.length
}

/** Share of recordings whose speaker has the highest score of all who are enrolled. */
export function pickedOut(trials: readonly { recording: string; same: boolean; score: number }[]): number {
  const recordings = [...Map.groupBy(trials, ({ recording }) => recording).values()]
  const hits = recordings.filter((candidates) => {
    const best = candidates.reduce((one, other) => (other.score > one.score ? other : one))
    return best.same
  })
  return hits.length / recordings.length
}
