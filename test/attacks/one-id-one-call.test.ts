// R22, R23, R34, R44, R48: the id of a contact or segment is valid for one start time only. Capture's role tries to enter
// rows under the ids of other calls, so that a lookup by id finds them as rows of those calls. The last tests plant such
// rows with the database's rule disabled: joins compare id and start time.
import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import { forbidUse } from '#destruction/forbid-use.ts'
import { sweepHistory } from '#destruction/retention/sweep-history.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool: owner } = database.as()
const capture = database.as('seloste_capture').pool
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const promises = await makeTestPromises(database)
const { recordings, destroyed, colleague } = promises
const brokenPromises = async () => (await promises.check()).broken.map(({ promise, facts }) => ({ promise, facts }))
beforeEach(async () => expect(await brokenPromises()).toEqual([]))

const contact = (id: string, started: string) =>
  `insert into contact (id, started_at, caller_kind, caller_key, number_called, number_kind)
   values ('${id}', ${started}, 'e164', '+358409999999', '+35829497000', 'NATIONAL_SERVICE')`
const segment = (id: string, call: string, started: string, more = '1, null, null') =>
  `insert into segment (id, contact_id, contact_started_at, seq, node, beside, number_reached, decision_record, decision_reason, capture_state, marks)
   values ('${id}', '${call}', ${started}, ${more}, '+35829497000', false, 'not-answered', 'not-recorded', '{}')`
const recording = (id: string, part: string, call: string, started: string) =>
  `insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, recording_months)
   values ('${id}', '${part}', '${call}', ${started}, '+35829497000', 'CAPTURING', ${started}, now()::date, 6)`
const startOf = async (table: 'contact' | 'segment', id: string) =>
  (
    await owner.query(
      `select ${table === 'contact' ? 'started_at' : 'contact_started_at'}::text as at from ${table} where id = $1`,
      [id],
    )
  ).rows.map(({ at }) => at as string)
const stateOf = async (id: string) =>
  (await owner.query('select state, cause, destroyed_at::text from recording where id = $1', [id])).rows

test('a contact’s id is refused with another start time, earlier or later, from every writer', async () => {
  const { contactId } = recordings.older
  const [start] = await startOf('contact', contactId)
  for (const pool of [capture, owner]) {
    for (const started of [
      `'${start}'::timestamptz + interval '1 microsecond'`,
      `now() - interval '5 hours'`,
      `now() - interval '5 months'`,
      `now() - interval '15 months'`,
    ]) {
      await expect(pool.query(contact(contactId, started))).rejects.toThrow(/exists under another start/)
    }
  }
  expect(await startOf('contact', contactId)).toEqual([start])
})

test('a segment’s id is refused with another start time, and so is a segment or recording without its call', async () => {
  const { contactId, segmentId } = recordings.older
  const [start] = await startOf('segment', segmentId)
  const [call, began] = [randomUUID(), "date_trunc('minute', now()) - interval '10 minutes'"]
  await capture.query(contact(call, began))
  await expect(capture.query(segment(segmentId, call, began))).rejects.toThrow(/exists under another start/)
  await expect(capture.query(segment(randomUUID(), contactId, began))).rejects.toThrow(/no contact of its start/)
  await expect(capture.query(segment(randomUUID(), randomUUID(), began))).rejects.toThrow(/no contact of its start/)
  const part = randomUUID()
  await capture.query(segment(part, call, began))
  await expect(capture.query(recording(randomUUID(), randomUUID(), call, began))).rejects.toThrow(
    /no segment of its call/,
  )
  await expect(capture.query(recording(randomUUID(), part, contactId, `'${start}'`))).rejects.toThrow(
    /no segment of its call/,
  )
  expect(await startOf('segment', segmentId)).toEqual([start])
  await owner.query('delete from segment where id = $1', [part])
  await owner.query('delete from contact where id = $1', [call])
})

test('one of two concurrent inserts of an id is refused, also with a snapshot from before the other', async () => {
  const id = randomUUID()
  const [firstClient, secondClient, snapshotClient] = [
    await capture.connect(),
    await capture.connect(),
    await capture.connect(),
  ]
  try {
    await snapshotClient.query('begin isolation level repeatable read')
    await snapshotClient.query('select count(id) from contact')
    await firstClient.query('begin')
    await firstClient.query(contact(id, `now() - interval '1 hour'`))
    const second = secondClient.query(contact(id, `now() - interval '2 hours'`)).then(() => 'entered', String)
    await firstClient.query('commit')
    expect(await second).toMatch(/exists under another start/)
    await expect(snapshotClient.query(contact(id, `now() - interval '3 hours'`))).rejects.toThrow(/read committed/)
    await snapshotClient.query('rollback')
  } finally {
    for (const client of [firstClient, secondClient, snapshotClient]) client.release(true)
  }
  expect(await startOf('contact', id)).toHaveLength(1)
  await owner.query('delete from contact where id = $1', [id])
})

test('the row of a destroyed recording stays even if its call’s id is planted in an ended history, and the evidence names the recording', async () => {
  const { id, contactId } = destroyed.byTerm
  const before = await stateOf(id)
  await promises.tamper(contact(contactId, `now() - interval '15 months'`))
  try {
    expect(await brokenPromises()).toContainEqual({
      promise: 'history.complete',
      facts: expect.objectContaining({ strayRecordings: 1, example: id }) as unknown,
    })
    await sweepHistory(custodian)
    expect(await stateOf(id)).toEqual(before)
  } finally {
    await promises.tamper(
      `delete from contact where id = '${contactId}' and started_at < now() - interval '14 months 20 days'`,
    )
  }
})

test('a prohibition affects no recording of another call, even if that call’s segment id is planted in a call of today', async () => {
  const [forbidden, victim] = [recordings.colleagues, recordings.ainos]
  await forbidUse(desk, await colleague.signIn(), forbidden.id, { party: 'OFFICIAL', channel: 'OWN_CALLS' })
  const before = await stateOf(victim.id)
  const [call, part, own, north, south] = Array.from({ length: 5 }, () => randomUUID())
  const began = "date_trunc('minute', now()) - interval '10 minutes'"
  await promises.tamper(
    contact(call!, began),
    segment(forbidden.segmentId, call!, began, `1, '${north}', null`),
    segment(victim.segmentId, call!, began, `2, '${north}', null`),
    segment(part!, call!, began, `3, '${south}', '${victim.segmentId}'`),
  )
  try {
    await capture.query(recording(own!, part!, call!, began))
    await destroyBlocked(makeDestroyer(database, promises.register).expunging, Temporal.Now.instant())
    expect(await stateOf(victim.id)).toEqual(before)
    const { rows } = await owner.query('select from prohibition where recording_id = any ($1)', [[own, victim.id]])
    expect(rows).toEqual([])
  } finally {
    await promises.tamper(
      `delete from recording where id = '${own}'`,
      `delete from segment where contact_id = '${call}'`,
      `delete from contact where id = '${call}'`,
    )
  }
})
