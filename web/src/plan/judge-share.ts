import type { Share } from './filters.ts'
import { ordinaryRange } from './ordinary-range.ts'

/**
 * What the counts say of the draw: `ordinary`, chance explains them; `more` and `fewer`, it hardly does; `quota`, fewer
 * because a quota was full; `none`, no call to judge.
 */
export type DrawVerdict = 'ordinary' | 'more' | 'fewer' | 'quota' | 'none'

export interface JudgedShare {
  draw: DrawVerdict
  /** How many draws are ordinary. */
  range: { low: number; high: number }
  /** Of all calls answered, 0 to 1; nothing where there were none. */
  planned: number | undefined
  actual: number | undefined
  /** Recorded less drawn: below zero, drawn calls are missing; above it, there are too many. */
  apart: number
}

/** Judges planned against actual (R15). @param hasQuota whether a quota may have kept drawn calls from being recorded */
export function judgeShare({ answered, expected, drawn, recorded }: Share, hasQuota: boolean): JudgedShare {
  const planned = answered === 0 ? undefined : expected / answered
  const range = ordinaryRange(answered, planned ?? 0)
  return {
    draw: answered === 0 ? 'none' : verdict(drawn, range, hasQuota),
    range,
    planned,
    actual: answered === 0 ? undefined : recorded / answered,
    apart: recorded - drawn,
  }
}

function verdict(drawn: number, { low, high }: { low: number; high: number }, hasQuota: boolean): DrawVerdict {
  if (drawn > high) return 'more'
  if (drawn < low) return hasQuota ? 'quota' : 'fewer'
  return 'ordinary'
}
