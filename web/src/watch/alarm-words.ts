import { formatCount } from '../format/number.ts'
import type { Language } from '../language/language.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { Alarm } from './watch-shapes.ts'

/** Returns one sentence about the finding, with counts. */
export function sayWhat({ kind, count, facts }: Pick<Alarm, 'kind' | 'count' | 'facts'>, say: Say, language: Language) {
  const number = (key: string) => formatCount(countIn(facts[key]), language)
  switch (kind) {
    case 'refusals':
      return say('watch.alarm.refusals.what', { inRow: number('inRow'), inDay: number('inDay') })
    case 'night':
      return say('watch.alarm.night.what', { count, number: formatCount(count, language) })
    case 'official':
      return say('watch.alarm.official.what', { count, number: formatCount(count, language) })
    case 'caller':
      return say('watch.alarm.caller.what', {
        callers: number('callers'),
        days: number('days'),
        searches: number('searchesInDay'),
      })
    case 'mass':
      return say('watch.alarm.mass.what', {
        looks: number('looksInHour'),
        contacts: number('contactsInHour'),
        looksInDay: number('looksInDay'),
        contactsInDay: number('contactsInDay'),
        slowed: number('slowed'),
      })
    case 'reveals':
      return say('watch.alarm.reveals.what', {
        inHour: number('inHour'),
        inDay: number('inDay'),
        searchesInHour: number('searchesInHour'),
        searchesInDay: number('searchesInDay'),
      })
    case 'sign-ins':
      return say('watch.alarm.sign-ins.what', {
        failures: number('failures'),
        accounts: formatCount(count, language),
        accountsInDay: number('accountsInDay'),
      })
    case 'break-glass':
      return say('watch.alarm.break-glass.what', { count, number: formatCount(count, language) })
    case 'requests':
      return say('watch.alarm.requests.what', {
        searches: number('searchesInDay'),
        givenUp: number('givenUpInDay'),
        forbidden: number('forbiddenInDay'),
        officials: number('officialsInWeek'),
        copies: number('copiesInWeek'),
      })
    case 'links':
      return say('watch.alarm.links.what', {
        links: number('links'),
        factors: number('factors'),
        operator: number('byOperator'),
      })
    case 'directory':
      return say('watch.alarm.directory.what', {
        asked: number('asked'),
        confirmed: number('confirmed'),
        moved: number('moved'),
        ended: number('ended'),
        tokens: number('tokens'),
      })
    case 'one-way':
    case 'loss':
      return say(`watch.alarm.${kind}.what`, {
        ...{
          count,
          number: formatCount(count, language),
          recordings: number('recordings'),
          clients: number('clients'),
        },
      })
    case 'standstill':
      return say('watch.alarm.standstill.what', {
        count,
        number: formatCount(count, language),
        kinds: sayKinds(facts, say),
      })
    case 'unrecorded':
    case 'untold':
      return say(`watch.alarm.${kind}.what`, {
        count,
        number: formatCount(count, language),
        numbers: number('numbers'),
      })
  }
}

function sayKinds(facts: Alarm['facts'], say: Say): string {
  const { kinds } = facts
  if (typeof kinds !== 'object' || kinds === null) return ''
  return Object.keys(kinds)
    .map((kind) => say(`watch.alarm.standstill.kind.${kind}` as Word))
    .join(', ')
}

/** Returns the text of the threshold. */
export function sayThreshold({ kind, threshold }: Pick<Alarm, 'kind' | 'threshold'>, say: Say, language: Language) {
  const values = Object.fromEntries(
    Object.entries(threshold).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, formatCount(value, language)]] : [],
    ),
  )
  // Older alarms have no such threshold.
  if (kind === 'mass' && 'looksInDay' in values) return say('watch.alarm.mass.threshold.day', values)
  if (kind === 'sign-ins' && 'accountsInDay' in values) return say('watch.alarm.sign-ins.threshold.day', values)
  if (kind === 'reveals' && 'searchesInDay' in values) return say('watch.alarm.reveals.threshold.searches', values)
  return say(`watch.alarm.${kind}.threshold`, values)
}

/** Returns ids listed in a fact, such as contacts or references; empty if the alarm has no such fact. */
export function idsIn(facts: Alarm['facts'], key: string): string[] {
  const ids = facts[key]
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
}

function countIn(fact: unknown): number {
  return typeof fact === 'number' ? fact : 0
}
