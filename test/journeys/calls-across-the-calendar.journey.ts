// AC6 and AC7 (R10, R16, R22-R25): calls across midnight, the year, short months and both clock changes, as the
// supervisor sees them. Each is the last of its kind before today; terms.test.ts tests the same with fixed dates.
import { expect, type Page } from '@playwright/test'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { test } from './shared-gdpr-register.ts'
import { inFinland, withOwnDatabase, reportPastCalls, type ReportedCall } from './past-calls.ts'

test.describe.configure({ timeout: 120_000 })

const national = '029 497 000'

function call(caller: string, from: string, to: string, more: Partial<ReportedCall> = {}): ReportedCall {
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

const now = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
const { year } = now
/** Last 31st before today from which six months end on the last day of a shorter month. */
const lastOfMonth = [1, 2, 3, 4]
  .map((months) => now.with({ day: 1 }).subtract({ months }).toPlainDate().with({ day: 31 }))
  .find((day) => day.day === 31 && day.add({ months: 6 }).day < 31)!
const changed = now.subtract({ days: 1 }).getTimeZoneTransition('previous')!
const changes = [changed, changed.getTimeZoneTransition('previous')!].map((at) => at.toPlainDate())
const [spring, autumn] = [(month: number) => month < 6, (month: number) => month > 6].map((isThen) =>
  changes.find(({ month }) => isThen(month))!.toString(),
) as [string, string]
const endOfMonth = lastOfMonth.toString()
const formatDay = (day: Temporal.PlainDate) => `${day.day}.${day.month}.${day.year}`

const callers = {
  newYear: '+358401000001',
  endOfMonth: '+358401000002',
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
  await reportPastCalls(seloste, [
    call(callers.newYear, `${year - 1}-12-31T23:58`, `${year}-01-01T00:03`, { drawn: false }),
    call(callers.endOfMonth, `${endOfMonth}T11:55`, `${endOfMonth}T12:00`, { drawn: true }),
    call(callers.clocksBack, `${autumn}T03:50+03:00`, `${autumn}T03:10+02:00`, { drawn: true }),
    call(callers.clocksForward, `${spring}T02:59:30`, `${spring}T04:00:30`, { drawn: false }),
  ])
})

test('a call over New Year is one contact, listed under both days, and every term counts from the call’s end', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.newYear)
  expect(text).toContain(`31.12.${year - 1}`)
  expect(text).toContain('5 min')
  // 14 months from 1 January 00.03, not from the year before.
  expect(text).toContain(`1.3.${year + 1}`)
  const { history_ends_at } = await withOwnDatabase(seloste, (db) =>
    db
      .selectFrom('contact')
      .select('history_ends_at')
      .where('started_at', '=', inFinland(`${year - 1}-12-31T23:58`))
      .executeTakeFirstOrThrow(),
  )
  expect(String(history_ends_at)).toBe(String(inFinland(`${year + 1}-03-01T00:03`)))
  const list = (day: string) =>
    page.goto(`/contacts?from=${day}&to=${day}&caller=${encodeURIComponent(callers.newYear)}`)
  for (const day of [`${year - 1}-12-31`, `${year}-01-01`]) {
    await list(day)
    await expect(page.locator('a[data-contact]'), day).toHaveCount(1)
  }
  await list(`${year}-01-02`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await expect(page.locator('a[data-contact]')).toHaveCount(0)
})

test('six months from a 31st end on the last day of a month without one', async ({ page, seloste }) => {
  const text = await open(page, seloste, callers.endOfMonth)
  expect(text).toContain('Tämä puhelu osui otantaan.')
  // Destroyed at 12.00 a day before the maximum, so that no recording reaches it; never earlier than 12.00 of the day
  // of the minimum of two months.
  expect(text).toContain(`${formatDay(lastOfMonth.add({ months: 6 }).subtract({ days: 1 }))} klo 12.00`)
  expect(text).toContain(`${formatDay(lastOfMonth.add({ months: 2 }))} klo 12.00`)
})

test('in the night of the autumn clock change, a call that ends before it began by the clock lasts twenty minutes', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.clocksBack)
  expect(text).toContain('3.50.00 (UTC+3)')
  expect(text).toContain('3.10.00 (UTC+2)')
  expect(text).toContain('20 min')
  expect(text).toContain('Tämä puhelu osui otantaan.')
})

test('in the night of the spring clock change, a call from 2.59.30 to 4.00.30 lasts a minute', async ({
  page,
  seloste,
}) => {
  const text = await open(page, seloste, callers.clocksForward)
  expect(text).toContain('1 min')
  expect(text).not.toContain('61 min')
  expect(text).not.toContain('1 h')
})
