// AC18 (R27-R33, R35): one call goes to a research institute as an anonymised copy. An expert picks it, writes what is said, and has
// it spoken by other voices; another hears and signs; the decision maker decides and releases; the institute opens it, and it comes
// back. What is missing is named all the way.
import { expect, type Browser, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { Decrypter } from 'age-encryption'
import { unzipSync } from 'fflate'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { keptCall } from './kept-call.ts'
import { wordsIn } from './service-desk.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ timeout: 240_000 })

const say = wordsIn('fi')

async function at(browser: Browser, seloste: RunningSeloste, userId: string, path: string, more = {}): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI' })).newPage()
  await signInOn(page, seloste, userId, { path, ...more })
  return page
}
const button = (page: Page, word: string) => page.getByRole('button', { name: say(word), exact: true })

/** Asks the API as the page does. */
async function ask<Answer>(page: Page, method: 'GET' | 'PUT' | 'POST', url: string, data?: object): Promise<Answer> {
  const origin = new URL(page.url()).origin
  const answered = await page.request.fetch(url, { method, headers: { origin }, ...(data && { data }) })
  expect(answered.status(), `${method} ${url}: ${await answered.text()}`).toBeLessThan(300)
  return (answered.status() === 204 ? undefined : await answered.json()) as Answer
}

test('a call is lent to an institute anonymised, by three people, and is not closed before it came back (AC18)', async ({
  browser,
  seloste,
}) => {
  const call = await keptCall(seloste, { seconds: 20 })
  const eero = await at(browser, seloste, 'eero', `/contacts/${call.contactId}`, { purpose: 'Palvelutasotutkimus' })
  await button(eero, 'pick.open').click()
  await button(eero, 'pick.do').click()
  await expect(eero.locator('.notice-success')).toBeVisible()
  await eero.locator('.notice-success a').click()
  await expect(eero).toHaveURL(/\/disclosures\/research\/[0-9a-f-]{36}$/)
  await expectAccessible(eero, 'a disclosure that is being prepared')
  const page = new URL(eero.url()).pathname
  const id = page.split('/').pop()!
  const lacks = async () =>
    (await ask<{ lacks: { what: string }[] }>(eero, 'GET', `/api/research-disclosures/${id}`)).lacks.map(
      ({ what }) => what,
    )
  expect(await lacks()).toEqual(['anonymised-copy', 'undertaking', 'decision', 'release'])

  await eero.goto(`${page}/items/1`)
  await expect(eero.locator('#original')).toBeVisible()
  await button(eero, 'anonymisation.original.start').click()
  await button(eero, 'anonymisation.original.play').first().click()
  // In this call nobody speaks; what would be found is added by hand.
  await button(eero, 'anonymisation.turns.add.OFFICIAL').click()
  const words = eero.locator('.turn-row textarea')
  await words.last().fill('Verotoimisto, hyvää päivää.')
  await expectAccessible(eero, 'the redaction editor')
  await button(eero, 'anonymisation.save').click()
  await expect(eero.getByText(say('anonymisation.saved')).first()).toBeVisible()
  await button(eero, 'anonymisation.render').click({ timeout: 60_000 })
  const copyOf = async () =>
    (await ask<{ itemList: { copy: { id: string; state: string } }[] }>(eero, 'GET', `/api/research-disclosures/${id}`))
      .itemList[0]!.copy
  await expect.poll(async () => (await copyOf()).state, { timeout: 60_000 }).toBe('RENDERED')

  const { id: copy } = await copyOf()
  const ilona = await at(browser, seloste, 'ilona', `/disclosures/copies/${copy}/check`)
  await button(ilona, 'anonymisation.result.hear').click()
  await ilona.locator('.play-button').click()
  await expect(ilona.locator('.heard')).toContainText('100 %', { timeout: 90_000 })
  await expectAccessible(ilona, 'hearing and signing a copy')
  await ilona
    .locator('.radio-card', { hasText: say('anonymisation.sign.APPROVED') })
    .first()
    .click()
  await button(ilona, 'anonymisation.sign.do').click()
  await expect(ilona.locator('#check-outcome')).toBeVisible()

  const signedOn = Temporal.Now.plainDateISO('Europe/Helsinki').toString()
  const undertaking = { reference: 'SIT-2026-1', signatory: 'N. N.', signedOn }
  await ask(eero, 'PUT', `/api/research-disclosures/${id}/undertaking`, undertaking)
  expect(await lacks()).toEqual(['decision', 'release'])

  const riitta = await at(browser, seloste, 'riitta', page)
  await button(riitta, 'disclosures.decide').click()
  await riitta.locator('.radio-card').first().click()
  await riitta.locator('textarea').last().fill('Laatutason arviointi.')
  await button(riitta, 'disclosures.decide.do').click()
  await button(riitta, 'release.open').click()
  await riitta
    .locator('.radio-card', { hasText: say('release.method.PASSPHRASE') })
    .first()
    .click()
  await riitta
    .getByRole('dialog')
    .getByRole('button', { name: say('release.do'), exact: true })
    .click()
  await expect(riitta.locator('.copy-secret')).toHaveCount(2)
  const [link = '', passphrase = ''] = await riitta.locator('.copy-secret').allTextContents()
  await expect(riitta.getByText(say('packages.state.ready')).first()).toBeVisible({ timeout: 60_000 })
  await expectAccessible(riitta, 'a disclosure that was released')

  const institute = await (await browser.newContext({ baseURL: seloste.url, javaScriptEnabled: false })).newPage()
  await institute.goto(link)
  const [download] = await Promise.all([
    institute.waitForEvent('download'),
    institute.getByRole('button', { name: 'Nouda paketti' }).click(),
  ])
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const files = unzipSync(await decrypter.decrypt(await readFile(await download.path())))
  const names = Object.keys(files).sort()
  expect(names.filter((name) => /^[0-9a-f]{16}\.opus$/.test(name))).toHaveLength(1)
  expect(names).toHaveLength(3)

  const closing = `/api/research-disclosures/${id}/close`
  const early = await riitta.request.post(closing, { headers: { origin: seloste.url } })
  expect(early.status()).toBe(409)
  await ask(eero, 'POST', `/api/research-disclosures/${id}/study-end`, { endedOn: signedOn })
  await ask(eero, 'POST', `/api/research-disclosures/${id}/items/1/outcome`, {
    outcome: 'destroyed',
    reference: 'VAHV-1',
  })
  await ask(riitta, 'POST', closing)
  await riitta.reload()
  await expect(riitta.getByText(say('disclosures.research.state.CLOSED')).first()).toBeVisible()
})
