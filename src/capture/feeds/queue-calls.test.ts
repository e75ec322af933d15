/**
 * A call that waited in a queue is one contact with one segment, whichever systems report it and in any order (R9, R16,
 * AC8).
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { openTestFeed } from '#test/database/test-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture] = [database.as().db, database.as('seloste_capture').db]
const { deliver, clear } = await openTestFeed(database)
beforeEach(clear)

/** Instant of the official's answer; other times are seconds before or after it. */
const answered = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const at = (seconds: number) => answered.add({ seconds })
const local = (seconds: number) =>
  at(seconds).toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString().replace('T', ' ')
const unique = (seconds: number) => `${at(seconds).epochMilliseconds / 1000}.47`
const unreportedNumber = { key: 'unknown' as SegmentFacts['numberReached']['key'] }
const [caller, number, aino] = ['+358401234567', '029497000', '0295121001']

interface Cdr {
  start?: number
  queue?: number
  end?: number
  from?: string
  official?: string
  sip?: string
  to?: string
}

/** A line of Master.csv: the queue answers the channel long before the official does. */
function cdr({ start = -45, queue = -44, end = 200, from = caller, to = number, ...rest }: Cdr = {}): string {
  const { official = aino, sip = '' } = rest
  const channels = ['PJSIP/trunk-0000002f', official && `PJSIP/${official}-00000030`]
  const times = [local(start), official ? local(queue) : '', local(end), String(end - start), String(end - queue)]
  const result = [official ? 'ANSWERED' : 'NO ANSWER', 'DOCUMENTATION', unique(start), sip]
  const cells = ['', from, to, 'from-trunk', '', ...channels, 'Queue', 'support', ...times, ...result]
  return `${cells.map((cell) => `"${cell}"`).join(',')}\n`
}

function cel({ start = -45, talk = 0, end = 200 } = {}): string {
  const [call, other] = [unique(start), `${at(talk).epochMilliseconds / 1000}.48`]
  const event = (name: string, seconds: number, id: string, channel: string, bridge = '') =>
    `${JSON.stringify({
      ...{ EventName: name, EventTime: local(seconds), CallerIDnum: caller, Exten: number, Channel: channel },
      ...{ UniqueID: id, LinkedID: call, Extra: bridge && JSON.stringify({ bridge_id: bridge }) },
    })}\n`
  const [trunk, phoneOf] = ['PJSIP/trunk-0000002f', `PJSIP/${aino}-00000030`]
  return [
    event('CHAN_START', start, call, trunk),
    event('BRIDGE_ENTER', talk, call, trunk, 'b1'),
    event('BRIDGE_ENTER', talk, other, phoneOf, 'b1'),
    event('HANGUP', end, other, phoneOf),
    event('LINKEDID_END', end, call, trunk),
  ].join('')
}

/** A recording client's report, without the queue. */
function session(changed: Partial<SegmentFacts> = {}, from = 0, until = 200): SegmentFacts {
  return callFacts({
    callIds: [`sipSessionId:${randomUUID()}`],
    startedAt: at(from),
    answeredAt: at(from),
    endedAt: at(until),
    caller: { kind: 'e164', key: phone(caller), raw: null },
    official: { name: 'Aino Asiamies', phone: phone(aino) },
    recording: { ...recordingFacts(), startedAt: at(from), endedAt: at(until) },
    decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 },
    ...changed,
  })
}

/** Contacts by their start: segments as [official, answered, ended, recorded], and the caller's waiting time. */
async function contacts() {
  const { rows } = await sql<{ parts: unknown[]; waited: number | null }>`
    select (select jsonb_agg(jsonb_build_array(s.official_phone, extract(epoch from s.answered_at - ${answered}::timestamptz)::int,
        extract(epoch from s.ended_at - ${answered}::timestamptz)::int,
        exists (select from recording r where r.segment_id = s.id)) order by s.answered_at, s.seq)
      from segment s where s.contact_id = c.id) as parts,
      (select max(p.wait_seconds)::int from unnest(study_parts(c.id, c.started_at, c.number_called, c.ended_at)) p) as waited
    from contact c order by c.started_at`.execute(owner)
  return rows
}

async function countWithoutSession(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int from segment where capture_failure = 'no-session'`.execute(owner)
  return rows[0]!.count
}

const countRecordingsInFeed = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int from recording r where exists (select from fed_segment f where f.segment_id = r.segment_id)`.execute(
    owner,
  )
  return rows[0]!.count
}

