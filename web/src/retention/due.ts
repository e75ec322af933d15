import { fromDate, startOfMonth, toZoned, toCalendarDate } from '@internationalized/date'
import { zone } from '../format/instant.ts'
import type { Due, Grain } from './retention-shapes.ts'

/** Number of bars: a month and fifteen months. */
const bars: Record<Grain, number> = { day: 31, month: 15 }

/** Returns the days or months in Finland from the current one on, each starting at the end of the one before. */
export function spansFrom(nowMs: number, by: Grain): { from: string; until: string }[] {
  const edges = Array.from({ length: bars[by] + 1 }, (_, index) => spanBoundary(nowMs, by, index))
  return edges.slice(1).map((until, index) => ({ from: iso(edges[index]!), until: iso(until) }))
}

/** Returns the amount due in each span: zero where the server sent none; amounts outside the chart are ignored. */
export function dueBySpan(spans: readonly { from: string; until: string }[], items: readonly Due[]): Due[] {
  return spans.map(({ from, until }) => {
    const inside = items.filter((item) => isWithin(item.from, from, until))
    return {
      from,
      until,
      recordings: sum(inside.map(({ recordings }) => recordings)),
      contacts: sum(inside.map(({ contacts }) => contacts)),
    }
  })
}

/** Returns bar heights, 0 to 1; nonzero counts are always visible. */
export function heightsOf(counts: readonly number[]): number[] {
  const max = Math.max(0, ...counts)
  return counts.map((count) => (count === 0 ? 0 : Math.max(0.03, count / max)))
}

/** Returns the total, and the peak; no peak if all are zero. */
export function totalsOf(due: readonly Due[], member: 'recordings' | 'contacts'): { total: number; peak?: Due } {
  const total = sum(due.map((one) => one[member]))
  const peak = due.reduce<Due | undefined>((max, one) => (one[member] > (max?.[member] ?? 0) ? one : max), undefined)
  return { total, ...(peak && { peak }) }
}

function spanBoundary(nowMs: number, by: Grain, index: number): number {
  const today = toCalendarDate(toZoned(fromDate(new Date(nowMs), 'UTC'), zone))
  const day = by === 'day' ? today.add({ days: index }) : startOfMonth(today).add({ months: index })
  return day.toDate(zone).getTime()
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isWithin(instant: string, from: string, until: string): boolean {
  return Date.parse(instant) >= Date.parse(from) && Date.parse(instant) < Date.parse(until)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0)
}
