/**
 * Compares the program's decision with PostgreSQL's row-level security and with the rights returned by `rights_of`, on
 * random people, rights, descriptions and calls, in the listening mode too. A round is one transaction, so now() is
 * constant; times are at now(), a microsecond before it or a microsecond after it. The round is rolled back.
 */
import { createHash, randomInt, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { PoolClient } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { dailyQuarter } from '#test/house/daily-quarter.ts'
import { purposes, type Purpose } from '#description/purposes.ts'
import { rolesInEffect } from '#description/roles.ts'
import type { RegisterTables } from '#register/tables.ts'
import {
  decide,
  type HeldRight,
  type ViewedObject,
  type SegmentFactsForAccess,
  type RoleBound,
  type AccessContext,
} from '#safeguards/access/decide.ts'
import { peopleInRooms, round, type Person, type PersonInRoom, type Room, type Round } from './random-round.ts'

/** No reference, or the number of one of the round's two requests. */
const references = ['', 'P-2026-1', 'P-2026-2']
const isLong = process.env['SELOSTE_LONG'] === '1'
// Uses more rounds than the other roles need, because maintenance sees something in an emergency only in few of them.
const minCases = isLong ? 100_000 : 30_000
const rounds = isLong ? 60 : 10
const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const deciders = await Promise.all(
  ['Hakija', 'Hyväksyjä'].map((name) => enterTestPerson(admin, database.as('seloste_desk').db, { name })),
)

test(`the program and row-level security agree on ${minCases} random cases`, { timeout: 180_000 }, async () => {
  const seen = { cases: 0, shown: 0, served: 0, refused: new Set<string>(), maintenance: new Set<string>() }
  const seed = isLong ? randomInt(2 ** 31) : 5
  for (const sample of fc.sample(round, { numRuns: rounds, seed })) {
    await inRolledBackTransaction(async (client) => compareDecisions(client, sample, seen, seed))
  }
  expect(seen.cases).toBeGreaterThanOrEqual(minCases)
  // Guards against agreement by showing nothing, or everything; every refusal reason must occur.
  expect(seen.shown).toBeGreaterThan(seen.cases / 100)
  expect(seen.shown).toBeLessThan(seen.cases / 2)
  expect(seen.served).toBeGreaterThan(0)
  expect([...seen.refused].sort()).toEqual(['deny.expired', 'deny.purpose', 'deny.reference', 'not-found'])
  expect([...seen.maintenance].sort()).toEqual(['allowed', 'breakGlass'])
})

const peopleAtOnce = 260
const casesOfRound = peopleAtOnce * purposes.length * 5
/** Rounds for 100,000 cases. */
const todaysRounds = dailyQuarter(Math.ceil(100_000 / casesOfRound))
const rightsCases = todaysRounds.count * casesOfRound

test(
  `the program and rights_of agree on ${rightsCases} random cases, in the listening mode too`,
  { timeout: 180_000 },
  async () => {
    const seen = { cases: 0, some: 0, none: 0, inRoom: 0, deniedInRoom: 0 }
    const seed = isLong ? randomInt(2 ** 31) : 5
    const all = fc.sample(peopleInRooms(peopleAtOnce), { numRuns: todaysRounds.first + todaysRounds.count, seed })
    for (const sample of all.slice(todaysRounds.first)) {
      await inRolledBackTransaction(async (client) => compareRights(client, sample, seen, seed))
    }
    expect(seen.cases).toBe(rightsCases)
    for (const many of [seen.some, seen.none]) expect(many).toBeGreaterThan(seen.cases / 20)
    // Some people in a listening mode have its right; many of them would have more rights outside it.
    expect(seen.inRoom).toBeGreaterThan(10)
    expect(seen.deniedInRoom).toBeGreaterThan(250)
  },
)

async function compareRights(
  client: PoolClient,
  sample: { bounds: RoleBound[]; people: PersonInRoom[] },
  seen: { cases: number; some: number; none: number; inRoom: number; deniedInRoom: number },
  seed: number,
): Promise<void> {
  const { rows } = await client.query<{ now: Temporal.Instant }>('select now() as now')
  const now = rows[0]!.now
  const at = (microseconds: number) => now.add({ microseconds })
  const entered = sample.people.map((person, index) => ({
    ...enteredAs(person),
    room: person.room,
    number: `P-2026-${index + 1}`,
  }))
  await enterDescription(client, sample.bounds)
  await enterPeople(client, entered, at)
  await enterRooms(client, entered, at)
  // Without statistics the planner would scan the tables for each case.
  await client.query('analyze access_right, session, described_role, appointment, office_slot, subject_request, person')
  const request = entered.map(({ token, number }) => ({
    token,
    references: ['', '  ', number, ` ${number} `, `${number}0`],
  }))
  const held = await rightsOf(client, request)
  for (const [index, who] of entered.entries()) {
    const context = contextOf(who, sample.bounds, at)
    for (const purpose of purposes) {
      for (const reference of request[index]!.references) {
        const decided = who.session === 'open' ? decide(context, { purpose, reference }) : { refused: 'no session' }
        const rights = 'refused' in decided ? [] : decided.rights
        const isInRoom = purpose === 'INSPECTION' && reference.trim() === who.number && isOpenNow(who.room)
        const left = !who.room ? rights : isInRoom ? rights.filter(({ role }) => role === 'SERVICE_UNIT') : []
        const wanted = left.map(({ id }) => id).toSorted()
        const found = held.get(`${index} ${purpose} ${reference}`) ?? []
        if (wanted.join() !== found.join()) {
          expect.fail(
            `seed ${seed}, ${purpose} "${reference}": ${JSON.stringify({ program: wanted, database: found, context, who })}`,
          )
        }
        seen.cases += 1
        seen[wanted.length > 0 ? 'some' : 'none'] += 1
        if (who.room && wanted.length > 0) seen.inRoom += 1
        if (rights.length > wanted.length) seen.deniedInRoom += 1
      }
    }
  }
}

/** Returns true while people in the room may listen under the request of its appointment. */
function isOpenNow(room: Room | null): boolean {
  return (
    room !== null &&
    room.isHost &&
    room.state === 'BOOKED' &&
    room.isRequestOpen &&
    room.isIdentified &&
    room.startsAt <= 0 &&
    room.endsAt > 0
  )
}

/** Rights by person, purpose and reference, each read in the person's session with one statement. */
async function rightsOf(
  client: PoolClient,
  request: readonly { token: string; references: string[] }[],
): Promise<Map<string, string[]>> {
  await client.query(`create function pg_temp.rights(asked jsonb, purposes text[]) returns table (key text, ids uuid[]) language plpgsql as $$
    declare
      a record;
    begin
      for a in select n - 1 as person, one from jsonb_array_elements(asked) with ordinality as e(one, n) loop
        perform set_config('seloste.session', a.one ->> 'token', true);
        return query
          select concat_ws(' ', a.person, purpose, reference), array_agg(held.id order by held.id)
          from (select viewer() as id) who, unnest(purposes) purpose, jsonb_array_elements_text(a.one -> 'references') reference,
            lateral rights_of(who.id, purpose, reference) held
          group by purpose, reference;
      end loop;
    end $$`)
  const { rows } = await client.query<{ key: string; ids: string[] }>('select * from pg_temp.rights($1, $2)', [
    JSON.stringify(request),
    purposes,
  ])
  return new Map(rows.map(({ key, ids }) => [key, ids]))
}

async function inRolledBackTransaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await database.as().pool.connect()
  try {
    await client.query('begin')
    await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function compareDecisions(
  client: PoolClient,
  sample: Round,
  seen: { cases: number; shown: number; served: number; refused: Set<string>; maintenance: Set<string> },
  seed: number,
): Promise<void> {
  const { rows } = await client.query<{ now: Temporal.Instant }>('select now() as now')
  const now = rows[0]!.now
  const at = (microseconds: number) => now.add({ microseconds })
  const entered = sample.people.map(enteredAs)
  const calls = sample.contacts.map((contact) => ({
    ...contact,
    id: randomUUID(),
    segments: contact.segments.map((part) => ({ ...part, id: randomUUID() })),
  }))
  const { bounds: described, maintenanceContent } = sample
  const inEffect = rolesInEffect({ roles: described, switches: { maintenanceContent } })
  await enterDescription(client, inEffect)
  await enterPeople(client, entered, at)
  await enterCalls(client, calls, entered, at)
  await enterRequests(client, sample.requests, entered, calls, at)
  const servedUnder = (index: number, part?: (typeof calls)[number]['segments'][number]): string[] =>
    sample.requests.flatMap(({ isOpen, isIdentified, official, calls: found }, of) => {
      const isParty = !part || official === null || part.official === official
      return isOpen && isIdentified && found.includes(index) && isParty ? [`P-2026-${of + 1}`] : []
    })
  const reachOf = (index: number, part: (typeof calls)[number]['segments'][number]): SegmentFactsForAccess => ({
    officialPersonId: part.official === null ? null : (entered[part.official]?.id ?? null),
    officialUnitId: part.unit,
    numberReached: part.reached,
    servedUnder: servedUnder(index, part),
  })
  const objects: { id: string; viewed: ViewedObject }[] = calls.flatMap((call, index) => [
    {
      id: call.id,
      viewed: {
        kind: 'contact',
        numberCalled: call.called,
        segments: call.segments.map((part) => reachOf(index, part)),
        endsAt: at(call.endsAt),
        servedUnder: servedUnder(index),
      },
    },
    ...call.segments.map((part) => ({ id: part.id, viewed: { kind: 'segment' as const, ...reachOf(index, part) } })),
  ])
  const shown = await readShownIds(client, entered)
  for (const [index, user] of entered.entries()) {
    const context = contextOf(user, inEffect, at)
    for (const purpose of purposes) {
      for (const reference of references) {
        const database = shown.get(`${index} ${purpose} ${reference}`)!
        for (const { id, viewed } of objects) {
          const decided = decide(context, { purpose, reference }, viewed)
          if ('refused' in decided) seen.refused.add(decided.refused)
          const isShown = user.session === 'open' && !('refused' in decided)
          if (isShown !== database.has(id)) {
            expect.fail(
              `seed ${seed}, ${purpose} ${reference}: the program ${isShown ? 'shows' : 'hides'} ${JSON.stringify({ viewed, context, session: user.session })}`,
            )
          }
          // Maintenance gets no content where the description denies it, whatever its rights are (C6).
          const isMaintenance = isShown && purpose === 'MAINTENANCE'
          if (isMaintenance && maintenanceContent === 'denied') expect.fail(`seed ${seed}: maintenance sees content`)
          if (isMaintenance) seen.maintenance.add(maintenanceContent)
          const isServiceUnit = isShown && purpose === 'INSPECTION' && reference.startsWith('P-')
          if (isServiceUnit && decided.rights.some((right) => right.role === 'SERVICE_UNIT')) seen.served += 1
          seen.cases += 1
          if (isShown) seen.shown += 1
        }
      }
    }
  }
}

type At = (microseconds: number) => Temporal.Instant
type Entered = ReturnType<typeof enteredAs>

function enteredAs({ rights, ...person }: Person) {
  const withId = rights.map((right) => ({ ...right, id: randomUUID() as string }))
  return { ...person, rights: withId, id: randomUUID() as string, token: randomUUID() as string }
}

function contextOf(user: Entered, described: readonly RoleBound[], at: At): AccessContext {
  return {
    now: at(0),
    person: {
      id: user.id,
      employedFrom: at(user.employedFrom),
      ...(user.employedTo !== null && { employedTo: at(user.employedTo) }),
    },
    held: user.rights.map((right) => heldRight(right, at)),
    described,
  }
}

function heldRight(one: Entered['rights'][number], at: At): HeldRight {
  return {
    id: one.id,
    role: one.role,
    ...(one.duty && { duty: one.duty }),
    purposes: one.purposes,
    scope: { kind: one.kind, units: one.units, numbers: one.numbers },
    from: at(one.from),
    ...(one.to !== null && { until: at(one.to) }),
    ...(one.revoked !== null && { revokedAt: at(one.revoked) }),
  }
}

/** Enters a description in force from this instant, and an empty one from a microsecond later. */
async function enterDescription(client: PoolClient, bounds: readonly RoleBound[]): Promise<void> {
  const newest = '(select max(version) from description_version)'
  for (const from of ['now()', "now() + interval '1 microsecond'"]) {
    await client.query(
      `insert into description_version (version, text, hash, effective_from)
       select version + 1, text, hash, ${from} from description_version where version = ${newest}`,
    )
  }
  await client.query(
    `insert into described_role (version, role, duty, purposes, scope)
     select ${newest} - 1, role, duty, purposes, scope
     from jsonb_to_recordset($1) as r(role text, duty text, purposes text[], scope text)`,
    [JSON.stringify(bounds)],
  )
}

async function enterPeople(client: PoolClient, entered: readonly Entered[], at: At): Promise<void> {
  // Writes directly to the tables, because the directory's guards are not under test.
  await client.query('set local session_replication_role = replica')
  await insertRows(
    client,
    'person',
    entered.map(({ id, employedFrom, employedTo }) => ({
      id,
      user_id: id,
      employed_from: at(employedFrom),
      employed_to: employedTo === null ? null : at(employedTo),
      source: 'manual',
      created_at: at(0),
      changed_at: at(0),
    })),
  )
  await insertRows(
    client,
    'access_right',
    entered.flatMap(({ id, rights }) =>
      rights.map((one) => ({
        id: one.id,
        person_id: id,
        role: one.role,
        duty: one.duty ?? null,
        purposes: one.purposes,
        scope_kind: one.kind,
        scope_units: one.units,
        scope_numbers: one.numbers,
        valid_from: at(one.from),
        valid_to: one.to === null ? null : at(one.to),
        requested_by: deciders[0]!.id,
        approved_by: deciders[1]!.id,
        revoked_at: one.revoked === null ? null : at(one.revoked),
      })),
    ),
  )
  await insertRows(
    client,
    'session',
    entered.map(({ id, token, session }) => ({
      token_hash: `\\x${createHash('sha256').update(token).digest('hex')}`,
      person_id: id,
      created_at: at(-1000),
      expires_at: at(session === 'over' ? 0 : 1),
      ended_at: session === 'ended' ? at(0) : null,
      awaits_second_factor: session === 'half',
    })),
  )
}

/**
 * Enters, for people in a listening mode, the request, its slot and appointment, and the session that serves only it.
 */
async function enterRooms(
  client: PoolClient,
  entered: readonly (Entered & { room: Room | null; number: string })[],
  at: At,
): Promise<void> {
  const rooms = entered.flatMap(({ room, ...who }) =>
    room ? [{ ...room, who, request: randomUUID(), slot: randomUUID(), appointment: randomUUID() }] : [],
  )
  await insertRows(
    client,
    'subject_request',
    rooms.map(({ request, who, isRequestOpen, isIdentified }) =>
      requestRow({ id: request, number: who.number, official: null, isOpen: isRequestOpen, isIdentified }, at),
    ),
  )
  await insertRows(
    client,
    'office_slot',
    rooms.map(({ slot, who, isHost, startsAt, endsAt }) => ({
      ...{ id: slot, office_id: randomUUID(), starts_at: at(startsAt), ends_at: at(endsAt) },
      ...{ host_id: isHost ? who.id : deciders[0]!.id, added_at: at(-1), added_by: deciders[0]!.id },
    })),
  )
  await insertRows(
    client,
    'appointment',
    rooms.map(({ appointment, request, slot, state }) => ({
      ...{ id: appointment, request_id: request, slot_id: slot, needs: [], state },
      ...{ booked_at: at(-1), booked_by: deciders[0]!.id, ended_at: state === 'BOOKED' ? null : at(0) },
    })),
  )
  await client.query(
    `update session set confined_to = (r ->> 'appointment')::uuid, confined_until = now() + interval '1 hour', confined_at = gen_random_uuid()
     from jsonb_array_elements($1) r where person_id = (r ->> 'person')::uuid`,
    [JSON.stringify(rooms.map(({ appointment, who }) => ({ appointment, person: who.id })))],
  )
}

async function enterCalls(
  client: PoolClient,
  calls: readonly (Omit<Round['contacts'][number], 'segments'> & {
    id: string
    segments: (Round['contacts'][number]['segments'][number] & { id: string })[]
  })[],
  entered: readonly Entered[],
  at: At,
): Promise<void> {
  const startedAt = at(-60_000_000)
  await insertRows(
    client,
    'contact',
    calls.map(({ id, called, endsAt }) => ({
      id,
      started_at: startedAt,
      caller_kind: 'withheld',
      number_called: called,
      number_kind: 'NATIONAL_SERVICE',
      history_ends_at: at(endsAt),
    })),
  )
  await insertRows(
    client,
    'segment',
    calls.flatMap((call) =>
      call.segments.map(({ id, official, unit, reached }, seq) => ({
        id,
        contact_id: call.id,
        contact_started_at: startedAt,
        seq,
        number_reached: reached,
        official_person_id: official === null ? null : entered[official]?.id,
        official_unit_id: unit,
        decision_record: false,
        decision_reason: 'not-drawn',
      })),
    ),
  )
}

async function enterRequests(
  client: PoolClient,
  requests: Round['requests'],
  entered: readonly Entered[],
  calls: readonly { id: string }[],
  at: At,
): Promise<void> {
  const made = requests.map((one, index) => ({ ...one, id: randomUUID(), number: `P-2026-${index + 1}` }))
  await insertRows(
    client,
    'subject_request',
    made.map(({ official, ...one }) =>
      requestRow({ ...one, official: official === null ? null : (entered[official]?.id ?? null) }, at),
    ),
  )
  await insertRows(
    client,
    'request_call',
    made.flatMap(({ id, calls: found }) =>
      found.map((index, ordinal) => ({
        ...{ id: randomUUID(), request_id: id, ordinal: ordinal + 1, state: 'FOUND', looks: 1 },
        ...{ contact_id: calls[index]?.id, contact_started_at: at(-60_000_000) },
        ...{ looked_at: at(-1), looked_by: deciders[0]!.id },
      })),
    ),
  )
}

function requestRow(
  {
    id,
    number,
    official,
    isOpen,
    isIdentified,
  }: { id: string; number: string; official: string | null; isOpen: boolean; isIdentified: boolean },
  at: At,
): Record<string, unknown> {
  return {
    ...{ id, number, kinds: ['KNOW'], channel: 'PHONE', language: 'fi', entered_at: at(0) },
    ...{ party: official === null ? 'CALLER' : 'OFFICIAL', official_id: official },
    ...{ received_at: at(0), due_at: at(3_600_000_000), entered_by: deciders[0]!.id },
    ...{ identified_how: isIdentified ? 'PASSPORT' : null, identified_at: isIdentified ? at(0) : null },
    identified_by: isIdentified ? deciders[0]!.id : null,
    ...{ closed_at: isOpen ? null : at(0), outcome: isOpen ? null : 'ANSWERED' },
  }
}

async function insertRows(client: PoolClient, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!).join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

/** Returns the ids of segments and contacts shown to each person under each purpose, with and without a reference. */
async function readShownIds(client: PoolClient, entered: readonly Entered[]): Promise<Map<string, Set<string>>> {
  await client.query(`create function pg_temp.shown_ids(asked jsonb) returns table (key text, ids uuid[]) language plpgsql as $$
    declare a jsonb;
    begin
      for a in select * from jsonb_array_elements(asked) loop
        perform set_config('seloste.session', a ->> 'token', true), set_config('seloste.purpose', a ->> 'purpose', true),
          set_config('seloste.reference', a ->> 'reference', true);
        key := a ->> 'key';
        select array_agg(id) into ids from (select id from segment union all select id from contact) seen;
        return next;
      end loop;
    end $$`)
  const request = entered.flatMap(({ token }, index) =>
    purposes.flatMap((purpose: Purpose) =>
      references.map((reference) => ({ key: `${index} ${purpose} ${reference}`, token, purpose, reference })),
    ),
  )
  await client.query('set local role seloste_desk')
  const { rows } = await client.query<{ key: string; ids: string[] | null }>('select * from pg_temp.shown_ids($1)', [
    JSON.stringify(request),
  ])
  return new Map(rows.map(({ key, ids }) => [key, new Set(ids)]))
}
