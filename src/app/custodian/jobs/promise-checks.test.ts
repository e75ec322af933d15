import { afterEach, expect, test } from 'vitest'
import { promises } from '#description/promises.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { withLock } from '#platform/jobs/every.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readProofs } from '#use/evidence/read-proofs.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import { startPromiseChecks, type PromiseChecksOptions, type PromiseChecks } from './promise-checks.ts'

const database = await createTestDatabase<RegisterTables>()
const custodian = database.as('seloste_custodian')
const { pool } = database.as()
const { key, makeContext: checking, version, recordings } = await makeTestPromises(database)
const hour = 3_600_000

let running: PromiseChecks[] = []
afterEach(async () => {
  await Promise.all(running.map((job) => job.stop()))
  running = []
  await pool.query('delete from proof')
})

async function start(changed: Partial<PromiseChecksOptions> = {}) {
  const lines: string[] = []
  const { places, objects, keys, drawKey } = await checking()
  const job = startPromiseChecks({
    ...{ places, objects, keys, drawKey },
    pool: custodian.pool,
    db: custodian.db,
    versions: { all: [version], at: () => version },
    clock: systemClock,
    log: makeLog({ name: 'custodian', write: (line) => lines.push(line), pretty: false }),
    firstSweep: Promise.resolve(),
    intervalMs: hour,
    ...changed,
  })
  running.push(job)
  return { job, lines }
}

const proofs = () => readProofs(custodian.db, Temporal.Now.instant(), key)
const broken = async () => (await proofs()).filter(({ holds }) => !holds).map(({ promise }) => promise)
const allChecked = () => expect.poll(async () => (await proofs()).length, { timeout: 20_000 }).toBe(promises.length)
const alarms = (lines: string[]) =>
  lines
    .map((line) => JSON.parse(line) as { msg: string; promise?: string })
    .filter(({ promise }) => promise !== undefined)
    .map(({ msg, promise }) => `${promise ?? ''}: ${msg}`)

test('everything is checked at the start, and again in every round', async () => {
  await start({ intervalMs: 500 })
  await allChecked()
  const [first] = await proofs()
  await expect.poll(async () => (await proofs())[0]?.checkedAt, { timeout: 20_000 }).not.toBe(first?.checkedAt)
})

test('a slow round is followed by a pause, except for the first one, which checks everything', async () => {
  await start({ intervalMs: 1_000, quickMs: 0 })
  await allChecked()
  // The last promise of a round.
  const lastCheckedAt = async () => (await proofs()).find(({ promise }) => promise === 'recording.as-drawn')?.checkedAt
  const first = await lastCheckedAt()
  await expect.poll(lastCheckedAt, { timeout: 20_000 }).not.toBe(first)
  const second = await proofs()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await proofs()).toEqual(second)
})

test('nothing is checked before the first sweep', async () => {
  const swept = Promise.withResolvers<void>()
  await start({ firstSweep: swept.promise })
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await proofs()).toEqual([])
  swept.resolve()
  await allChecked()
})

test('promises about the sweep are checked after it, and a late sweep makes them hold again', async () => {
  const { job, lines } = await start()
  await allChecked()
  const before = await proofs()
  await pool.query(`update work_done set at = at - interval '3 hours'`)
  await job.swept()
  expect(await broken()).toEqual(['history.term', 'recordings.ceiling'])
  await pool.query('update work_done set at = now()')
  await job.swept()
  expect(await broken()).toEqual([])
  const again = await proofs()
  expect(again.filter(({ checkedAt }, n) => checkedAt !== before[n]?.checkedAt).map(({ promise }) => promise)).toEqual([
    'history.term',
    'recordings.floor',
    'recordings.ceiling',
    'history.tells-recorded',
  ])
  expect(alarms(lines)).toEqual([
    'history.term: a promise of the register description does not hold',
    'recordings.ceiling: a promise of the register description does not hold',
    'history.term: a promise of the register description holds again',
    'recordings.ceiling: a promise of the register description holds again',
  ])
})

test('a process logs a promise that was broken before it started', async () => {
  const ofRecording = `where id = '${recordings.ainos.id}'`
  const shift = (by: string) =>
    pool.query(
      `alter table recording disable trigger user; update recording set started_at = started_at + interval '${by}' ${ofRecording};
       alter table recording enable trigger user`,
    )
  await shift('-1 minute')
  for (const _process of ['first', 'second']) {
    const { job, lines } = await start()
    await expect
      .poll(() => alarms(lines), { timeout: 20_000 })
      .toEqual(['recording.within-signals: a promise of the register description does not hold'])
    await job.stop()
  }
  await shift('1 minute')
})

test('two processes do not check at the same time', async () => {
  await withLock(custodian.pool, 'seloste.evidence', new AbortController().signal, async () => {
    await start()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await proofs()).toEqual([])
  })
})

test('a database that refuses the proofs is logged, and no proof is stored', async () => {
  await pool.query('revoke insert, update on proof from seloste_custodian')
  const { lines } = await start()
  await expect.poll(() => lines.join(''), { timeout: 20_000 }).toContain('cannot check the promises')
  await pool.query('grant insert, update on proof to seloste_custodian')
  expect(await proofs()).toEqual([])
})
