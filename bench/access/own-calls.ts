/**
 * Measures a page of an official's own calls out of ten million contacts, as the desk shows it: the same statements under
 * row-level security and, as the yardstick, by a superuser without it.
 */
import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { listContacts, type ContactSearch } from '#use/search/list-contacts.ts'
import { withoutStartLocks } from '../register/without-start-locks.ts'
import { ms, ratio, type Row } from '../rows.ts'

const daysOfHistory = 420
const officials = 1000
const units = 50
/** Pages measured of each kind. */
const pages = 60
const maxRatio = 1.5

/** Runs the measurement. Required: no kind of page takes more than 1.5 times as long under row-level security as without. */
export async function ownCalls({ contacts = 10_000_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const open = (url: string) =>
    connectDatabase<RegisterTables>({ url, applicationName: 'bench', size: 1, onIdleError: () => undefined })
  const admin = open(server.adminUrl())
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_desk: 'bench' })
    await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    const desk = open(server.urlFor('seloste_desk', 'bench', 'postgres'))
    const { own, unit } = await enterPeople(admin.db)
    await withoutStartLocks(admin.db, () => fill(admin.db, contacts))
    const rows: Row[] = []
    for (const [name, person] of [
      ['own calls', own],
      ['a unit’s', unit],
    ] as const) {
      const grant = await grantOf(admin.db, desk.db, person)
      const deep = await deepCursor(admin.db, grant)
      const month = { from: Temporal.Now.instant().subtract({ hours: 24 * 60 }) }
      for (const [label, search] of Object.entries({
        'first page': {},
        'page 40': { cursor: deep },
        'two months': month,
        'one caller': { caller: callerOf(person === own ? 7 : 7 % units) },
        'an official’s name': { official: 'Virkailija 7' },
      })) {
        const [guarded, unguarded] = await measureAlternately(
          () => page(desk.db, grant, search),
          () => page(admin.db, grant, search),
        )
        const hasTarget = label === 'first page' || label === 'page 40'
        rows.push({
          what: `${name}, ${label}, of ${contacts} contacts`,
          measured: ms(guarded),
          yardstick: `without row-level security ${ms(unguarded)}`,
          ratio: ratio(guarded, unguarded),
          ...(hasTarget && { target: `at most x${maxRatio}`, isReached: guarded / unguarded <= maxRatio }),
        })
        console.log(
          `${name}, ${label}: ${guarded.toFixed(1)} ms, without row-level security ${unguarded.toFixed(1)} ms, ${ratio(guarded, unguarded)}`,
        )
      }
    }
    await desk.close()
    return rows
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function page(db: Kysely<RegisterTables>, grant: Grant, search: Partial<ContactSearch>) {
  return listContacts(db, grant, { limit: 50, ...search })
}

/** Returns the cursor of the fortieth page. */
async function deepCursor(db: Kysely<RegisterTables>, grant: Grant): Promise<string> {
  let cursor: string | undefined
  for (let pageNumber = 1; pageNumber < 40; pageNumber++) {
    const { next } = await page(db, grant, { ...(cursor !== undefined && { cursor }) })
    if (next === undefined) break
    cursor = next
  }
  return cursor ?? ''
}

/** Runs two functions alternately; returns the median time of each. */
async function measureAlternately(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  // The first five are not counted.
  for (let round = -5; round < pages; round++) {
    for (const [which, work] of [one, other].entries()) {
      const begun = performance.now()
      await work()
      if (round >= 0) times[which as 0 | 1].push(performance.now() - begun)
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0) as [number, number]
}

function callerOf(n: number): string {
  return `+35840${String(5_000_000 + n)}`
}

const idOf = (label: string, n: number) => {
  const hex = createHash('md5').update(`${label}${n}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Enters the seventh official, and the supervisor of the seventh unit. */
async function enterPeople(db: Kysely<RegisterTables>) {
  const start = Temporal.Now.instant().subtract({ hours: 24 * 500 })
  const enter = async (id: string, name: string) => {
    await db.insertInto('person').values({ id, user_id: name, employed_from: start }).execute()
    return id
  }
  const [requester, approver] = [await enter(randomUUID(), 'requester'), await enter(randomUUID(), 'approver')]
  const own = await enter(idOf('official', 7), 'own')
  const unit = await enter(randomUUID(), 'supervisor')
  for (const right of [
    { person_id: own, role: 'OFFICIAL' as const, scope_kind: 'own' as const, scope_units: [] },
    { person_id: unit, role: 'SUPERVISOR' as const, scope_kind: 'unit' as const, scope_units: [idOf('unit', 7)] },
  ]) {
    await db
      .insertInto('access_right')
      .values({
        ...right,
        id: randomUUID(),
        purposes: ['DEVELOPMENT'],
        valid_from: start,
        requested_by: requester,
        approved_by: approver,
      } as never)
      .execute()
  }
  return { own, unit }
}

async function grantOf(admin: Kysely<RegisterTables>, desk: Kysely<RegisterTables>, personId: string): Promise<Grant> {
  const token = randomUUID()
  await sql`insert into session (token_hash, person_id, created_at, expires_at)
    values (sha256(convert_to(${token}, 'UTF8')), ${personId}::uuid, now(), now() + interval '1 hour')`.execute(admin)
  const session = { token, personId, expiresAt: Temporal.Now.instant().add({ hours: 1 }) }
  const grant = await requestGrant(
    desk,
    session,
    { purpose: 'DEVELOPMENT', action: 'contacts.listed' },
    Temporal.Now.instant(),
  )
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

/** Enters consecutive calls over fourteen months, each answered by one official; one in ten has a recording. */
async function fill(db: Kysely<RegisterTables>, contacts: number): Promise<void> {
  const begun = performance.now()
  const stepMs = (daysOfHistory * 86_400_000) / contacts
  const indexes = await sql<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes i
    where tablename in ('contact', 'segment') and not exists (select from pg_constraint c where c.conname = i.indexname)`.execute(
    db,
  )
  // Indexes are built at the end: faster than row by row.
  for (const { name } of indexes.rows) await sql`drop index ${sql.ref(name)}`.execute(db)
  const batch = 500_000
  for (let from = 0; from < contacts; from += batch) {
    const to = Math.min(from + batch, contacts) - 1
    await sql`
      with call as materialized (
        select i, gen_random_uuid() as id, now() - (${contacts} - i) * ${stepMs}::float8 * interval '1 millisecond' as at
        from generate_series(${from}::integer, ${to}::integer) i
      ),
      entered as (
        insert into contact (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind, history_ends_at)
        select id, at, at + interval '5 minutes', 'e164', '+35840' || (5000000 + i % 1000000), '+35829497000', 'NATIONAL_SERVICE',
          at + interval '14 months 5 minutes'
        from call
      )
      insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_person_id, official_unit_id,
        official_name, official_phone, answered_at, ended_at, decision_record, decision_reason)
      select gen_random_uuid(), id, at, 0, '+35829497000', md5('official' || who)::uuid, md5('unit' || who % ${units})::uuid,
        'Virkailija ' || who, '+358295121' || who, at + interval '10 seconds', at + interval '5 minutes', false, 'not-drawn'
      from (select *, (i::bigint * 7919) % ${officials} as who from call) answered`.execute(db)
  }
  // Includes those of every month's partition.
  for (const { definition } of indexes.rows) await sql.raw(definition.replace(' ON ONLY ', ' ON ')).execute(db)
  await sql`vacuum analyze contact, segment`.execute(db)
  await sql`analyze`.execute(db)
  console.log(`${contacts} contacts entered in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
}
