/** A call that is classified during a database outage, and not admitted, is counted for no quota (R14). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { createQuotaCounts } from '../session/register/quota-counts.ts'
import { createFeedImporter, type FeedImporterOptions } from './import-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture] = [database.as().db, database.as('seloste_capture').db]
const seedVersions = await readVersions(owner)
const folder = await mkdtemp(join(tmpdir(), 'seloste-retried-'))
afterAll(() => rm(folder, { recursive: true }))

/** Records everything, under a quota with room. */
const withQuota = seedVersions.map((version) => {
  const { recordingPlan } = version.description
  const rules = recordingPlan.rules.map((rule) => ({
    ...rule,
    share: 1,
    quota: { per: 'number' as const, weekly: 5_000 },
  }))
  return { ...version, description: { ...version.description, recordingPlan: { ...recordingPlan, rules } } }
})
const begun = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const aino = {
  ...{ personId: 'cccccccc-0000-4000-8000-000000000001', unitId: null, name: 'Aino Asiamies', consentedFrom: null },
  ...{ phoneKey: phone('029 512 1001'), from: begun.subtract({ hours: 24 * 100 }), to: null },
}
let quotas = createQuotaCounts()
let officials = [aino]
let importer: ReturnType<typeof createFeedImporter>
let calls = 0

beforeEach(() => {
  quotas = createQuotaCounts()
})

function start(changed: Partial<FeedImporterOptions> = {}): void {
  importer = createFeedImporter({
    feed: {
      ...{ name: 'exchange', source: 'csv', zone: 'Europe/Helsinki', settleMs: 0 },
      from: { kind: 'folder', folder, files: '*' },
      fields: {
        ...{ callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'] },
        ...{ caller: ['caller'], called: ['called'], official: ['official'] },
      },
    },
    folder,
    db: capture,
    context: () => ({ versionAt: (at) => versionAt(withQuota, at), officials, drawKey: Buffer.alloc(32, 7), quotas }),
    clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
    onFault: (error) => {
      throw error
    },
    onProblem: (problem) => {
      throw new Error(JSON.stringify(problem))
    },
    ...changed,
  })
}

async function deliverCalls(count: number): Promise<void> {
  const heading = Buffer.from('id;start;answer;end;caller;called;official')
  for (let at = 0; at < count; at++) {
    const [start, answer, end] = [0, 20, 200].map((seconds) => begun.add({ seconds: seconds + calls }).toString())
    const caller = `+35840${1_000_000 + calls++}`
    const bytes = Buffer.from([calls, start, answer, end, caller, '029 497 000', '029 512 1001'].join(';'))
    const place = { line: at + 2, from: 0, to: bytes.length, isInvalidInterval: false, file: 'calls', heading }
    await importer.take({ ...place, bytes, acknowledge: () => undefined })
  }
}

async function segments() {
  const { rows } = await sql<{ name: string; used: number }>`
    select official_name as name, quota_used as used from segment order by contact_started_at`.execute(owner)
  return rows
}

test('calls that wait for the database are classified again when they are retried, and counted once', async () => {
  let isAway = true
  start({ runSerially: (work) => (isAway ? Promise.reject(new Error('the database is away')) : work()) })
  officials = []
  await deliverCalls(2)
  await expect(importer.settle()).rejects.toThrow('away')
  await expect(importer.settle()).rejects.toThrow('away')
  expect(quotas.known).toEqual([])
  ;[isAway, officials] = [false, [aino]]
  await importer.settle()
  expect(await segments()).toEqual([
    { name: 'Aino Asiamies', used: 0 },
    { name: 'Aino Asiamies', used: 1 },
  ])
  expect(quotas.known).toHaveLength(2)
})

test('a feed that stops has counted exactly its admitted calls for quotas', async () => {
  start({
    runSerially: async (work) => {
      const done = await work()
      importer.stop()
      return done
    },
  })
  const before = (await segments()).length
  await deliverCalls(600)
  await importer.settle()
  expect(quotas.known).toHaveLength((await segments()).length - before)
  expect(quotas.known).toHaveLength(500)
})
