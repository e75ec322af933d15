// AC13, AC18, AC19 (R27-R33, R35, R50): one call is disclosed to a research institute as an anonymised copy. An expert
// picks and transcribes the call and has it re-spoken; another expert listens and signs; the decision maker decides and
// releases; the institute decrypts the copy and returns it. Each missing step is named. A copy whose caller forbids use
// is recalled; an overdue disclosure is on everybody's start page until it is closed.
import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { Decrypter } from 'age-encryption'
import { unzipSync } from 'fflate'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { recordCall, waitUntilDestroyed } from './record-call.ts'
import {
  atResearchDesk,
  dayFromNow,
  expireDueDate,
  makeRecallsOverdue,
  linkedItemsOf,
  type Study,
} from './research-desk.ts'
import { atServiceDesk, wordsIn } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 240_000 })

const t = wordsIn('fi')

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
const button = (page: Page, word: string, given?: Record<string, string | number>) =>
  page.getByRole('button', { name: t(word, given), exact: true })

/** Types a day into an open form. */
async function typeDay(form: Locator, day: Temporal.PlainDate): Promise<void> {
  await form.getByRole('spinbutton').first().click()
  const two = (part: number) => String(part).padStart(2, '0')
  await form.page().keyboard.type(`${two(day.day)}${two(day.month)}${day.year}`)
}

/** Enters an institute's confirmation of an item, by keyboard: the form takes the focus, and gives it back. */
async function confirmItem(page: Page, item: number, reference: string): Promise<void> {
  await button(page, 'disclosures.returns.confirm', { item }).press('Enter')
  await page.getByLabel(t('disclosures.returns.reference'), { exact: true }).fill(reference)
  await page.keyboard.press('Enter')
  await expect(page.locator(`#returned-item-${item}`)).toBeFocused()
}

async function close(page: Page): Promise<void> {
  await button(page, 'disclosures.returns.close').click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: t('disclosures.returns.close'), exact: true })
    .click()
  await expect(page.getByText(t('disclosures.research.state.CLOSED')).first()).toBeVisible()
}

/** Checks that a person's start page has, or has not, a row about an overdue disclosure. */
async function expectOverdueRow(page: Page, { number }: Study, isShown: boolean): Promise<void> {
  await page.goto('/')
  const waiting = page.getByRole('region', { name: t('start.waiting') })
  await expect(waiting.locator('.tasks, .muted').first()).toBeVisible()
  const row = waiting.locator('.task-now').filter({ hasText: number })
  if (isShown) await expect(row.getByRole('link', { name: t('start.waits.research-overdue') })).toBeVisible()
  else await expect(row).toHaveCount(0)
}

/** Sends a request to the API as the page does. */
async function request<Answer>(
  page: Page,
  method: 'GET' | 'PUT' | 'POST',
  url: string,
  data?: object,
): Promise<Answer> {
  const origin = new URL(page.url()).origin
  const answered = await page.request.fetch(url, { method, headers: { origin }, ...(data && { data }) })
  expect(answered.status(), `${method} ${url}: ${await answered.text()}`).toBeLessThan(300)
  return (answered.status() === 204 ? undefined : await answered.json()) as Answer
}

