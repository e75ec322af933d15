import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { seedRandom } from '#test/simulator/random.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { historyEndsAt } from '#description/terms.ts'
import { expungeHistory, expungeHistoryMonth } from '#register/expunge-history.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countDays, sweepHistory } from './sweep-history.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const helsinki = 'Europe/Helsinki'
const now = Temporal.Now.zonedDateTimeISO(helsinki)
const long = process.env['SELOSTE_LONG'] === '1'

/** The first day of the month (UTC) that began this many months ago. */
const monthAgo = (months: number) => Temporal.Now.plainDateISO('UTC').with({ day: 1 }).subtract({ months })
const partition = (month: Temporal.PlainDate) => month.toString().slice(0, 7).replace('-', '_')
const countPartitions = async (month: Temporal.PlainDate) => {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from pg_class where relname = any ($1)`, [
    ['contact', 'segment', 'call_identity'].map((table) => `${table}_${partition(month)}`),
  ])
  return rows[0]!.n
}
const rowsOf = async (
  table: 'contact' | 'segment' | 'call_identity' | 'recording' | 'recorded_part',
  contactId: string,
) => {
  const { rowCount } = await pool.query(
    `select from ${table} where ${table === 'contact' ? 'id' : 'contact_id'} = $1`,
    [contactId],
  )
  return rowCount
}

async function call(startedAt: Temporal.Instant, changed: Partial<SegmentFacts> = {}) {
  const { contactId } = await admit(
    capture,
    callFacts({
      startedAt,
      answeredAt: startedAt.add({ seconds: 20 }),
      endedAt: startedAt.add({ minutes: 5 }),
      ...changed,
    }),
  )
  return contactId
}

/** Makes a call whose recording was destroyed long ago; the recording's row remains. */
async function recordedCall(startedAt: Temporal.Instant, changed: Partial<SegmentFacts> = {}) {
  const recording = recordingFacts({ startedAt, endedAt: startedAt.add({ minutes: 5 }), months: 2 })
  const contactId = await call(startedAt, { ...changed, decision: { record: true, reason: 'drawn' }, recording })
  await pool.query(
    `update recording set state = 'DESTROYED', cause = 'retention', destroyed_at = now() where id = $1`,
    [recording.id],
  )
  return { contactId, recordingId: recording.id }
}

/** Returns every stored count, by day. */
const storedCounts = async () =>
  (
    await pool.query<Count>(
      `select day::text, number_called, number_kind, answered, recorded, contacts::int from history_count order by 1, 2, 3, 4, 5`,
    )
  ).rows
interface Count {
  day: string
  number_called: string
  number_kind: string
  answered: boolean
  recorded: boolean
  contacts: number
}

describe('contact history past its 14 months', () => {
  test('is deleted by the hour: what ends in two hours stays, and what ended two hours ago is deleted, with everything that belongs to it', async () => {
    const begun = now.subtract({ months: 14 })
    // Up to four days at the end of a longer month end on one day 14 months later, the last of a shorter month: the first end
    // that is still ahead is used.
    const running = [0, 1, 2, 3, 4].map((days) => begun.add({ days, hours: 2 }).toInstant())
    const end = running.find((at) => historyEndsAt(at).since(now.toInstant()).total('hours') > 1)!
    const at = (ended: Temporal.Instant) => ended.subtract({ minutes: 5 })
    const [ended, continuing] = [await recordedCall(at(begun.subtract({ hours: 2 }).toInstant())), await call(at(end))]
    await sweepHistory(custodian)
    for (const table of ['contact', 'segment', 'call_identity', 'recording'] as const) {
      expect(await rowsOf(table, ended.contactId), table).toBe(0)
    }
    expect(await rowsOf('contact', continuing)).toBe(1)
    expect(await expungeHistory(custodian, [continuing])).toBe(0)
  })

  test('cannot be deleted directly: no role has the right, and the owner’s function deletes none before its term', async () => {
    const continuing = await call(now.subtract({ months: 13 }).toInstant())
    for (const role of ['seloste_capture', 'seloste_desk', 'seloste_custodian']) {
      for (const table of ['contact', 'segment']) {
        await expect(database.as(role).pool.query(`delete from ${table}`), `${role} ${table}`).rejects.toThrow(
          'permission denied',
        )
      }
      await expect(database.as(role).pool.query(`drop table contact_${partition(monthAgo(1))}`), role).rejects.toThrow(
        'must be owner',
      )
    }
    const { rows } = await pool.query(`select end_history(array[$1::uuid]) as ended`, [continuing])
    expect(rows).toEqual([{ ended: [] }])
  })

  test('stays while an order keeps it, without keeping the rest', async () => {
    const startedAt = now.subtract({ months: 14, days: 1 }).toInstant()
    const [held, free] = [await call(startedAt), await call(startedAt)]
    await hold(held, startedAt)
    await sweepHistory(custodian)
    expect([await rowsOf('contact', held), await rowsOf('contact', free)]).toEqual([1, 0])
    await release(held)
    await sweepHistory(custodian)
    expect(await rowsOf('contact', held)).toBe(0)
  })
})

describe('a month whose history has ended completely', () => {
  test('is dropped as a whole, with its ledger entry and log entry, and its counts stay', async () => {
    const month = monthAgo(18)
    await pool.query(`select ensure_partitions($1::date, $1::date)`, [month.toString()])
    const startedAt = month.add({ days: 9 }).toZonedDateTime(helsinki).add({ hours: 10 }).toInstant()
    const { contactId, recordingId } = await recordedCall(startedAt)
    await call(startedAt, { answeredAt: undefined })
    expect(await countPartitions(month)).toBe(3)
    const swept = await sweepHistory(custodian)
    expect(swept.months).toContain(month.toString().slice(0, 7))
    expect(await countPartitions(month)).toBe(0)
    expect(await rowsOf('recording', contactId)).toBe(0)
    expect(await rowsOf('recorded_part', contactId)).toBe(0)
    const { rows } = await pool.query(
      `select cause, detail from destruction_entry where object_kind = 'history-month' and object_name = $1`,
      [month.toString().slice(0, 7)],
    )
    expect(rows).toEqual([{ cause: 'retention', detail: { contacts: 2 } }])
    const trace = await pool.query(
      `select detail from audit_entry where action = 'month.ended' and detail ->> 'month' = $1`,
      [month.toString().slice(0, 7)],
    )
    expect(trace.rows).toEqual([{ detail: { month: month.toString().slice(0, 7), contacts: 2 } }])
    const day = month.add({ days: 9 }).toString()
    expect((await storedCounts()).filter((count) => count.day === day)).toMatchObject([
      { answered: false, recorded: false, contacts: 1 },
      { answered: true, recorded: true, contacts: 1 },
    ])
    expect(JSON.stringify(await storedCounts())).not.toContain(recordingId)
  })

  test('is kept while it has a call in progress, an order or an uncounted day', async () => {
    const month = monthAgo(20)
    await pool.query(`select ensure_partitions($1::date, $1::date)`, [month.toString()])
    const startedAt = month.add({ days: 3 }).toZonedDateTime(helsinki).toInstant()
    const contactId = await call(startedAt)
    expect(await expungeHistoryMonth(custodian, month)).toBe('uncounted')
    await hold(contactId, startedAt)
    expect(await expungeHistoryMonth(custodian, month)).toBe('held')
    await sweepHistory(custodian)
    expect(await countPartitions(month)).toBe(3)
    await release(contactId)
    await pool.query(`update contact set history_ends_at = now() + interval '1 hour' where id = $1`, [contactId])
    expect(await expungeHistoryMonth(custodian, month)).toBe('runs')
    await pool.query(`select ensure_partitions($1::date, $2::date)`, [monthAgo(3).toString(), monthAgo(-1).toString()])
    expect(await expungeHistoryMonth(custodian, monthAgo(3))).toBe('runs')
    expect(await expungeHistoryMonth(custodian, monthAgo(-1))).toBe('runs')
    await pool.query(`update contact set history_ends_at = now() where id = $1`, [contactId])
    expect((await sweepHistory(custodian)).months).toContain(month.toString().slice(0, 7))
  })

  test.each([
    ['a reader', 22, () => 'select count(*) from contact'],
    // Locks the partition as a vacuum does.
    [
      'a vacuum',
      23,
      (month: Temporal.PlainDate) =>
        `lock table segment_${month.toString().slice(0, 7).replace('-', '_')} in share update exclusive mode`,
    ],
  ])(
    'is not dropped while %s uses it: the attempt waits a quarter of a second and blocks no calls, and a later attempt succeeds',
    async (_, ago, busy) => {
      const month = monthAgo(ago)
      await pool.query(`select ensure_partitions($1::date, $1::date)`, [month.toString()])
      for (let day = month; day.month === month.month; day = day.add({ days: 1 })) {
        await pool.query('select count_history_day($1::date, true)', [day.toString()])
      }
      await pool.query('select count_history_day($1::date, true)', [month.add({ months: 1 }).toString()])
      const reader = await pool.connect()
      try {
        await reader.query('begin')
        await reader.query(busy(month))
        const dropping = expungeHistoryMonth(custodian, month)
        const began = performance.now()
        await call(now.subtract({ minutes: 10 }).toInstant())
        expect(performance.now() - began).toBeLessThan(2_000)
        expect(await dropping).toBe('busy')
        expect(await countPartitions(month)).toBe(3)
      } finally {
        await reader.query('rollback')
        reader.release()
      }
      expect(await expungeHistoryMonth(custodian, month)).toEqual({ contacts: 0 })
      expect(await expungeHistoryMonth(custodian, month)).toBe('not-there')
    },
  )
})

describe('the stored counts', () => {
  test('are of days that ended a day ago, have no time finer than the day, and contain no id', async () => {
    await call(now.subtract({ hours: 2 }).toInstant())
    await countDays(custodian)
    const today = now.toPlainDate().toString()
    expect((await storedCounts()).filter(({ day }) => day >= today)).toEqual([])
    const { rows } = await pool.query<{ name: string }>(
      `select attname || ' ' || format_type(atttypid, null) as name from pg_attribute
       where attrelid = 'history_count'::regclass and attnum > 0 order by attnum`,
    )
    expect(rows.map(({ name }) => name)).toEqual([
      'day date',
      'number_called text',
      'number_kind text',
      'answered boolean',
      'recorded boolean',
      'contacts bigint',
    ])
  })

  test('equal a recount whatever arrives, late or unordered, and stay so after the calls are deleted', async () => {
    const random = seedRandom(7).next
    const numbers = [phone('029 497 020'), phone('029 497 021'), phone('029 497 022')]
    const today = now.toPlainDate()
    const expected = new Map<string, number>()
    for (let step = 0; step < (long ? 1500 : 120); step++) {
      const days = 3 + Math.floor(random() * 500)
      const startedAt = today
        .subtract({ days })
        .toZonedDateTime(helsinki)
        .add({ seconds: Math.floor(random() * 86_000) })
        .toInstant()
      const number = numbers[Math.floor(random() * numbers.length)]!
      const isAnswered = random() < 0.7
      const isRecorded = isAnswered && days > 70 && random() < 0.3
      const changed = {
        numberCalled: { key: number, kind: 'NATIONAL_SERVICE' as const },
        ...(!isAnswered && { answeredAt: undefined }),
      }
      await (isRecorded ? recordedCall(startedAt, changed) : call(startedAt, changed))
      const day = startedAt.toZonedDateTimeISO(helsinki).toPlainDate().toString()
      const key = [day, number, isAnswered, isRecorded].join(' ')
      expected.set(key, (expected.get(key) ?? 0) + 1)
      if (random() < 0.05) await countDays(custodian)
      if (random() < 0.03) await sweepHistory(custodian)
    }
    await sweepHistory(custodian)
    const found = (await storedCounts()).filter((count) => numbers.some((number) => number === count.number_called))
    const counted = new Map(
      found.map((count) => [
        [count.day, count.number_called, count.answered, count.recorded].join(' '),
        count.contacts,
      ]),
    )
    // Calls that were reported after some calls of their day had been deleted: they are counted when they are deleted.
    const late = await pool.query<{ key: string }>(
      `select concat_ws(' ', helsinki_day(c.started_at), c.number_called,
         exists (select from segment s where s.contact_id = c.id and s.answered_at is not null)::text,
         exists (select from recording r where r.contact_id = c.id)::text) as key
       from history_late l join contact c on c.id = l.contact_id where c.number_called = any ($1)`,
      [numbers],
    )
    for (const { key } of late.rows) counted.set(key, (counted.get(key) ?? 0) + 1)
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(expected))
    // For days whose calls all exist, a recount gives the same.
    const { rows } = await pool.query(
      `select d.day, r.*, h.contacts as kept from history_day d, recount_history_day(d.day) r
       left join history_count h using (number_called, number_kind, answered, recorded)
       where d.closed_at is null and h.day = d.day and h.contacts <> r.contacts`,
    )
    expect(rows).toEqual([])
  })
})

test('a call id is unique within a day, even across partitions (R9)', async () => {
  const midnight = Temporal.PlainDate.from(monthAgo(1)).toZonedDateTime('UTC').toInstant()
  const callIds = ['ucid:over-the-month']
  const [before, after, nextDay] = [
    await call(midnight.subtract({ minutes: 3 }), { callIds }),
    await call(midnight.add({ minutes: 3 }), { callIds }),
    await call(midnight.add({ hours: 24, minutes: 3 }), { callIds }),
  ]
  expect(after).toBe(before)
  expect(nextDay).not.toBe(before)
  // The first call's facts, reported again, still belong to the first call.
  expect(await call(midnight.subtract({ minutes: 3 }), { callIds })).toBe(before)
  const many = await Promise.all(
    Array.from({ length: 12 }, () => call(midnight.add({ hours: 60 }), { callIds: ['ucid:at-once', 'sip:at-once'] })),
  )
  expect(new Set(many).size).toBe(1)
})

async function hold(contactId: string, startedAt: Temporal.Instant) {
  const { rows } = await pool.query<{ id: string }>(
    `insert into person (id, user_id, employed_from) values (gen_random_uuid(), 'orders.' || gen_random_uuid(), now()) returning id`,
  )
  await pool.query(
    `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     values ($1, $2, 'both', 'PKL 8:24', 'Poliisi', '5680/R/1/26', 'TY-1', now() + interval '1 month', $3)`,
    [contactId, startedAt.toString(), rows[0]!.id],
  )
}

async function release(contactId: string) {
  await pool.query(`update preservation_order set ended_at = now() where contact_id = $1`, [contactId])
}
