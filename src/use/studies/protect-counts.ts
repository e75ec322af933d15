/**
 * Disclosure control of counts (docs/decisions/0053-counts-in-fives.md): the only way from stored counts to shown figures.
 * Pure. Never returns a count of one to four calls, or two counts that differ by one to four.
 */
import { percentile, type Length } from './percentile.ts'
import { talkBounds, waitBounds, type StoredCounts, type Measure } from './study.ts'

/** Smaller counts of calls are suppressed. */
export const fewest = 5
/** Shares and lengths of fewer calls are suppressed: they would reveal too much of each call. */
export const fewestToDivide = 20

/** A multiple of five; null if the count is one to four, or if it would reveal such a count. */
export type Count = number | null

/** Figures of one cell. Null: suppressed. */
export interface Figures {
  calls?: Count
  answered?: Count
  unanswered?: Count
  /** 0 to 1, in whole hundredths. */
  answeredShare?: number | null
  median?: Length | null
  ninetieth?: Length | null
  judged?: Count
  recorded?: Count
  recordedShare?: number | null
  /** Share expected by the plan's rules, 0 to 1. */
  plannedShare?: number | null
}

/** Rounds a count to the nearest multiple of five, so that differences are multiples of five too; null for one to four. */
export function protectCount(count: number): Count {
  const known = Math.max(0, count)
  if (known === 0) return 0
  return known < fewest ? null : Math.round(known / fewest) * fewest
}

/** Returns true if a total and its shown parts narrow down a suppressed part too much. */
export function revealsSuppressed(total: Count, parts: readonly Count[]): boolean {
  const hidden = parts.filter((part) => part === null).length
  if (hidden === 0 || total === null) return false
  const [min, max] = boundsOf(total)
  const shown = parts.filter((part) => part !== null).map(boundsOf)
  const low = Math.max(hidden, min - sum(shown.map(([, high]) => high)))
  const high = Math.min(hidden * (fewest - 1), max - sum(shown.map(([first]) => first)))
  // Given everything that is shown, a suppressed part must still be possible as one and as four.
  return low > (fewest - 1) * (hidden - 1) + 1 || high < hidden - 1 + (fewest - 1)
}

/** Returns the figures of a study's cells, and of their total. */
export function protectStudy(measure: Measure, cells: readonly StoredCounts[]): { cells: Figures[]; total: Figures } {
  const all = cells.reduce<StoredCounts>(add, { ...noCounts, lengths: [] })
  const figures = cells.map((cell) => figuresOf(measure, cell))
  const total = figuresOf(measure, all)
  for (const name of ['calls', 'answered', 'unanswered', 'judged', 'recorded'] as const) {
    const parts = figures.map((one) => one[name] ?? (name in one ? null : 0))
    if (revealsSuppressed(total[name] ?? null, parts)) total[name] = null
  }
  return { cells: figures, total }
}

const noCounts: Omit<StoredCounts, 'lengths'> = { calls: 0, answered: 0, judged: 0, recorded: 0, expectedPpm: 0 }

function figuresOf(measure: Measure, counts: StoredCounts): Figures {
  if (measure === 'talk' || measure === 'wait') {
    const bounds = measure === 'talk' ? talkBounds : waitBounds
    const known = sum(counts.lengths)
    const isShown = known >= fewestToDivide
    return {
      answered: protectCount(counts.answered),
      median: isShown ? percentile(counts.lengths, bounds, 0.5) : null,
      ninetieth: isShown ? percentile(counts.lengths, bounds, 0.9) : null,
    }
  }
  if (measure === 'recorded') {
    return {
      judged: protectCount(counts.judged),
      recorded: protectCount(counts.recorded),
      recordedShare: protectShare(counts.recorded, counts.judged),
      plannedShare:
        counts.judged < fewestToDivide ? null : Math.round(counts.expectedPpm / counts.judged / 1000) / 1000,
    }
  }
  const [answered, unanswered] = [protectCount(counts.answered), protectCount(counts.calls - counts.answered)]
  const calls = protectCount(counts.calls)
  return {
    calls: revealsSuppressed(calls, [answered, unanswered]) ? null : calls,
    answered,
    unanswered,
    answeredShare: protectShare(counts.answered, counts.calls),
  }
}

/** Rounds a share to whole hundredths; null if the part or its rest is of one to four calls. */
function protectShare(part: number, whole: number): number | null {
  if (whole < fewestToDivide) return null
  if ([part, whole - part].some((count) => count > 0 && count < fewest)) return null
  return Math.round((part / whole) * 100) / 100
}

/** Returns the range of true counts behind a shown one. */
function boundsOf(shown: number): [number, number] {
  if (shown === 0) return [0, 0]
  return [Math.max(fewest, shown - 2), shown + 2]
}

function add(one: StoredCounts, other: StoredCounts): StoredCounts {
  return {
    calls: one.calls + other.calls,
    answered: one.answered + other.answered,
    judged: one.judged + other.judged,
    recorded: one.recorded + other.recorded,
    expectedPpm: one.expectedPpm + other.expectedPpm,
    // A cell without calls has no bins.
    lengths: (one.lengths.length > other.lengths.length ? one : other).lengths.map(
      (_, bin) => (one.lengths[bin] ?? 0) + (other.lengths[bin] ?? 0),
    ),
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0)
}
