/**
 * Krippendorff's alpha: agreement of several evaluators beyond chance. 1 is full agreement, 0 the agreement of chance.
 * Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
 */

export type Measure = 'nominal' | 'ordinal' | 'interval'

/**
 * @param units for each judged item, the evaluators' values without missing ones; items with fewer than two values are ignored
 * @returns alpha; null without pairs, or if all values are equal
 */
export function alphaOf(units: readonly (readonly number[])[], measure: Measure): number | null {
  const paired = units.filter((values) => values.length > 1)
  const values = [...new Set(paired.flat())].sort((one, other) => one - other)
  const counts = new Map(values.map((value) => [value, paired.flat().filter((one) => one === value).length]))
  const n = [...counts.values()].reduce((sum, one) => sum + one, 0)
  const distance = distanceOf(measure, values, counts)
  const observed = paired.reduce((sum, given) => sum + pairs(given, distance) / (given.length - 1), 0) / n
  let expected = 0
  for (const [one, times] of counts) {
    for (const [other, otherTimes] of counts) expected += times * otherTimes * distance(one, other)
  }
  expected /= n * (n - 1)
  return n === 0 || expected === 0 ? null : 1 - observed / expected
}

/** Sum of the distances of all ordered pairs of one unit. */
function pairs(values: readonly number[], distance: (one: number, other: number) => number): number {
  return values.reduce((sum, one) => sum + values.reduce((inner, other) => inner + distance(one, other), 0), 0)
}

function distanceOf(measure: Measure, values: readonly number[], counts: ReadonlyMap<number, number>) {
  return (one: number, other: number): number => {
    if (one === other) return 0
    if (measure === 'nominal') return 1
    if (measure === 'interval') return (one - other) ** 2
    const [low, high] = [Math.min(one, other), Math.max(one, other)]
    const between = values
      .filter((value) => value >= low && value <= high)
      .reduce((sum, value) => sum + (counts.get(value) ?? 0), 0)
    return (between - ((counts.get(low) ?? 0) + (counts.get(high) ?? 0)) / 2) ** 2
  }
}
