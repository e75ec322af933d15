/**
 * From and To are the caller's text. The number called is taken from the request URI (R9, R10), and no name makes a
 * caller an official.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { openTestFeed } from '#test/database/test-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const owner = database.as().db
const [aino, number] = ['0295121001', '029497000']
const officials = [aino, '0295121002', '0295121003'].map((own, at) => ({
  ...{ personId: `cccccccc-0000-4000-8000-00000000000${at}`, unitId: null, name: own, phoneKey: phone(own) },
  ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
}))
const { deliver, clear } = await openTestFeed(database, officials)
beforeEach(clear)

const contacts = async () =>
  (
    await sql<Record<string, unknown>>`
      select c.caller_key, c.caller_kind, c.number_called, array_agg(distinct s.official_phone) as officials
      from contact c join segment s on s.contact_id = c.id group by 1, 2, 3 order by 1`.execute(owner)
  ).rows

const begun = Temporal.Now.instant().subtract({ hours: 5 }).round('second')
/** Builds a line with `log_extra` of docs/operate/feeds.md, beside what Kamailio's own configuration writes. */
const line = (seconds: number, method: string, users: { from: string; to: string }) =>
  `ACC: transaction answered: timestamp=${begun.epochMilliseconds / 1000 + seconds};method=${method};from_tag=a;to_tag=b;` +
  `call_id=x@phone;code=200;reason=OK;src_user=${users.from};dst_ouser=${users.to};called=${number};dst_user=${aino}\n`

test.each([number, aino, '+358501234567'])(
  'acc: a caller who writes %s into To is recorded as calling the number in the request',
  async (to) => {
    const users = { from: '0401111111', to }
    expect(await deliver({ source: 'acc' }, line(0, 'INVITE', users) + line(100, 'BYE', users))).toEqual([])
    expect(await contacts()).toMatchObject([{ number_called: phone(number), officials: [phone(aino)] }])
  },
)

const example = readFileSync(new URL('../../docs/operate/examples/feeds/freeswitch.json', import.meta.url), 'utf8')
test.each([number, aino, '+358501234567'])(
  'FreeSWITCH: a caller who writes %s into To is recorded as calling the number in the request',
  async (to) => {
    const reported = example.replaceAll(`"sip_to_user": "${number}"`, `"sip_to_user": "${to}"`)
    expect(await deliver({ source: 'freeswitch' }, reported)).toEqual([])
    const rows = await contacts()
    expect(rows.map(({ number_called }) => number_called)).toEqual([phone(number)])
  },
)

test.each(['gw+exchange', 'gw%2Bexchange'])(
  '%s, in the request of a trunk at which FreeSWITCH is registered, is not taken for the number called',
  async (request) => {
    const reported = example.replaceAll('"sip_to_user"', `"sip_req_user": "${request}", "sip_to_user"`)
    expect(await deliver({ source: 'freeswitch' }, reported)).toEqual([])
    expect(await contacts()).toMatchObject([{ number_called: phone(number) }])
  },
)

test('a caller who writes an official’s name into From is not that official', async () => {
  const names = new Map([
    ['aino', aino],
    ['support', number],
  ])
  const users = { from: 'aino', to: number }
  expect(await deliver({ source: 'acc', names }, line(0, 'INVITE', users) + line(100, 'BYE', users))).toEqual([])
  expect(await contacts()).toMatchObject([{ caller_key: null, number_called: phone(number), officials: [phone(aino)] }])
})
