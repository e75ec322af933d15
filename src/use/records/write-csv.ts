import type { Language } from '#platform/texts/texts.ts'
import type { DiaryEntry } from './describe-record.ts'

/** Columns, in the order of the header. Names and codes are those of the JSON (docs/formats/diary.md). */
const columns: readonly [name: string, cell: (entry: DiaryEntry, language: Language) => string][] = [
  ['identifier', ({ identifier }) => identifier],
  ['kind', ({ kind }) => kind],
  ['act', ({ act }) => act],
  ['title', ({ title }, language) => title[language]],
  ['agents', ({ agents }) => agents.map(({ role, name }) => `${role}: ${name}`).join(', ')],
  ['entered', ({ dates }) => dates.entered],
  ['decided', ({ dates }) => dates.decided ?? ''],
  ['closed', ({ dates }) => dates.closed ?? ''],
  ['outcome', ({ outcome }) => outcome ?? ''],
  ['functionClass', ({ functionClass }) => functionClass],
  ['type', ({ type }) => type],
  ['publicityClass', ({ publicity }) => publicity.class],
  ['publicityGround', ({ publicity }) => publicity.ground ?? ''],
  ['publicityYears', ({ publicity }) => String(publicity.years ?? '')],
  ['retentionPeriod', ({ retention }) => retention.period],
  ['retentionGround', ({ retention }) => retention.ground],
  ['personalData', ({ personalData }) => String(personalData)],
  ['languages', ({ languages }) => languages.join(' ')],
  ['format', ({ format }) => format],
  ['facts', ({ facts }) => factsOf(facts)],
  ['sha256', ({ hash }) => hash.value],
]

/** Writes the header with a byte order mark, for spreadsheets. */
export function csvHeader(): string {
  return `\uFEFF${columns.map(([name]) => name).join(';')}\r\n`
}

/** Writes one decision (RFC 4180, with semicolons). Cells never start a formula. */
export function csvLine(entry: DiaryEntry, language: Language): string {
  return `${columns.map(([, cell]) => quote(cell(entry, language))).join(';')}\r\n`
}

function factsOf(facts: DiaryEntry['facts']): string {
  return Object.entries(facts)
    .map(([name, fact]) => `${name}: ${Array.isArray(fact) ? fact.join(' ') : fact}`)
    .join(', ')
}

function quote(text: string): string {
  const escaped = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[;"\r\n]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped
}
