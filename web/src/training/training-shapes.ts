/** Types of the API for training (R4, R38; AC21), who may open its pages, and a moment as typed in its form. */
import type { Answer, Me } from '../api/shapes.ts'
import { formatPosition, readPosition } from '../format/duration.ts'

export type ListedCollection = Answer<'/api/training/collections', 'get'>['items'][number]
export type Collection = Answer<'/api/training/collections/{id}', 'get'>
export type CollectedMoment = Collection['moments'][number]
export type MomentThere = Extract<CollectedMoment, { state: 'THERE' }>
export type ListedTraining = Answer<'/api/training/sessions', 'get'>['items'][number]
export type Training = Answer<'/api/training/sessions/{id}', 'get'>

/** Returns true for trainers: experts with the training duty, and supervisors. */
export function trains(me: Pick<Me, 'rights'>): boolean {
  return me.rights.some(({ role, duty }) => role === 'SUPERVISOR' || (role === 'EXPERT' && duty === 'TRAINING'))
}

/** A moment as typed: positions as `2.05`. */
export interface TypedMoment {
  from: string
  to: string
  title: string
  lesson: string
}

export type WrongMoment = Partial<Record<'from' | 'to' | 'title', true>>

/**
 * Returns the typed moment for the server, or the wrong fields. The end may be the recording's own, which is no whole second.
 */
export function parseMoment(
  typed: TypedMoment,
  durationMs: number,
): { fromMs: number; toMs: number; title: string; lesson: string } | { wrong: WrongMoment } {
  const fromMs = readPosition(typed.from)
  const written = readPosition(typed.to)
  const toMs =
    written === undefined ? undefined : written >= wholeMs(durationMs) ? Math.min(written, durationMs) : written
  const title = typed.title.trim()
  const wrong: WrongMoment = {
    ...((fromMs === undefined || fromMs >= durationMs) && { from: true as const }),
    ...((toMs === undefined || toMs <= (fromMs ?? 0) || (written ?? 0) > durationMs + 1000) && { to: true as const }),
    ...(title === '' && { title: true as const }),
  }
  if (Object.keys(wrong).length > 0 || fromMs === undefined || toMs === undefined) return { wrong }
  return { fromMs, toMs, title, lesson: typed.lesson.trim() }
}

const wholeMs = (ms: number) => Math.floor(ms / 1000) * 1000

/** Returns a moment as text for the fields. */
export function typedOf({ fromMs, toMs, title, lesson }: Pick<MomentThere, 'fromMs' | 'toMs' | 'title' | 'lesson'>) {
  return { from: formatPosition(fromMs), to: formatPosition(toMs), title, lesson }
}

/** Returns the moments with one of them moved by one place; unchanged at an end. */
export function moved(ids: readonly string[], id: string, by: 1 | -1): string[] {
  const at = ids.indexOf(id)
  const to = at + by
  if (at < 0 || to < 0 || to >= ids.length) return [...ids]
  const next = [...ids]
  next.splice(at, 1)
  next.splice(to, 0, id)
  return next
}

/** Days before a moment's end of retention at which it is marked. */
const warnedDays = 30

export function endsSoon(destroyAt: string, nowMs: number): boolean {
  return Date.parse(destroyAt) - nowMs < warnedDays * 86_400_000
}
