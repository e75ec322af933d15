import { sql, type RawBuilder } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { DirectorySource, SafeguardsDatabase } from '../tables.ts'
import { viewDirectory } from './view-directory.ts'
import type { Session } from './session.ts'
import { containing } from './written-values.ts'

export interface PeopleSearch {
  /** Part of a name or user id. */
  text?: string | undefined
  /** All present holders of this number. */
  phoneKey?: PhoneNumberKey | undefined
  unit?: string | undefined
  employed: 'now' | 'past' | 'any'
  cursor?: string | undefined
  limit: number
}

/** A person's present state; the last one if they have left, the first one if they have not begun. */
export interface PersonSummary {
  id: string
  userId: string
  name: string
  unit: string | null
  supervisorId: string | null
  supervisorName: string | null
  phones: PhoneNumberKey[]
  employedFrom: Temporal.Instant
  employedTo: Temporal.Instant | null
  source: DirectorySource
}

/** Returns a page of the directory, by name: the whole for administrators, their units for supervisors. */
export function listPeople(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token' | 'personId'>,
  search: PeopleSearch,
  now: Temporal.Instant,
) {
  return viewDirectory(database, session, async ({ tx, reach }) => {
    if (reach.kind === 'own') return { refused: 'deny.role' }
    const after = search.cursor === undefined ? undefined : readCursor(search.cursor)
    const found = peopleAt(now, [
      ...(reach.kind === 'units' ? [sql<boolean>`unit_id = any (${reach.units}::uuid[])`] : []),
      ...conditions(search, now),
    ])
    const { rows: counted } = await sql<{
      total: number
    }>`select count(*)::integer as total from (${found}) as f`.execute(tx)
    const { rows } = await sql<PersonSummary>`
      select id, user_id as "userId", name, unit, supervisor_id as "supervisorId", (
          select n.name from person_name n where n.person_id = f.supervisor_id and n.valid_from <= ${now}::timestamptz
          order by n.valid_from desc limit 1
        ) as "supervisorName", (
          select coalesce(array_agg(ph.phone_key order by ph.valid_from, ph.phone_key), '{}') from person_phone ph
          where ph.person_id = f.id and ph.valid_from <= f.at and (ph.valid_to is null or ph.valid_to > f.at)
        ) as phones, employed_from as "employedFrom", employed_to as "employedTo", source
      from (${found}) as f
      where ${after ? sql<boolean>`(name, id) > (${after.name}, ${after.id}::uuid)` : sql<boolean>`true`}
      order by name, id
      limit ${search.limit + 1}`.execute(tx)
    const items = rows.slice(0, search.limit)
    const last = items.at(-1)
    return {
      found: {
        items,
        total: counted[0]?.total ?? 0,
        mayChange: reach.mayChange,
        ...(rows.length > items.length && last && { next: writeCursor(last) }),
      },
      trace: { object: { kind: 'directory' }, detail: { people: items.map(({ id }) => id) } },
    }
  })
}

function conditions({ text, phoneKey, unit, employed }: PeopleSearch, now: Temporal.Instant): RawBuilder<boolean>[] {
  const pattern = text === undefined ? undefined : containing(text)
  const matches = [
    ...(pattern === undefined ? [] : [sql<boolean>`name ilike ${pattern}`, sql<boolean>`user_id ilike ${pattern}`]),
    ...(phoneKey === undefined
      ? []
      : [
          sql<boolean>`exists (select from person_phone ph where ph.person_id = id and ph.phone_key = ${phoneKey}
            and ph.valid_from <= at and (ph.valid_to is null or ph.valid_to > at))`,
        ]),
  ]
  return [
    ...(matches.length === 0 ? [] : [sql<boolean>`(${sql.join(matches, sql` or `)})`]),
    ...(unit === undefined ? [] : [sql<boolean>`unit = ${unit}`]),
    // Persons who have not begun are listed as present: they are being entered.
    ...(employed === 'now' ? [sql<boolean>`(employed_to is null or employed_to > ${now}::timestamptz)`] : []),
    ...(employed === 'past' ? [sql<boolean>`employed_to <= ${now}::timestamptz`] : []),
  ]
}

/** Selects persons under conditions: their state now, on their last day if they have left, or on their first if it is ahead. */
function peopleAt(now: Temporal.Instant, conditions: RawBuilder<boolean>[]) {
  return sql`
    select * from (
      select p.id, p.user_id, p.employed_from, p.employed_to, p.source, w.at, n.name, pl.unit_id, pl.supervisor_id, u.name as unit
      from person p
      cross join lateral (
        select case
          when p.employed_to <= ${now}::timestamptz then p.employed_to - interval '1 microsecond'
          else greatest(p.employed_from, ${now}::timestamptz) end as at
      ) w
      cross join lateral (
        select n.name from person_name n where n.person_id = p.id
        order by n.valid_from <= greatest(w.at, ${now}::timestamptz) desc, abs(extract(epoch from n.valid_from - greatest(w.at, ${now}::timestamptz))) limit 1
      ) n
      left join person_placement pl on pl.person_id = p.id and pl.valid_from <= w.at and (pl.valid_to is null or pl.valid_to > w.at)
      left join unit u on u.id = pl.unit_id
    ) as everybody
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}`
}

/** The cursor is invalid. */
export class InvalidPeopleCursor extends Error {}

function writeCursor({ name, id }: { name: string; id: string }): string {
  return Buffer.from(JSON.stringify([name, id])).toString('base64url')
}

function readCursor(cursor: string): { name: string; id: string } {
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof name === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return { name, id }
  } catch {
    // Handled below like any other invalid cursor.
  }
  throw new InvalidPeopleCursor('the cursor was not issued by this server')
}
