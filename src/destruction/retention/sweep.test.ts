import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, recordingFacts } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { historyEndsAt } from '#description/terms.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { admit } from '#register/admit.ts'
import { expungeHistory } from '#register/expunge-history.ts'
import { expungeRecordings } from '#register/expunge.ts'
import { ensurePartitions } from '#register/history/partitions.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { recordingObjects } from '#register/recordings/objects.ts'
import { viewRecording } from '#register/recordings/view-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { sweep } from './sweep.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const pool = database.as().pool
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const { objects, keys, ingest: context } = register
const { expunging, forbid } = makeDestroyer(database, register)
/** Whole milliseconds: the database keeps microseconds and rounds. */
const now = () => Temporal.Now.instant().round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
const helsinki = () => Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
const run = (at = now(), store = objects) => sweep({ ...expunging, objects: store }, at)

const rowOf = (id: string) => admin.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirst()
const ledgerOf = (id: string) => admin.selectFrom('destruction_entry').selectAll().where('object_id', '=', id).execute()

/** Enters a preservation order on a recording's call. */
async function enterOrder({ id }: { id: string }): Promise<void> {
  const { id: by } = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Tuula' })
  await pool.query(
    `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     select contact_id, contact_started_at, 'recordings', 'p', 'a', 'o', 'r', now() + interval '1 month', $2 from recording where id = $1`,
    [id, by],
  )
}

async function makeRecording(
  facts: Parameters<typeof register.record>[0],
  call?: Parameters<typeof register.record>[1],
) {
  const recording = await register.record(facts, call)
  await ingestRecording(context, recording.id, now())
  return recording
}

async function objectsLeft(id: string): Promise<string[]> {
  const left: string[] = []
  for await (const key of objects.list(`recordings/${id}`)) left.push(key)
  return left
}

async function expectDestroyed(id: string, cause = 'retention') {
  expect(await rowOf(id)).toMatchObject({ state: 'DESTROYED', cause, sha256: null })
  expect((await rowOf(id))?.destroyed_at).not.toBeNull()
  expect(await objectsLeft(id)).toEqual([])
  expect(await fileKeyOf(custodian, keys, id)).toBeUndefined()
  expect(await ledgerOf(id)).toMatchObject([{ object_kind: 'recording', cause }])
}

/** A store whose process dies at its n-th deletion, before or after it. */
function storeThatDies(at: number, when: 'before' | 'after'): ObjectStore {
  let deletions = 0
  return {
    ...objects,
    async delete(key) {
      const last = ++deletions >= at
      if (last && when === 'before') throw new Error('killed')
      const result = await objects.delete(key)
      if (last) throw new Error('killed')
      return result
    },
  }
}

test('a recording under an order is shown as one that ended by its term in the same sweep, before and after the order’s end', async () => {
  const [held, other] = [await makeRecording(callOfMonthsAgo(7)), await makeRecording(callOfMonthsAgo(7))]
  await enterOrder(held)
  const shown = async ({ id }: { id: string }) => {
    const view = viewRecording(await rowOf(id), Temporal.Now.instant())
    const letter = await pool.query<{ facts: object }>(
      `select recording_for_letter(r, '1/2026') as facts from recording r where id = $1`,
      [id],
    )
    return { ...view, id: '', letter: letter.rows[0]?.facts }
  }
  expect(await shown(held)).toEqual(await shown(other))
  await run()
  expect(await shown(held)).toMatchObject({ state: 'destroyed' })
  expect(await shown(held)).toEqual(await shown(other))
  await pool.query('update preservation_order set ended_at = now() where ended_at is null')
  await run()
  await expectDestroyed(held.id, 'hold-end')
  expect(await shown(held)).toEqual(await shown(other))
})

