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
  byNumber: ({ number: string } & Today)[]
  /** Units in which at least {@link fewestOfficials} answer calls; those of the others, and unanswered calls, are in none. */
  byUnit: ({ unit: string } & Today)[]
}

/** In a smaller unit the counts would be somebody's own. */
export const fewestOfficials = 3

interface Row extends Today {
  number: string
  unit: string | null
}

interface Counted {
  at: Temporal.Instant
  rows: readonly Row[]
  units: readonly { unit: string; name: string }[]
}

/**
 * Counts of this day, made once for everybody who looks within a second.
 * @param now where the clock is
 */
export function shareToday(db: Kysely<RegisterTables>, now: () => Temporal.Instant) {
  const freshMs = 1_000
  let counting: Promise<Counted> | undefined
  let countedMs = -Infinity

  async function count(): Promise<Counted> {
    const { rows } = await sql<Row>`
      select number, unit_id as unit, calls::float8 as calls, answered::float8 as answered, talking::float8 as talking,
        waiting::float8 as waiting from calls_today()`.execute(db)
    const { rows: units } = await sql<{ unit: string; name: string }>`
      select unit_id as unit, name from officials_by_unit() where officials >= ${fewestOfficials} order by name`.execute(
      db,
    )
    return { at: now(), rows, units }
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

/** What of the counts a Grant's rights reach: numbers whole, units of their own. */
function narrow({ at, rows, units }: Counted, { rights }: Grant): TodayPicture {
  const numbers = new Set(rights.flatMap(({ scope }) => (scope.kind === 'numbers' ? scope.numbers : [])))
  const own = new Set(rights.flatMap(({ scope }) => (scope.kind === 'unit' ? scope.units : [])))
  const reached = rows.filter(({ number, unit }) => numbers.has(number) || (unit !== null && own.has(unit)))
  const byNumber = [...Map.groupBy(reached, ({ number }) => number)]
    .map(([number, parts]) => ({ number, ...sumOf(parts) }))
    .sort((a, b) => (a.number < b.number ? -1 : 1))
  const byUnit = units.flatMap(({ unit, name }) => {
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
