import type { Stretch } from '../listening/silence.ts'

/** Returns stretches in order, adjacent and overlapping ones merged. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = []
  for (const { fromMs, toMs } of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1)
    if (toMs <= fromMs) continue
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else merged.push({ fromMs, toMs })
  }
  return merged
}

/** Returns `stretches` minus `removed`. */
export function subtractStretches(stretches: readonly Stretch[], removed: readonly Stretch[]): Stretch[] {
  return mergeStretches(removed).reduce<Stretch[]>(
    (left, cut) =>
      left.flatMap(({ fromMs, toMs }) =>
        [
          { fromMs, toMs: Math.min(toMs, cut.fromMs) },
          { fromMs: Math.max(fromMs, cut.toMs), toMs },
        ].filter((one) => one.toMs > one.fromMs),
      ),
    mergeStretches(stretches),
  )
}

export function lengthOf(stretches: readonly Stretch[]): number {
  return mergeStretches(stretches).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
}

/** Returns the played share of a recording, 0-1; 1 only if nothing is unplayed. */
export function playedShareOf(unplayed: readonly Stretch[], durationMs: number): number {
  if (durationMs <= 0) return 1
  const left = lengthOf(unplayed) / durationMs
  return Math.min(1, Math.max(0, 1 - left))
}

/** Returns a share in whole per cent; 100 only for all of it. */
export function wholePercent(share: number): number {
  return share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))
}
