/**
 * Planned and actual shares (R15): by number and by official, how many calls were drawn, expected and recorded. Covers the
 * calls that the Grant's purpose reaches; never returns single calls.
 */
import { sql, type Kysely } from 'kysely'
import { historyMonths, termZone } from '#description/terms.ts'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'

export interface Share {
  /** Segments with a draw. */
  answered: number
  /** Recordings expected by the shares of their rules. */
  expected: number
  /** Segments decided to be recorded. */
  drawn: number
  /** Segments that have or had a recording. */
  recorded: number
}

export interface Shares {
  byNumber: ({ number: string } & Share)[]
  byOfficial: ({ personId: string; name: string; unit?: string } & Share)[]
}

/**
 * Returns shares of calls answered between `from`, included, and `to`, excluded; numbers busiest first, officials by name: they
 * are not ranked (R6).
 */
export function readShares(
  db: Kysely<RegisterTables>,
  grant: Grant,
  { from, to }: { from: Temporal.Instant; to: Temporal.Instant },
) {
  return viewUnderGrant(db, grant, async (tx) => {
    // Expired history is never shown, swept or not (R22).
    const now = await registerTime(tx)
    const oldest = now.toZonedDateTimeISO(termZone).subtract({ months: historyMonths }).toInstant()
    const begin = Temporal.Instant.compare(from, oldest) < 0 ? oldest : from
    const { rows } = await sql<Row>`
      select s.number_reached as number, s.official_person_id as official,
        (array_agg(s.official_name order by s.answered_at desc))[1] as name,
        (array_agg(s.official_unit_id order by s.answered_at desc))[1] as unit,
        max(s.answered_at) as last,
        count(*) filter (where s.draw is not null) as answered,
        coalesce(sum(s.rule_share) filter (where s.draw is not null), 0) as expected,
        count(*) filter (where s.decision_record and s.decision_reason <> 'imported') as drawn,
        -- Recordings that an earlier recorder chose are not results of this plan.
        count(r.id) filter (where i.recording_id is null) as recorded
      from segment s left join recording r on r.segment_id = s.id left join imported_recording i on i.recording_id = r.id
      where s.answered_at >= ${begin} and s.answered_at < ${to}
      group by 1, 2`.execute(tx)
    const units = await tx.selectFrom('unit').select(['id', 'name']).execute()
    const unitNames = new Map(units.map(({ id, name }) => [id, name]))
    const judged = rows.filter(({ answered, drawn, recorded }) => answered + drawn + recorded > 0)
    const byNumber = [...Map.groupBy(judged, ({ number }) => number)].map(([number, parts]) => ({
      number,
      ...sumOf(parts),
    }))
    const byOfficial = [...Map.groupBy(judged, ({ official }) => official)].flatMap(([personId, parts]) => {
      if (personId === null) return []
      const { name, unit } = parts.reduce((a, b) => (Temporal.Instant.compare(a.last, b.last) < 0 ? b : a))
      const unitName = unit === null ? undefined : unitNames.get(unit)
      return [{ personId, name: name ?? '', ...(unitName !== undefined && { unit: unitName }), ...sumOf(parts) }]
    })
    const busiestFirst = (a: Share, b: Share) => b.answered - a.answered
    const byName = (a: { name: string; personId: string }, b: { name: string; personId: string }) =>
      a.name.localeCompare(b.name, 'fi') || (a.personId < b.personId ? -1 : 1)
    const found: Shares = { byNumber: byNumber.sort(busiestFirst), byOfficial: byOfficial.sort(byName) }
    return {
      found,
      trace: {
        action: 'shares.read',
        result: 'ok',
        object: { kind: 'search' },
        detail: {
          from: begin.toString(),
          to: to.toString(),
          numbers: found.byNumber.length,
          officials: found.byOfficial.map(({ personId }) => personId),
        },
      },
    }
  })
}

interface Row extends Share {
  number: string
  official: string | null
  name: string | null
  unit: string | null
  last: Temporal.Instant
}

function sumOf(parts: readonly Share[]): Share {
  const sum = { answered: 0, expected: 0, drawn: 0, recorded: 0 }
  for (const part of parts) {
    sum.answered += part.answered
    sum.expected += part.expected
    sum.drawn += part.drawn
    sum.recorded += part.recorded
  }
  return sum
}
