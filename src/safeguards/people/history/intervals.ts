import { laterOf } from '#platform/clock/instants.ts'
/** An interval from an instant until before another, or open-ended. */
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

/** Returns the earlier of two ends; null is no end. */
function earlier(one: Temporal.Instant | null, other: Temporal.Instant | null): Temporal.Instant | null {
  if (one === null || other === null) return one ?? other
  return compare(one, other) < 0 ? one : other
}

/** Returns the intersection, or an empty list. */
export function intersect<Held extends Interval>(held: Held, bounds: Interval): Held[] {
  const part = { ...held, from: laterOf(held.from, bounds.from), to: earlier(held.to, bounds.to) }
  return part.to === null || compare(part.from, part.to) < 0 ? [part] : []
}

/** Splits the whole wherever one of the others begins or ends, so that each holds throughout a part or not at all. */
export function splitAtBounds(whole: Interval, others: readonly Interval[]): Interval[] {
  const cuts = others
    .flatMap(({ from, to }) => (to === null ? [from] : [from, to]))
    .filter((cut) => compare(whole.from, cut) < 0 && (whole.to === null || compare(cut, whole.to) < 0))
    .sort(compare)
    .filter((cut, index, sorted) => index === 0 || !cut.equals(sorted[index - 1] ?? whole.from))
  const starts = [whole.from, ...cuts]
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? whole.to }))
}

/**
 * Sets `value` in a timeline (ordered intervals that never overlap) from an instant until the next known change, or `until`.
 * Null: nothing holds in that time. Adjacent intervals with equal values are merged.
 */
export function changeFrom<Value extends object>(
  timeline: readonly (Interval & Value)[],
  { from, until = null }: { from: Temporal.Instant; until?: Temporal.Instant | null },
  value: Value | null,
  areEqual: (one: Value, other: Value) => boolean,
): (Interval & Value)[] {
  const next = timeline
    .flatMap((held) => (held.to === null ? [held.from] : [held.from, held.to]))
    .filter((instant) => compare(instant, from) > 0)
    .reduce(earlier, until)
  const earliest = Temporal.Instant.fromEpochMilliseconds(-8.64e15)
  const pieces = [
    ...timeline.flatMap((held) => [
      ...intersect(held, { from: earliest, to: from }),
      ...(next === null ? [] : intersect(held, { from: next, to: null })),
    ]),
    ...(value === null ? [] : intersect({ ...value, from, to: next }, { from, to: null })),
  ]
  return mergeAdjacent(pieces, areEqual)
}

/** Sorts the intervals, and merges adjacent ones with equal values. */
function mergeAdjacent<Value extends object>(
  pieces: (Interval & Value)[],
  areEqual: (one: Value, other: Value) => boolean,
): (Interval & Value)[] {
  const timeline: (Interval & Value)[] = []
  for (const piece of pieces.toSorted((one, other) => compare(one.from, other.from))) {
    const last = timeline.at(-1)
    if (last?.to && compare(last.to, piece.from) === 0 && areEqual(last, piece)) {
      timeline[timeline.length - 1] = { ...last, to: piece.to }
    } else timeline.push(piece)
  }
  return timeline
}
