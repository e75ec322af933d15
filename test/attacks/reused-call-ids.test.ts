/** A telephone system, or a caller, gives two calls of one day the same id: both are entered (R9). */
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { openTestFeed } from '#test/database/test-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const owner = database.as().db
const [aino, cecilia, number] = ['0295121001', '0295121003', '029497000']
const officials = [aino, cecilia].map((own, at) => ({
  ...{ personId: `cccccccc-0000-4000-8000-00000000000${at}`, unitId: null, name: own, phoneKey: phone(own) },
  ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
}))
const { deliver, clear } = await openTestFeed(database, officials)
beforeEach(clear)
const begun = Temporal.Now.instant().subtract({ hours: 5 }).round('second')
const at = (seconds: number) => begun.add({ seconds })
const [first, second] = ['0401111111', '0402222222']

/** Returns each contact's caller, and each segment's official with its start and end. */
async function contacts() {
  const { rows } = await sql<{ caller: string | null; parts: unknown[] }>`
    select c.caller_key as caller, (
      select jsonb_agg(jsonb_build_array(s.official_phone, extract(epoch from s.answered_at - ${begun}::timestamptz)::int,
        extract(epoch from s.ended_at - ${begun}::timestamptz)::int) order by s.answered_at)
      from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at) as parts
    from contact c order by c.started_at`.execute(owner)
  return rows.map(({ caller, parts }) => [caller, ...parts])
}