test('another system gets the same event for a recording under an order as for one that ended by its term', async () => {
  await pool.query("insert into webhook_target values ('crm', '{recording.destroyed}')")
  const [held, other] = [await makeRecording(callOfMonthsAgo(7)), await makeRecording(callOfMonthsAgo(7))]
  await enterOrder(held)
  const notifiedIds = async () =>
    (await pool.query<{ id: string }>('select object_id as id from webhook_delivery order by id')).rows.map(
      ({ id }) => id,
    )
  await run()
  expect((await rowOf(held.id))?.state).not.toBe('DESTROYED')
  expect((await notifiedIds()).sort()).toEqual([held.id, other.id].sort())
  await run()
  await pool.query('update preservation_order set ended_at = now() where ended_at is null')
  await run()
  await expectDestroyed(held.id, 'hold-end')
  expect((await notifiedIds()).sort()).toEqual([held.id, other.id].sort())
  await pool.query('delete from webhook_target')
})

test('the events at the end of terms have one time, and are sent in a sequence that does not reveal which recording an order keeps', async () => {
  await pool.query("insert into webhook_target values ('crm', '{recording.destroyed}')")
  const call = callOfMonthsAgo(7)
  const all = [await makeRecording(call), await makeRecording(call), await makeRecording(call)]
  await enterOrder(all[1]!)
  await run()
  const { rows } = await pool.query<{ id: string; at: Temporal.Instant; next_at: Temporal.Instant }>(
    'select object_id as id, at, next_at from webhook_delivery',
  )
  expect(rows.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
  const night = (await rowOf(all[0]!.id))!
    .destroy_at!.toZonedDateTimeISO('Europe/Helsinki')
    .startOfDay()
    .add({ days: 1 })
    .with({ hour: 3 })
    .toInstant()
  for (const { at, next_at } of rows) expect([at, next_at].map(String)).toEqual([String(night), String(night)])
  await pool.query('delete from webhook_target; update preservation_order set ended_at = now() where ended_at is null')
  await run()
})

describe('before a recording’s destruction day', () => {
  test('nothing is destroyed', async () => {
    const recording = await makeRecording({})
    expect(await run()).toMatchObject({ recordings: 0, contacts: 0 })
    expect((await rowOf(recording.id))?.state).toBe('STORED')
    expect(await objectsLeft(recording.id)).toHaveLength(2)
  })

  test('the database refuses, even if the sweep’s clock had jumped half a year ahead (R23)', async () => {
    const recording = await makeRecording({})
    const then = helsinki().add({ months: 7 }).toInstant()
    expect(await run(then)).toMatchObject({ recordings: 0, monthKeys: [], intakeDays: [] })
    const ending = { id: recording.id, cause: 'retention' as const, doneBy: 'sweep', deadline: then }
    expect((await expungeRecordings(expunging, [ending], then)).failures).toMatchObject([{ id: recording.id }])
    expect((await rowOf(recording.id))?.state).toBe('STORED')
    expect(await objectsLeft(recording.id)).toHaveLength(2)
    expect(await fileKeyOf(custodian, keys, recording.id)).toBeDefined()
  })

  test.each([undefined, 'seloste_custodian'])('the minimum cannot be bypassed (%s)', async (role) => {
    const recording = await makeRecording({})
    const { pool: as } = database.as(role)
    const byId = `where id = '${recording.id}'`
    const statements = [
      `delete from recording ${byId}`,
      `update recording set state = 'DESTROYED', cause = 'retention', destroyed_at = now() ${byId}`,
      `update recording set state = 'DESTROYING', cause = 'retention' ${byId}`,
      `update recording set state = 'DESTROYING' ${byId}`,
      `update recording set destroy_at = now() - interval '1 day' ${byId}`,
      `update recording set min_keep_until = now(), destroy_at = now() ${byId}`,
      `update recording set min_keep_until = null ${byId}`,
      `update recording set min_keep_until = null, destroy_at = null ${byId}`,
    ]
    for (const statement of statements) await expect(as.query(statement), statement).rejects.toThrow()
    expect((await rowOf(recording.id))?.state).toBe('STORED')
  })

  test.each([undefined, 'seloste_custodian'])(
    'the minimum cannot be bypassed before a term is set (%s)',
    async (role) => {
      const recording = await register.record({ endedAt: undefined })
      const { pool: as } = database.as(role)
      const byId = `where id = '${recording.id}'`
      const statements = [
        `update recording set destroy_at = now() - interval '1 day' ${byId}`,
        `update recording set min_keep_until = now() - interval '2 days', destroy_at = now() - interval '1 day' ${byId}`,
        `update recording set state = 'DESTROYING', cause = 'retention' ${byId}`,
      ]
      for (const statement of statements) await expect(as.query(statement), statement).rejects.toThrow()
    },
  )

  test('a destruction begun for one cause cannot be continued for another cause or undone', async () => {
    const recording = await makeRecording({})
    const byId = `where id = '${recording.id}'`
    await forbid(recording.id)
    await pool.query(`update recording set state = 'DESTROYING', cause = 'caller' ${byId}`)
    await expect(pool.query(`update recording set cause = 'retention' ${byId}`)).rejects.toThrow('no other')
    await expect(pool.query(`update recording set state = 'STORED' ${byId}`)).rejects.toThrow('does not come back')
    await run()
    await expectDestroyed(recording.id, 'caller')
    await expect(pool.query(`update recording set state = 'STORED' ${byId}`)).rejects.toThrow('does not come back')
  })
})

describe('on a recording’s destruction day', () => {
  test('a recording’s object, index and key are destroyed, its row states that and the ledger has one entry', async () => {
    const due = await makeRecording(callOfMonthsAgo(6))
    const young = await makeRecording(callOfMonthsAgo(5))
    expect(await run()).toMatchObject({ recordings: 1 })
    await expectDestroyed(due.id)
    expect((await rowOf(young.id))?.state).toBe('STORED')
    expect(await run()).toMatchObject({ recordings: 0 })
    await expectDestroyed(due.id)
  })

  test('the term is counted in calendar months for every retention from 2 to 6', async () => {
    for (const months of [2, 3, 4, 5, 6]) {
      const due = await makeRecording(callOfMonthsAgo(months), { months })
      const before = await makeRecording(callOfMonthsAgo(months - 1), { months })
      await run()
      await expectDestroyed(due.id)
      expect((await rowOf(before.id))?.state, `${months} months`).toBe('STORED')
    }
  })

  test('a recording that was never ingested is destroyed too, with its header', async () => {
    const due = await register.record(callOfMonthsAgo(6))
    await run()
    await expectDestroyed(due.id)
  })

  test('a recording that cannot be destroyed is reported, and the others are destroyed', async () => {
    const [first, second, third] = [
      await makeRecording(callOfMonthsAgo(6)),
      await makeRecording(callOfMonthsAgo(6)),
      await makeRecording(callOfMonthsAgo(6)),
    ]
    const old = await admit(capture, callFacts(callOfMonthsAgo(14)))
    const broken: ObjectStore = {
      ...objects,
      delete: (key) => (key.includes(second.id) ? Promise.reject(new Error('EIO')) : objects.delete(key)),
    }
    await expect(run(now(), broken)).rejects.toThrow(AggregateError)
    await expectDestroyed(first.id)
    await expectDestroyed(third.id)
    expect((await pool.query('select from contact where id = $1', [old.contactId])).rowCount).toBe(0)
    expect((await rowOf(second.id))?.state).toBe('DESTROYING')
    await run()
    await expectDestroyed(second.id)
  })
})

describe('a destruction', () => {
  test('interrupted at any object is finished by the next run, with one entry in the ledger', async () => {
    const count = recordingObjects('x').length
    for (let at = 1; at <= count; at++) {
      for (const when of ['before', 'after'] as const) {
        const due = await makeRecording(callOfMonthsAgo(6))
        await expect(run(now(), storeThatDies(at, when))).rejects.toThrow()
        expect((await rowOf(due.id))?.state).toBe('DESTROYING')
        expect(await ledgerOf(due.id)).toEqual([])
        await run()
        await expectDestroyed(due.id)
      }
    }
  })

  test.each(['recording', 'recording_key', 'destruction_entry', 'audit_entry'])(
    'interrupted at the database’s write to %s is finished by the next run',
    async (table) => {
      const due = await makeRecording(callOfMonthsAgo(6))
      await pool.query(
        `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
      )
      await pool.query(
        `create trigger die before insert or update or delete on ${table} for each row execute function die()`,
      )
      await expect(run()).rejects.toThrow()
      await pool.query(`drop trigger die on ${table}; drop function die`)
      expect(await ledgerOf(due.id)).toEqual([])
      await run()
      await expectDestroyed(due.id)
    },
  )

  test('run several times at once makes one ledger entry', async () => {
    const due = await makeRecording(callOfMonthsAgo(6))
    const ending = { id: due.id, cause: 'retention' as const, doneBy: 'test', deadline: now() }
    await Promise.all([1, 2, 3, 4].map(() => expungeRecordings(expunging, [ending], now())))
    await expectDestroyed(due.id)
  })
})

describe('history', () => {
  const rowsOf = async (contactId: string) => {
    const { rows } = await pool.query<{ n: string }>(
      `select (select count(*) from contact where id = $1) + (select count(*) from segment where contact_id = $1)
            + (select count(*) from recording where contact_id = $1) + (select count(*) from call_identity where contact_id = $1)
            + (select count(*) from recorded_part where contact_id = $1)
            + (select count(*) from listening where recording_id in (select id from recording where contact_id = $1)) as n`,
      [contactId],
    )
    return Number(rows[0]?.n)
  }

  test('is deleted at 14 months, with segments, recordings, call ids and listenings', async () => {
    const call = callOfMonthsAgo(14)
    const due = await register.record(call)
    const person = await enterTestPerson(admin, admin, { name: 'Kuuntelija' })
    const listening = crypto.randomUUID()
    await pool.query(
      `insert into listening values ($1, $2, $3, $3, '\\x00', 'SUPERVISOR', 'DEVELOPMENT', null, now(), now(), now())`,
      [listening, due.id, person.id],
    )
    await pool.query('insert into listening_range (listening_id, from_ms, to_ms) values ($1, 0, 10)', [listening])
    const young = await admit(capture, callFacts(callOfMonthsAgo(13)))
    expect(await rowsOf(due.contactId)).toBeGreaterThanOrEqual(4)
    expect(await run()).toMatchObject({ recordings: 1, contacts: 1 })
    expect(await rowsOf(due.contactId)).toBe(0)
    expect((await pool.query('select from listening where id = $1', [listening])).rowCount).toBe(0)
    expect((await pool.query('select from listening_range where listening_id = $1', [listening])).rowCount).toBe(0)
    expect(await rowsOf(young.contactId)).toBeGreaterThan(0)
    // A log entry with the id remains.
    expect(await ledgerOf(due.id)).toHaveLength(1)
    const { rows } = await pool.query("select detail from audit_entry where action = 'history.ended'")
    expect(JSON.stringify(rows)).toContain(due.contactId)
  })

  test('is not deleted before its exact day, even if the clock is ahead', async () => {
    const endedAt = helsinki().subtract({ months: 14 }).add({ days: 4 }).toInstant()
    const { contactId } = await admit(capture, callFacts({ startedAt: endedAt.subtract({ minutes: 5 }), endedAt }))
    expect(Temporal.Instant.compare(historyEndsAt(endedAt), now())).toBe(1)
    expect(await expungeHistory(custodian, [contactId])).toBe(0)
    // A clock that is ahead makes the entry due, and the database refuses.
    const { contacts } = await run(historyEndsAt(endedAt))
    expect(contacts).toBe(0)
    expect(await rowsOf(contactId)).toBeGreaterThan(0)
  })

  test('of a call without a reported end is deleted too, 14 months and a day after its start', async () => {
    const begun = (days: number) =>
      Temporal.Now.zonedDateTimeISO('UTC').subtract({ months: 14 }).subtract({ days }).toInstant()
    const [due, young] = [begun(2), begun(0)]
    const [deleted, kept] = await Promise.all(
      [due, young].map((startedAt) =>
        admit(capture, callFacts({ startedAt, answeredAt: startedAt, endedAt: undefined })),
      ),
    )
    await run()
    expect(await rowsOf(deleted!.contactId)).toBe(0)
    expect(await rowsOf(kept!.contactId)).toBeGreaterThan(0)
  })
})

describe('a call without an end', () => {
  test('gets its recording’s terms, counted from its start, after two days, and only then the recording can be ingested', async () => {
    const startedAt = now().subtract({ hours: 24 * 2 + 1 })
    const recording = await register.record({ startedAt, answeredAt: startedAt, endedAt: undefined })
    expect(await ingestRecording(context, recording.id, now())).toBe(false)
    await run()
    const row = await rowOf(recording.id)
    expect(row?.destroy_at).not.toBeNull()
    expect(row?.min_keep_until?.toZonedDateTimeISO('Europe/Helsinki').toString()).toBe(
      startedAt.toZonedDateTimeISO('Europe/Helsinki').add({ months: 2 }).toString(),
    )
    expect(await ingestRecording(context, recording.id, now())).toBe(true)
  })

  test('keeps the promised minimum of its recording if an end is reported later (R23)', async () => {
    // Calls that ended on 30.12. at 23.59 and on 31.12. at 01.00 have their minimum on the same 28.2., so the later end has
    // the earlier minimum.
    const year = helsinki().year - 1
    const at = (written: string) => Temporal.ZonedDateTime.from(`${year}-${written}[Europe/Helsinki]`).toInstant()
    const id = 'ucid:across-the-month'
    const first = callFacts({
      callIds: [id],
      startedAt: at('12-30T22:00'),
      answeredAt: at('12-30T22:01'),
      endedAt: at('12-30T23:59'),
    })
    const recording = recordingFacts({ startedAt: at('12-30T22:01'), endedAt: at('12-30T23:59'), months: 2 })
    await admit(capture, { ...first, recording })
    const promised = await rowOf(recording.id)
    await admit(
      capture,
      callFacts({
        callIds: [id],
        startedAt: at('12-30T22:00'),
        answeredAt: at('12-31T00:00'),
        endedAt: at('12-31T01:00'),
      }),
    )
    const row = await rowOf(recording.id)
    expect(row?.min_keep_until).toEqual(promised?.min_keep_until)
    expect(Temporal.Instant.compare(row!.destroy_at!, row!.min_keep_until!)).toBeGreaterThanOrEqual(0)
  })
})

describe('keys', () => {
  test('of a past month are destroyed with the last recording that needs them', async () => {
    const due = await makeRecording(callOfMonthsAgo(7))
    const month = `month-${(await rowOf(due.id))?.expiry_month?.toString().slice(0, 7) ?? ''}.`
    const ofMonth = (names: string[]) => names.filter((name) => name.startsWith(month))
    expect(ofMonth(await keys.names())).toHaveLength(1)
    expect(ofMonth((await run()).monthKeys)).toHaveLength(1)
    expect(ofMonth(await keys.names())).toEqual([])
  })

  test('of intake days of earlier versions are destroyed once no recording needs them', async () => {
    const day = Temporal.Now.plainDateISO('UTC')
    expect((await run()).intakeDays).toEqual([])
    const old = day.subtract({ days: 8 })
    await keys.write(`intake-${old.toString()}`, Buffer.from('AGE-SECRET-KEY-1'))
    await pool.query('insert into intake_key (day, public_key) values ($1, $2)', [old.toString(), 'age1'])
    const { intakeDays } = await run()
    expect(intakeDays).toEqual([old.toString()])
    expect(await keys.names()).not.toContain(`intake-${old.toString()}`)
  })
})

test('partitions of the coming months are created, and repeating it changes nothing', async () => {
  const far = Temporal.Instant.from('2040-02-28T00:00:00Z')
  await ensurePartitions(custodian, far)
  await ensurePartitions(custodian, far)
  const { rows } = await pool.query<{ name: string }>(
    "select relname as name from pg_class where relname ~ '^contact_2040_..$' order by 1",
  )
  expect(rows.map(({ name }) => name)).toEqual([
    'contact_2040_02',
    'contact_2040_03',
    'contact_2040_04',
    'contact_2040_05',
  ])
  const startedAt = Temporal.Instant.from('2040-02-29T23:59:59Z')
  // As the owner, because capture cannot enter future calls.
  const { contactId } = await admit(
    admin,
    callFacts({ startedAt, answeredAt: startedAt, endedAt: startedAt.add({ seconds: 1 }) }),
  )
  const found = await pool.query('select from contact_2040_02 where id = $1', [contactId])
  expect(found.rowCount).toBe(1)
})
