import { sql, type Transaction } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { earlier, lastOf, later, type StoredCounts, type Period, type NumberRegion, type Question } from './study.ts'

/** A number and days; without a number, all numbers that the right covers. */
interface Span {
  number: string | null
  since: string
  until: string
}

/**
 * Returns the keys of cells answered by fewer than three officials: figures of such calls would be figures of the officials
 * (R6). Cells without answered calls are not included.
 */
export async function fewOfficials(
  tx: Transaction<RegisterTables>,
  question: Question,
  period: Period,
  counted: ReadonlyMap<string, StoredCounts>,
  numberRegions: readonly NumberRegion[],
): Promise<ReadonlySet<string>> {
  const keys = [...counted].flatMap(([key, { answered }]) => (answered > 0 ? [key] : []))
  if (keys.length === 0) return new Set()
  const { by } = question
  const cells = keys.map((key) => ({
    spans: spansOf(question, period, key, numberRegions),
    ...((by === 'hour' || by === 'weekday') && { [by]: Number(key) }),
  }))
  const { rows } = await sql<{ enough: boolean[] }>`
    select enough_officials(${JSON.stringify(cells)}::jsonb) as enough`.execute(tx)
  return new Set(keys.filter((_, index) => !rows[0]!.enough[index]))
}

function spansOf(question: Question, period: Period, key: string, numberRegions: readonly NumberRegion[]): Span[] {
  const { by, numbers } = question
  const time = by === 'month' ? monthIn(period, key) : period
  const region = by === 'region' ? key : question.region
  const language = by === 'language' ? key : question.language
  const wanted = by === 'number' ? [key] : numbers
  if (region === undefined && language === undefined) {
    const [since, until] = [time.from.toString(), time.to.toString()]
    return (wanted.length === 0 ? [null] : wanted).map((number) => ({ number, since, until }))
  }
  return numberRegions
    .filter((one) => wanted.length === 0 || wanted.includes(one.number))
    .filter((one) => region === undefined || (one.region ?? '') === region)
    .filter((one) => language === undefined || one.language === language)
    .map(({ number, since, until }) => ({
      number,
      since: later(since, time.from).toString(),
      until: until ? earlier(until.subtract({ days: 1 }), time.to).toString() : time.to.toString(),
    }))
}

function monthIn({ from, to }: Period, key: string): Period {
  const month = Temporal.PlainYearMonth.from(key)
  const first = month.toPlainDate({ day: 1 })
  return { from: later(first, from), to: earlier(lastOf(first), to) }
}
