import { sql, type Kysely, type Transaction } from 'kysely'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { arrange, noCounts } from './arrange.ts'
import { fewOfficials } from './few-officials.ts'
import { notesOf, type Coverage, type Notes } from './notes.ts'
import { protectStudy, type Figures } from './protect-counts.ts'
import {
  talkBounds,
  waitBounds,
  type StoredCounts,
  type Measure,
  type Period,
  type NumberRegion,
  type Question,
} from './study.ts'

export interface StudyRow {
  /**
   * An hour (0 to 23), a weekday (1 is Monday), a month (2026-11), a number, a region or a language; empty if there is none.
   */
  key: string
  /** Key in the compared period, if months are compared. */
  comparedKey?: string
  figures: Figures
  compared?: Figures
}

export interface Study {
  rows: StudyRow[]
  total: { figures: Figures; compared?: Figures }
  notes: Notes
  comparedNotes?: Notes
}

/** Returns true if one of a Grant's rights reaches counts: those of numbers, or of a supervisor's units. */
export function reachesStudies(grant: Grant): boolean {
  return grant.rights.some(({ scope }) => scope.kind === 'numbers' || scope.kind === 'unit')
}

/**
 * Answers a question from the counts that the Grant's rights reach (R4, R6).
 * @param numberRegions regions and languages of numbers by day, from the description
 */
export function readStudy(
  db: Kysely<RegisterTables>,
  grant: Grant,
  question: Question,
  numberRegions: readonly NumberRegion[],
) {
  return viewUnderGrant(db, grant, async (tx) => {
    const { rows: states } = await sql<Coverage>`
      select since, today, by_hour_from as "byHourFrom", is_current as "isCurrent" from studies_known()`.execute(tx)
    const coverage = { ...states[0]!, reachesNumbers: grant.rights.some(({ scope }) => scope.kind === 'numbers') }
    const one = await countIn(tx, question.period, question, numberRegions)
    const other = question.compared && (await countIn(tx, question.compared, question, numberRegions))
    const { measure, period, compared: comparedPeriod } = question
    // Counts of numbers that a right reaches describe the service. Counts of a unit, and all lengths, describe the officials
    // who answered.
    const isOfLengths = measure === 'talk' || measure === 'wait'
    const isOfNumbers = ofNumbers(grant, question)
    const fewOf = (time: Period, counted: ReadonlyMap<string, StoredCounts>) => {
      const ofOfficials = [...counted].filter(([key]) => isOfLengths || !isOfNumbers(key))
      return fewOfficials(tx, question, time, new Map(ofOfficials), numberRegions)
    }
    const few = await fewOf(period, one)
    const otherFew = other ? await fewOf(comparedPeriod!, other) : noKeys
    const cells = arrange(question, one, other, coverage.since)
    const protect = (stored: readonly (readonly [StoredCounts, boolean])[]) => {
      const isSuppressed = (index: number) => stored[index]![1] && !isOfNumbers(cells[index]!.key)
      const { total, cells: figures } = protectStudy(
        measure,
        stored.map(([counts, isOfFew], index) =>
          !isOfFew ? counts : isSuppressed(index) ? noCounts : { ...counts, lengths: [] },
        ),
      )
      return { total, cells: figures.map((one, index) => (isSuppressed(index) ? withoutFigures(one) : one)) }
    }
    const protectedFigures = protect(cells.map(({ key, counts }) => [counts, few.has(key)]))
    const compared = other && protect(cells.map((cell) => [cell.compared, otherFew.has(cell.comparedKey ?? cell.key)]))
    const found: Study = {
      rows: cells.map(({ key, comparedKey, isUncounted, isComparedUncounted }, index) => ({
        key,
        ...(comparedKey !== undefined && { comparedKey }),
        figures: figuresIn(protectedFigures.cells[index]!, isUncounted),
        ...(compared && { compared: figuresIn(compared.cells[index]!, isComparedUncounted) }),
      })),
      total: { figures: protectedFigures.total, ...(compared && { compared: compared.total }) },
      notes: notesOf(question.period, question, coverage, few.size > 0),
      ...(question.compared && { comparedNotes: notesOf(question.compared, question, coverage, otherFew.size > 0) }),
    }
    return {
      found,
      trace: {
        action: 'study.read' as const,
        result: 'ok' as const,
        object: { kind: 'search' as const },
        detail: {
          from: question.period.from.toString(),
          to: question.period.to.toString(),
          ...(question.compared && {
            comparedFrom: question.compared.from.toString(),
            comparedTo: question.compared.to.toString(),
          }),
          by: question.by,
          measure: question.measure,
          numbers: question.numbers.length,
          rows: cells.length,
        },
      },
    }
  })
}

const noKeys: ReadonlySet<string> = new Set()

