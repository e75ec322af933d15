// R4, R22: the counts of studies are updated as calls arrive, and equal a recount whatever arrives late, twice,
// corrected or in another order. They are kept longer than the calls, and after fourteen months no count is of fewer
// than five calls.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { rollUpStudies, countStudies } from '#register/history/count-studies.ts'
import type { RegisterTables } from '#register/tables.ts'
import { sweepHistory } from '#destruction/retention/sweep-history.ts'
import { talkBounds, waitBounds } from '#use/studies/study.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '../database/people.ts'
import { setDatabaseClock } from '../register/set-database-clock.ts'
import { seedRandom } from '../simulator/random.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin, pool } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const long = process.env['SELOSTE_LONG'] === '1'

const numbers = ['029 497 000', '029 497 001', '029 497 010', '029 512 000'].map(phone)
const officials = await Promise.all(
  ['Oulu', 'Oulu', 'Vasa'].map((unit, index) =>
    enterTestPerson(admin, database.as('seloste_desk').db, { name: `Virkailija ${index}`, unit }),
  ),
)

/** Returns every stored count by its key, with and without the hour; zero counts are left out. */
async function readCounts(): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ key: string; counts: Record<string, number> }>(
    `select concat_ws(' ', day, hour, number, unit_id) as key, to_jsonb(h) - 'day' - 'hour' - 'number' - 'unit_id' as counts
     from study_hour h
     union all
     select concat_ws(' ', day, 'all', number, unit_id), to_jsonb(d) - 'day' - 'number' - 'unit_id' from study_day d`,
  )
  return Object.fromEntries(
    rows.flatMap(({ key, counts }) => {
      const nonZero = Object.entries(counts).filter(([, count]) => count !== 0)
      return nonZero.length > 0 ? [[key, Object.fromEntries(nonZero)]] : []
    }),
  )
}

interface Call {
  began: Date
  ended: Date | null
  called: string
  parts: {
    seq: number
    reached: string
    unit: string | null
    answered: Date | null
    drawn: boolean
    ppm: number
    recorded: boolean
  }[]
}

/** Counts the calls themselves, independently of the program. */
async function recount(): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ call: Call }>(
    `select jsonb_build_object('began', c.started_at, 'ended', c.ended_at, 'called', c.number_called, 'parts',
       coalesce((select jsonb_agg(jsonb_build_object('seq', s.seq, 'reached', s.number_reached, 'unit', s.official_unit_id,
         'answered', s.answered_at, 'drawn', s.draw is not null, 'ppm', round(coalesce(s.rule_share, 0) * 1000000),
         'recorded', exists (select from recording r where r.segment_id = s.id)))
       from segment s where s.contact_id = c.id), '[]')) as call
     from contact c where c.ended_at is not null or c.started_at < now() - interval '24 hours'`,
  )
  const all = new Map<string, Map<string, number>>()
  for (const { call } of rows) {
    const ms = (at: Date | null) => (at === null ? NaN : new Date(at).getTime())
    const began = Temporal.Instant.fromEpochMilliseconds(ms(call.began)).toZonedDateTimeISO('Europe/Helsinki')
    const add = (number: string, unit: string | null, item: string, by = 1) => {
      if (by === 0) return
      for (const hour of [began.hour, 'all']) {
        const key = [began.toPlainDate().toString(), hour, number, ...(unit ? [unit] : [])].join(' ')
        const counts = all.get(key) ?? all.set(key, new Map()).get(key)!
        counts.set(item, (counts.get(item) ?? 0) + by)
      }
    }
    const binOf = (seconds: number, bounds: readonly number[]) => bounds.filter((bound) => bound <= seconds).length
    // Rounds as PostgreSQL rounds a decimal to an integer.
    const seconds = (from: Date | null, to: Date | null) => Math.max(0, Math.round((ms(to) - ms(from)) / 1000))
    const answers = call.parts.filter(({ answered }) => answered !== null)
    const first = answers.sort((a, b) => ms(a.answered) - ms(b.answered) || a.seq - b.seq)[0]
    const unit = first?.unit ?? null
    add(call.called, unit, 'calls')
    if (first) {
      add(call.called, unit, 'answered')
      add(call.called, unit, `wait_${binOf(seconds(call.began, first.answered), waitBounds)}`)
      if (call.ended) {
        const talk = seconds(first.answered, call.ended)
        add(call.called, unit, 'talk_seconds', talk)
        add(call.called, unit, `talk_${binOf(talk, talkBounds)}`)
      }
    }
    for (const part of answers.filter(({ drawn }) => drawn)) {
      add(part.reached, part.unit, 'judged')
      add(part.reached, part.unit, 'expected_ppm', part.ppm)
      if (part.recorded) add(part.reached, part.unit, 'recorded')
    }
  }
  return Object.fromEntries([...all].map(([key, counts]) => [key, Object.fromEntries(counts)]))
}

