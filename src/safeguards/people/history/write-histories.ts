import { sql, type Selectable } from 'kysely'
import type { SafeguardTables, Tx } from '../../tables.ts'
import type { PersonHistory } from './person-history.ts'

/** A person as stored (undefined for a new one), and as they will be. */
export interface HistoryStep {
  before: PersonHistory | undefined
  after: PersonHistory
}

type TimeTable = 'person_name' | 'person_phone' | 'person_placement' | 'person_recording_consent'
type TimeRow = { person_id: string; valid_from: Temporal.Instant; valid_to: Temporal.Instant | null }

/** PostgreSQL accepts at most 65,535 values in a statement. */
const rowsPerStatement = 5_000

/**
 * Writes the differences. Removes ended rows of all persons before adding any, so that numbers can be swapped in one step. The
 * database checks the whole (database/functions/directory/people-and-units.sql).
 */
export async function writeHistories(tx: Tx, steps: readonly HistoryStep[]): Promise<void> {
  const changed = steps.filter(({ before, after }) => before === undefined || !isSame(before, after))
  await enterPeople(tx, changed)
  await changePeople(tx, changed)
  const tables: [TimeTable, (person: PersonHistory) => TimeRow[]][] = [
    ['person_name', nameRows],
    ['person_placement', placementRows],
    ['person_phone', phoneRows],
    ['person_recording_consent', consentRows],
  ]
  for (const [table, rowsOf] of tables) {
    const differences = changed.map(({ before, after }) => difference(before ? rowsOf(before) : [], rowsOf(after)))
    const removed = differences.flatMap((one) => one.removed)
    const entered = await deleteRows(tx, table, removed)
    const added = differences.flatMap((one) => one.added).map((row) => ({ ...row, ...entered.get(placementKey(row)) }))
    for (const rows of chunks(added)) await tx.insertInto(table).values(rows).execute()
  }
}

async function enterPeople(tx: Tx, steps: readonly HistoryStep[]): Promise<void> {
  const entered = steps.filter(({ before }) => before === undefined)
  const rows = entered.map(({ after }) => ({
    id: after.id,
    user_id: after.userId,
    employed_from: after.employedFrom,
    employed_to: after.employedTo,
    source: after.source,
    external_id: after.externalId,
    informed_at: after.informedAt,
  }))
  for (const chunk of chunks(rows)) await tx.insertInto('person').values(chunk).execute()
}

async function changePeople(tx: Tx, steps: readonly HistoryStep[]): Promise<void> {
  const people = steps.filter(({ before }) => before !== undefined).map(({ after }) => after)
  if (people.length === 0) return
  const column = <Value>(of: (person: PersonHistory) => Value) => people.map(of)
  await sql`
    update person set employed_from = c.employed_from, employed_to = c.employed_to, source = c.source,
      external_id = c.external_id, withdrawn_at = c.withdrawn_at, informed_at = c.informed_at, changed_at = now()
    from unnest(
      ${column(({ id }) => id)}::uuid[], ${column((one) => one.employedFrom)}::timestamptz[],
      ${column((one) => one.employedTo)}::timestamptz[], ${column(({ source }) => source)}::text[],
      ${column((one) => one.externalId)}::text[], ${column((one) => one.withdrawnAt)}::timestamptz[],
      ${column((one) => one.informedAt)}::timestamptz[]
    ) as c (id, employed_from, employed_to, source, external_id, withdrawn_at, informed_at)
    where person.id = c.id`.execute(tx)
}

type Entered = Pick<Selectable<SafeguardTables['person_placement']>, 'entered_at'>
const placementKey = (row: TimeRow) =>
  'unit_id' in row ? [row.person_id, row.valid_from.toString(), String(row.unit_id)].join(' ') : ''

/** Deletes rows. Returns when placements were entered: one written again with another end or supervisor keeps that time. */
async function deleteRows(tx: Tx, table: TimeTable, rows: readonly TimeRow[]): Promise<Map<string, Entered>> {
  if (rows.length === 0) return new Map()
  // Two numbers of a person may begin at the same instant.
  const phones = rows.map((row) => ('phone_key' in row ? String(row.phone_key) : null))
  const samePhone = table === 'person_phone' ? sql`and t.phone_key = g.phone_key` : sql``
  const isPlacement = table === 'person_placement'
  const { rows: taken } = await sql<TimeRow & Entered>`
    delete from ${sql.table(table)} t
    using unnest(
      ${rows.map((row) => row.person_id)}::uuid[], ${rows.map((row) => row.valid_from)}::timestamptz[], ${phones}::text[]
    ) as g (person_id, valid_from, phone_key)
    where t.person_id = g.person_id and t.valid_from = g.valid_from ${samePhone}
    returning ${isPlacement ? sql`t.*` : sql`null`}`.execute(tx)
  return new Map(isPlacement ? taken.map((row) => [placementKey(row), { entered_at: row.entered_at }]) : [])
}

function difference<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
): { removed: Row[]; added: Row[] } {
  const text = (row: Row) => JSON.stringify(row)
  const [were, are] = [new Set(before.map(text)), new Set(after.map(text))]
  return { removed: before.filter((row) => !are.has(text(row))), added: after.filter((row) => !were.has(text(row))) }
}

/** Returns true if nothing differs. */
export function isSame(before: PersonHistory, after: PersonHistory): boolean {
  const rows = (person: PersonHistory) =>
    JSON.stringify([
      [person.employedFrom, person.employedTo, person.source, person.externalId, person.withdrawnAt, person.informedAt],
      ...[nameRows, placementRows, phoneRows, consentRows].map((rowsOf) =>
        rowsOf(person)
          .map((row) => JSON.stringify(row))
          .sort(),
      ),
    ])
  return rows(before) === rows(after)
}

function nameRows({ id, names }: PersonHistory) {
  return names.map(({ name, given, family, from, to }) => ({
    person_id: id,
    name,
    given_name: given,
    family_name: family,
    valid_from: from,
    valid_to: to,
  }))
}

function placementRows({ id, placements }: PersonHistory) {
  return placements.map(({ unitId, supervisorId, from, to }) => ({
    person_id: id,
    unit_id: unitId,
    supervisor_id: supervisorId,
    valid_from: from,
    valid_to: to,
  }))
}

function phoneRows({ id, phones }: PersonHistory) {
  return phones.map(({ phoneKey, from, to }) => ({
    person_id: id,
    phone_key: phoneKey,
    valid_from: from,
    valid_to: to,
  }))
}

function consentRows({ id, consents }: PersonHistory) {
  return consents.map(({ from, to }) => ({ person_id: id, valid_from: from, valid_to: to }))
}

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += rowsPerStatement)
    yield items.slice(start, start + rowsPerStatement)
}
