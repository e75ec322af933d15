/** Feeds from a folder to the register: every call once, whatever happens to its files, and joined with its recording. */
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { allowFeed } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone } from '#test/database/people.ts'
import { createQuotaCounts } from '../session/register/quota-counts.ts'
import type { Feed } from './feeds-file.ts'
import { followFolder, type FollowedFolder } from './follow-folder.ts'
import { createFeedImporter, type FeedImporter } from './import-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture] = [database.as().db, database.as('seloste_capture').db]
const versions = await readVersions(owner)
const root = await mkdtemp(join(tmpdir(), 'seloste-feed-'))
afterAll(() => rm(root, { recursive: true }))

const begun = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const official = {
  personId: 'cccccccc-0000-4000-8000-000000000001',
  unitId: null,
  name: 'Aino Asiamies',
  phoneKey: phone('029 512 1001'),
  consentedFrom: null,
  from: begun.subtract({ hours: 24 * 100 }),
  to: null,
}
let folderNumber = 0
let cdrs = ''
let stateFolder = ''
let problems: { file: string; line: number; reason: string }[] = []
let running: { importer: FeedImporter; followed: FollowedFolder } | undefined

beforeEach(async () => {
  ;[cdrs, stateFolder] = [join(root, `cdr-${++folderNumber}`), join(root, `own-${folderNumber}`)]
  await Promise.all([mkdir(cdrs), mkdir(stateFolder)])
  problems = []
  await owner.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const table of ['contact', 'segment', 'call_identity', 'fed_segment', 'feed_problem', 'feed'])
      await sql`delete from ${sql.table(table)}`.execute(tx)
  })
  await start()
})
afterEach(() => running?.followed.stop())

async function start(changed: Partial<Feed> = {}, idleMs = 60_000): Promise<void> {
  const feed: Feed = {
    name: 'exchange',
    source: 'csv',
    from: { kind: 'folder', folder: cdrs, files: 'calls*' },
    fields: {
      callId: ['id'],
      legId: ['leg'],
      startedAt: ['start'],
      answeredAt: ['answer'],
      endedAt: ['end'],
      caller: ['caller'],
      called: ['called'],
      official: ['official'],
      sipCallId: ['sip'],
    },
    zone: 'Europe/Helsinki',
    settleMs: 0,
    ...changed,
  }
  const importer = createFeedImporter({
    feed,
    folder: stateFolder,
    db: capture,
    context: () => ({
      versionAt: (at) => versionAt(versions, at),
      officials: [official],
      drawKey: Buffer.alloc(32, 7),
      quotas: createQuotaCounts(),
    }),
    clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
    onFault: (error) => {
      throw error
    },
    onProblem: (problem) => problems.push(problem),
  })
  const followed = await followFolder({
    folder: cdrs,
    files: 'calls*',
    framing: importer.reader.framing,
    hasHeading: importer.reader.hasHeading,
    statePath: join(stateFolder, 'position.json'),
    onRecord: importer.take,
    onFault: (error) => {
      throw error
    },
    // Long enough that only the tests start a poll.
    pollMs: 3_600_000,
    idleMs,
  })
  running = { importer, followed }
}

async function restart(): Promise<void> {
  await running?.followed.stop()
  await start()
}

async function check(): Promise<void> {
  await running!.followed.check()
  await running!.importer.settle()
  await running!.followed.check()
}

const heading = 'id;leg;start;answer;end;caller;called;official;sip\n'

/** `at`: seconds after the first call. */
type LineFields = { at?: number } & {
  [Name in 'id' | 'leg' | 'answer' | 'end' | 'caller' | 'called' | 'official' | 'sip']?: string
}

function line({ at: later = 0, ...changed }: LineFields = {}): string {
  const at = (seconds: number) => begun.add({ seconds: later + seconds }).toString()
  const fields: Record<string, string> = {
    id: '1',
    leg: 'a',
    start: at(0),
    answer: at(20),
    end: at(200),
    caller: '+358401234567',
    called: '029 497 000',
    official: '029 512 1001',
    sip: '',
    ...changed,
  }
  return `${heading
    .trim()
    .split(';')
    .map((name) => fields[name])
    .join(';')}\n`
}

async function contacts() {
  const { rows } = await sql<Record<string, unknown>>`
    select c.caller_key, c.number_called, c.number_kind, c.ended_at is not null as ended, c.end_inferred,
      (select count(*)::int from segment s where s.contact_id = c.id) as parts,
      (select array_agg(s.official_name order by s.answered_at) from segment s where s.contact_id = c.id) as officials
    from contact c order by c.caller_key, c.started_at`.execute(owner)
  return rows
}

