/**
 * Facts about an anonymised copy for its recipient (R33), coarse enough to identify no call: no time, number or unit that fewer
 * than five calls of the package share.
 */
const zone = 'Europe/Helsinki'
/** Hours in Helsinki: morning, afternoon, the rest. */
const bands = [
  { from: 8, to: 12, band: '08-12' },
  { from: 12, to: 17, band: '12-17' },
] as const

export interface FactsOfCall {
  startedAt: Temporal.Instant
  /** Of the disclosed audio. */
  durationMs: number
  /** The number reached. */
  number: string | null
  unit: string | null
}

export interface CoarseFacts {
  /** `2026-09`; undefined if fewer than five share it. */
  month?: string
  band?: '08-12' | '12-17' | 'other'
  /** Rounded up to five seconds. */
  durationS: number
  /** A letter for each number that five share; the number stays secret. */
  line?: string
  /** A letter for each unit that five share. */
  unit?: string
}

/** Least number of calls that share a fact that is given. */
export const minShared = 5

/** Returns the facts to give of each call, in the order of the input. */
export function coarseFacts(calls: readonly FactsOfCall[]): CoarseFacts[] {
  const facts = calls.map(({ startedAt, number, unit }) => {
    const at = startedAt.toZonedDateTimeISO(zone)
    return {
      month: at.toPlainDate().toPlainYearMonth().toString(),
      band: bands.find(({ from, to }) => at.hour >= from && at.hour < to)?.band ?? ('other' as const),
      number,
      unit,
    }
  })
  const shared = <Key extends 'month' | 'band' | 'number' | 'unit'>(key: Key) =>
    new Set(
      [...Map.groupBy(facts, (one) => one[key])].flatMap(([value, some]) =>
        value !== null && some.length >= minShared ? [value] : [],
      ),
    )
  const [months, hours] = [shared('month'), shared('band')]
  const [numbers, units] = [[...shared('number')], [...shared('unit')]]
  return facts.map(({ month, band, number, unit }, at) => ({
    ...(months.has(month) && { month }),
    ...(hours.has(band) && { band }),
    durationS: Math.ceil(calls[at]!.durationMs / 5000) * 5,
    ...(number !== null && numbers.includes(number) && { line: letterOf(numbers.indexOf(number)) }),
    ...(unit !== null && units.includes(unit) && { unit: letterOf(units.indexOf(unit)) }),
  }))
}

/** A to Z, then AA. */
function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last
}
