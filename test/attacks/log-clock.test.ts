import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { acceptProblems, splitAcceptable } from '#safeguards/audit/accept-problems.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { watchClock } from '#safeguards/audit/watch-clock.ts'
import { verifyLocally } from '#app/custodian/local-verification.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import { createTestDatabase, type TestDatabase } from '#test/database/create-test-database.ts'

const databases = {
  shortly: await createTestDatabase<SafeguardTables>(),
  long: await createTestDatabase<SafeguardTables>(),
  before: await createTestDatabase<SafeguardTables>(),
  forged: await createTestDatabase<SafeguardTables>(),
  upgraded: await createTestDatabase<SafeguardTables>(),
}

/** Log whose clock the test sets: `ahead` is added to the time of entries and checkpoints. */
async function open(database: TestDatabase<SafeguardTables>) {
  const log = await openTestLog(database)
  const sequencer = log.begin()
  const { pool } = database.as()
  const custodian = database.as('seloste_custodian').db
  return {
    custodian,
    async append(ahead: string) {
      await pool.query(
        `insert into audit_entry (at, action, result) select now() + $1::interval, 'contact.read', 'ok' from generate_series(1, 3)`,
        [ahead],
      )
      await log.sequence(sequencer)
      await pool.query(
        `update audit_checkpoint set signed_at = signed_at + $1::interval where size = (select max(size) from audit_checkpoint)`,
        [ahead],
      )
    },
    keys: log.keys,
    watch: (clock: ReturnType<typeof monotonic>) => watchClock(custodian, clock, () => readLogKey(log.keys)),
    pool,
    place: log.place,
    /** Writes a clock step as the owner of the database. */
    writeStep: (detail: object, ahead = '0') =>
      pool.query(
        `insert into audit_entry (at, action, object_kind, result, detail) values (now() + $2::interval, 'clock.stepped', 'clock', 'ok', $1)`,
        [JSON.stringify(detail), ahead],
      ),
    sequenceInNewProcess: () => log.sequence(),
    async verify() {
      await log.sequence(sequencer)
      await log.folder.writeKey(writeVerifierKey(sequencer.signer()!))
      return verifyLocally({ db: custodian, folder: join(log.place, 'audit-log'), witnessKeys: [], max: Infinity })
    },
    steps: async () =>
      (
        await pool.query<{ seconds: number }>(
          `select (detail ->> 'seconds')::integer as seconds from audit_entry where action = 'clock.stepped' order by seq`,
        )
      ).rows.map(({ seconds }) => seconds),
  }
}

/** Makes a monotonic clock; `setDatabaseBack` makes the database's clock appear to be set back relative to it. */
function monotonic() {
  let set = 0
  return { monotonicMs: () => performance.now() + set, setDatabaseBack: (ms: number) => (set += ms) }
}

const near = (seconds: number) => expect.toSatisfy((found: number) => Math.abs(found - seconds) <= 2)

