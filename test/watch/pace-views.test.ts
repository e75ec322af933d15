import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createReadRateLimit } from '#app/http/read-rate-limit.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { maxWaiting, slowing } from '#safeguards/watch/thresholds.ts'
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

/** Looks that the log has of a person, a while ago. */
async function addViews(person: string, times: number, minutesAgo: number) {
  await pool.query(
    `insert into audit_entry (at, person_id, action, result)
     select now() - make_interval(secs => $2 * 60.0), $1, 'contact.read', 'ok' from generate_series(1, $3)`,
    [person, minutesAgo, times],
  )
}
const pacer = () => createReadRateLimit(desk, systemClock, limits)
async function tookMs(taking: Promise<unknown>): Promise<number> {
  const from = performance.now()
  await taking
  return performance.now() - from
}
const slowed = async () =>
  (await pool.query(`select person_id, detail from audit_entry where action = 'looks.slowed'`)).rows as {
    person_id: string
    detail: { inMinute: number; inHour: number; delayMs: number }
  }[]

describe('ordinary looks', () => {
  test('are served at once, and ask the database once', async () => {
    const pace = pacer()
    await pace.take(saris)
    const request = vi.spyOn(database.as('seloste_desk').pool, 'connect')
    for (let i = 1; i < limits.inMinute; i++) expect(await pace.take(saris)).toBe('go')
    expect(request).not.toHaveBeenCalled()
    request.mockRestore()
    expect(await slowed()).toEqual([])
  })

  test('of one person do not count for another', async () => {
    const pace = pacer()
    await addViews(sari.id, 100, 0.1)
    const waiting = pace.take(saris)
    expect(await Promise.race([waiting, pace.take(ainos).then(() => 'Aino')])).toBe('Aino')
  })
})

describe('views in a mass', () => {
  test('wait, each longer than the one before, in whatever session of the person', async () => {
    const pace = pacer()
    for (let i = 0; i < limits.inMinute; i++) await pace.take(saris)
    const first = await tookMs(pace.take(again))
    const third = await tookMs(pace.take(saris).then(() => pace.take(again)))
    expect(first).toBeGreaterThanOrEqual(slowing.stepMs - 5)
    expect(third).toBeGreaterThanOrEqual(5 * slowing.stepMs - 10)
  })

  test('are remembered by the log, so that a desk that starts anew continues where it was', async () => {
    await addViews(sari.id, limits.inMinute, 0.2)
    expect(await tookMs(pacer().take(saris))).toBeGreaterThanOrEqual(slowing.stepMs - 5)
    await addViews(aino.id, limits.inHour, 30)
    expect(await tookMs(pacer().take(ainos))).toBeGreaterThanOrEqual(slowing.stepMs - 5)
  })

  test('of another desk are learnt of after some looks', async () => {
    const pace = createReadRateLimit(desk, systemClock, { inMinute: 30, inHour: 1000 })
    for (let i = 0; i < 15; i++) await pace.take(saris)
    await addViews(sari.id, 40, 0.1)
    for (let i = 0; i < 6; i++) await pace.take(saris)
    expect(await tookMs(pace.take(saris))).toBeGreaterThan(slowing.stepMs)
  })

  test('go one after another: who waits with too many is refused', async () => {
    const pace = pacer()
    for (let i = 0; i < limits.inMinute; i++) await pace.take(saris)
    const answers = await Promise.all(Array.from({ length: maxWaiting + 3 }, () => pace.take(saris)))
    expect(answers.filter((answer) => answer === 'too-many')).toHaveLength(3)
  })

  test('never wait longer than ten seconds, and are in the log once a minute from the first second on', async () => {
    await addViews(sari.id, 500, 0.1)
    const pace = pacer()
    const waits = [pace.take(saris), pace.take(saris)]
    await expect.poll(slowed).toHaveLength(1)
    expect(await Promise.race([...waits, new Promise((go) => setTimeout(go, 300, 'still waiting'))])).toBe(
      'still waiting',
    )
    const [entry, ...others] = await slowed()
    expect(others).toEqual([])
    expect(entry).toMatchObject({ person_id: sari.id, detail: { delayMs: slowing.longestMs } })
    expect(entry?.detail.inMinute).toBeGreaterThan(500)
  })

  test('in the hour slow down, too', async () => {
    await addViews(sari.id, limits.inHour, 20)
    expect(await tookMs(pacer().take(saris))).toBeGreaterThanOrEqual(slowing.stepMs - 5)
  })
})

test('where the log cannot be asked, no look is served', async () => {
  const nobody: Session = { ...saris, token: 'unknown' }
  // The count is of whoever the token belongs to: nobody has looked.
  expect(await pacer().take(nobody)).toBe('go')
  const broken = createReadRateLimit(database.as('seloste_capture').db, systemClock, limits)
  await expect(broken.take(saris)).rejects.toThrow('permission denied')
})
