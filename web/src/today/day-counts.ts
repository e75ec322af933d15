import type { paths } from '../api/paths.ts'

export type Today = paths['/api/calls-today']['get']['responses'][200]['content']['text/event-stream']
export type Counts = Pick<Today['byNumber'][number], 'calls' | 'answered' | 'talking' | 'waiting'>

/**
 * Returns the counts of all calls that the viewer may count. A viewer of units may lack counts by number, and one of numbers
 * those by unit, so the table with more calls is the whole.
 */
export function totalOf({ byNumber, byUnit }: Pick<Today, 'byNumber' | 'byUnit'>): Counts {
  const [numbers, units] = [sumOf(byNumber), sumOf(byUnit)]
  return numbers.calls + numbers.talking + numbers.waiting < units.calls + units.talking + units.waiting
    ? units
    : numbers
}

/** Returns the calls begun today that ended unanswered. */
export function unansweredOf({ calls, answered, waiting }: Counts): number {
  return Math.max(0, calls - answered - waiting)
}

function sumOf(counts: readonly Counts[]): Counts {
  const none: Counts = { calls: 0, answered: 0, talking: 0, waiting: 0 }
  return counts.reduce<Counts>(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      answered: sum.answered + one.answered,
      talking: sum.talking + one.talking,
      waiting: sum.waiting + one.waiting,
    }),
    none,
  )
}