test('a call is released to an institute as an anonymised copy, by three people, and the disclosure cannot be closed before the copy is returned (AC18)', async ({
  browser,
  seloste,
}) => {
  const call = await recordCall(seloste, { seconds: 8 })
  const eero = await openAs(browser, seloste, 'eero', `/contacts/${call.contactId}`, { purpose: 'Palvelutasotutkimus' })
  await button(eero, 'disclosures.pick.open').click()
  await button(eero, 'disclosures.pick.do').click()
  await expect(eero.locator('.notice-success')).toBeVisible()
  await eero.locator('.notice-success a').click()
  await expect(eero).toHaveURL(/\/disclosures\/research\/[0-9a-f-]{36}$/)
  await expectAccessible(eero, 'a disclosure that is being prepared')
  const page = new URL(eero.url()).pathname
  const id = page.split('/').pop()!
  const missing = async () =>
    (await request<{ lacks: { what: string }[] }>(eero, 'GET', `/api/research-disclosures/${id}`)).lacks.map(
      ({ what }) => what,
    )
  expect(await missing()).toEqual(['anonymised-copy', 'undertaking', 'decision', 'release'])

  await eero.goto(`${page}/items/1`)
  await expect(eero.locator('#original')).toBeVisible()
  await expect(button(eero, 'anonymisation.render')).toBeDisabled()
  const panelHeight = async () => (await eero.locator('.copy-state').boundingBox())!.height
  const untouched = await panelHeight()
  // Nobody speaks in this call, so the findings are added by hand.
  await button(eero, 'anonymisation.turns.add.OFFICIAL').click()
  const words = eero.locator('.turn-row textarea')
  await words.last().fill('Verotoimisto, hyvää päivää.')
  await expect(button(eero, 'anonymisation.saveAndRender')).toBeEnabled()
  expect(await panelHeight(), 'the first edit moves nothing').toBe(untouched)
  await button(eero, 'anonymisation.original.start').click()
  await button(eero, 'anonymisation.original.play').first().click()
  await expectAccessible(eero, 'the redaction editor')
  await button(eero, 'anonymisation.save').click()
  await expect(eero.getByText(t('anonymisation.saved')).first()).toBeVisible()
  await button(eero, 'anonymisation.render').click({ timeout: 60_000 })
  const copyOf = async () =>
    (
      await request<{ itemList: { copy: { id: string; state: string } }[] }>(
        eero,
        'GET',
        `/api/research-disclosures/${id}`,
      )
    ).itemList[0]!.copy
  await expect.poll(async () => (await copyOf()).state, { timeout: 60_000 }).toBe('RENDERED')

  const ilona = await openAs(browser, seloste, 'ilona', `${page}/items/1/check`)
  await button(ilona, 'anonymisation.result.hear').click()
  await ilona.locator('.play-button').click()
  await expect(ilona.locator('.play-result')).toContainText('100 %', { timeout: 90_000 })
  await expectAccessible(ilona, 'checking and signing a copy')
  await ilona
    .locator('.radio-card', { hasText: t('anonymisation.sign.APPROVED') })
    .first()
    .click()
  await button(ilona, 'anonymisation.sign.do').click()
  await expect(ilona.locator('#check-outcome')).toBeVisible()
  // After the signature a link leads back to the disclosure.
  await ilona.locator('#content a.button').click()
  await expect(ilona).toHaveURL(page)

  await eero.goto(page)
  await button(eero, 'disclosures.undertaking.file').click()
  await button(eero, 'disclosures.undertaking.file.do').click()
  await expect(eero.getByText(t('disclosures.undertaking.reference.missing'))).toBeVisible()
  await eero.getByLabel(t('disclosures.undertaking.reference'), { exact: true }).fill('SIT-2026-1')
  await eero.getByLabel(t('disclosures.undertaking.signatory'), { exact: true }).fill('N. N.')
  await typeDay(eero.getByRole('form', { name: t('disclosures.undertaking.file') }), dayFromNow(0))
  await button(eero, 'disclosures.undertaking.file.do').click()
  await expect(eero.locator('#research-undertaking')).toBeVisible()
  await expect.poll(missing).toEqual(['decision', 'release'])

  const riitta = await openAs(browser, seloste, 'riitta', page)
  await button(riitta, 'disclosures.decide').click()
  await riitta.locator('.radio-card').first().click()
  await riitta.locator('textarea').last().fill('Laatutason arviointi.')
  await button(riitta, 'disclosures.decide.do').click()
  await button(riitta, 'disclosures.release.open').click()
  await riitta
    .locator('.radio-card', { hasText: t('disclosures.release.method.PASSPHRASE') })
    .first()
    .click()
  await riitta
    .getByRole('dialog')
    .getByRole('button', { name: t('disclosures.release.do'), exact: true })
    .click()
  await expect(riitta.locator('.copy-secret')).toHaveCount(2)
  const [link = '', passphrase = ''] = await riitta.locator('.copy-secret').allTextContents()
  await expect(riitta.getByText(t('disclosures.packages.state.ready')).first()).toBeVisible({ timeout: 60_000 })
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
  expect(names.filter((name) => /^[0-9a-f]{16}\.vcon$/.test(name))).toHaveLength(1)
  expect(names).toHaveLength(4)

  const early = await riitta.request.post(`/api/research-disclosures/${id}/close`, { headers: { origin: seloste.url } })
  expect(early.status()).toBe(409)
  await eero.reload()
  await button(eero, 'disclosures.returns.endStudy').click()
  await button(eero, 'disclosures.returns.endStudy.do').click()
  await expect(eero.getByText(t('disclosures.research.stands.STUDY_ENDED'))).toBeVisible()
  await expect(button(eero, 'disclosures.returns.close')).toHaveCount(0)
  await confirmItem(eero, 1, 'VAHV-1')
  await riitta.reload()
  await close(riitta)
})

