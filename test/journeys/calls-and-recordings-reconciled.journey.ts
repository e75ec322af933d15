// R9, R13, AC8: the telephone system reports a call that should have been recorded and was not, and does not report a
// call that was recorded. The data protection officer sees both differences, enters explanations, and the alarms end.
// The administrator sees the same differences and the feed's unreadable records, and cannot explain them.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { sql } from 'kysely'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { reloadUntil, signInOn } from './at-the-desk.ts'
import { withOwnDatabase, reportPastCalls } from './past-calls.ts'
import { test } from './with-feeds.ts'

const testLine = '029 497 099'
const words = {
  fi: { name: 'Suomi', title: 'Täsmäytys' },
  sv: { name: 'Svenska', title: 'Avstämning' },
  en: { name: 'English', title: 'Reconciliation' },
}
const hoursAgo = (hours: number) =>
  Temporal.Now.instant()
    .round('second')
    .subtract({ minutes: hours * 60 })

/** Returns the detail record of a call of three minutes. */
function line(id: string, answered: Temporal.Instant): string {
  const [start, end] = [answered.subtract({ seconds: 20 }), answered.add({ minutes: 3 })]
  return [id, start, answered, end, '+358401230555', testLine, '029 512 1001'].map(String).join(';')
}

async function writeRecords(cdrs: string): Promise<void> {
  const heading = 'id;start;answer;end;caller;called;official'
  const lines = [heading, line('first', hoursAgo(60)), 'broken;yesterday;;;x;y;z', line('lost', hoursAgo(2)), '']
  await writeFile(join(cdrs, 'calls.csv'), lines.join('\n'))
}

/** Dates the reports back, so that their recordings should have arrived by now. */
const backdateReports = (seloste: RunningSeloste) =>
  withOwnDatabase(seloste, async (db) => {
    await sql`update fed_segment set told_at = told_at - interval '15 minutes'`.execute(db)
  })

const reportedSegments = (seloste: RunningSeloste) =>
  withOwnDatabase(seloste, async (db) => {
    const { rows } = await sql<{ many: number }>`select count(*)::int as many from fed_segment`.execute(db)
    return rows[0]!.many
  })

async function explain(page: Page, note: string): Promise<void> {
  await page.getByLabel('Mitä selvisi').fill(note)
  await page.getByRole('button', { name: 'Merkitse selvitetyksi' }).click()
}

// The second test uses what the first has reported.
test.describe.configure({ mode: 'serial' })

test('differences between calls and recordings are shown and explained, and the alarms end', async ({
  page,
  seloste,
  cdrs,
  checkAccessible,
}) => {
  test.setTimeout(330_000)
  const answeredAt = hoursAgo(40)
  await reportPastCalls(seloste, [
    {
      startedAt: answeredAt.subtract({ seconds: 20 }),
      endedAt: answeredAt.add({ seconds: 30 }),
      caller: '+358401230777',
      numberCalled: testLine,
      segments: [{ official: '029 512 1001', number: testLine, answeredAt, endedAt: answeredAt.add({ seconds: 30 }) }],
    },
  ])
  await writeRecords(cdrs)
  await expect.poll(() => reportedSegments(seloste), { timeout: 60_000 }).toBe(2)
  await backdateReports(seloste)

  await page.setViewportSize({ width: 1440, height: 1000 })
  await signInOn(page, seloste, 'outi', { path: '/alarms' })
  const alarms = page.locator('.alarm')
  // Alarms are raised once a minute, and later on a busy machine.
  await reloadUntil(page, (options) => expect(alarms).toHaveCount(2, options), 150_000)
  await alarms.filter({ hasText: 'arvottuja' }).getByRole('link', { name: 'Avaa täsmäytys' }).click()
  await expect(page.getByRole('heading', { level: 1, name: words.fi.title })).toBeVisible()

  const list = page.getByRole('region', { name: 'Erot', exact: true }).last()
  await expect(list.locator('tbody tr')).toHaveCount(2)
  await expect(list).toContainText('Tallennusasiakas ei tarjonnut puhelua')
  await expect(list, 'shows neither caller nor official').not.toContainText(/040 123|512 1001|Virtanen/)
  for (const language of ['sv', 'en', 'fi'] as const) {
    await page.getByRole('button', { name: words[language].name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: words[language].title })).toBeVisible()
    await checkAccessible(`reconciliation, ${language}`)
  }

  await list.locator('.check').first().click()
  await page.getByLabel('Mitä selvisi').fill('  ')
  await page.getByRole('button', { name: 'Merkitse selvitetyksi' }).click()
  await expect(page.getByText('Kirjoita, mitä selvisi.', { exact: true })).toBeVisible()
  await explain(page, 'Tallennusasiakas oli huollossa')
  await expect(page.locator('.notice-success')).toContainText('1 ero on merkitty selvitetyksi')
  await expect(list.locator('tbody tr')).toHaveCount(1)
  await explain(page, 'Koepuhelu')
  await expect(page.locator('.notice-success')).toContainText('hälytys on suljettu')
  await expect(page.getByText('Tallenteita ei puutu.')).toBeVisible()

  await page.getByRole('link', { name: 'Puhelutieto puuttuu' }).click()
  await expect(list.locator('tbody tr')).toHaveCount(1)
  await page.setViewportSize({ width: 320, height: 800 })
  await checkAccessible('a recording without a call on a narrow screen')
  await explain(page, 'Keskuksen tiedot katkesivat')
  // The notice on the page shows the same.
  await expect(page.getByText('Puhelutietoja ei puutu.')).toBeVisible()
  await expect(page.locator('.notice-success')).toContainText('hälytys on suljettu')
  await page.goto('/alarms')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('.notice-info')).toBeVisible()
  await expect(alarms).toHaveCount(0)
  await page.goto('/alarms?state=closed')
  await expect(alarms.filter({ hasText: 'Koepuhelu' })).toHaveCount(1)
  await expect(alarms.filter({ hasText: 'Keskuksen tiedot katkesivat' })).toHaveCount(1)
})

test('the administrator sees the state of the feed, its unreadable records and what to do', async ({
  page,
  seloste,
  checkAccessible,
}) => {
  await page.setViewportSize({ width: 320, height: 800 })
  await signInOn(page, seloste, 'anssi', { path: '/reconciliation' })
  await expect(page.getByRole('heading', { level: 3, name: 'keskus' })).toBeVisible()
  await page.getByRole('button', { name: 'Näytä 1 tietue' }).click()
  await expect(page.getByText('calls.csv')).toBeVisible()
  await expect(page.getByText('rivi 3')).toBeVisible()
  await expect(page.getByText('Aikaa ei voi lukea')).toBeVisible()
  await checkAccessible('a feed’s unread records')
  await page.goto('/reconciliation?state=any')
  await expect(page.getByText('Tallennusasiakas oli huollossa')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Merkitse selvitetyksi' })).toHaveCount(0)
})
