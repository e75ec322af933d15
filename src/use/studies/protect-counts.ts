/**
 * What may be told of counts (docs/decisions/0053-counts-in-fives.md). In: counts as they are kept. Out: what is shown of them.
 * Pure, and the one way from the one to the other. Never here: a count of one to four calls, or two answers whose difference is
 * one.
 */
import { percentile, type Length } from './percentile.ts'
import { talkBounds, waitBounds, type Kept, type Measure } from './study.ts'

/** Fewer calls than this are not told. */
export const fewest = 5
/** Of fewer calls than this no share and no length is told: few calls would say too much of each. */
export const fewestToDivide = 20

/** A multiple of five; nothing where it is of one to four calls, or would tell what is. */
export type Count = number | null

/** What is told of one cell. Null: too few calls to tell. */
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
  /** What the rules of the plan let expect, 0 to 1. */
  plannedShare?: number | null
}

/** One count alone: to the nearest multiple of five. Whoever subtracts two of them gets a multiple of five. */
export function protectCount(count: number): Count {
  const known = Math.max(0, count)
  if (known === 0) return 0
  return known < fewest ? null : Math.round(known / fewest) * fewest
}

/** Whether a sum and the parts of it that are told leave too little room for a part that is not. */
export function givesAway(total: Count, parts: readonly Count[]): boolean {
  const hidden = parts.filter((part) => part === null).length
  if (hidden === 0 || total === null) return false
  const [least, most] = boundsOf(total)
  const shown = parts.filter((part) => part !== null).map(boundsOf)
  const low = Math.max(hidden, least - sum(shown.map(([, high]) => high)))
  const high = Math.min(hidden * (fewest - 1), most - sum(shown.map(([first]) => first)))
  // Each hidden part could be one, and each could be four.
  return low > (fewest - 1) * (hidden - 1) + 1 || high < hidden - 1 + (fewest - 1)
}

/** What is told of the cells of one study, and of all of them together. */
export function protectStudy(measure: Measure, cells: readonly Kept[]): { cells: Figures[]; total: Figures } {
  const all = cells.reduce<Kept>(add, { ...nothing, lengths: [] })
  const figures = cells.map((cell) => tell(measure, cell))
  const total = tell(measure, all)
  for (const name of ['calls', 'answered', 'unanswered', 'judged', 'recorded'] as const) {
    const parts = figures.map((one) => one[name] ?? (name in one ? null : 0))
    if (givesAway(total[name] ?? null, parts)) total[name] = null
  }
  return { cells: figures, total }
}

const nothing: Omit<Kept, 'lengths'> = { calls: 0, answered: 0, judged: 0, recorded: 0, expectedPpm: 0 }

function tell(measure: Measure, kept: Kept): Figures {
  if (measure === 'talk' || measure === 'wait') {
    const bounds = measure === 'talk' ? talkBounds : waitBounds
    const known = sum(kept.lengths)
    const tells = known >= fewestToDivide
    return {
      answered: protectCount(kept.answered),
      median: tells ? percentile(kept.lengths, bounds, 0.5) : null,
      ninetieth: tells ? percentile(kept.lengths, bounds, 0.9) : null,
    }
  }
  if (measure === 'recorded') {
    return {
      judged: protectCount(kept.judged),
      recorded: protectCount(kept.recorded),
      recordedShare: protectShare(kept.recorded, kept.judged),
      plannedShare: kept.judged < fewestToDivide ? null : Math.round(kept.expectedPpm / kept.judged / 1000) / 1000,
    }
  }
  const [answered, unanswered] = [protectCount(kept.answered), protectCount(kept.calls - kept.answered)]
  const calls = protectCount(kept.calls)
  return {
    calls: givesAway(calls, [answered, unanswered]) ? null : calls,
    answered,
    unanswered,
    answeredShare: protectShare(kept.answered, kept.calls),
  }
}

/** In whole hundredths; neither the part nor the rest of it is of one to four calls. */
function protectShare(part: number, whole: number): number | null {
  if (whole < fewestToDivide) return null
  if ([part, whole - part].some((count) => count > 0 && count < fewest)) return null
  return Math.round((part / whole) * 100) / 100
}

/** What a told count may have been. */
function boundsOf(told: number): [number, number] {
  if (told === 0) return [0, 0]
  return [Math.max(fewest, told - 2), told + 2]
}

function add(one: Kept, other: Kept): Kept {
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