const oneContact = [{ parts: [[phone(aino), 0, 200, true]], waited: 45 }]
const csv = { source: 'asterisk-csv' } as const

/** A report of a proxy in front of the queue: the number of the queue is what answered. */
const acc = (from = -44) => {
  const users = `call_id=behind@edge;code=200;src_user=${caller};dst_ouser=${number};dst_user=${number}`
  const line = (method: string, seconds: number) =>
    `ACC: transaction answered: timestamp=${at(seconds).epochMilliseconds / 1000};method=${method};${users}\n`
  return line('INVITE', from) + line('BYE', 200)
}

describe('a proxy in front of a queue that answers', () => {
  const [proxy, queue] = [{ source: 'acc', name: 'proxy' } as const, { ...csv, name: 'queue' } as const]

  test('reports an answered call with an unknown official', async () => {
    await deliver(proxy, acc())
    expect(await contacts()).toMatchObject([{ parts: [[null, -44, 200, false]] }])
    const { rows } = await sql`select marks, decision_reason like '%drawn' as drawn from segment`.execute(owner)
    // The reason is drawn or not-drawn. If it is drawn, the recording is missing.
    expect(rows).toEqual([{ marks: ['needs-review'], drawn: true }])
  })

  test.each([true, false])('is corrected by the queue’s own records (reported first: %s)', async (isFirst) => {
    if (isFirst) await deliver(queue, cdr())
    await deliver(proxy, acc())
    if (!isFirst) await deliver(queue, cdr())
    expect(await contacts()).toEqual([
      { parts: [[phone(aino), expect.any(Number), 200, false]], waited: expect.any(Number) },
    ])
  })

  test('adds no second call if a recording client reported the call', async () => {
    await admit(capture, session())
    await deliver(proxy, acc())
    expect(await contacts()).toMatchObject([{ parts: [[phone(aino), 0, 200, true]] }])
    expect(await countWithoutSession()).toBe(0)
  })
})

describe('a queue that answers before the official does', () => {
  test('adds no second contact: caller, official and end are the same', async () => {
    await admit(capture, session())
    await deliver(csv, cdr())
    expect(await contacts()).toEqual(oneContact)
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 1])
  })

  test('adds no second segment if an id is shared, reported before the recording client or after it', async () => {
    const fields = { sipCallId: ['userfield'] }
    const sessionWithSharedId = () => session({ callIds: ['sipSessionId:b7e1c9d2@sbc'] })
    await admit(capture, sessionWithSharedId())
    await deliver({ ...csv, fields }, cdr({ sip: 'b7e1c9d2@sbc' }))
    expect(await contacts()).toEqual(oneContact)
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 1])
    await clear()
    await deliver({ ...csv, fields, name: 'earlier' }, cdr({ sip: 'b7e1c9d2@sbc' }))
    await admit(capture, sessionWithSharedId())
    expect(await contacts()).toEqual(oneContact)
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 1])
  })

  test('is reported by channel events as well, in either order, with the later answer', async () => {
    for (const order of [
      [csv, { source: 'asterisk-cel' } as const],
      [{ source: 'asterisk-cel' } as const, csv],
    ]) {
      await clear()
      for (const feed of order)
        await deliver({ ...feed, name: `${feed.source}-${order[0]!.source}` }, feed === csv ? cdr() : cel())
      expect(await contacts()).toEqual([{ parts: [[phone(aino), 0, 200, false]], waited: 45 }])
    }
    await clear()
    await admit(capture, session())
    await deliver({ ...csv, name: 'all-csv' }, cdr())
    await deliver({ source: 'asterisk-cel', name: 'all-cel' }, cel())
    expect(await contacts()).toEqual(oneContact)
    expect(await countWithoutSession()).toBe(0)
  })

  test('is reported by queue_log as well, in either order', async () => {
    const id = unique(-45)
    const seconds = (after: number) => at(after).epochMilliseconds / 1000
    const log = [
      `${seconds(-44)}|${id}|support|NONE|ENTERQUEUE||${caller}|1`,
      `${seconds(0)}|${id}|support|PJSIP/${aino}|CONNECT|44||4`,
      `${seconds(200)}|${id}|support|PJSIP/${aino}|COMPLETECALLER|44|200|1`,
    ].join('\n')
    const names = new Map([['support', number]])
    await deliver({ ...csv, name: 'csv-first' }, cdr())
    await deliver({ source: 'queue-log', name: 'log-second', names }, `${log}\n`)
    expect(await contacts()).toEqual([{ parts: [[phone(aino), 0, 200, false]], waited: 45 }])
    await clear()
    await deliver({ source: 'queue-log', name: 'log-first', names }, `${log}\n`)
    await deliver({ ...csv, name: 'csv-second' }, cdr())
    expect(await contacts()).toEqual([{ parts: [[phone(aino), 0, 200, false]], waited: 44 }])
  })

  test('is joined with a segment of a few seconds, and with one whose end was not reported', async () => {
    await admit(capture, session({}, 0, 4))
    await deliver(csv, cdr({ end: 4 }))
    expect(await contacts()).toEqual([{ parts: [[phone(aino), 0, 4, true]], waited: 45 }])
    await clear()
    await admit(capture, session({ endInferred: true, marks: ['end-inferred'] }, 0, 150))
    await deliver({ ...csv, name: 'inferred' }, cdr())
    expect(await contacts()).toEqual(oneContact)
  })

  test('is matched with both sessions of a call that was on hold', async () => {
    const callIds = ['sipSessionId:b7e1c9d2@sbc']
    await admit(capture, session({ callIds }, 0, 80))
    await admit(capture, session({ callIds }, 90, 200))
    await deliver({ ...csv, fields: { sipCallId: ['userfield'] } }, cdr({ sip: 'b7e1c9d2@sbc' }))
    expect(await contacts()).toMatchObject([{ parts: [{}, {}], waited: 45 }])
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 2])
  })
})

