/**
 * Where a track is silent because nothing came, and why. Pure.
 *
 * In: what the packets cover, what is missing between them, when the recording was on hold. Out: gaps in order.
 */
import type { Gap, GapKind } from './recording-index.ts'
import type { Track } from './recording-log.ts'

/** Samples [from, to). */
export type Span = { from: number; to: number }

/** Shorter silences at either end are only the time a first packet takes to come. */
const edgeSamples = 800

/** Time in which nothing was recorded, and why. */
export type Withheld = Span & { why: Exclude<GapKind, 'loss' | 'pause'> }

/** The gaps of one track of a recording of `durationSamples`. */
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
    const why = withheld.find((span) => span.from < to && span.to > end)?.why
    gaps.push({ track, fromSample: end, toSample: to, kind: why ?? (loss && loss.from < to ? 'loss' : 'pause') })
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