test('a copy whose caller forbids use is recalled, and counts as not returned until the institute confirms its destruction (AC13)', async ({
  browser,
  seloste,
}) => {
  const research = await atResearchDesk(seloste)
  const study = await research.releasedStudy(await research.enterInstitute('Institutet för samtal'), { items: 2 })
  const forbidden = study.calls[1]!
  const desk = await atServiceDesk(browser, seloste)
  const call = { at: Temporal.Now.instant().subtract({ minutes: 4 }), callerNumber: forbidden.caller }
  await desk.enterVerified({ name: 'Kieltäjä', kinds: ['PROHIBIT'] }, call)
  await desk.button('my-calls.forbid.enter').click()
  await desk.page
    .getByRole('alertdialog')
    .getByRole('button', { name: t('my-calls.forbid.do') })
    .click()
  expect(await waitUntilDestroyed(seloste, forbidden)).toMatchObject({ cause: 'caller' })
  await desk.close()

  const riitta = await openAs(browser, seloste, 'riitta', study.page)
  const recalled = riitta.locator('#research-returns').locator('..').locator('..').getByRole('listitem').nth(1)
  await expect(recalled).toContainText(t('disclosures.outcome.recalled'))
  await expect(
    riitta.getByRole('heading', { name: t('disclosures.returns.notice.destroy-now', { item: 2 }) }),
  ).toBeVisible()
  const notice = await riitta.locator('.disclosure-notice').innerText()
  expect(notice).toContain(`Utlämnande ${study.number}, punkt 2: förstör kopian genast`)
  expect(notice).not.toMatch(/\+358|029|Aino|Kieltäjä|\d:\d\d|kl\. |[0-9a-f]{8}-/)
  const letter = new URL((await riitta.locator('a[href^="mailto:"]').getAttribute('href'))!)
  expect([letter.pathname, letter.searchParams.get('body')]).toEqual(['registraturen@institut.example', notice])

  // The other copy is returned: the disclosure stays open for the recalled one.
  await confirmItem(riitta, 1, 'VAHV-1')
  await expect(riitta.getByText(t('disclosures.returns.close.when_one', { items: 2 }))).toBeVisible()
  await expect(button(riitta, 'disclosures.returns.close')).toHaveCount(0)
  const refused = await research.riitta.call('POST', `/api/research-disclosures/${study.id}/close`)
  expect(await refused.json()).toMatchObject({ error: { code: 'research.unconfirmed' } })
  expect(await linkedItemsOf(seloste, study)).toEqual([2])

  await expect(riitta.getByText(t('disclosures.overdue.badge'))).toHaveCount(0)
  const due = (await makeRecallsOverdue(seloste, study)).toZonedDateTimeISO('Europe/Helsinki')
  const lastDay = due.subtract({ days: 1 }).toPlainDate()
  expect(due.hour).toBe(0)
  expect(notice).toContain(`senast ${lastDay.day}.${lastDay.month}.${lastDay.year}`)
  expect(dayFromNow(0).until(lastDay).days).toBeGreaterThanOrEqual(3)
  await riitta.reload()
  await expect(riitta.getByRole('heading', { name: t('disclosures.overdue.recalled_one', { items: 2 }) })).toBeVisible()
  await expectAccessible(riitta, 'a disclosure with a recall past its time')
  await expectOverdueRow(riitta, study, true)
  await riitta.goto('/retention/recalls')
  await expect(riitta.locator('#content .note')).toContainText('förstör kopian genast')
  await expectAccessible(riitta, 'the recalls')

  await riitta.goto(study.page)
  await confirmItem(riitta, 2, 'VAHV-2')
  expect(await linkedItemsOf(seloste, study)).toEqual([])
  await close(riitta)
})