/** Facts of a call at a random moment of the last days, as a client reports it. */
function randomCall(random: () => number): SegmentFacts {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  const startedAt = Temporal.Now.instant().subtract({ milliseconds: Math.floor((0.5 + random() * 60) * 3_600_000) })
  const answeredAt = startedAt.add({ milliseconds: Math.floor(random() ** 3 * 1_500_000) })
  const isAnswered = random() < 0.8
  const official = pick(officials)
  const number = pick(numbers)
  const isDrawn = isAnswered && random() < 0.7
  const isRecorded = isDrawn && random() < 0.3
  return callFacts({
    startedAt,
    answeredAt: isAnswered ? answeredAt : undefined,
    endedAt: (isAnswered ? answeredAt : startedAt).add({ milliseconds: Math.floor(random() ** 2 * 4_000_000) }),
    caller: { kind: 'e164', key: phone(`040 ${Math.floor(1_000_000 + random() * 8_999_999)}`), raw: null },
    numberCalled: { key: number, kind: 'NATIONAL_SERVICE' },
    numberReached: { key: random() < 0.8 ? number : pick(numbers) },
    ...(isAnswered && {
      official: { personId: official.id, unitId: official.unitId, name: 'Virkailija', phone: phone('029 512 1001') },
    }),
    decision: { record: isRecorded, reason: 'x', ...(isDrawn && { share: pick([0.1, 0.333, 1]), draw: random() }) },
    ...(isRecorded && { recording: recordingFacts({ startedAt: answeredAt }) }),
  })
}

/** Possible changes of a call that was already reported. */
function randomChange(known: SegmentFacts, random: () => number): SegmentFacts {
  const item = random()
  if (item < 0.2) return known
  // The official of a call does not change more than a day after the call's end.
  const isFresh = known.endedAt && Temporal.Now.instant().since(known.endedAt).total('hours') < 20
  if (item < 0.4 && known.official && isFresh) {
    const official = officials[Math.floor(random() * officials.length)]!
    return { ...known, official: { ...known.official, personId: official.id, unitId: official.unitId } }
  }
  if (item < 0.6 && known.endedAt)
    return { ...known, endedAt: known.endedAt.add({ seconds: 1 + Math.floor(random() * 900) }) }
  const later = (known.endedAt ?? known.startedAt).add({ seconds: 5 })
  // Simulates a transfer: another segment of the same call.
  const { recording, ...part } = randomCall(random)
  return {
    ...part,
    ...(recording && { recording: { ...recording, startedAt: later } }),
    ...{
      contactId: known.contactId,
      callIds: known.callIds,
      startedAt: known.startedAt,
      numberCalled: known.numberCalled,
    },
    ...{ segmentId: randomUUID(), answeredAt: later, endedAt: later.add({ seconds: Math.floor(random() * 600) }) },
  }
}