/** Returns a function that is true for the key of a cell if all numbers counted in it are within a right to numbers. */
function ofNumbers(grant: Grant, { by, numbers }: Question): (key: string) => boolean {
  if (!grant.rights.some(({ scope }) => scope.kind === 'unit')) return () => true
  const reached = new Set(grant.rights.flatMap(({ scope }) => (scope.kind === 'numbers' ? scope.numbers : [])))
  return (key) => {
    const counted = by === 'number' ? [key] : numbers
    return counted.length > 0 && counted.every((number) => reached.has(number))
  }
}

function figuresIn(figures: Figures, isUncounted: boolean | undefined): Figures {
  return isUncounted === true ? withoutFigures(figures) : figures
}

function withoutFigures(figures: Figures): Figures {
  return Object.fromEntries(Object.keys(figures).map((name) => [name, null]))
}

/** Returns the columns of the lengths that a measure needs; the others are not read. */
function binsOf(measure: Measure): string[] {
  if (measure === 'talk') return [...talkBounds, 0].map((_, bin) => `talk_${bin}`)
  return measure === 'wait' ? [...waitBounds, 0].map((_, bin) => `wait_${bin}`) : []
}

const keys: Record<Question['by'], string> = {
  hour: 'h.hour::text',
  weekday: 'extract(isodow from h.day)::integer::text',
  month: `to_char(h.day, 'YYYY-MM')`,
  number: 'h.number',
  region: `coalesce(p.region, '')`,
  language: `coalesce(p.language, '')`,
}

/** Returns the columns to group by before joins and formatting: a few thousand rows instead of all. */
function partsOf(by: Question['by'], needsRegions: boolean): string[] {
  return [
    ...(by === 'hour' ? ['hour'] : []),
    ...(needsRegions || by === 'weekday' || by === 'month' ? ['day'] : []),
    ...(needsRegions || by === 'number' ? ['number'] : []),
  ]
}

/** Counts a period by the question's key: from daily or hourly counts where they exist, before that from whole months. */
async function countIn(
  tx: Transaction<RegisterTables>,
  { from, to }: Period,
  { by, measure, numbers, region, language }: Question,
  numberRegions: readonly NumberRegion[],
): Promise<Map<string, StoredCounts>> {
  const bins = binsOf(measure)
  const counts = ['calls', 'answered', 'judged', 'recorded', 'expected_ppm', ...bins]
  const needsRegions = by === 'region' || by === 'language' || region !== undefined || language !== undefined
  const parts = partsOf(by, needsRegions)
  const wanted = numbers.length === 0 ? sql`true` : sql`number = any (${numbers}::text[])`
  const added = sql.raw([...parts, ...counts.map((count) => `sum(${count}) as ${count}`)].join(', '))
  const grouped = sql.raw(parts.join(', '))
  const lengths = sql.raw(`array[${bins.map((bin) => `sum(h.${bin})::float8`).join(', ')}]::float8[]`)
  const regionsJson = JSON.stringify(numberRegions.map(({ since, until, ...rest }) => ({ ...rest, since, until })))
  const joinRegions = sql`left join jsonb_to_recordset(${regionsJson}::jsonb) as p (number text, since date, until date, region text, language text)
    on p.number = h.number and p.since <= h.day and (p.until is null or h.day < p.until)`
  // Months without daily counts are included if whole in the period; they have no hours or weekdays.
  const months = sql`union all select ${sql.raw([...parts, ...counts].join(', '))} from (
    select month as day, number, ${sql.raw(counts.join(', '))} from study_month
    where month >= ${from}::date and month + interval '1 month' <= ${to}::date + interval '1 day' and ${wanted}) m`
  const { rows } = await sql<Omit<StoredCounts, 'expectedPpm'> & { key: string; expected: number }>`
    with h as (
      select ${added} from ${sql.raw(by === 'hour' ? 'study_hour' : 'study_day')}
      where day between ${from}::date and ${to}::date and ${wanted} group by ${grouped}
      ${by === 'hour' || by === 'weekday' ? sql`` : months}
    )
    select ${sql.raw(keys[by])} as key, sum(h.calls)::float8 as calls, sum(h.answered)::float8 as answered,
      sum(h.judged)::float8 as judged, sum(h.recorded)::float8 as recorded, sum(h.expected_ppm)::float8 as expected, ${lengths} as lengths
    from h ${needsRegions ? joinRegions : sql``}
    where ${region === undefined ? sql`true` : sql`coalesce(p.region, '') = ${region}`}
      and ${language === undefined ? sql`true` : sql`p.language = ${language}`}
    group by 1`.execute(tx)
  return new Map(rows.map(({ key, expected, ...counts }) => [key, { ...counts, expectedPpm: expected }]))
}

/** Logs that somebody views today's calls (R21): one entry per display, as these are counts. */
export function logTodayWatched(db: Kysely<RegisterTables>, grant: Grant): Promise<void> {
  return viewUnderGrant(db, grant, () =>
    Promise.resolve({
      found: undefined,
      trace: { action: 'today.watched' as const, result: 'ok' as const, object: { kind: 'search' as const } },
    }),
  )
}