const count = async () => (await contacts()).length

describe('calls that are not recorded', () => {
  test('are one contact each, with their official, even if their file is renamed, copied or read again', async () => {
    const file = join(cdrs, 'calls.csv')
    await writeFile(file, heading + line() + line({ id: '2', at: 300, answer: '', official: '', caller: '' }))
    await check()
    expect(await contacts()).toMatchObject([
      {
        caller_key: '+358401234567',
        number_called: '+35829497000',
        number_kind: 'NATIONAL_SERVICE',
        ended: true,
        parts: 1,
        officials: ['Aino Asiamies'],
      },
      { caller_key: null, ended: true, parts: 1, officials: [null] },
    ])
    await rename(file, join(cdrs, 'old'))
    await appendFile(join(cdrs, 'old'), line({ id: '3', at: 600 }))
    await writeFile(file, heading + line({ id: '4', at: 900 }))
    await check()
    expect(await count()).toBe(4)
    await copyFile(file, join(cdrs, 'calls.csv.1'))
    await truncate(file)
    await appendFile(file, heading + line({ id: '5', at: 1200 }))
    await check()
    await restart()
    await check()
    expect(await count()).toBe(5)
    await rm(join(stateFolder, 'position.json'))
    await restart()
    await check()
    expect(await count()).toBe(5)
    expect(problems).toEqual([])
  })

  test('wait for the rest of a half line, and a restart in between loses nothing', async () => {
    const file = join(cdrs, 'calls.csv')
    await writeFile(file, heading + line() + line({ id: '2', at: 300 }).slice(0, 40))
    await check()
    await restart()
    await check()
    expect(await count()).toBe(1)
    await appendFile(file, line({ id: '2', at: 300 }).slice(40))
    await check()
    expect(await count()).toBe(2)
    expect(problems).toEqual([])
  })

  test('that wait for the rest of their records are read again after a restart', async () => {
    await running?.followed.stop()
    await start({ settleMs: 60_000 })
    await writeFile(join(cdrs, 'calls.csv'), heading + line())
    await check()
    expect(await count()).toBe(0)
    await restart()
    await check()
    expect(await count()).toBe(1)
  })

  test('found while a feed stops are admitted after its restart', async () => {
    await writeFile(join(cdrs, 'calls.csv'), heading + line() + line({ id: '2', at: 300 }))
    running!.importer.stop()
    await check()
    expect(await count()).toBe(0)
    await restart()
    await check()
    expect(await count()).toBe(2)
  })

  test('are read past an unreadable line, which is stored with its reason and reported once', async () => {
    const bad = line({ id: '2', end: 'eilen' })
    await writeFile(join(cdrs, 'calls.csv'), `${heading}${line()}${bad}"1;2\n${line({ id: '3', at: 300 })}`)
    await check()
    expect(await count()).toBe(1)
    await rm(join(stateFolder, 'position.json'))
    await running?.followed.stop()
    // The record with the unclosed quotation mark is given up after the idle time, here at once.
    await start({}, -1)
    await check()
    expect(await count()).toBe(2)
    expect(problems).toEqual([
      { file: 'calls.csv', line: 3, reason: 'time-unreadable', detail: 'endedAt (end)' },
      { file: 'calls.csv', line: 4, reason: 'too-long' },
    ])
    const [unread = ''] = (await readdir(stateFolder)).filter((name) => name.startsWith('unread-'))
    expect(await readFile(join(stateFolder, unread), 'utf8')).toContain(JSON.stringify(bad.trimEnd()))
  })

  test('that are outgoing or internal are ignored, and a call of unknown direction is a problem', async () => {
    const outgoing = line({ id: '2', caller: '029 512 1001', called: '+358401234567' })
    const unclear = line({ id: '3', called: '+358209999999', official: '' })
    await writeFile(join(cdrs, 'calls.csv'), heading + outgoing + unclear)
    await check()
    expect(await count()).toBe(0)
    expect(problems).toEqual([{ file: 'calls.csv', line: 3, reason: 'direction-unknown' }])
  })

  test('whose legs arrive late and in any order have segments in one contact, without the queue', async () => {
    const file = join(cdrs, 'calls.csv')
    const second = line({ leg: 'b', at: 100, official: '029 512 1002' })
    const queue = line({ leg: 'q', answer: '', official: '' })
    await writeFile(file, heading + second)
    await check()
    await appendFile(file, queue + line({ end: begun.add({ seconds: 100 }).toString() }))
    await check()
    expect(await contacts()).toMatchObject([{ parts: 2, officials: ['Aino Asiamies', expect.any(String)] }])
  })
})