describe('a clock that is set', () => {
  test('120 s back and forward again is logged twice, and the log stays whole', async () => {
    const log = await open(databases.shortly)
    const clock = monotonic()
    const watch = log.watch(clock)
    expect(await watch.check()).toBeUndefined()
    await log.append('120 s')
    expect(await watch.check()).toBeUndefined()
    clock.setDatabaseBack(120_000)
    await watch.check()
    await log.append('0')
    expect(await log.verify()).toMatchObject({ found: 0, notes: [expect.stringContaining('set back')] })
    clock.setDatabaseBack(-120_000)
    await watch.check()
    await log.append('0')
    expect(await watch.check()).toBeUndefined()
    expect(await log.steps()).toEqual([near(-120), near(120)])
    expect(await log.verify()).toMatchObject({ found: 0 })
  })

  test('200 days ahead and back while nothing ran is logged, and the entries after it are whole and in order', async () => {
    const log = await open(databases.long)
    await log.append('0')
    await log.append('200 days')
    const watch = log.watch(monotonic())
    const step = await watch.check()
    expect(step?.to.since(step.from).total('hours')).toBeCloseTo(-200 * 24, 0)
    for (let n = 0; n < 3; n++) await log.append('0')
    expect(await log.verify()).toMatchObject({ found: 0, notes: [expect.stringContaining('set back')] })
    // The next process does not report the same step again.
    expect(await log.watch(monotonic()).check()).toBeUndefined()
    // From then on times must increase again: the step does not explain an entry dated hours back.
    await log.append('-3 hours')
    expect((await log.verify()).problems.map(({ code }) => code)).toContain('entry-order')
  })

  test('in an older log can be accepted by an operator, and the log is then whole, with a note', async () => {
    const log = await open(databases.before)
    await log.append('0')
    await log.append('200 days')
    for (let n = 0; n < 3; n++) await log.append('0')
    const report = await log.verify()
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['entry-order', 'checkpoint-order']))
    expect(splitAcceptable(report).others).toEqual([])
    const by = { reason: 'The clock of the database server was wrong for a minute; incident 2026-31', by: 'operator' }
    await acceptProblems(databases.before.as().db, (await readLogKey(log.keys))!, report, by)
    await log.append('0')
    expect(await log.verify()).toMatchObject({ found: 0, notes: [expect.any(String)] })
  })

  test('is not explained by a step written by the owner of the database, nor by a repeated report of a real step', async () => {
    const log = await open(databases.forged)
    const clock = monotonic()
    const watch = log.watch(clock)
    await watch.check()
    await log.append('0')
    await log.append('200 days')
    const from = Temporal.Now.instant().add({ hours: 200 * 24 })
    const step = { from: from.toString(), to: Temporal.Now.instant().toString(), seconds: -200 * 86_400 }
    await log.writeStep(step)
    await log.writeStep({ ...step, signature: Buffer.alloc(64).toString('base64') })
    await log.append('0')
    const report = await log.verify()
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['entry-order', 'checkpoint-order']))
    expect(report.notes).toEqual([expect.stringContaining('it is ignored'), expect.stringContaining('it is ignored')])

    // The custodian detects the step and signs it. Repeated after a time later than the step's, the signed report has
    // no effect.
    clock.setDatabaseBack(200 * 86_400_000)
    await watch.check()
    expect(await log.verify()).toMatchObject({ found: 0 })
    await log.append('220 days')
    const { rows } = await log.pool.query<{ detail: object }>(
      `select detail from audit_entry where action = 'clock.stepped' order by seq desc limit 1`,
    )
    await log.writeStep(rows[0]!.detail, '220 days')
    await log.append('1 day')
    expect((await log.verify()).problems.map(({ code }) => code)).toContain('entry-order')
  })

  test('in a log from a version that signed no steps is explained only for entries below the signed size at the upgrade', async () => {
    const log = await open(databases.upgraded)
    const deleteSignedFrom = () => log.pool.query('delete from audit_signed_from')
    const step = (days: number) => ({
      from: Temporal.Now.instant()
        .add({ hours: days * 24 })
        .toString(),
      to: Temporal.Now.instant().toString(),
      seconds: -days * 86_400,
    })
    await log.append('200 days')
    await log.writeStep(step(200))
    await log.append('0')
    // Restores the state of the version before: no file beside the keys and no row in the database.
    await rm(join(log.place, 'audit-log', 'signed-from'))
    await deleteSignedFrom()
    expect((await log.verify()).problems.map(({ code }) => code)).toContain('entry-order')
    await log.sequenceInNewProcess()
    expect(await log.verify()).toMatchObject({ found: 0, notes: [expect.stringContaining('set back')] })

    await log.append('300 days')
    await log.writeStep(step(300))
    await log.append('0')
    await deleteSignedFrom()
    await log.sequenceInNewProcess()
    const report = await log.verify()
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['entry-order', 'checkpoint-order']))
    expect(report.notes).toContainEqual(expect.stringContaining('it is ignored'))
    // A size without a valid signature is ignored.
    await log.pool.query(`update audit_signed_from set note = '1000000 ${Buffer.alloc(64).toString('base64')}'`)
    expect((await log.verify()).problems.map(({ code }) => code)).toContain('entry-order')
  })
})
