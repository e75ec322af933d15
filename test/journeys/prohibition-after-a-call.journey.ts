// AC10-AC12 (R23, R49-R52): nobody ends a recording early, but its caller or its official can forbid it at any time. It
// is then blocked at once and destroyed within a minute; the destruction waits only for the other party.
import { expect, type Browser, type Page } from '@playwright/test'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { signInAt } from '#test/whole/api.ts'
import { objectsFolderOf } from '#test/whole/external-state.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { recordCall, recordingRow, waitUntilDestroyed, type RecordedCall } from './record-call.ts'
import { logOf } from './log-of.ts'
import { withOwnDatabase } from './past-calls.ts'
import { moveAppointmentToNow, atServiceDesk, languagesOfRun } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 180_000 })

/** Returns how a caller describes a call that has just ended. */
const justNow = ({ caller }: RecordedCall) => ({
  at: Temporal.Now.instant().subtract({ minutes: 4 }),
  callerNumber: caller,
})

/** Opens another browser for another person. */
async function openAnotherBrowser(
  browser: Browser,
  seloste: RunningSeloste,
  userId: string,
  options: Parameters<typeof signInOn>[3],
): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI' })).newPage()
  await signInOn(page, seloste, userId, options)
  return page
}

async function forbid(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Tuhoa tallenne' }).click()
}

/** Returns the keys of a recording's objects: none once it is destroyed. */
async function objectsOf(seloste: RunningSeloste, { recordingId }: RecordedCall): Promise<string[]> {
  const keys = await Array.fromAsync((await openTestObjects(objectsFolderOf(seloste.dataDirectory))).list(''))
  return keys.filter((key) => key.includes(recordingId))
}

test('nobody can delete a recording before its day, and the page shows the earliest day of its destruction', async ({
  page,
  browser,
  seloste,
}) => {
  const call = await recordCall(seloste)
  const { min_keep_until: minimum } = await recordingRow(seloste, call)
  expect(minimum).not.toBeNull()
  for (const [userId, options] of [
    ['sari', { purpose: 'Laadun arviointi' }],
    ['matti', { reference: 'VIKA-7' }],
  ] as const) {
    const desk =
      userId === 'sari'
        ? page
        : await openAnotherBrowser(browser, seloste, userId, { path: `/contacts/${call.contactId}`, ...options })
    if (desk === page) await signInOn(page, seloste, userId, { path: `/contacts/${call.contactId}`, ...options })
    await expect(desk.locator('#content')).toContainText(
      'Se tuhotaan aiemmin vain, jos soittaja tai virkailija kieltää',
    )
    await expect(desk.getByRole('button', { name: /[Tt]uhoa|[Pp]oista|kieltä/ })).toHaveCount(0)
    const api = await signInAt(seloste.url, userId, seloste.password)
    const deleted = await api.call('DELETE', `/api/recordings/${call.recordingId}`)
    expect(deleted.status).toBe(403)
    const { error } = (await deleted.json()) as { error: { code: string; message: string } }
    expect(error.code).toBe('recording.not-by-hand')
    const forbidden = await api.call('POST', `/api/recordings/${call.recordingId}/prohibitions`, {
      party: 'CALLER',
      channel: 'PHONE',
      reference: 'X-1',
    })
    expect(forbidden.status).toBe(403)
  }
  expect(await recordingRow(seloste, call)).toMatchObject({ state: 'STORED' })
})

test('the caller’s prohibition can be entered within an hour of the call, and later the page refers the caller to the Service Unit, in three languages', async ({
  page,
  seloste,
  checkAccessible,
}) => {
  const hour = { hours: 1 }
  const [last, overAnHourAgo] = [
    await recordCall(seloste, { endedAt: Temporal.Now.instant().subtract(hour).add({ seconds: 50 }) }),
    await recordCall(seloste, { endedAt: Temporal.Now.instant().subtract(hour).subtract({ minutes: 30 }) }),
  ]
  await signInOn(page, seloste, 'aino', { path: `/contacts/${last.contactId}`, purpose: 'Tarkastuspyyntö' })
  const [caller, own] = [
    page.getByRole('button', { name: /^Soittaja kieltää: tuhoa tallenne/ }),
    page.getByRole('button', { name: /^Kiellän itse käytön/ }),
  ]
  await caller.focus()
  await expect(page.locator('.forbid')).toContainText('mennessä')
  // The open page changes when the hour is over, and the focus stays where the button was.
  await expect(caller).toHaveCount(0, { timeout: 60_000 })
  await expect(page.locator('.forbid')).toContainText('palveluyksikköön')
  await expect(page.locator('.forbid')).toBeFocused()
  await expect(own).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(own).toBeFocused()
  await checkAccessible('a call whose hour is over')
  const api = await signInAt(seloste.url, 'aino', seloste.password)
  const late = await api.call('POST', `/api/recordings/${last.recordingId}/prohibitions`, {
    party: 'CALLER',
    channel: 'CALL',
  })
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('prohibition.service-unit')])

  const just = await recordCall(seloste)
  await page.goto('/my-calls')
  const rowOf = (call: RecordedCall) =>
    page.locator('.own-day tr, .own-day li', { has: page.locator(`a[href*="${call.contactId}"]`) })
  await expect(rowOf(just).getByRole('button', { name: /^Soittaja kieltää: tuhoa tallenne/ })).toBeVisible()
  await expect(rowOf(overAnHourAgo).getByRole('button', { name: /^Kiellän itse käytön/ })).toBeVisible()
  await expect(rowOf(overAnHourAgo).getByRole('button', { name: /^Soittaja kieltää: tuhoa tallenne/ })).toHaveCount(0)
  for (const [language, sends, here] of [
    ['Svenska', 'via serviceenheten', 'här senast kl.'],
    ['English', 'through the Service Unit', 'record it here by'],
    ['Suomi', 'palveluyksikön kautta', 'tässä viimeistään klo'],
  ] as const) {
    await page.getByRole('button', { name: language, exact: true }).click()
    await expect(rowOf(overAnHourAgo)).toContainText(sends)
    await expect(rowOf(just)).toContainText(here)
    for (const width of [320, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      await checkAccessible(`one’s own calls, ${language}, ${width}`)
    }
  }
})

