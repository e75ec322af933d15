/**
 * Finds the gaps of a track and their causes: what packets cover, what is missing between them, when the recording was on hold.
 * Pure.
 */
import type { Gap, GapKind } from './recording-index.ts'
import type { Track } from './recording-log.ts'

/** Samples [from, to). */
export type Span = { from: number; to: number }

/** Shorter gaps at either end are the delay of the first packet. */
const edgeSamples = 800

/** Time without recording, and why. */
export type Withheld = Span & { why: Exclude<GapKind, 'loss' | 'pause'> }

/** Returns the gaps of one track of a recording of `durationSamples`. */
export function findGaps(
  track: Track,
  covered: Span[],
  missing: Span[],
  durationSamples: number,
  withheld: readonly Withheld[] = [],
): Gap[] {
  const gaps: Gap[] = []
  const losses = missing.toSorted((a, b) => a.from - b.from)
  let nextLoss = 0
  let end = 0
  const add = (to: number, edge: boolean) => {
    if (to <= end || (edge && to - end < edgeSamples)) return
    while (nextLoss < losses.length && losses[nextLoss]!.to <= end) nextLoss++
    const loss = losses[nextLoss]
    const reason = withheld.find((span) => span.from < to && span.to > end)?.why
    gaps.push({ track, fromSample: end, toSample: to, kind: reason ?? (loss && loss.from < to ? 'loss' : 'pause') })
  }
  covered
    .toSorted((a, b) => a.from - b.from)
    .forEach((span, i) => {
      add(span.from, i === 0)
      end = Math.max(end, span.to)
    })
  add(durationSamples, true)
  return gaps
}

export function overlaps(spans: Span[], { from, to }: Span): boolean {
  return spans.some((span) => span.from < to && span.to > from)
}
