/** An unreadable record is reported once, stored, and does not stop the reading of others (R9). */
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openTestFeed } from '#test/database/test-feed.ts'
import { followFolder } from './follow-folder.ts'
import { readerOf } from './sources.ts'
import { sourceNames, type SourceName } from './source-options.ts'

const database = await createTestDatabase<RegisterTables>()
const { deliver, clear, unread } = await openTestFeed(database)
beforeEach(clear)

const folder = await mkdtemp(join(tmpdir(), 'seloste-bad-'))
afterAll(() => rm(folder, { recursive: true }))

const [number, aino, cecilia] = ['029497000', '0295121001', '0295121003'] as const
const begun = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const at = (seconds: number) => begun.add({ seconds }).toString()

async function contacts(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int from contact`.execute(database.as().db)
  return rows[0]!.count
}

function conversation(id: string, changed: object = {}) {
  const segments = [{ segmentType: 'interact', segmentStart: at(20), segmentEnd: at(90) }]
  const session = { mediaType: 'voice', direction: 'inbound', ani: 'tel:+358401234567', dnis: 'tel:+35829497000' }
  return {
    conversationId: id,
    conversationStart: at(0),
    conversationEnd: at(90),
    originatingDirection: 'inbound',
    participants: [
      { purpose: 'customer', sessions: [{ ...session, sessionId: `${id} c`, segments }] },
      { purpose: 'agent', userId: 'a1', sessions: [{ ...session, sessionId: `${id} a`, peerId: `${id} c`, segments }] },
    ],
    ...changed,
  }
}

test('one unreadable call of a page is reported with its position and field, the others are admitted, and the page is stored', async () => {
  const page = [conversation('g1'), conversation('g2', { conversationStart: 'eilen' }), conversation('g3'), 7]
  const feed = { source: 'genesys', names: new Map([['a1', '029 512 1001']]) } as const
  const problems = await deliver(feed, JSON.stringify({ conversations: page }, null, 2), 'page.json')
  expect(await contacts()).toBe(2)
  expect(problems).toEqual([
    {
      file: 'page.json',
      line: 1,
      reason: 'time-unreadable',
      detail: 'conversations[1]: startedAt (conversationStart)',
    },
    { file: 'page.json', line: 1, reason: 'not-a-record', detail: 'conversations[3]' },
  ])
  expect(await unread('genesys')).toContain('eilen')
})

test('a duration longer than any call is reported, and the next line is read', async () => {
  const fields = { callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], talked: ['talked'], called: ['to'] }
  const line = (id: string, talked: string) => `${id};${at(0)};${at(5)};${talked};029497000\n`
  const text = `id;start;answer;talked;to\n${line('1', '9'.repeat(25))}${line('2', '60')}`
  const problems = await deliver({ source: 'csv', fields }, text, 'long.csv')
  expect(problems).toMatchObject([{ file: 'long.csv', line: 2, reason: 'time-unreadable' }])
  expect(await contacts()).toBe(1)
})

test('every record of an unreadable call is stored once, also of a transferred call and of a call with several channels', async () => {
  const ahead = Temporal.Now.instant().add({ hours: 1 }).epochMilliseconds
  const epoch = (seconds: number) => String(Math.floor(ahead / 1000) + seconds)
  const users = (id: string, to: string, agent: string) =>
    `call_id=${id};code=200;src_user=+358401234567;dst_ouser=${to};dst_user=${agent}`
  const line = (seconds: number, method: string, of: string, by = '') =>
    `ACC: transaction answered: timestamp=${epoch(seconds)};method=${method};${of};referred_by=${by}\n`
  const [first, onward] = [users('first@a', number, aino), users('onward@a', cecilia, cecilia)]
  const lines = [
    ...[line(0, 'INVITE', first), line(60, 'BYE', first)],
    ...[line(75, 'INVITE', onward, `<sip:${aino}@edge>`), line(300, 'BYE', onward)],
  ]
  const problems = await deliver({ source: 'acc' }, lines.join(''), 'acc.txt')
  expect(problems.map(({ line: at, reason }) => [at, reason]).toSorted()).toEqual(
    [1, 2, 3, 4].map((at) => [at, 'in-the-future']),
  )
  expect((await unread('acc')).trim().split('\n')).toHaveLength(4)

  const channel = (uuid: string, direction: string, variables: object) =>
    JSON.stringify({
      channel_data: { direction },
      variables: { uuid, start_epoch: epoch(0), end_epoch: epoch(60), ...variables },
      callflow: [{ caller_profile: { caller_id_number: '+358401234567', destination_number: number }, times: {} }],
    })
  const channels = [
    channel('a-leg', 'inbound', { sip_to_user: number }),
    channel('b-leg', 'outbound', { originating_leg_uuid: 'a-leg', dialed_user: aino }),
  ]
  await deliver({ source: 'freeswitch' }, `${channels.join('\n')}\n`, 'channels.cdr.json')
  const stored = (await unread('freeswitch')).trim().split('\n')
  expect(stored.map((line) => (JSON.parse(line) as { record: string }).record).toSorted()).toEqual(channels.toSorted())
})

async function follow(source: SourceName, files: string, idleMs: number) {
  const reader = readerOf({ source, fields: {}, zone: 'Europe/Helsinki' })
  const found: string[] = []
  const followed = await followFolder({
    folder,
    files,
    framing: reader.framing,
    hasHeading: reader.hasHeading,
    statePath: join(folder, `.${source}-${idleMs}`),
    onRecord: (record) => {
      const read = reader.read(record.bytes.toString(), undefined)
      found.push(
        ...read.map((result) => (result.is === 'problem' ? `${result.reason} ${result.detail ?? ''}` : result.is)),
      )
      record.acknowledge()
      return Promise.resolve()
    },
    onFault: (error) => {
      throw error
    },
    pollMs: 3_600_000,
    idleMs,
  })
  return { found, ...followed }
}

test('an unfinished document of many lines is waited for', async () => {
  const text = JSON.stringify(conversation('g1'), null, 2)
  const { found, check, stop } = await follow('genesys', 'growing.json', 60_000)
  await writeFile(join(folder, 'growing.json'), text.slice(0, 200))
  await check()
  expect(found).toEqual([])
  await appendFile(join(folder, 'growing.json'), text.slice(200))
  await check()
  expect(found).toEqual(['record', 'record'])
  await stop()
})

test('a document without an end is one problem, with its position, and not one for each of its lines', async () => {
  await writeFile(join(folder, 'broken.json'), JSON.stringify(conversation('g1'), null, 2).slice(0, -4))
  await writeFile(join(folder, 'broken-2.json'), JSON.stringify(conversation('g2')))
  const { found, check, stop } = await follow('genesys', 'broken*.json', -1)
  await check()
  expect(found.toSorted()).toEqual([expect.stringMatching(/^not-json line \d+ column \d+$/), 'record', 'record'])
  await stop()
  expect(await readdir(folder)).toContain('broken.json')
  expect(await readFile(join(folder, 'broken.json'), 'utf8')).toContain('g1')
})

test.each<[SourceName, string, string]>([
  ['queue-log', 'Nov 20 09:14:31 edge sshd[3]: Accepted publickey', 'not-a-record'],
  ['queue-log', `eilen|1763622842.47|support|PJSIP/1042|CONNECT|44||3`, 'time-unreadable'],
  ['queue-log', `1763622842||support|PJSIP/1042|CONNECT|44||3`, 'id-missing'],
  ['genesys', '{"hello":1}', 'not-a-record'],
  ['genesys', '{"conversations":[{"conversationId":"g1"', 'not-json'],
  ['teams', '{"type":"meeting"}', 'not-a-record'],
  ['teams', '[7]', 'not-a-record'],
])('%s: reading %s reports %s', (source, text, reason) => {
  const read = readerOf({ source, fields: {}, zone: 'Europe/Helsinki' }).read(text, undefined)
  expect(read).toMatchObject([{ is: 'problem', reason }])
})

test.each<[SourceName, string, string, string, string]>([
  ['cucm', 'cdrRecordType,globalCallID_callId,dateTimeOrigination', '1,,1763622842', 'id-missing', 'callId ('],
  [
    'telia-ace',
    'ContactId,StartTime,StopTime,Entrance',
    '5,ei,1763622842,029497000',
    'time-unreadable',
    'startedAt (ContactStart, StartTime)',
  ],
  ['metaswitch', 'CallId,StartTime,EndTime,CalledNumber', '5,1763622842,1763622800,029', 'ends-before-start', ''],
])('%s: an error names the fields that were read, never their values', (source, heading, line, reason, detail) => {
  const [read] = readerOf({ source, fields: {}, zone: 'Europe/Helsinki' }).read(line, heading)
  expect(read).toMatchObject({ is: 'problem', reason })
  expect(read?.is === 'problem' && (read.detail ?? '').startsWith(detail)).toBe(true)
})

test.each(sourceNames)('%s: no reader throws for any text, value or row', (source) => {
  const reader = readerOf({
    source,
    fields: { callId: ['id'], startedAt: ['start'], called: ['to'] },
    zone: 'Europe/Helsinki',
  })
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('1', '0', '1763622842', '9'.repeat(30), '2026-11-20 09:14:02', '{}', '__proto__'),
  )
  const row = fc
    .tuple(fc.constantFrom(',', ';', '|'), fc.array(word, { maxLength: 20 }))
    .map(([mark, cells]) => cells.join(mark))
  const value = fc.oneof(
    fc.json(),
    fc
      .dictionary(fc.constantFrom('conversations', 'sessions', 'type', 'id', 'params'), fc.jsonValue())
      .map((object) => JSON.stringify(object)),
  )
  fc.assert(fc.property(fc.oneof(row, value), row, (text, heading) => reader.read(text, heading).length >= 0))
})
