import type { Reason, Track } from './copy-shapes.ts'
import { tracks } from './copy-shapes.ts'
import { wrongTimes, type WrongTimes } from './work.ts'

/** Redaction being marked, before it is added. */
export interface Mark {
  track: Track | 'BOTH'
  fromMs?: number
  toMs?: number
  reason: Reason
}

/** Both parties may say what identifies one of them: by default both tracks are redacted. */
export const firstMark: Mark = { track: 'BOTH', reason: 'NAME' }

/** Returns the tracks of a mark. */
export function tracksOf({ track }: Mark): readonly Track[] {
  return track === 'BOTH' ? tracks : [track]
}

/** Sets the start. Clears an end that is not after it, because that end belonged to another mark. */
export function markedFrom(mark: Mark, fromMs: number): Mark {
  const { toMs, ...rest } = mark
  return { ...rest, fromMs, ...(toMs !== undefined && toMs > fromMs && { toMs }) }
}

/** Sets the end. Clears a start that is not before it. */
export function markedTo(mark: Mark, toMs: number): Mark {
  const { fromMs, ...rest } = mark
  return { ...rest, toMs, ...(fromMs !== undefined && fromMs < toMs && { fromMs }) }
}

/** Clears one end. */
export function withoutEnd(mark: Mark, end: 'fromMs' | 'toMs'): Mark {
  const { [end]: _, ...rest } = mark
  return rest
}

/** Returns true if the start of an invalid mark is wrong, false if the end is. */
export function isFromWrong({ fromMs, toMs }: Mark, durationMs: number): boolean {
  return fromMs === undefined || fromMs > durationMs || (toMs !== undefined && toMs <= durationMs)
}

/** Returns the stretch of a mark, or what is wrong with it. */
export function stretchOf(
  { fromMs, toMs }: Mark,
  durationMs: number,
): { fromMs: number; toMs: number } | { wrong: WrongTimes | 'missing' } {
  if (fromMs === undefined || toMs === undefined) return { wrong: 'missing' }
  const wrong = wrongTimes(fromMs, toMs, durationMs)
  return wrong ? { wrong } : { fromMs: Math.round(fromMs), toMs: Math.round(toMs) }
}
