import { sql, type Kysely, type Transaction } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { underGrant, type Grant } from '#safeguards/access/grant.ts'

/** Exact counts of today's calls in Finland and of those in progress; not of single people. */
export interface Today {
  calls: number
  answered: number
  /** In progress, with an official. */
  talking: number
  /** In progress, not answered yet. */
  waiting: number
}

export interface TodayCounts {
  at: string
  /**
   * Viewers of units get only numbers that three or more officials of the unit answer, so that no difference of counts is
   * one official's count.
   */
  byNumber: ({ number: string } & Today)[]
  /** By {@link largeUnits}; excludes unanswered calls and calls of other units. */
  byUnit: ({ unit: string } & Today)[]
}

/** In a smaller unit the counts could be those of one official. */
export const fewestOfficials = 3

interface Row extends Today {
  number: string
  unit: string | null
}

interface LargeUnit {
  unit: string
  name: string
  /** True if the unit is not shown to viewers of a number's count ({@link largeUnits}). */
  isWithheld: boolean
}

interface Counted {
  at: Temporal.Instant
  rows: readonly Row[]
  /** Units of {@link fewestOfficials} or more. */
  units: readonly LargeUnit[]
  /**
   * Pairs of number and unit ({@link pairOf}) where {@link fewestOfficials} or more officials of the unit answer the number.
   */
  several: ReadonlySet<string>
}

const pairOf = (number: string, unit: string) => `${number} ${unit}`

/**
 * Counts today's calls at most once a second, shared by all viewers.
 * @param now the current time
 */
export function createTodayCounter(db: Kysely<RegisterTables>, now: () => Temporal.Instant) {
  const freshMs = 1_000
  const severalMs = 600_000
  let counting: Promise<Counted> | undefined
  let countedMs = -Infinity
  let several: ReadonlySet<string> = new Set()
  let severalReadMs = -Infinity

  /** Cached for ten minutes: who answers which number changes slowly and costs more to query than the counts. */
  async function readSeveral(tx: Transaction<RegisterTables>) {
    if (performance.now() - severalReadMs < severalMs) return several
    const { rows } = await sql<{ number: string; unit: string }>`
      select number, unit_id as unit from numbers_of_several()`.execute(tx)
    several = new Set(rows.map(({ number, unit }) => pairOf(number, unit)))
    severalReadMs = performance.now()
    return several
  }

  /** Counts in the viewer's session, for which the database requires a right that reaches studies. */
  const count = (grant: Grant): Promise<Counted> => underGrant(db, grant, countIn)

  async function countIn(tx: Transaction<RegisterTables>): Promise<Counted> {
    const { rows } = await sql<Row>`
      select number, unit_id as unit, calls::float8 as calls, answered::float8 as answered, talking::float8 as talking,
        waiting::float8 as waiting from calls_today()`.execute(tx)
    const { rows: all } = await sql<{ unit: string; name: string; officials: number }>`
      select unit_id as unit, name, officials::float8 as officials from officials_by_unit()`.execute(tx)
    return { at: now(), rows, units: largeUnits(all), several: await readSeveral(tx) }
  }

  return async (grant: Grant): Promise<TodayCounts> => {
    if (performance.now() - countedMs >= freshMs) {
      countedMs = performance.now()
      counting = count(grant).catch((error: unknown) => {
        countedMs = -Infinity
        throw error
      })
    }
    // The session of the viewer for whom it was counted may have ended.
    return narrow(await counting!.catch(() => count(grant)), grant)
  }
}

/**
 * Returns units large enough to be shown, by name. The count of a number minus the counts of its shown units is the count of
 * the other units. If the other units together have too few officials, the smallest large unit is withheld from viewers of
 * the number's count.
 */
function largeUnits(all: readonly { unit: string; name: string; officials: number }[]): LargeUnit[] {
  const bySize = [...all].sort((a, b) => a.officials - b.officials || (a.name < b.name ? -1 : 1))
  const large = bySize.filter(({ officials }) => officials >= fewestOfficials)
  const others = bySize.reduce((sum, { officials }) => sum + (officials < fewestOfficials ? officials : 0), 0)
  const isTooFew = others > 0 && others < fewestOfficials
  return large
    .map(({ unit, name }, index) => ({ unit, name, isWithheld: isTooFew && index === 0 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Limits the counts to a Grant's rights: whole numbers, and own units if large enough. Shows only those numbers of a unit
 * that several officials answer. If the unit has other numbers, also withholds the shown number with the fewest calls: the
 * unit's count minus the shown numbers would be the count of the others.
 */
function narrow({ at, rows, units, several }: Counted, { rights }: Grant): TodayCounts {
  const numbers = new Set(rights.flatMap(({ scope }) => (scope.kind === 'numbers' ? scope.numbers : [])))
  const shown = units.filter(({ isWithheld }) => !isWithheld || numbers.size === 0)
  const scoped = new Set(rights.flatMap(({ scope }) => (scope.kind === 'unit' ? scope.units : [])))
  const own = new Set(shown.flatMap(({ unit }) => (scoped.has(unit) ? [unit] : [])))
  const reached = rows.filter(({ number, unit }) => numbers.has(number) || (unit !== null && own.has(unit)))
  const withheld = new Set<Row>()
  for (const unit of own) {
    const ofUnit = reached.filter((row) => row.unit === unit && !numbers.has(row.number))
    const few = ofUnit.filter(({ number }) => !several.has(pairOf(number, unit)))
    const [smallest] = ofUnit
      .filter((row) => !few.includes(row))
      .sort((a, b) => a.calls - b.calls || (a.number < b.number ? -1 : 1))
    for (const row of few) withheld.add(row)
    if (few.length > 0 && smallest) withheld.add(smallest)
  }
  const byNumber = [
    ...Map.groupBy(
      reached.filter((row) => !withheld.has(row)),
      ({ number }) => number,
    ),
  ]
    .map(([number, parts]) => ({ number, ...sumOf(parts) }))
    .sort((a, b) => (a.number < b.number ? -1 : 1))
  const byUnit = shown.flatMap(({ unit, name }) => {
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
