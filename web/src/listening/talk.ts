/** Who speaks when, judged from the peaks of both sides: nothing is known of words or speakers. */
import { quietBelow, type Stretch } from './silence.ts'

export interface TalkMoment extends Stretch {
  kind: 'silence' | 'overlap' | Hold['kind']
}

/** When the call was on hold, or nothing was recorded because of a consultation or conference. */
export interface Hold extends Stretch {
  kind: 'hold' | 'consultation' | 'conference'
}

export interface Talk {
  /** Milliseconds in which only the caller speaks, only the official, both, and nobody. */
  callerMs: number
  officialMs: number
  bothMs: number
  silentMs: number
  /** Long silences, overlaps and holds, in order. */
  moments: TalkMoment[]
}

/** Longest pause between words: it counts as speech. */
const bridgeMs = 400
/** Longest click: it does not count as speech. */
const burstMs = 100
const minSilenceMs = 3000
const minOverlapMs = 1000

/**
 * Returns the shares of talk and silence, the holds, and where both sides are silent or speak at the same time for long. A
 * silence within a hold is part of the hold.
 */
export function talkOf(
  caller: Uint8Array,
  official: Uint8Array,
  peaksPerSecond: number,
  holds: readonly Hold[] = [],
): Talk {
  const peakMs = 1000 / peaksPerSecond
  const length = Math.max(caller.length, official.length)
  const [callerSpeaks, officialSpeaks] = [caller, official].map((peaks) => speechOf(peaks, length, peakMs)) as [
    boolean[],
    boolean[],
  ]
  const kinds = Array.from({ length }, (_, peak) => {
    if (callerSpeaks[peak]) return officialSpeaks[peak] ? 'overlap' : 'caller'
    return officialSpeaks[peak] ? 'official' : 'silence'
  })
  const sum = (kind: (typeof kinds)[number]) => kinds.filter((one) => one === kind).length * peakMs
  const moments = runsOf(kinds).flatMap(({ value: kind, from, to }): TalkMoment[] => {
    if (kind !== 'silence' && kind !== 'overlap') return []
    const isLong = (to - from) * peakMs >= (kind === 'silence' ? minSilenceMs : minOverlapMs)
    return isLong ? [{ kind, fromMs: from * peakMs, toMs: to * peakMs }] : []
  })
  return {
    callerMs: sum('caller'),
    officialMs: sum('official'),
    bothMs: sum('overlap'),
    silentMs: sum('silence'),
    moments: [...moments.filter((one) => !isWithin(one, holds)), ...holds].sort((a, b) => a.fromMs - b.fromMs),
  }
}

/** Marks and peaks may differ by the delay of a packet. */
const toleranceMs = 1000

/** Returns true for a silence or a gap in one of the holds. */
export function isWithin({ kind, fromMs, toMs }: Stretch & { kind: string }, holds: readonly Hold[]): boolean {
  return (
    (kind === 'silence' || kind === 'pause') &&
    holds.some((hold) => hold.fromMs - toleranceMs <= fromMs && toMs <= hold.toMs + toleranceMs)
  )
}

/** Returns for each peak whether this side speaks: without short bursts, and across short pauses. */
function speechOf(peaks: Uint8Array, length: number, peakMs: number): boolean[] {
  const loud = Array.from({ length }, (_, peak) => (peaks[peak] ?? 0) >= quietBelow)
  const spoken = withRunsFlipped(loud, (run) => run.value && (run.to - run.from) * peakMs < burstMs)
  return withRunsFlipped(
    spoken,
    ({ value, from, to }) => !value && from > 0 && to < length && (to - from) * peakMs < bridgeMs,
  )
}

function withRunsFlipped(values: boolean[], isFlipped: (run: Run<boolean>) => boolean): boolean[] {
  return runsOf(values).flatMap((run) => Array.from({ length: run.to - run.from }, () => run.value !== isFlipped(run)))
}

interface Run<Value> {
  value: Value
  from: number
  /** Exclusive. */
  to: number
}

function runsOf<Value>(values: readonly Value[]): Run<Value>[] {
  const runs: Run<Value>[] = []
  values.forEach((value, at) => {
    const last = runs.at(-1)
    if (last && last.value === value) last.to = at + 1
    else runs.push({ value, from: at, to: at + 1 })
  })
  return runs
}