describe('calls reported by a recording client', () => {
  const session = (changed: Partial<SegmentFacts> = {}): SegmentFacts =>
    callFacts({
      callIds: ['sipSessionId:b7e1c9d2@sbc'],
      startedAt: begun.add({ seconds: 19 }),
      answeredAt: begun.add({ seconds: 21 }),
      endedAt: begun.add({ seconds: 260 }),
      endInferred: true,
      caller: { kind: 'e164', key: phone('+358401234567'), raw: null },
      numberCalled: { key: phone('029 497 000'), kind: 'NATIONAL_SERVICE' },
      numberReached: { key: phone('029 497 000') },
      official: { name: 'Aino Asiamies', phone: phone('029 512 1001') },
      ...changed,
    })

  test('are not duplicated, and an inferred end is replaced by the reported one', async () => {
    await admit(capture, session())
    await writeFile(join(cdrs, 'calls.csv'), heading + line({ sip: 'b7e1c9d2@sbc' }))
    await check()
    expect(await contacts()).toMatchObject([{ parts: 1, end_inferred: false }])
    const { rows } = await sql<{ ended_at: Temporal.Instant }>`select ended_at from contact`.execute(owner)
    expect(rows[0]?.ended_at.toString()).toBe(begun.add({ seconds: 200 }).toString())
  })

  test('are matched without a shared id by caller, number, official and time', async () => {
    await admit(capture, session({ callIds: ['ucid:00FA08'] }))
    const other = line({ id: '2', caller: '+358401234999' })
    await writeFile(join(cdrs, 'calls.csv'), heading + line() + other)
    await check()
    expect(await contacts()).toMatchObject([{ parts: 1 }, { parts: 1, caller_key: '+358401234999' }])
  })

  test('older than a feed may match are stored as too old, and admitted once the feed is allowed such calls', async () => {
    const at = -80 * 86_400
    const moved = (seconds: number) => begun.add({ seconds: at + seconds })
    await admit(
      capture,
      session({ startedAt: moved(19), answeredAt: moved(21), endedAt: moved(200), callIds: ['ucid:1'] }),
    )
    const reported = line({ id: '2', at })
    await writeFile(join(cdrs, 'calls.csv'), heading + line() + reported)
    await check()
    expect(problems).toEqual([{ file: 'calls.csv', line: 3, reason: 'too-old' }])
    expect(await count()).toBe(2)
    const [unread = ''] = (await readdir(stateFolder)).filter((name) => name.startsWith('unread-'))
    expect(await readFile(join(stateFolder, unread), 'utf8')).toContain(JSON.stringify(reported.trimEnd()))
    await allowFeed(owner, 'exchange', moved(-60))
    await writeFile(join(cdrs, 'calls-again.csv'), heading + reported)
    await check()
    expect(problems).toHaveLength(1)
    expect(await contacts()).toMatchObject([{ parts: 1 }, { parts: 1 }])
  })

  test('wait while feeds have made too many queries', async () => {
    await admit(capture, session({ callIds: ['ucid:1'] }))
    const setQueryCount = (value: string) => sql`select setval('fed_question_count', ${sql.raw(value)})`.execute(owner)
    await setQueryCount('(extract(epoch from now()) * 50)::bigint + 50000')
    await writeFile(join(cdrs, 'calls.csv'), heading + line() + line({ id: '2', at: 1_200, caller: '+358401234999' }))
    await check()
    expect(await count()).toBe(1)
    await setQueryCount('1')
    await check()
    expect(await contacts()).toMatchObject([{ parts: 1 }, { parts: 1 }])
    expect(problems).toEqual([])
  })

  test('replace what a feed reported earlier, and an unknown number is filled in', async () => {
    await writeFile(join(cdrs, 'calls.csv'), heading + line({ sip: 'b7e1c9d2@sbc' }))
    await check()
    const reported = session({ numberReached: { key: 'unknown' as never } })
    await admit(capture, reported)
    const { rows } = await sql<{ id: string; is_own: boolean }>`
      select s.id, f.is_own from segment s join fed_segment f on f.segment_id = s.id`.execute(owner)
    expect(rows).toEqual([{ id: reported.segmentId, is_own: false }])
    await rm(join(stateFolder, 'position.json'))
    await restart()
    await check()
    expect(await contacts()).toMatchObject([{ parts: 1 }])
    const { rows: reached } = await sql<{ number_reached: string }>`select number_reached from segment`.execute(owner)
    expect(reached).toEqual([{ number_reached: '+35829497000' }])
  })
})
