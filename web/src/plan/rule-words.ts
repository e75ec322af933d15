import { formatClock } from '../format/clock.ts'
import { formatCount } from '../format/number.ts'
import type { Language } from '../language/language.ts'
import { locales } from '../language/language.ts'
import type { Translate } from '../language/use-words.ts'
import type { Rule } from './filters.ts'

type Hours = NonNullable<Rule['hours']>

const week: readonly Hours['days'][number][] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/** Formats the hours of a rule: `ma–pe 8.00–16.15`. */
export function formatHours({ days, from, to }: Hours, language: Language): string {
  const indexes = days.map((day) => week.indexOf(day)).sort((one, other) => one - other)
  const runs: number[][] = []
  for (const index of indexes) {
    const run = runs.at(-1)
    if (run?.at(-1) === index - 1) run.push(index)
    else runs.push([index])
  }
  const name = new Intl.DateTimeFormat(locales[language], { weekday: 'short', timeZone: 'UTC' })
  // 1 January 2024 was a Monday.
  const dayName = (index: number) => name.format(new Date(Date.UTC(2024, 0, 1 + index)))
  const text = runs.map((run) => {
    const [first, last] = [dayName(run[0]!), dayName(run.at(-1)!)]
    return run.length === 1 ? first : run.length === 2 ? `${first}, ${last}` : `${first}–${last}`
  })
  return `${text.join(', ')} ${formatClock(from)}–${formatClock(to)}`
}

/** Returns the text of a quota: maximum count, scope and period. */
export function quotaText({ per, weekly }: NonNullable<Rule['quota']>, t: Translate, language: Language): string {
  return t(`plan.quota.${per}`, { weekly: formatCount(weekly, language) })
}
