import type { Study } from '../studies/question.ts'

export interface HourBar {
  hour: number
  answered: number
  recorded: number
}

/** Returns the hours from the first to the last with a shown count; none if every count is suppressed or zero. */
export function barsOf({ rows }: Pick<Study, 'rows'>): HourBar[] {
  const shown = rows
    .map(({ key, figures }) => ({
      hour: Number(key),
      answered: figures.judged ?? 0,
      recorded: Math.min(figures.recorded ?? 0, figures.judged ?? 0),
    }))
    .filter(({ answered }) => answered > 0)
  if (shown.length === 0) return []
  const hours = shown.map(({ hour }) => hour)
  const first = Math.min(...hours)
  return Array.from(
    { length: Math.max(...hours) - first + 1 },
    (_, n) => shown.find(({ hour }) => hour === first + n) ?? { hour: first + n, answered: 0, recorded: 0 },
  )
}
