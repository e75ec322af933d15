/** The same call by two feeds is one contact (R9). */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { createQuotaCounts } from '../session/register/quota-counts.ts'
import type { Feed } from './feeds-file.ts'
import { createFeedImporter } from './import-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture] = [database.as().db, database.as('seloste_capture').db]
const versions = await readVersions(owner)
const root = await mkdtemp(join(tmpdir(), 'seloste-two-feeds-'))
afterAll(() => rm(root, { recursive: true }))

beforeEach(async () => {
  await owner.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const table of ['contact', 'segment', 'call_identity', 'fed_segment', 'feed_problem', 'feed'])
      await sql`delete from ${sql.table(table)}`.execute(tx)
  })
})

/** Sends records as a feed with its own name. */
async function feed(source: Feed['source'], records: string | string[], changed: Partial<Feed> = {}): Promise<void> {
  const name = changed.name ?? source
  const folder = join(root, name)
  await mkdir(folder, { recursive: true })
  const from = { kind: 'folder' as const, folder, files: '*' }
  const importer = createFeedImporter({
    feed: { source, from, fields: {}, zone: 'Europe/Helsinki', settleMs: 0, ...changed, name },
    folder,
    db: capture,
    context: () => ({
      versionAt: (at) => versionAt(versions, at),
      officials: [],
      drawKey: Buffer.alloc(32, 7),
      quotas: createQuotaCounts(),
    }),
    clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
    onFault: (error) => {
      throw error
    },
    onProblem: (problem) => {
      throw new Error(JSON.stringify(problem))
    },
  })
  for (const [at, bytes] of [records]
    .flat()
    .map((record) => Buffer.from(record))
    .entries()) {
    const place = {
      line: at + 1,
      from: 0,
      to: bytes.length,
      isInvalidInterval: false,
      file: 'calls',
      heading: Buffer.alloc(0),
    }
    await importer.take({ ...place, bytes, acknowledge: () => undefined })
  }
  await importer.settle()
}

const contacts = async () => {
  const { rows } = await sql<{ contacts: number; segments: number }>`
    select (select count(*)::int from contact) as contacts, (select count(*)::int from segment) as segments`.execute(
    owner,
  )
  return rows[0]
}

const begun = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const local = (seconds: number) =>
  begun.add({ seconds }).toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString().replace('T', ' ')

function cdr({
  source,
  unique = `${begun.epochMilliseconds / 1000}.47`,
  after = 0,
}: {
  source: string
  unique?: string
  after?: number
}) {
  const start = local(after)
  const end = local(after + 25)
  const event = {
    Event: 'Cdr',
    Source: source,
    Destination: '029497000',
    DestinationContext: 'from-trunk',
    Channel: 'PJSIP/trunk-1',
  }
  const cells = ['', source, '029497000', 'from-trunk', '', 'PJSIP/trunk-1', '', 'Queue', '', start, '', end, '25', '0']
  return {
    line: [...cells, 'NO ANSWER', '3', unique, ''].map((cell) => `"${cell}"`).join(','),
    event: JSON.stringify({ ...event, StartTime: start, EndTime: end, Disposition: 'NO ANSWER', UniqueID: unique }),
  }
}

test('an unanswered call reported by Master.csv and by the manager is one contact, also with a withheld number', async () => {
  for (const source of ['+358401234567', '']) {
    const unanswered = cdr({ source, unique: `${begun.epochMilliseconds / 1000}.${source.length + 1}` })
    await feed('asterisk-csv', unanswered.line)
    await feed('asterisk-ami', unanswered.event)
    await feed('asterisk-ami', unanswered.event)
  }
  expect(await contacts()).toEqual({ contacts: 2, segments: 2 })
})

