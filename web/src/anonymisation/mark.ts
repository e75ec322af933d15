import type { Reason, Track } from './copy-shapes.ts'
import { tracks } from './copy-shapes.ts'
import { wrongTimes, type WrongTimes } from './work.ts'

/** What is being marked for removal, before it is added. */
export interface Mark {
  on: Track | 'BOTH'
  fromMs?: number
  toMs?: number
  reason: Reason
}

/** Both parties say what identifies one of them: it is taken from both unless somebody says otherwise. */
export const firstMark: Mark = { on: 'BOTH', reason: 'NAME' }

/** The lanes it is on. */
export function lanesOf({ on }: Mark): readonly Track[] {
  return on === 'BOTH' ? tracks : [on]
}

/** Its other end set: an end that came to lie on the wrong side of it is forgotten, for it was of another mark. */
export function markedFrom(mark: Mark, fromMs: number): Mark {
  const { toMs, ...rest } = mark
  return { ...rest, fromMs, ...(toMs !== undefined && toMs > fromMs && { toMs }) }
}

export function markedTo(mark: Mark, toMs: number): Mark {
  const { fromMs, ...rest } = mark
  return { ...rest, toMs, ...(fromMs !== undefined && fromMs < toMs && { fromMs }) }
}

/** One of its ends is not known any more. */
export function withoutEnd(mark: Mark, end: 'fromMs' | 'toMs'): Mark {
  const { [end]: _, ...rest } = mark
  return rest
}

/** Of a mark that will not do: whether its beginning has to be put right, and not its end. */
export function isFromWrong({ fromMs, toMs }: Mark, durationMs: number): boolean {
  return fromMs === undefined || fromMs > durationMs || (toMs !== undefined && toMs <= durationMs)
}

/** The stretch of a mark, or what it lacks. */
export function stretchOf(
  { fromMs, toMs }: Mark,
  durationMs: number,
): { fromMs: number; toMs: number } | { wrong: WrongTimes | 'missing' } {
  if (fromMs === undefined || toMs === undefined) return { wrong: 'missing' }
  const wrong = wrongTimes(fromMs, toMs, durationMs)
  return wrong ? { wrong } : { fromMs: Math.round(fromMs), toMs: Math.round(toMs) }
}
