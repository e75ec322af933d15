// LX1, LX3, LX6 (C1, C11; L6, L11, L13): what the GDPR and Act 621/1999 add if the description's switches allow it. A
// requester receives a copy of their recording, is informed when and for what their data were used, and an outsider's
// request for a document is decided on.
import { readFile } from 'node:fs/promises'
import { expect, type Browser, type Page } from '@playwright/test'
import { Decrypter } from 'age-encryption'
import { sql } from 'kysely'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { expectAccessible, reloadUntil, type Language } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { logOf } from './log-of.ts'
import { test } from './shared-gdpr-register.ts'
import { withOwnDatabase } from './past-calls.ts'
import { atServiceDesk, type ServiceDesk } from './service-desk.ts'

test.describe.configure({ timeout: 120_000 })

const narrow = { width: 320, height: 800 }
const wavHeaderBytes = 44
const bytesASecond = 8_000 * 4

test('a requester downloads a copy of their recording once, and decrypts it with a passphrase that only they were given (LX1)', async ({
  browser,
  seloste,
  page: shown,
}) => {
  const start = Temporal.Now.instant()
  const { desk, number } = await requestOwnCall(browser, seloste, 'sv', ['COPY'])
  const { page, t } = desk
  await page.setViewportSize(narrow)
  const acts = page.locator('#step-acts')
  await desk.button('acts.copies.make').click()
  await acts.locator('button[type=submit]').click()
  await expect(acts.locator('.field-error')).toHaveText(t('acts.copies.others.missing'))
  await page.getByText(t('acts.copies.others.weighed'), { exact: true }).click()
  await acts.locator('button[type=submit]').click()
  await expect(acts.locator('.copy-secret')).toHaveCount(2)
  const [link = '', passphrase = ''] = await acts.locator('.copy-secret').allTextContents()
  await expect(acts.getByText(t('acts.copies.state.ready'))).toBeVisible()
  await checkInFinnish(page, 'a new copy')
  expect(await desk.letter('copy')).toContain('lösenfras')
  await desk.handOver('copy')

  await shown.setViewportSize(narrow)
  await shown.goto(`${link}?language=fi`)
  await expectAccessible(shown, 'the page of a copy')

  const person = await browser.newContext({ baseURL: seloste.url, viewport: narrow, javaScriptEnabled: false })
  const requesterPage = await person.newPage()
  await requesterPage.goto(link)
  await expect(requesterPage.locator('html')).toHaveAttribute('lang', 'sv')
  const [download] = await Promise.all([
    requesterPage.waitForEvent('download'),
    requesterPage.getByRole('button', { name: 'Hämta kopian' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('samtal.wav.age')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const wav = Buffer.from(await decrypter.decrypt(await readFile(await download.path())))
  expect(wav.subarray(0, 4).toString()).toBe('RIFF')
  expect((wav.length - wavHeaderBytes) / bytesASecond).toBeCloseTo(callSeconds, 0)

  // A used link and a link that never existed get the same answer. Completed steps are collapsed.
  await reloadUntil(
    page,
    (options) => expect(acts.getByText(t('acts.copies.state.taken'))).toHaveCount(1, options),
    60_000,
  )
  const used = await requesterPage.goto(`${link}?language=sv`)
  const wrong = await person.newPage()
  const never = await wrong.goto(`/copies/${'A'.repeat(43)}?language=sv`)
  expect([used?.status(), never?.status()]).toEqual([404, 404])
  expect(await used?.text()).toBe(await never?.text())
  await person.close()

  await closeRequest(desk)
  const log = await logOf(seloste, 'paula', start)
  expect(log).toContainEqual(expect.objectContaining({ action: 'subject-copy.made', reference: number }))
  await desk.close()
})

test('a requester is informed when, in which role and for what their data were used, and not by whom (LX3)', async ({
  browser,
  seloste,
}) => {
  const { desk, number } = await requestOwnCall(browser, seloste, 'en', ['KNOW', 'LOG_EXTRACT'])
  await expect(desk.page.locator('#step-acts')).toContainText(desk.t('acts.looks.what'))
  await desk.letter('answer')
  await desk.handOver('answer')
  const extract = await desk.letter('log-extract')
  expect(extract).toContain(number)
  expect(extract).toMatch(/Role: supervisor, [^.]+\. Purpose: quality assessment\./)
  expect(extract).not.toMatch(/Sari|Niemi/)
  await desk.handOver('log-extract')
  await closeRequest(desk)
  await desk.close()
})

test('a recording is restricted until a letter has reported its end, and a refusal gives its reason (L9)', async ({
  browser,
  seloste,
}) => {
  const start = Temporal.Now.instant()
  const { desk, number } = await requestOwnCall(browser, seloste, 'fi', ['RESTRICTION'])
  const { page, t } = desk
  await page.setViewportSize(narrow)
  const letters = page.locator('#step-letters')
  const choose = async (kind: string) => {
    await letters.locator('.select-button').first().click()
    await page.getByRole('option', { name: t(`letters.kind.${kind}`), exact: true }).click()
  }
  await desk.button('letters.other').click()
  await choose('refusal')
  await expect(letters.locator('.select-button').last()).toContainText(t('letters.ground.NO_REASON'))
  await expectAccessible(page, 'a refusal and its ground')
  await letters.getByRole('button', { name: t('shell.cancel') }).click()
  expect(await desk.letter('restriction')).toContain('rajoitettu')
  await desk.handOver('restriction')
  await desk.button('letters.other').click()
  await choose('restriction-end')
  await letters.locator('button[type=submit]').click()
  await desk.handOver('restriction-end')
  // The clerk must enter the password, because the letter ends the restriction and the last proof of identity is older
  // than a quarter of an hour.
  await withOwnDatabase(seloste, (db) =>
    sql`update session set proved_at = now() - interval '16 minutes' where ended_at is null`.execute(db),
  )
  await closeRequest(desk, async () => {
    const proof = page.getByRole('dialog', { name: t('session.prove.title') })
    await proof.getByLabel(t('session.signin.password'), { exact: true }).fill(seloste.password)
    await expectAccessible(page, 'the password dialog when a request is closed')
    await proof.getByRole('button', { name: t('session.prove.do'), exact: true }).click()
  })
  const log = await logOf(seloste, 'paula', start)
  for (const action of ['restriction.began', 'restriction.ended']) {
    expect(log).toContainEqual(expect.objectContaining({ action, reference: number }))
  }
  await desk.close()
})

test('an outsider who requests a document is shown no call, and is informed of the decision (LX6)', async ({
  browser,
  seloste,
}) => {
  const provision = 'Laki verotustietojen julkisuudesta ja salassapidosta (1346/1999) 4 §'
  const desk = await atServiceDesk(browser, seloste)
  const { page, t } = desk
  await page.setViewportSize(narrow)
  const number = await desk.enter({ name: 'Toivo Toimittaja', kinds: [], party: 'OUTSIDER' })
  await expect(page.locator('#step-calls')).toHaveCount(0)
  await expect(page.locator('#step-acts')).toContainText(t('acts.openness.waits'))
  await expectAccessible(page, 'a request for a document')
  const contactsShown = await page.request.get(`/api/contacts?purpose=INSPECTION&reference=${number}`)
  expect(((await contactsShown.json()) as { items?: unknown[] }).items ?? []).toEqual([])

  const decisionMaker = await atServiceDesk(browser, seloste, { userId: 'riitta' })
  await decisionMaker.page.setViewportSize(narrow)
  await decisionMaker.page.goto('/request-decisions')
  const request = decisionMaker.page.locator('.panel', { hasText: number })
  await expect(request).not.toContainText('Toivo')
  await request.getByRole('button', { name: t('acts.decisions.decide') }).click()
  await request.locator('button[type=submit]').click()
  await expect(request.locator('.field-error')).toHaveText(t('acts.openness.provision.missing'))
  await expectAccessible(decisionMaker.page, 'a decision that lacks its provision')
  await request.getByLabel(t('acts.openness.provision'), { exact: true }).fill(provision)
  await request.locator('button[type=submit]').click()
  // Waits until the decision form is gone, because it contains these words too. Its button submits only once.
  await expect(request.getByLabel(t('acts.openness.provision'), { exact: true })).toHaveCount(0)
  await expect(request).toContainText(t('acts.openness.SECRET'))
  await expectAccessible(decisionMaker.page, 'the decision')
  await decisionMaker.close()

  await page.reload()
  await expect(page.locator('#step-acts')).toContainText(provision)
  const decision = await desk.letter('openness')
  expect(decision).toContain(provision)
  expect(decision).toContain('hallinto-oikeuteen')
  await desk.handOver('openness')
  await closeRequest(desk)
  await desk.close()
})

const callSeconds = 40

/** Enters a request of a caller whose call was viewed before; finds the call and verifies it as theirs. */
async function requestOwnCall(browser: Browser, seloste: RunningSeloste, language: Language, kinds: readonly string[]) {
  const call = await recordCall(seloste, { seconds: callSeconds })
  const desk = await atServiceDesk(browser, seloste, { language })
  const number = await desk.enterVerified(
    { name: 'Maija Esimerkki', kinds, language },
    { at: Temporal.Now.instant().subtract({ minutes: 4 }), callerNumber: call.caller.replace('+358', '0') },
  )
  return { desk, number }
}

/** Checks the layout of a Swedish page, and in Finnish its accessibility too: axe runs on Finnish pages only. */
async function checkInFinnish(page: Page, screen: string): Promise<void> {
  await expectAccessible(page, screen)
  await page.getByRole('button', { name: 'Suomi', exact: true }).click()
  await expectAccessible(page, screen)
  await page.getByRole('button', { name: 'Svenska', exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
}

async function closeRequest(
  { page, t, button, content }: ServiceDesk,
  prove: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await button('requests.request.close').click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: t('requests.request.close'), exact: true })
    .click()
  await prove()
  await expect(content).toContainText(t('requests.request.over.ANSWERED'))
}