test('waiting time that is reported after its call was counted is counted in studies', async () => {
  const custodian = database.as('seloste_custodian').db
  const waits = async () => {
    await sql`select count_studies(1000)`.execute(custodian)
    const { rows } = await sql<{ calls: number; none: number; half: number }>`
      select sum(calls)::int as calls, sum(wait_0)::int as none, sum(wait_3)::int as half from study_day`.execute(owner)
    return rows[0]
  }
  const before = await waits()
  await admit(capture, session())
  expect(await waits()).toEqual({
    calls: (before?.calls ?? 0) + 1,
    none: (before?.none ?? 0) + 1,
    half: before?.half ?? 0,
  })
  await deliver({ ...csv, name: 'studied' }, cdr())
  expect(await waits()).toEqual({
    calls: (before?.calls ?? 0) + 1,
    none: before?.none ?? 0,
    half: (before?.half ?? 0) + 1,
  })
})

describe('a caller whose number is withheld', () => {
  const withheld = { kind: 'withheld' as const, key: null, raw: null }

  test('has one contact if both reports have the same official and end', async () => {
    await admit(capture, session({ caller: withheld }))
    await deliver({ ...csv, name: 'hidden' }, cdr({ from: '' }))
    expect(await contacts()).toEqual(oneContact)
    expect(await countWithoutSession()).toBe(0)
  })

  test('has two contacts if another official answered, the ends differ, or the other report has another number', async () => {
    await admit(capture, session({ caller: withheld }))
    await deliver({ ...csv, name: 'hidden-official' }, cdr({ from: '', official: '0295121002' }))
    await deliver({ ...csv, name: 'hidden-end' }, cdr({ from: '', start: -50, end: 180 }))
    expect(await contacts()).toHaveLength(3)
    await clear()
    await admit(capture, session({ caller: { kind: 'e164', key: phone('+358401234999'), raw: null } }))
    await deliver({ ...csv, name: 'other-number' }, cdr())
    expect(await contacts()).toHaveLength(2)
  })
})

