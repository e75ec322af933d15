import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createReadRateLimit } from '#app/http/read-rate-limit.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { maxWaiting, readDelay } from '#safeguards/watch/thresholds.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const sari = await enterTestPerson(admin, desk, { name: 'Sari' })
const aino = await enterTestPerson(admin, desk, { name: 'Aino' })
const [saris, again, ainos] = [await sari.signIn(), await sari.signIn(), await aino.signIn()]
const limits = { inMinute: 5, inHour: 12 }

beforeEach(async () => {
  await pool.query('alter table audit_entry disable trigger append_only')
  await pool.query('delete from audit_pending; delete from audit_entry')
  await pool.query('alter table audit_entry enable trigger append_only')
})

/** Inserts past views of a person into the log. */
async function addViews(person: string, times: number, minutesAgo: number) {
  await pool.query(
    `insert into audit_entry (at, person_id, action, result)
     select now() - make_interval(secs => $2 * 60.0), $1, 'contact.read', 'ok' from generate_series(1, $3)`,
    [person, minutesAgo, times],
  )
}
const makeLimit = () => createReadRateLimit(desk, systemClock, limits)
async function measureMs(taking: Promise<unknown>): Promise<number> {
  const from = performance.now()
  await taking
  return performance.now() - from
}
const slowedEntries = async () =>
  (await pool.query(`select person_id, detail from audit_entry where action = 'looks.slowed'`)).rows as {
    person_id: string
    detail: { inMinute: number; inHour: number; delayMs: number }
  }[]

describe('views below the limit', () => {
  test('are served at once, with one database query', async () => {
    const limit = makeLimit()
    await limit.take(saris)
    const request = vi.spyOn(database.as('seloste_desk').pool, 'connect')
    for (let i = 1; i < limits.inMinute; i++) expect(await limit.take(saris)).toBe('go')
    expect(request).not.toHaveBeenCalled()
    request.mockRestore()
    expect(await slowedEntries()).toEqual([])
  })

  test('are counted per person', async () => {
    const limit = makeLimit()
    await addViews(sari.id, 100, 0.1)
    const waiting = limit.take(saris)
    expect(await Promise.race([waiting, limit.take(ainos).then(() => 'Aino')])).toBe('Aino')
  })
})

describe('views above the limit', () => {
  test('wait, each longer than the previous one, across the person’s sessions', async () => {
    const limit = makeLimit()
    for (let i = 0; i < limits.inMinute; i++) await limit.take(saris)
    const first = await measureMs(limit.take(again))
    const third = await measureMs(limit.take(saris).then(() => limit.take(again)))
    expect(first).toBeGreaterThanOrEqual(readDelay.stepMs - 5)
    expect(third).toBeGreaterThanOrEqual(5 * readDelay.stepMs - 10)
  })

  test('are counted from the log, so that a restarted desk continues the delay', async () => {
    await addViews(sari.id, limits.inMinute, 0.2)
    expect(await measureMs(makeLimit().take(saris))).toBeGreaterThanOrEqual(readDelay.stepMs - 5)
    await addViews(aino.id, limits.inHour, 30)
    expect(await measureMs(makeLimit().take(ainos))).toBeGreaterThanOrEqual(readDelay.stepMs - 5)
  })

  test('count the list of calls in progress when it is opened, and not each call that appears in it', async () => {
    const watched = (person: string, detail: object) =>
      pool.query(
        `insert into audit_entry (at, person_id, action, result, detail)
         select now() - interval '10 seconds', $1, 'calls.watched', 'ok', $2 from generate_series(1, $3)`,
        [person, detail, limits.inMinute],
      )
    await watched(aino.id, { segments: [] })
    expect(await measureMs(makeLimit().take(ainos))).toBeLessThan(readDelay.stepMs - 5)
    await watched(sari.id, { segments: [], opened: true })
    expect(await measureMs(makeLimit().take(saris))).toBeGreaterThanOrEqual(readDelay.stepMs - 5)
  })

  test('views served by another desk are counted after a few requests', async () => {
    const limit = createReadRateLimit(desk, systemClock, { inMinute: 30, inHour: 1000 })
    for (let i = 0; i < 15; i++) await limit.take(saris)
    await addViews(sari.id, 40, 0.1)
    for (let i = 0; i < 6; i++) await limit.take(saris)
    expect(await measureMs(limit.take(saris))).toBeGreaterThan(readDelay.stepMs)
  })

  test('are served one at a time; a request beyond the longest queue is refused', async () => {
    const limit = makeLimit()
    for (let i = 0; i < limits.inMinute; i++) await limit.take(saris)
    const answers = await Promise.all(Array.from({ length: maxWaiting + 3 }, () => limit.take(saris)))
    expect(answers.filter((answer) => answer === 'too-many')).toHaveLength(3)
  })

  test('wait ten seconds at most, and are logged at once and then once a minute', async () => {
    await addViews(sari.id, 500, 0.1)
    const limit = makeLimit()
    const waits = [limit.take(saris), limit.take(saris)]
    await expect.poll(slowedEntries).toHaveLength(1)
    expect(await Promise.race([...waits, new Promise((go) => setTimeout(go, 300, 'still waiting'))])).toBe(
      'still waiting',
    )
    const [entry, ...others] = await slowedEntries()
    expect(others).toEqual([])
    expect(entry).toMatchObject({ person_id: sari.id, detail: { delayMs: readDelay.longestMs } })
    expect(entry?.detail.inMinute).toBeGreaterThan(500)
  })

  test('are also limited by the hour', async () => {
    await addViews(sari.id, limits.inHour, 20)
    expect(await measureMs(makeLimit().take(saris))).toBeGreaterThanOrEqual(readDelay.stepMs - 5)
  })
})

test('no view is served if the log cannot be read', async () => {
  const nobody: Session = { ...saris, token: 'unknown' }
  // An unknown session token belongs to nobody, so there are no views to count.
  expect(await makeLimit().take(nobody)).toBe('go')
  const broken = createReadRateLimit(database.as('seloste_capture').db, systemClock, limits)
  await expect(broken.take(saris)).rejects.toThrow('permission denied')
})
