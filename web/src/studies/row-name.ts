import { languageNames, locales, type Language } from '../language/language.ts'
import type { Translate } from '../language/use-words.ts'
import type { Breakdown, StudyRow } from './question.ts'

/** A Monday, as base of weekday names. */
const monday = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000

/** Returns the name of a row: `klo 9–10`, `maanantai`, `marraskuu 2026`, `029 497 000`, a region, a language. */
export function nameRow(
  row: Pick<StudyRow, 'key' | 'number' | 'region'>,
  by: Breakdown,
  language: Language,
  t: Translate,
): string {
  const { key } = row
  switch (by) {
    case 'hour':
      return t('studies.hour', { from: Number(key), to: Number(key) + 1 })
    case 'weekday':
      return new Intl.DateTimeFormat(locales[language], { weekday: 'long', timeZone: 'UTC' }).format(
        monday + (Number(key) - 1) * dayMs,
      )
    case 'month':
      return key === '' ? '–' : nameMonth(key, language, 'long')
    case 'number':
      return row.number?.display ?? key
    case 'region':
      return row.region?.[language] ?? t('studies.region.none')
    case 'language':
      return key === 'fi' || key === 'sv' || key === 'en' ? languageNames[key] : t('studies.language.none')
  }
}

/** Returns the short name. */
export function nameShortly(row: StudyRow, by: Breakdown, language: Language, t: Translate): string {
  if (by === 'hour') return row.key
  if (by === 'month') return row.key === '' ? '–' : nameMonth(row.key, language, 'short')
  if (by !== 'weekday') return nameRow(row, by, language, t)
  return new Intl.DateTimeFormat(locales[language], { weekday: 'short', timeZone: 'UTC' }).format(
    monday + (Number(row.key) - 1) * dayMs,
  )
}

export function nameMonth(key: string, language: Language, length: 'long' | 'short'): string {
  const at = new Date(`${key}-01T00:00:00Z`)
  if (length === 'short') return `${at.getUTCMonth() + 1}/${String(at.getUTCFullYear()).slice(2)}`
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at)
}