describe('two calls of one caller are two contacts', () => {
  test('if the second is made to the same official as soon as the first has ended', async () => {
    await admit(capture, session({}, 0, 100))
    // The recording client missed the second.
    await deliver(csv, cdr({ start: 101, queue: 102, end: 200 }))
    expect(await contacts()).toHaveLength(2)
    await deliver(csv, cdr({ end: 100 }))
    expect(await contacts()).toHaveLength(2)
  })

  test('if a segment of a few seconds has ended before the second is answered by its queue', async () => {
    await admit(capture, session({}, 0, 5))
    await deliver(csv, cdr({ start: 8, queue: 9, end: 60 }))
    expect(await contacts()).toHaveLength(2)
  })

  test('if they overlap, as from a company with one number: the ends distinguish them', async () => {
    await admit(capture, session({}, 0, 300))
    await deliver(csv, cdr({ start: -50, queue: -49, end: 200 }))
    expect(await contacts()).toHaveLength(2)
    await deliver(csv, cdr({ start: -30, queue: -29, end: 300 }))
    expect(await contacts()).toHaveLength(2)
  })

  test('if the recorded call was answered before the other call began', async () => {
    await admit(capture, session({}, 0, 200))
    await deliver(csv, cdr({ start: 30, queue: 31, end: 200 }))
    expect(await contacts()).toHaveLength(2)
  })

  test('if another official answered; a call of another caller is a third', async () => {
    await admit(capture, session())
    await deliver(csv, cdr({ official: '0295121002' }))
    await deliver(csv, cdr({ start: -46, from: '+358401234999' }))
    expect(await contacts()).toHaveLength(3)
  })

  test('if the caller gave up in the queue and called again', async () => {
    await admit(capture, session())
    await deliver(csv, cdr({ start: -120, end: -60, official: '' }) + cdr())
    expect(await contacts()).toMatchObject([{ parts: [[null, null, -60, false]] }, oneContact[0]])
  })

  test('if the report matches two recorded calls', async () => {
    await admit(capture, session())
    await admit(capture, session({}, 30, 200))
    await deliver(csv, cdr())
    expect(await contacts()).toHaveLength(3)
  })
})

/** A number whose calls are all recorded: a call that only a feed reports lacks its recording. */
const testLine = '029497099'
const onTestLine = {
  numberReached: { key: phone(testLine) },
  numberCalled: { key: phone(testLine), kind: 'NATIONAL_SERVICE' as const },
}

describe('a recording client that reports no official and shares no id', () => {
  const unreported = (changed: Partial<SegmentFacts> = {}, from = 0, until = 200) =>
    session({ official: undefined, ...onTestLine, ...changed }, from, until)
  /** Returns why a feed's call was not joined with a recording client's call, and its marks. */
  const whyNotJoined = async () => {
    const { rows } = await sql<{ why: string; marks: string[] }>`
      select s.capture_failure as why, s.marks from segment s join fed_segment f on f.segment_id = s.id and f.is_own`.execute(
      owner,
    )
    return rows.map(({ why, marks }) => [why, marks])
  }

  test('is joined after any wait, by the same caller, number and end, and the feed reports the official', async () => {
    await admit(capture, unreported())
    await deliver(csv, cdr({ to: testLine }))
    expect(await contacts()).toEqual(oneContact)
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 1])
  })

  test('is not joined if two calls match, or only the time matches: the feed’s contact is marked for review', async () => {
    await admit(capture, unreported())
    await admit(capture, unreported({}, 30, 205))
    await deliver({ ...csv, name: 'two' }, cdr({ to: testLine }))
    expect(await contacts()).toHaveLength(3)
    expect(await whyNotJoined()).toEqual([['not-joined', ['needs-review']]])
    await clear()
    await admit(capture, unreported({}, 0, 300))
    await deliver({ ...csv, name: 'other-end' }, cdr({ to: testLine }))
    expect(await contacts()).toHaveLength(2)
    expect(await whyNotJoined()).toEqual([['not-joined', ['needs-review']]])
  })

  test('reports another call with another number, caller or time, without a mark', async () => {
    const anotherNumber = { key: phone('029497001') }
    await admit(
      capture,
      unreported({ numberReached: anotherNumber, numberCalled: { ...anotherNumber, kind: 'NATIONAL_SERVICE' } }),
    )
    await admit(capture, unreported({ caller: { kind: 'e164', key: phone('+358401234999'), raw: null } }))
    await admit(capture, unreported({}, 300, 500))
    await deliver({ ...csv, name: 'others' }, cdr({ to: testLine }))
    expect(await contacts()).toHaveLength(4)
    expect(await whyNotJoined()).toEqual([['no-session', []]])
  })
})