for (const language of languagesOfRun('en')) {
  test(`the caller forbids while the official listens: the sound stops, the recording is destroyed, the call stays in the history (${language})`, async ({
    page,
    browser,
    seloste,
  }) => {
    const call = await recordCall(seloste)
    expect((await objectsOf(seloste, call)).length).toBeGreaterThan(0)
    await signInOn(page, seloste, 'aino', {
      path: `/contacts/${call.contactId}`,
      purpose: 'Asiakaspalvelun kehittäminen',
    })

    const start = Temporal.Now.instant()
    const desk = await atServiceDesk(browser, seloste, { language })
    const { t } = desk
    await desk.enterVerified({ name: `Kieltäjä ${language}`, kinds: ['PROHIBIT'] }, justNow(call))
    // Starts playback late, because it makes the browser draw, and on a busy machine it could end before the
    // prohibition.
    await page.getByRole('button', { name: 'Kuuntele' }).click()
    await expect(page.getByRole('button', { name: 'Tauko', exact: true })).toBeVisible()
    await desk.button('my-calls.forbid.enter').click()
    await desk.page
      .getByRole('alertdialog')
      .getByRole('button', { name: t('my-calls.forbid.do') })
      .click()
    const forbiddenAt = Temporal.Now.instant()
    await expect(page.getByRole('button', { name: 'Tauko', exact: true })).toHaveCount(0, { timeout: 6_000 })
    expect(Temporal.Now.instant().since(forbiddenAt).total('seconds')).toBeLessThan(5)

    await expect(desk.call()).toContainText(t('contact.cause.caller'), { timeout: 60_000 })
    const row = await waitUntilDestroyed(seloste, call)
    expect(row.cause).toBe('caller')
    expect(row.destroyed_at!.since(forbiddenAt).total('seconds')).toBeLessThan(60)
    expect(await objectsOf(seloste, call)).toEqual([])
    const left = await withOwnDatabase(seloste, (db) =>
      db.selectFrom('recording_key').selectAll().where('recording_id', '=', call.recordingId).execute(),
    )
    expect(left).toEqual([])

    await desk.page.reload()
    const certificates = desk.page.locator('#step-prohibition a[href*="certificate"]')
    await expect(certificates).toHaveCount(3)
    for (const link of await certificates.all()) {
      const pdf = await desk.page.request.get((await link.getAttribute('href')) ?? '')
      expect(pdf.status()).toBe(200)
      expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-')
    }
    await page.reload()
    await expect(page.locator('#content')).toContainText('Tallenne tuhottu')
    await expect(page.locator('#content')).toContainText('Aino Virtanen')
    const log = await logOf(seloste, 'paula', start)
    expect(log.map(({ action, result }) => `${action} ${result}`)).toEqual(
      expect.arrayContaining(['call.verified ok', 'recording.forbidden ok', 'certificate.made ok']),
    )
    await desk.close()
  })
}

for (const language of languagesOfRun('sv')) {
  test(`the official’s own prohibition waits only for the caller who asked to listen first (${language})`, async ({
    page,
    browser,
    seloste,
  }) => {
    const call = await recordCall(seloste)
    const desk = await atServiceDesk(browser, seloste, { language })
    const { t } = desk
    const number = await desk.enterVerified({ name: `Kuulija ${language}`, kinds: ['LISTEN'] }, justNow(call))

    await signInOn(page, seloste, 'aino', {
      path: `/contacts/${call.contactId}`,
      purpose: 'Asiakaspalvelun kehittäminen',
    })
    await forbid(page, 'Kiellän itse käytön')
    await expect(page.locator('#content')).toContainText('Kielto on kirjattu.')
    expect(await recordingRow(seloste, call)).toMatchObject({ state: 'RESTRICTED' })
    await page.reload()
    await expect(page.locator('#content')).toContainText('Käyttö rajoitettu')
    await expect(page.getByRole('button', { name: 'Kuuntele' })).toHaveCount(0)

    // The caller's appointment stays; if the caller does not come, the recording is destroyed.
    await desk.page.reload()
    await desk.button('offices.book.open').click()
    await desk.page.locator('.offered .radio-card').first().click()
    await desk.button('offices.book.do').click()
    await expect(desk.button('offices.book.move')).toBeVisible()
    await moveAppointmentToNow(seloste, number)
    await desk.page.reload()
    await desk.button('offices.outcome.note').click()
    await desk.choose(t('offices.outcome.label'), t('offices.outcome.NO_SHOW'))
    await desk.button('offices.outcome.note.do').click()
    expect(await waitUntilDestroyed(seloste, call)).toMatchObject({ cause: 'official' })
    await expect(desk.content).toContainText(t('offices.appointment.state.NO_SHOW'))
    await desk.close()
  })
}