test('an overdue disclosure is on everybody’s start page and blocks its institute, until it is closed or extended (AC19)', async ({
  browser,
  seloste,
}) => {
  const research = await atResearchDesk(seloste)
  const instituteId = await research.enterInstitute('Institutet för kvalitet')
  const [study, next] = await Promise.all([
    research.releasedStudy(instituteId, { items: process.env['SELOSTE_LONG'] === '1' ? 20 : 3 }),
    research.decidedStudy(instituteId),
  ])
  const { itemList } = await research.read(study.id)
  for (const { item } of itemList.slice(2)) await confirm(item)
  const [riitta, eero] = await Promise.all([
    openAs(browser, seloste, 'riitta', next.page),
    openAs(browser, seloste, 'eero', study.page),
  ])
  await button(riitta, 'disclosures.release.open').click()

  // The next day begins while somebody has the release dialog open: the disclosure becomes overdue.
  await expireDueDate(seloste, study)
  const dialog = riitta.getByRole('dialog')
  await dialog.getByRole('button', { name: t('disclosures.release.do'), exact: true }).click()
  await dialog.locator('.radio-card', { hasText: t('disclosures.release.method.PASSPHRASE') }).click()
  await dialog.getByRole('button', { name: t('disclosures.release.do'), exact: true }).click()
  await expect(dialog).toContainText(t('error.research.institute-blocked'))
  await riitta.goto('/disclosures/institutes')
  await expect(riitta.getByText(t('disclosures.institutes.blocked'))).toBeVisible()
  await expectOverdueRow(riitta, study, true)
  await expectAccessible(riitta, 'the start page with an overdue disclosure')
  await expectOverdueRow(eero, study, true)

  await eero.goto(study.page)
  await expect(eero.locator('.notice-error')).toContainText(t('disclosures.overdue.what'))
  await button(eero, 'disclosures.extensions.ask').click()
  const form = eero.getByRole('form', { name: t('disclosures.extensions.ask') })
  await form.getByLabel(t('disclosures.reasons')).fill('Tutkimus jatkuu.')
  await typeDay(form, dayFromNow(90))
  await button(eero, 'disclosures.extensions.ask.do').click()
  await expect(form.getByText(t('disclosures.extensions.late'))).toBeVisible()
  await expectAccessible(eero, 'an extension beyond the limit')
  await typeDay(form, dayFromNow(7))
  await button(eero, 'disclosures.extensions.ask.do').click()
  await expect(eero.getByText(t('disclosures.extensions.waits'), { exact: true })).toBeVisible()
  await expect(button(eero, 'disclosures.extensions.decide')).toHaveCount(0)
  expect((await research.read(study.id)).isOverdue).toBe(true)
  await riitta.goto(study.page)
  await button(riitta, 'disclosures.extensions.decide').click()
  await button(riitta, 'disclosures.decide.do').click()
  await expect(riitta.getByText(t('disclosures.research.stands.RELEASED'))).toBeVisible()
  await expectOverdueRow(riitta, study, false)

  // The extended day passes too. Although every item is confirmed, the disclosure stays overdue until somebody closes
  // it.
  await expireDueDate(seloste, study)
  for (const { item } of itemList.slice(0, 2)) await confirm(item)
  await expectOverdueRow(eero, study, true)
  await eero.goto(study.page)
  await close(eero)
  await expectOverdueRow(eero, study, false)
  await expectOverdueRow(riitta, study, false)

  function confirm(item: number) {
    const outcome = { outcome: 'returned', reference: `VAHV-${item}` }
    return research.ask(research.eero, 'POST', `/research-disclosures/${study.id}/items/${item}/outcome`, outcome)
  }
})
