import { formatCount } from '../format/number.ts'
import type { Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { Alarm } from './watch-shapes.ts'

/** Returns one sentence about the finding, with counts. */
export function alarmText(
  { kind, count, facts }: Pick<Alarm, 'kind' | 'count' | 'facts'>,
  t: Translate,
  language: Language,
) {
  const number = (key: string) => formatCount(countIn(facts[key]), language)
  switch (kind) {
    case 'refusals':
      return t('watch.alarm.refusals.what', { inRow: number('inRow'), inDay: number('inDay') })
    case 'night':
      return t('watch.alarm.night.what', { count, number: formatCount(count, language) })
    case 'official':
      return t('watch.alarm.official.what', { count, number: formatCount(count, language) })
    case 'caller':
      return t('watch.alarm.caller.what', {
        callers: number('callers'),
        days: number('days'),
        searches: number('searchesInDay'),
      })
    case 'mass':
      return t('watch.alarm.mass.what', {
        looks: number('looksInHour'),
        contacts: number('contactsInHour'),
        looksInDay: number('looksInDay'),
        contactsInDay: number('contactsInDay'),
        slowed: number('slowed'),
      })
    case 'reveals':
      return t('watch.alarm.reveals.what', {
        inHour: number('inHour'),
        inDay: number('inDay'),
        searchesInHour: number('searchesInHour'),
        searchesInDay: number('searchesInDay'),
      })
    case 'sign-ins':
      return t('watch.alarm.sign-ins.what', {
        failures: number('failures'),
        accounts: formatCount(count, language),
        accountsInDay: number('accountsInDay'),
      })
    case 'break-glass':
      return t('watch.alarm.break-glass.what', { count, number: formatCount(count, language) })
    case 'requests':
      return t('watch.alarm.requests.what', {
        searches: number('searchesInDay'),
        givenUp: number('givenUpInDay'),
        forbidden: number('forbiddenInDay'),
        officials: number('officialsInWeek'),
        copies: number('copiesInWeek'),
      })
    case 'links':
      return t('watch.alarm.links.what', {
        links: number('links'),
        factors: number('factors'),
        operator: number('byOperator'),
      })
    case 'directory':
      return t('watch.alarm.directory.what', {
        asked: number('asked'),
        confirmed: number('confirmed'),
        moved: number('moved'),
        ended: number('ended'),
        tokens: number('tokens'),
      })
    case 'one-way':
    case 'loss':
      return t(`watch.alarm.${kind}.what`, {
        count,
        number: formatCount(count, language),
        recordings: number('recordings'),
        clients: number('clients'),
      })
    case 'standstill':
      return t('watch.alarm.standstill.what', {
        count,
        number: formatCount(count, language),
        kinds: kindsText(facts, t),
      })
    case 'late-window':
      return t('watch.alarm.late-window.what', { days: number('days'), sources: idsIn(facts, 'sources').join(', ') })
    case 'unrecorded':
    case 'untold':
      return t(`watch.alarm.${kind}.what`, {
        count,
        number: formatCount(count, language),
        numbers: number('numbers'),
      })
  }
}

function kindsText(facts: Alarm['facts'], t: Translate): string {
  const { kinds } = facts
  if (typeof kinds !== 'object' || kinds === null) return ''
  return Object.keys(kinds)
    .map((kind) => t(`watch.alarm.standstill.kind.${kind}` as Word))
    .join(', ')
}

/** Returns the text of the threshold. */
export function thresholdText(
  { kind, threshold }: Pick<Alarm, 'kind' | 'threshold'>,
  t: Translate,
  language: Language,
) {
  const values = Object.fromEntries(
    Object.entries(threshold).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, formatCount(value, language)]] : [],
    ),
  )
  // Older alarms have no such threshold.
  if (kind === 'mass' && 'looksInDay' in values) return t('watch.alarm.mass.threshold.day', values)
  if (kind === 'sign-ins' && 'accountsInDay' in values) return t('watch.alarm.sign-ins.threshold.day', values)
  if (kind === 'reveals' && 'searchesInDay' in values) return t('watch.alarm.reveals.threshold.searches', values)
  return t(`watch.alarm.${kind}.threshold`, values)
}

/** Returns ids listed in a fact, such as contacts or references; empty if the alarm has no such fact. */
export function idsIn(facts: Alarm['facts'], key: string): string[] {
  const ids = facts[key]
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
}

function countIn(fact: unknown): number {
  return typeof fact === 'number' ? fact : 0
}
