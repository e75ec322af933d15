import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'

/** Calls of this day of Finland and those in progress: exact, and of no person. */
export interface Today {
  calls: number
  answered: number
  /** In progress, with an official. */
  talking: number
  /** In progress, with nobody yet. */
  waiting: number
}

export interface TodayPicture {
  at: string
  /** To whoever sees units: what three officials or more of the unit answer, so that no difference is one official's. */
  byNumber: ({ number: string } & Today)[]
  /** Of {@link largeUnits}; calls of the other units, and unanswered ones, are in none. */
  byUnit: ({ unit: string } & Today)[]
}

/** In a smaller unit the counts would be somebody's own. */
export const fewestOfficials = 3

interface Row extends Today {
  number: string
  unit: string | null
}

interface LargeUnit {
  unit: string
  name: string
  isKeptBack: boolean
}

interface Counted {
  at: Temporal.Instant
  rows: readonly Row[]
  /** Of {@link fewestOfficials} or more: in a smaller one a count would be somebody's own. */
  units: readonly LargeUnit[]
  /** {@link pairOf} each number and unit of which as many answer. */
  several: ReadonlySet<string>
}

const pairOf = (number: string, unit: string) => `${number} ${unit}`

/**
 * Counts of this day, made once for everybody who looks within a second.
 * @param now where the clock is
 */
export function shareToday(db: Kysely<RegisterTables>, now: () => Temporal.Instant) {
  const freshMs = 1_000
  const severalMs = 600_000
  let counting: Promise<Counted> | undefined
  let countedMs = -Infinity
  let several: ReadonlySet<string> = new Set()
  let severalReadMs = -Infinity

  /** Who answers which number changes slowly, and is dearer to find than the counts. */
  async function readSeveral() {
    if (performance.now() - severalReadMs < severalMs) return several
    const { rows } = await sql<{ number: string; unit: string }>`
      select number, unit_id as unit from numbers_of_several()`.execute(db)
    several = new Set(rows.map(({ number, unit }) => pairOf(number, unit)))
    severalReadMs = performance.now()
    return several
  }

  async function count(): Promise<Counted> {
    const { rows } = await sql<Row>`
      select number, unit_id as unit, calls::float8 as calls, answered::float8 as answered, talking::float8 as talking,
        waiting::float8 as waiting from calls_today()`.execute(db)
    const { rows: all } = await sql<{ unit: string; name: string; officials: number }>`
      select unit_id as unit, name, officials::float8 as officials from officials_by_unit()`.execute(db)
    return { at: now(), rows, units: largeUnits(all), several: await readSeveral() }
  }

  return async (grant: Grant): Promise<TodayPicture> => {
    if (performance.now() - countedMs >= freshMs) {
      countedMs = performance.now()
      counting = count().catch((error: unknown) => {
        countedMs = -Infinity
        throw error
      })
    }
    return narrow(await counting!, grant)
  }
}

/**
 * Units large enough to be told, by name. A number's count less those of its units is that of the other units: where the
 * officials of these are together too few, the smallest large unit is kept back from whoever sees the number's count.
 */
function largeUnits(all: readonly { unit: string; name: string; officials: number }[]): LargeUnit[] {
  const bySize = [...all].sort((a, b) => a.officials - b.officials || (a.name < b.name ? -1 : 1))
  const large = bySize.filter(({ officials }) => officials >= fewestOfficials)
  const others = bySize.reduce((sum, { officials }) => sum + (officials < fewestOfficials ? officials : 0), 0)
  const isTooFew = others > 0 && others < fewestOfficials
  return large
    .map(({ unit, name }, place) => ({ unit, name, isKeptBack: isTooFew && place === 0 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * What of the counts a Grant's rights reach: numbers whole, units of their own where these are large enough. Of a unit's numbers those that
 * several answer; where there are others, not the one of fewest calls either, as the unit's count less those told would be the others'.
 */
function narrow({ at, rows, units, several }: Counted, { rights }: Grant): TodayPicture {
  const numbers = new Set(rights.flatMap(({ scope }) => (scope.kind === 'numbers' ? scope.numbers : [])))
  const told = units.filter(({ isKeptBack }) => !isKeptBack || numbers.size === 0)
  const scoped = new Set(rights.flatMap(({ scope }) => (scope.kind === 'unit' ? scope.units : [])))
  const own = new Set(told.flatMap(({ unit }) => (scoped.has(unit) ? [unit] : [])))
  const reached = rows.filter(({ number, unit }) => numbers.has(number) || (unit !== null && own.has(unit)))
  const untold = new Set<Row>()
  for (const unit of own) {
    const ofUnit = reached.filter((row) => row.unit === unit && !numbers.has(row.number))
    const few = ofUnit.filter(({ number }) => !several.has(pairOf(number, unit)))
    const [smallest] = ofUnit
      .filter((row) => !few.includes(row))
      .sort((a, b) => a.calls - b.calls || (a.number < b.number ? -1 : 1))
    for (const row of few) untold.add(row)
    if (few.length > 0 && smallest) untold.add(smallest)
  }
  const byNumber = [
    ...Map.groupBy(
      reached.filter((row) => !untold.has(row)),
      ({ number }) => number,
    ),
  ]
    .map(([number, parts]) => ({ number, ...sumOf(parts) }))
    .sort((a, b) => (a.number < b.number ? -1 : 1))
  const byUnit = told.flatMap(({ unit, name }) => {
    const parts = reached.filter((row) => row.unit === unit)
    return parts.length > 0 || own.has(unit) ? [{ unit: name, ...sumOf(parts) }] : []
  })
  return { at: at.toString(), byNumber, byUnit }
}

function sumOf(parts: readonly Today[]): Today {
  const sum = { calls: 0, answered: 0, talking: 0, waiting: 0 }
  for (const part of parts) {
    sum.calls += part.calls
    sum.answered += part.answered
    sum.talking += part.talking
    sum.waiting += part.waiting
  }
  return sum
}