const heading = 'id;start;answer;end;caller;called;official\n'
const fields = {
  ...{ callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'] },
  ...{ caller: ['caller'], called: ['called'], official: ['official'] },
}
const csv = { source: 'csv' as const, fields }
const row = (from: number, caller: string, user: string, until = from + 200) =>
  `${[1, at(from), at(from + 20), at(until), caller, number, user].map(String).join(';')}\n`

const line = (seconds: number, users: object) =>
  `ACC: transaction answered: timestamp=${at(seconds).epochMilliseconds / 1000};${Object.entries({
    ...{ method: 'INVITE', from_tag: 'a', to_tag: 'b', call_id: 'own@phone', code: '200', reason: 'OK' },
    ...users,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(';')}\n`
const acc = { source: 'acc' as const }
const accCall = (from: number, caller: string, user: string, tags: { from_tag: string; to_tag: string }) => [
  line(from, { ...tags, src_user: caller, called: number, dst_user: user }),
  // The official hangs up.
  line(from + 100, { method: 'BYE', from_tag: tags.to_tag, to_tag: tags.from_tag, src_user: user, called: caller }),
]
const [tags, otherTags] = [
  { from_tag: 'a1', to_tag: 'b1' },
  { from_tag: 'a2', to_tag: 'b2' },
]

describe('two calls with one id', () => {
  const both = [
    [phone(first), [phone(aino), 20, 200]],
    [phone(second), [phone(cecilia), 7220, 7400]],
  ]
  const rows = [row(0, first, aino), row(7200, second, cecilia)]
  test.each([
    ['in one read', [rows.join('')]],
    ['in one read, the later one first', [rows.toReversed().join('')]],
    ['in two reads', rows],
    ['in two reads and reported again', [...rows, rows.join('')]],
  ])('ids that restart, %s: enters both calls', async (_, records) => {
    for (const record of records) expect(await deliver(csv, heading + record)).toEqual([])
    expect(await contacts()).toEqual(both)
  })

  const lines = [...accCall(0, first, aino, tags), ...accCall(130, second, cecilia, otherTags)]
  const reported = [
    [phone(first), [phone(aino), 0, 100]],
    [phone(second), [phone(cecilia), 130, 230]],
  ]
  test.each([
    ['in one read', [lines.join('')]],
    ['in one read, in reverse order', [lines.toReversed().join('')]],
    ['in two reads', [lines.slice(0, 2).join(''), lines.slice(2).join('')]],
  ])('a telephone that gives all its calls one Call-ID, %s: enters both calls', async (_, records) => {
    for (const record of records) expect(await deliver(acc, record)).toEqual([])
    expect(await contacts()).toEqual(reported)
  })

  test('at the same time, from a caller who has seen the other’s Call-ID: enters both calls', async () => {
    const meanwhile = accCall(30, second, cecilia, otherTags)
    expect(await deliver(acc, [lines[0], meanwhile[0], lines[1], meanwhile[1]].join(''))).toEqual([])
    expect(await contacts()).toEqual([reported[0], [phone(second), [phone(cecilia), 30, 130]]])
  })

  test('with withheld numbers, hours apart: enters two contacts', async () => {
    const hidden = [row(0, 'anonymous', aino), row(7200, 'anonymous', cecilia)]
    expect(await deliver(csv, heading + hidden.join(''))).toEqual([])
    expect(await contacts()).toEqual([
      [null, [phone(aino), 20, 200]],
      [null, [phone(cecilia), 7220, 7400]],
    ])
  })

  test.each([
    ['before', [row(0, 'anonymous', aino), row(7200, second, cecilia)]],
    ['after', [row(0, second, aino), row(7200, 'anonymous', cecilia)]],
    ['after, beside two other calls', [row(0, second, aino), row(7200, 'anonymous', cecilia), row(300, first, aino)]],
  ])('of which one number is withheld, hours %s: gives no caller the other’s segments', async (when, rows) => {
    const records: unknown[] = []
    for (const texts of [[rows.join('')], [rows.toReversed().join('')], rows]) {
      await clear()
      for (const text of texts) expect(await deliver(csv, heading + text)).toEqual([])
      records.push(await contacts())
    }
    expect(records[0]).toHaveLength(rows.length)
    expect(records[0]).toContainEqual(
      expect.arrayContaining([
        null,
        [phone(when === 'before' ? aino : cecilia), expect.any(Number), expect.any(Number)],
      ]),
    )
    expect(records[1]).toEqual(records[0])
    expect(records[2]).toEqual(records[0])
  })

  test.each([
    ['at once', 202],
    ['after minutes of waiting', 480],
  ])('of one call, whose segment after a transfer reports no caller, %s: enters one contact', async (_, later) => {
    const reported = [row(0, first, aino), row(later, '', cecilia)]
    expect(await deliver(csv, heading + reported.join(''))).toEqual([])
    expect(await contacts()).toEqual([
      [phone(first), [phone(aino), 20, 200], [phone(cecilia), later + 20, later + 200]],
    ])
  })

  test('of one caller: enters one contact with both segments', async () => {
    expect(await deliver(csv, heading + row(0, first, aino) + row(7200, first, cecilia))).toEqual([])
    expect(await contacts()).toEqual([[phone(first), [phone(aino), 20, 200], [phone(cecilia), 7220, 7400]]])
  })
})

describe('one call is entered once', () => {
  test('reported twice, or completed later', async () => {
    expect(await deliver(csv, heading + row(0, first, aino, 100) + row(0, first, aino))).toEqual([])
    expect(await deliver(csv, heading + row(0, first, aino))).toEqual([])
    expect(await contacts()).toEqual([[phone(first), [phone(aino), 20, 200]]])
  })

  test('put on hold by either side, whose telephone sends a new request', async () => {
    const [begins, ends] = accCall(0, first, aino, tags)
    const held = line(50, { from_tag: 'b1', to_tag: 'a1', src_user: aino, called: first, dst_user: 'dev' })
    const holds = line(60, { ...tags, src_user: first, called: number, dst_user: 'dev' })
    expect(await deliver(acc, [held, begins, holds, ends].join(''))).toEqual([])
    expect(await contacts()).toEqual([[phone(first), [phone(aino), 0, 100]]])
  })

  test('whose end somebody else reports', async () => {
    const [begins, ends] = accCall(0, first, aino, tags)
    const forged = line(40, { method: 'BYE', from_tag: 'x', to_tag: 'y', src_user: second, called: number })
    expect(await deliver(acc, [begins, forged, ends].join(''))).toEqual([])
    expect(await contacts()).toEqual([[phone(first), [phone(aino), 0, 100]]])
  })
})