test('channel events and detail records of an unanswered call are one contact', async () => {
  const unique = `${begun.epochMilliseconds / 1000}.47`
  const { line } = cdr({ source: '+358401234567', unique })
  const event = (name: string, seconds: number) =>
    JSON.stringify({
      ...{ EventName: name, EventTime: local(seconds), CallerIDnum: '+358401234567', Exten: '029497000' },
      ...{ Channel: 'PJSIP/trunk-1', UniqueID: unique, LinkedID: unique },
    })
  await feed('asterisk-csv', line)
  await feed('asterisk-cel', [event('CHAN_START', 0), event('LINKEDID_END', 25)])
  const { rows } = await sql`select name, calls::int from feed order by name`.execute(owner)
  expect(rows).toEqual([
    { name: 'asterisk-cel', calls: 0 },
    { name: 'asterisk-csv', calls: 1 },
  ])
  expect(await contacts()).toEqual({ contacts: 1, segments: 1 })
})

test('reports of an unanswered call without a shared id are joined by caller, number, start and end, but no two calls of one feed', async () => {
  const fields = { callId: ['id'], startedAt: ['start'], endedAt: ['end'], caller: ['caller'], called: ['called'] }
  const record = (id: string, after: number, caller = '+358401234567') =>
    JSON.stringify({
      id,
      start: begun.add({ seconds: after }),
      end: begun.add({ seconds: after + 20 }),
      caller,
      called: '029497000',
    })
  await feed('json', record('a1', 0), { name: 'one', fields })
  await feed('json', record('b1', 3), { name: 'other', fields })
  expect(await contacts()).toEqual({ contacts: 1, segments: 1 })
  await feed('json', record('a2', 7), { name: 'one', fields })
  expect(await contacts()).toEqual({ contacts: 2, segments: 2 })
  // Another caller, and twice a withheld number: they might be two people.
  await feed('json', record('b2', 3, '+358401234568'), { name: 'other', fields })
  await feed('json', record('a3', 3, 'anonymous'), { name: 'one', fields })
  await feed('json', record('b3', 3, 'anonymous'), { name: 'other', fields })
  expect(await contacts()).toEqual({ contacts: 5, segments: 5 })
})

test.each([
  ['in one batch', 'together'],
  ['one after the other', 'separately'],
] as const)('calls of two callers with one id are two contacts, for review, if reported %s (R9)', async (_, when) => {
  const fields = {
    ...{ callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'], caller: ['caller'] },
    ...{ called: ['called'], official: ['official'], legId: ['leg'] },
  }
  const leg = (id: string, from: number, caller: string | undefined, official: string) =>
    JSON.stringify({
      ...{ id: 'one@edge', leg: id, caller, called: '029497000', official },
      ...{ start: begun.add({ seconds: from }), answer: begun.add({ seconds: from + 5 }) },
      end: begun.add({ seconds: from + 60 }),
    })
  const [ofFirst, ofSecond] = [
    [leg('a', 0, '+358401234567', '0295121001'), leg('b', 62, '+358401234567', '0295121002')],
    // The leg without a caller begins while only the second caller's call is in progress.
    [
      leg('c', 30, '+358509998877', '0295121003'),
      leg('d', 500, '+358509998877', '0295121001'),
      leg('e', 510, undefined, '0295121002'),
    ],
  ]
  for (const records of when === 'together' ? [[...ofFirst, ...ofSecond]] : [ofFirst, ofSecond, ofFirst])
    await feed('json', records, { fields })
  const { rows } = await sql<{ caller: string; officials: string; marked: boolean }>`
    select c.caller_key as caller, string_agg(right(s.official_phone, 4), ' ' order by s.answered_at) as officials,
      bool_or('needs-review' = any (s.marks)) as marked
    from contact c join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
    group by c.id, c.caller_key order by c.caller_key`.execute(owner)
  expect(rows).toEqual([
    { caller: '+358401234567', officials: '1001 1002', marked: when === 'together' },
    { caller: '+358509998877', officials: '1003 1001 1002', marked: true },
  ])
})
