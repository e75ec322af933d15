/** A time from an instant until before another; without an end it goes on. */
export interface Interval {
  from: Temporal.Instant
  to: Temporal.Instant | null
}

const { compare } = Temporal.Instant

export function holdsAt({ from, to }: Interval, at: Temporal.Instant): boolean {
  return compare(from, at) <= 0 && (to === null || compare(at, to) < 0)
}

export function overlap(one: Interval, other: Interval): boolean {
  return (one.to === null || compare(other.from, one.to) < 0) && (other.to === null || compare(one.from, other.to) < 0)
}

/** The whole, cut wherever one of the others begins or ends: in each part every one of them holds throughout or not at all. */
export function common(whole: Interval, others: readonly Interval[]): Interval[] {
  const cuts = others
    .flatMap(({ from, to }) => (to === null ? [from] : [from, to]))
    .filter((cut) => compare(whole.from, cut) < 0 && (whole.to === null || compare(cut, whole.to) < 0))
    .sort(compare)
    .filter((cut, index, sorted) => index === 0 || !cut.equals(sorted[index - 1] ?? whole.from))
  const starts = [whole.from, ...cuts]
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? whole.to }))
}

export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
