// AC20 (R34, R35): the police request a recording. The security unit enters the request and finds the call under the
// case number, the decision maker grants the request, and the police download the package once and decrypt what nobody
// else can.
import { readFile } from 'node:fs/promises'
import { expect, type Browser, type Page } from '@playwright/test'
import { Decrypter } from 'age-encryption'
import { unzipSync } from 'fflate'
import { sql } from 'kysely'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { withOwnDatabase } from './past-calls.ts'
import { wordsIn } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 180_000 })

const t = wordsIn('fi')
const caseNumber = '5560/R/77/26'

async function openAs(
  browser: Browser,
  seloste: RunningSeloste,
  userId: string,
  path: string,
  more = {},
): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI' })).newPage()
  await signInOn(page, seloste, userId, { path, ...more })
  return page
}
const button = (page: Page, word: string) => page.getByRole('button', { name: t(word), exact: true })
const card = (page: Page, word: string) => page.locator('.radio-card', { hasText: t(word) }).first()

test('the police get the recording and the data of a granted call, and nobody else learns of it (AC20)', async ({
  browser,
  seloste,
}) => {
  const call = await recordCall(seloste)
  await withOwnDatabase(seloste, async (db) => {
    // Dates a recording so that its destruction day is near, because a test cannot wait for months.
    await db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await tx
        .updateTable('recording')
        .set({ destroy_at: Temporal.Now.instant().add({ hours: 36 }) })
        .where('id', '=', call.recordingId)
        .execute()
    })
  })

  const tuula = await openAs(browser, seloste, 'tuula', '/contacts', { reference: caseNumber })
  await tuula.goto('/disclosures/authority/new')
  await expectAccessible(tuula, 'entering a request of an authority')
  await tuula.locator('#authority-authority').fill('Itä-Uudenmaan poliisilaitos')
  await tuula.locator('#authority-officer').fill('Rikosylikonstaapeli M. Malli')
  await tuula.locator('#authority-caseNumber').fill(caseNumber)
  await tuula.getByRole('button', { name: new RegExp(t('disclosures.authority.provision')) }).click()
  await tuula.getByRole('option', { name: /Poliisilaki/ }).click()
  await tuula.locator('form button[type=submit]').click()
  await expect(tuula).toHaveURL(/\/disclosures\/authority\/[0-9a-f-]{36}$/)
  const path = new URL(tuula.url()).pathname

  await tuula.goto(`/contacts/${call.contactId}`)
  await button(tuula, 'disclosures.add.open').click()
  await button(tuula, 'disclosures.add.do').click()
  await expect(tuula.locator('.notice-success')).toBeVisible()
  await tuula.goto(path)
  await expect(tuula.locator('.notice-error').first()).toBeVisible()
  await button(tuula, 'disclosures.assessment.write').click()
  await tuula.locator('textarea').last().fill('Peruste kattaa pyydetyn tallenteen ja tunnistetiedot.')
  await button(tuula, 'disclosures.assessment.do').click()
  await expect(tuula.getByText('Peruste kattaa pyydetyn')).toBeVisible()

  const riitta = await openAs(browser, seloste, 'riitta', path)
  await expectAccessible(riitta, 'a disclosure to an authority that waits for its decision')
  await button(riitta, 'disclosures.decide').click()
  await card(riitta, 'disclosures.authority.decision.GRANTED').click()
  await riitta.locator('textarea').last().fill('Pyyntö on yksilöity.')
  await button(riitta, 'disclosures.decide.do').click()
  await button(riitta, 'disclosures.release.open').click()
  const dialog = riitta.getByRole('dialog')
  await card(riitta, 'disclosures.release.method.PASSPHRASE').click()
  await dialog.getByRole('button', { name: t('disclosures.release.do'), exact: true }).click()
  await expect(riitta.locator('.copy-secret')).toHaveCount(2)
  const [link = '', passphrase = ''] = await riitta.locator('.copy-secret').allTextContents()
  await expect(riitta.getByText(t('disclosures.packages.state.ready')).first()).toBeVisible({ timeout: 30_000 })

  const police = await browser.newContext({ baseURL: seloste.url, javaScriptEnabled: false })
  const policePage = await police.newPage()
  await policePage.goto(link)
  const [download] = await Promise.all([
    policePage.waitForEvent('download'),
    policePage.getByRole('button', { name: 'Nouda paketti' }).click(),
  ])
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const files = unzipSync(await decrypter.decrypt(await readFile(await download.path())))
  expect(Object.keys(files).sort()).toEqual(
    [
      '1.vcon',
      '1.wav',
      'identification-data.html',
      'identification-data.json',
      'manifest.json',
      'manifest.json.sig',
    ].sort(),
  )
  expect(files['1.wav']!.length).toBeGreaterThan(44 + 30 * 32_000)
  expect(Buffer.from(files['identification-data.json']!).toString()).toContain(call.caller)

  // The official's supervisor sees the call, and nothing about the police.
  const sari = await openAs(browser, seloste, 'sari', `/contacts/${call.contactId}`, { purpose: 'Laadun arviointi' })
  await expect(sari.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(sari.getByText(/poliisi/i)).toHaveCount(0)
  await sari.goto('/disclosures')
  await expect(sari.getByText(caseNumber)).toHaveCount(0)
})
