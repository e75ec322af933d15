import type { Share } from './filters.ts'
import { ordinaryRange } from './ordinary-range.ts'

/**
 * Verdict on the draw: `ordinary`, explained by chance; `more` and `fewer`, hardly; `quota`, fewer because a quota was full;
 * `none`, no calls.
 */
export type DrawVerdict = 'ordinary' | 'more' | 'fewer' | 'quota' | 'none'

export interface JudgedShare {
  draw: DrawVerdict
  /** Ordinary range of draws. */
  range: { low: number; high: number }
  /** Share of all answered calls, 0 to 1; undefined without calls. */
  planned: number | undefined
  actual: number | undefined
  /** Recorded minus drawn: negative, drawn calls are missing; positive, there are too many. */
  difference: number
}

/**
 * Compares the planned share with the actual one (R15).
 * @param hasQuota whether a quota may have kept drawn calls from being recorded
 */
export function judgeShare({ answered, expected, drawn, recorded }: Share, hasQuota: boolean): JudgedShare {
  const planned = answered === 0 ? undefined : expected / answered
  const range = ordinaryRange(answered, planned ?? 0)
  return {
    draw: answered === 0 ? 'none' : verdict(drawn, range, hasQuota),
    range,
    planned,
    actual: answered === 0 ? undefined : recorded / answered,
    difference: recorded - drawn,
  }
}

function verdict(drawn: number, { low, high }: { low: number; high: number }, hasQuota: boolean): DrawVerdict {
  if (drawn > high) return 'more'
  if (drawn < low) return hasQuota ? 'quota' : 'fewer'
  return 'ordinary'
}
