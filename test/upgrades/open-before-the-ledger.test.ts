/**
 * Cases that are open at an upgrade to a version whose destruction ledger has more kinds of entries (R52): the next
 * restore has these cases, even from a backup made before the upgrade.
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openBackedUpRegister, restoredAfter } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db: admin, pool } = database.as()
const custodian = database.as('seloste_custodian').pool
const desk = database.as('seloste_desk').db
const enterPerson = (name: string) => enterTestPerson(admin, desk, { name })
const countEntries = async () => (await pool.query('select from destruction_entry')).rowCount ?? 0
const countCaughtUp = async () => (await pool.query('select from ledger_caught_up')).rowCount

/** Simulates an earlier version, whose ledger had none of these kinds of entries. */
async function asEarlierVersion(work: () => Promise<void>) {
  const { rows } = await pool.query<{ text: string }>(
    "select pg_get_functiondef('append_to_ledger(text, uuid, text, jsonb)'::regprocedure) as text",
  )
  await pool.query(`create or replace function append_to_ledger(kind text, object uuid, cause text, detail jsonb) returns void
    language sql security definer as ''`)
  await work().finally(() => pool.query(rows[0]!.text))
}

test('open cases are entered once at the first start after an upgrade, and a restore of an older backup has them', async () => {
  const [aino, bertil, pia] = [await enterPerson('Aino'), await enterPerson('Bertil'), await enterPerson('Pia')]
  const right = {
    role: 'DECISION_MAKER' as const,
    purposes: [],
    scope: { kind: 'none' as const, units: [], numbers: [] },
  }
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [restricted, received, corrected] = await register.makeRecordings(3)
  await sql`update segment set official_person_id = ${aino.id}, official_name = 'Aino' where id = ${corrected!.segmentId}`.execute(
    admin,
  )
  await sql`insert into person_recording_consent (person_id, valid_from) values (${aino.id}::uuid, now() - interval '9 days')`.execute(
    admin,
  )
  let lost = ''
  const { rows, restored, machine } = await restoredAfter(database, register, async () => {
    const before = await countEntries()
    await asEarlierVersion(async () => {
      await servedRequest(admin, { clerkId: pia.id, kinds: ['OBJECTION'], contacts: [restricted!.contactId] })
      await servedRequest(admin, { clerkId: pia.id, kinds: ['LISTEN'], contacts: [received!.contactId] })
      lost = (await servedRequest(admin, { clerkId: pia.id, kinds: ['KNOW'] })).number
      await sql`insert into prohibition (recording_id, party, channel, received_at, entered_by)
        values (${received!.id}::uuid, 'OFFICIAL', 'LETTER', now(), ${pia.id}::uuid)`.execute(admin)
      const rectify = await servedRequest(admin, {
        ...{ clerkId: pia.id, kinds: ['RECTIFY'], contacts: [corrected!.contactId] },
      })
      const { rows: made } = await sql<{ id: string }>`
        insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, becomes_unit_id, proposed_by)
        select ${rectify.id}::uuid, id, contact_id, contact_started_at, official_person_id, ${bertil.id}::uuid, ${bertil.unitId}::uuid, ${pia.id}::uuid
        from segment where id = ${corrected!.segmentId} returning id`.execute(admin)
      await inSession(desk, { 'seloste.session': riitta.token }, (tx) =>
        sql`select decide_correction(${made[0]!.id}::uuid, 'APPROVED')`.execute(tx),
      )
      await sql`update person_recording_consent set valid_to = now() where person_id = ${aino.id}::uuid`.execute(admin)
    })
    expect(await countEntries()).toBe(before)

    // A start that is killed has entered nothing; the next start enters the cases, and later starts enter nothing more.
    const killed = await custodian.connect()
    await killed.query('begin; select backfill_ledger()')
    await killed.query('rollback')
    killed.release()
    expect([await countEntries(), await countCaughtUp()]).toEqual([before, 0])
    await Promise.all([custodian.query('select backfill_ledger()'), custodian.query('select backfill_ledger()')])
    const after = await countEntries()
    expect(after).toBeGreaterThan(before)
    await custodian.query('select backfill_ledger()')
    expect([await countEntries(), await countCaughtUp()]).toEqual([after, 1])
  })
  await rows('select settle_ends()')
  const state = async ({ id }: { id: string }) =>
    (await rows('select state from recording where id = $1', [id]))[0].state
  expect(await state(restricted!)).toBe('RESTRICTED')
  // The prohibition waits for the inspection.
  expect(await state(received!)).toBe('RESTRICTED')
  expect(restored.ledger).toMatchObject({
    restrictions: 1,
    cases: 1,
    prohibitions: 1,
    corrections: 1,
    consents: 1,
    lostRequests: [lost],
  })
  expect(await rows('select official_person_id from segment where id = $1', [corrected!.segmentId])).toEqual([
    { official_person_id: bertil.id },
  ])
  await machine.pool.query("select end_inspection(i, null, 'withdrawn') from inspection i where i.closed_at is null")
  expect(await state(received!)).toBe('DESTROYING')
})
