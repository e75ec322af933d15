// AC6 and AC7 (R10, R16, R22-R25): calls across midnight, the year, short months and both changes of the clocks, as the
// supervisor sees them. Calls of the coming year are in terms.test.ts, by their literal dates.
import { expect, type Page } from '@playwright/test'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { test } from './one-described.ts'
import { inFinland, ownDatabase, tellPastCalls, type ToldCall } from './past-calls.ts'

test.describe.configure({ timeout: 120_000 })

const national = '029 497 000'

function call(caller: string, from: string, to: string, more: Partial<ToldCall> = {}): ToldCall {
  const [startedAt, endedAt] = [inFinland(from), inFinland(to)]
  return {
    startedAt,
    endedAt,
    caller,
    numberCalled: national,
    segments: [{ official: '029 512 1001', number: national, answeredAt: startedAt, endedAt }],
    ...more,
  }
}

const callers = {
  newYear: '+358401000001',
  endOfAugust: '+358401000002',
  clocksBack: '+358401000003',
  clocksForward: '+358401000004',
} as const

async function open(page: Page, seloste: RunningSeloste, caller: string): Promise<string> {
  await signInOn(page, seloste, 'sari', {
    path: `/contacts?caller=${encodeURIComponent(caller)}`,
    purpose: 'Laadun arviointi',
  })
  await expect(page.locator('a[data-contact]')).toHaveCount(1)
  await page.locator('a[data-contact]').click()
  await page.getByRole('heading', { level: 1, name: /^Yhteydenotto / }).waitFor()
  await expect(page.locator('#content .facts').first()).toBeVisible()
  return page.locator('#content').innerText()
}

test.beforeAll(async ({ seloste }) => {
  await tellPastCalls(seloste, [
    call(callers.newYear, '2025-12-31T23:58', '2026-01-01T00:03', { drawn: false }),
    call(callers.endOfAugust, '2026-08-31T11:55', '2026-08-31T12:00', { drawn: true }),
    call(callers.clocksBack, '2026-10-25T03:50+03:00', '2026-10-25T03:10+02:00', { drawn: true }),
    call(callers.clocksForward, '2026-03-29T02:59:30', '2026-03-29T04:00:30', { drawn: false }),
  ])
})

test('a call over New Year is one contact, listed under both days, and every term counts from its end', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.newYear)
  expect(text).toContain('31.12.2025')
  expect(text).toContain('5 min')
  // 14 months from 1.1.2026 00.03, not from the year before.
  expect(text).toContain('1.3.2027')
  const { history_ends_at } = await ownDatabase(seloste, (db) =>
    db
      .selectFrom('contact')
      .select('history_ends_at')
      .where('started_at', '=', inFinland('2025-12-31T23:58'))
      .executeTakeFirstOrThrow(),
  )
  expect(String(history_ends_at)).toBe(String(inFinland('2027-03-01T00:03')))
  for (const day of ['2025-12-31', '2026-01-01']) {
    await page.goto(`/contacts?from=${day}&to=${day}`)
    await expect(page.locator('a[data-contact]'), day).toHaveCount(1)
  }
  await page.goto('/contacts?from=2026-01-02&to=2026-01-02')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await expect(page.locator('a[data-contact]')).toHaveCount(0)
})

test('six months from the last of August end on the last of February', async ({ page, seloste }) => {
  const text = await open(page, seloste, callers.endOfAugust)
  expect(text).toContain('Puhelu osui otantaan.')
  // Destroyed a day before the ceiling of 28.2.2027 12.00, so that nothing is left at it; never before 31.10.2026 12.00.
  expect(text).toMatch(/27\.2\.2027 klo 12\.00/)
  expect(text).toMatch(/31\.10\.2026 klo 12\.00/)
})

test('in the night that the clocks go back, a call that ends before it began by the clock lasts twenty minutes', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.clocksBack)
  expect(text).toContain('3.50.00 (UTC+3)')
  expect(text).toContain('3.10.00 (UTC+2)')
  expect(text).toContain('20 min')
  expect(text).toContain('Puhelu osui otantaan.')
})

test('in the night that the clocks go forward, a call from 2.59.30 to 4.00.30 lasts a minute', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.clocksForward)
  expect(text).toContain('1 min')
  expect(text).not.toContain('61 min')
  expect(text).not.toContain('1 h')
})