describe('counts kept for studies', () => {
  test.each(long ? [1, 2, 3, 4, 5, 6] : [1, 2])(
    'equal a recount, whatever calls arrive late, twice, corrected, from feeds or in segments (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const random = seedRandom(seed).next
      const known: SegmentFacts[] = []
      for (let step = 0; step < 120; step++) {
        const old = known[Math.floor(random() * known.length)]
        const facts = old && random() < 0.4 ? randomChange(old, random) : randomCall(random)
        if (!old || random() < 0.8) await admit(capture, random() < 0.15 ? { ...facts, endedAt: undefined } : facts)
        else await admitFromFeed(capture, 'vaihde', [facts])
        known.push(facts)
        if (random() < 0.2) await countStudies(custodian)
      }
      // Reports simultaneously only calls whose order does not matter.
      await Promise.all([
        ...Array.from({ length: 8 }, () => admit(capture, randomCall(random))),
        countStudies(custodian),
        ...known.slice(0, 8).map((one) => admit(capture, randomChange(one, random))),
        countStudies(custodian),
      ])
      await countStudies(custodian)
      expect(await readCounts()).toEqual(await recount())
    },
  )

  test('include calls that were in the history before counting began', async () => {
    await pool.query(
      `truncate study_hour, study_day, study_told; update contact set counted = null; truncate study_told`,
    )
    expect(await readCounts()).toEqual({})
    await countStudies(custodian)
    expect(await readCounts()).toEqual(await recount())
  })

  test('include no call in progress; a call without an end is counted after a day', async () => {
    const before = JSON.stringify(await readCounts())
    const startedAt = Temporal.Now.instant().subtract({ hours: 2 })
    const going = callFacts({ startedAt, answeredAt: startedAt.add({ seconds: 8 }), endedAt: undefined })
    const { contactId } = await admit(capture, going)
    await countStudies(custodian)
    expect(JSON.stringify(await readCounts())).toBe(before)
    await pool.query(`update contact set started_at = started_at - interval '23 hours' where id = $1`, [contactId])
    await pool.query(
      `update segment set contact_started_at = contact_started_at - interval '23 hours', answered_at = answered_at - interval '23 hours'
       where contact_id = $1`,
      [contactId],
    )
    await countStudies(custodian)
    expect(JSON.stringify(await readCounts())).not.toBe(before)
    expect(await readCounts()).toEqual(await recount())
  })

  test('do not delay the entry of a call, and are not delayed by it', async () => {
    const facts = randomCall(seedRandom(77).next)
    const { contactId } = await admit(capture, facts)
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query('select from contact where id = $1 for update', [contactId])
      // The call is locked by another transaction: it is counted the next time.
      await countStudies(custodian)
      await client.query('rollback')
    } finally {
      client.release()
    }
    await countStudies(custodian)
    expect(await readCounts()).toEqual(await recount())
  })

  test('have no columns about who called or answered', async () => {
    for (const [table, keys] of [
      ['study_hour', ['day', 'hour', 'number', 'unit_id']],
      ['study_day', ['day', 'number', 'unit_id']],
    ] as const) {
      const { rows } = await pool.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped
         and attname !~ '^(talk|wait)_\\d+$' order by attnum`,
      )
      expect(rows.map(({ name }) => name)).toEqual([
        ...keys,
        ...['calls', 'answered', 'talk_seconds', 'judged', 'expected_ppm', 'recorded'],
      ])
    }
  })

  test('have the same bounds for lengths as the program', async () => {
    const { rows } = await sql<{
      talk: number[]
      wait: number[]
    }>`select talk_bounds() as talk, wait_bounds() as wait`.execute(admin)
    expect(rows).toEqual([{ talk: [...talkBounds], wait: [...waitBounds] }])
  })
})

describe('counts past fourteen months', () => {
  const readTotals = async () =>
    (
      await pool.query<{ calls: number }>(
        `select (select coalesce(sum(calls), 0) from study_day)::float8 + (select coalesce(sum(calls), 0) from study_month)::float8 as calls`,
      )
    ).rows[0]!.calls

  test(
    'are kept longer than the calls, as multiples of five without day, hour and unit',
    { timeout: 120_000 },
    async () => {
      // These calls are of the last days by the real clock; ends those still in progress.
      await pool.query(`update contact set ended_at = started_at + interval '1 minute' where ended_at is null`)
      await countStudies(custodian)
      const before = await readTotals()
      const last = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
      const first = last.add({ months: 14, days: 4 })
      await setDatabaseClock(database, first.toInstant())
      // Makes one call uncounted that has ended.
      await pool.query(
        `update contact set counted = null where id = (select id from contact where ended_at is not null limit 1)`,
      )
      await sweepHistory(custodian)
      expect((await pool.query(`select from contact`)).rowCount).toBe(0)
      // The sweep subtracts no ended call from the counts, and counts each call before deleting it.
      const after = before + 1
      expect(await readTotals()).toBe(after)
      // A month is rounded fifteen months after it began, and exact until then; the calls may be in two months.
      const { rows: numberMonths } = await pool.query<{ is_due: boolean }>(
        `select distinct date_trunc('month', day), number, date_trunc('month', day) + interval '15 months' <= $1::date as is_due
         from study_day`,
        [first.toPlainDate().toString()],
      )
      expect(await rollUpStudies(custodian)).toBeGreaterThan(0)
      expect((await pool.query(`select from study_hour union all select from study_day`)).rowCount).toBe(0)
      const months = await pool.query<{ is_rounded: boolean; is_due: boolean }>(
        `select is_rounded, month + interval '15 months' <= $1::date as is_due from study_month`,
        [first.toPlainDate().toString()],
      )
      expect(months.rows.every(({ is_rounded, is_due }) => is_rounded === is_due)).toBe(true)
      // Each total changes by two at most, also where one or two calls are rounded to none.
      const due = numberMonths.filter(({ is_due }) => is_due).length
      expect(Math.abs((await readTotals()) - after)).toBeLessThanOrEqual(2 * due)

      await setDatabaseClock(database, last.add({ months: 15, days: 4 }).toInstant())
      await rollUpStudies(custodian)
      const { rows } = await pool.query<Record<string, number | string>>(
        `select to_jsonb(m) - 'month' - 'number' - 'is_rounded' - 'talk_seconds' - 'expected_ppm' as counts, m.talk_seconds::float8 as talk,
         m.answered::float8 as answered, is_rounded from study_month m`,
      )
      expect(rows.length).toBeGreaterThan(2)
      for (const { counts, talk, answered, is_rounded } of rows as unknown as {
        counts: Record<string, number>
        talk: number
        answered: number
        is_rounded: boolean
      }[]) {
        expect(is_rounded).toBe(true)
        expect(Object.values(counts).filter((count) => count % 5 !== 0)).toEqual([])
        expect(answered === 0 ? talk : talk % 300).toBe(0)
      }
      expect(Math.abs((await readTotals()) - after)).toBeLessThanOrEqual(2 * numberMonths.length)
    },
  )
})