describe('a recording client whose facts arrive after the feed’s report', () => {
  const node = randomUUID()
  const late = (changed: Partial<SegmentFacts> = {}, from = 0, until = 200) =>
    admit(capture, session({ ...onTestLine, ...changed }, from, until), node)

  test('is joined by caller, official and end, and replaces what the feed reported', async () => {
    await deliver(csv, cdr({ to: testLine }))
    const { contactId } = await late()
    expect(await contacts()).toEqual(oneContact)
    expect([await countWithoutSession(), await countRecordingsInFeed()]).toEqual([0, 1])
    expect(contactId).toBeDefined()
    // The feed reports it again.
    await deliver(csv, cdr({ to: testLine }), 'again')
    expect(await contacts()).toEqual(oneContact)
  })

  test('is joined without an official, and with a withheld caller', async () => {
    await deliver({ ...csv, name: 'no-official' }, cdr({ to: testLine }))
    const unreported = session({ ...onTestLine, official: undefined })
    // Reported again, as after a crash.
    for (const _ of [1, 2]) await admit(capture, unreported, node)
    expect(await contacts()).toEqual(oneContact)
    await clear()
    await deliver({ ...csv, name: 'hidden' }, cdr({ to: testLine, from: '' }))
    await late({ caller: { kind: 'withheld', key: null, raw: null } })
    expect(await contacts()).toEqual(oneContact)
  })

  test('is not joined if two calls match, or only the time matches: both contacts are marked', async () => {
    const marks = async () => {
      const { rows } = await sql<{ why: string; marks: string[] }>`
        select capture_failure as why, marks from segment order by node is null desc, capture_failure`.execute(owner)
      return rows.map((row) => [row.why, row.marks.includes('needs-review')])
    }
    await deliver(
      { ...csv, name: 'two' },
      cdr({ to: testLine }) + cdr({ to: testLine, start: -30, queue: -29, end: 205 }),
    )
    await late({ official: undefined })
    expect(await contacts()).toHaveLength(3)
    expect(await marks()).toEqual([
      ['not-joined', true],
      ['not-joined', true],
      [null, true],
    ])
    await clear()
    await deliver({ ...csv, name: 'other-end' }, cdr({ to: testLine, end: 300 }))
    await late({ official: undefined })
    expect(await contacts()).toHaveLength(2)
    expect(await marks()).toEqual([
      ['not-joined', true],
      [null, true],
    ])
  })

  test('reports another call if official or caller differ, or if its session has no end', async () => {
    await deliver({ ...csv, name: 'others' }, cdr({ to: testLine }))
    await late({ official: { name: 'Muu', phone: phone('0295121002') } })
    await late({ caller: { kind: 'e164', key: phone('+358401234999'), raw: null } })
    await late({ endedAt: undefined, recording: undefined })
    expect(await contacts()).toHaveLength(4)
  })

  describe('of an unanswered call', () => {
    const unanswered = (changed: Partial<SegmentFacts> = {}, from = -43, until = 1) =>
      admit(
        capture,
        session({
          ...{ ...onTestLine, official: undefined, answeredAt: undefined, recording: undefined },
          ...{
            startedAt: at(from),
            endedAt: at(until),
            decision: { record: false, reason: 'not-answered' },
            ...changed,
          },
        }),
        node,
      )
    const nobody = { to: testLine, official: '', end: 0 }

    test('is joined by caller, number, start and end, even if the number is unreported', async () => {
      for (const changed of [
        {},
        { numberReached: unreportedNumber, numberCalled: { ...unreportedNumber, kind: 'UNKNOWN' } },
      ] as const) {
        await clear()
        await deliver({ ...csv, name: `nobody-${Object.keys(changed).length}` }, cdr(nobody))
        await unanswered(changed)
        expect(await contacts()).toMatchObject([{ parts: [[null, null, 1, false]] }])
        await deliver({ ...csv, name: `nobody-${Object.keys(changed).length}` }, cdr(nobody), 'again')
        expect(await contacts()).toHaveLength(1)
      }
    })

    test('reports another call with another caller, number, start or end, or if two calls match', async () => {
      await deliver({ ...csv, name: 'nobody-else' }, cdr(nobody))
      await unanswered({ caller: { kind: 'e164', key: phone('+358401234999'), raw: null } })
      await unanswered({
        numberReached: { key: phone(number) },
        numberCalled: { key: phone(number), kind: 'NATIONAL_SERVICE' },
      })
      await unanswered({}, -80)
      await unanswered({}, -43, 40)
      expect(await contacts()).toHaveLength(5)
      await clear()
      await deliver({ ...csv, name: 'nobody-twice' }, cdr(nobody) + cdr({ ...nobody, start: -41, end: 2 }))
      await unanswered()
      expect(await contacts()).toHaveLength(3)
    })
  })

  test('reports a second segment of its call, which is joined by the client’s own call id', async () => {
    const callIds = ['sipSessionId:held@sbc']
    await deliver({ ...csv, name: 'parts' }, cdr({ to: testLine }))
    await late({ callIds }, 0, 80)
    await late({ callIds }, 90, 200)
    expect(await contacts()).toHaveLength(2)
  })
})
