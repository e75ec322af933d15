/**
 * The anonymised copy of a recording (R33, L30; docs/decisions/0039), prepared and checked by two people. Words and redactions
 * are stored sealed and never logged, the checker gets no original, and there is one rendering.
 */
import type { Level } from '../voice/engine.ts'

export type CopyTrack = 'CALLER' | 'OFFICIAL'
export const copyTracks: readonly CopyTrack[] = ['CALLER', 'OFFICIAL']

export type RedactionReason =
  | 'NAME'
  | 'IDENTITY_CODE'
  | 'ADDRESS'
  | 'PHONE'
  | 'ACCOUNT'
  | 'BUSINESS_ID'
  | 'CASE_NUMBER'
  | 'PLATE'
  | 'DATE_OF_BIRTH'
  | 'OTHER'

/** A word of which the recogniser is not sure: letters [from, to) of its turn's text, and its time in the recording. */
export interface Doubt {
  from: number
  to: number
  fromMs: number
}

export interface WrittenTurn {
  track: CopyTrack
  fromMs: number
  toMs: number
  language: 'fi' | 'sv' | 'en'
  text: string
  /** False: proposed by a program and not yet reviewed. Undefined if a person wrote it. */
  isReviewed?: boolean
  /** Uncertain words that nobody has corrected or accepted, in the order of the text. */
  doubts?: readonly Doubt[]
}

export interface Redaction {
  track: CopyTrack
  fromMs: number
  toMs: number
  reason: RedactionReason
  source: 'MANUAL' | 'PROPOSED'
  isReviewed: boolean
}

/** Turns and redactions of a copy; sealed with the recording's key. */
export interface CopyWork {
  level: Level
  turns: readonly WrittenTurn[]
  redactions: readonly Redaction[]
}

export interface Stretch {
  fromMs: number
  toMs: number
}

/** Returns the field with invalid times, such as `turns.3`: outside the recording, or one speaker overlapping themselves. */
export function findInvalidTimes({ turns, redactions }: CopyWork, durationMs: number): string | undefined {
  const isWithin = ({ fromMs, toMs }: Stretch) => fromMs < toMs && toMs <= durationMs
  const turn = turns.findIndex((one) => !isWithin(one))
  if (turn >= 0) return `turns.${turn}`
  const redaction = redactions.findIndex((one) => !isWithin(one))
  if (redaction >= 0) return `redactions.${redaction}`
  for (const track of copyTracks) {
    let before = 0
    for (const { one, index } of inOrder(turns, track)) {
      if (one.fromMs < before) return `turns.${index}`
      before = one.toMs
    }
  }
  return undefined
}

/** Returns items of one track ordered by start, with their index in the list. */
export function inOrder<One extends Stretch & { track: CopyTrack }>(
  list: readonly One[],
  track: CopyTrack,
): { one: One; index: number }[] {
  return list
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => one.track === track)
    .sort((a, b) => a.one.fromMs - b.one.fromMs)
}

/** Merges stretches that touch or overlap; returns them in order. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = []
  for (const { fromMs, toMs } of [...stretches].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = whole.at(-1)
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else whole.push({ fromMs, toMs })
  }
  return whole
}

/** Returns the parts of a stretch outside of others, which are ordered and do not overlap (mergeStretches). */
export function subtractStretches({ fromMs, toMs }: Stretch, others: readonly Stretch[]): Stretch[] {
  const rest: Stretch[] = []
  let at = fromMs
  for (const other of others) {
    if (other.toMs <= at) continue
    if (other.fromMs >= toMs) break
    if (other.fromMs > at) rest.push({ fromMs: at, toMs: other.fromMs })
    at = other.toMs
  }
  if (at < toMs) rest.push({ fromMs: at, toMs })
  return rest
}

export function touches(one: Stretch, other: Stretch): boolean {
  return one.fromMs < other.toMs && other.fromMs < one.toMs
}

/** Counts redactions by reason, and the total time that is redacted on either track or both. */
export function countRemoved(redactions: readonly Redaction[]): {
  removed: Partial<Record<RedactionReason, number>>
  redactedMs: number
} {
  const removed: Partial<Record<RedactionReason, number>> = {}
  for (const { reason } of redactions) removed[reason] = (removed[reason] ?? 0) + 1
  const redactedMs = mergeStretches(redactions).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  return { removed, redactedMs }
}
