// Counts the presses of three everyday tasks: an official listens to yesterday's call of a caller whose last digits they
// know, a supervisor evaluates a drawn call, and a clerk serves a request from its entry to its closing. Signing in and
// choosing a purpose are not counted.
import { expect, type Page } from '@playwright/test'
import { eventually, signInAt } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { countPresses } from './count-presses.ts'
import { recordCall } from './record-call.ts'
import { moveAppointmentToNow, wordsIn } from './service-desk.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
const t = wordsIn('fi')
const today = () => Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()

test.describe.configure({ timeout: 180_000 })

/** Waits until the player's position moves. */
async function waitUntilPlaying(page: Page): Promise<void> {
  const position = page.getByRole('slider', { name: t('listening.player.position') })
  await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(300)
}

test('an official listens to yesterday’s call of a caller whose last digits they know with 4 presses', async ({
  page,
  seloste,
  signedIn,
}) => {
  const endedAt = today().subtract({ days: 1 }).add({ hours: 13 }).toInstant()
  const { caller } = await recordCall(seloste, { endedAt })
  await recordCall(seloste, { endedAt: endedAt.add({ minutes: 30 }) })
  await signedIn('aino', { path: '/' })
  const presses = await countPresses(page)
  await page.getByRole('link', { name: 'Haku', exact: true }).first().click()
  await page.locator('.purpose-card', { hasText: 'Asiakaspalvelun kehittäminen' }).click()
  await page.getByLabel(t('contacts.search.caller'), { exact: true }).click()
  await page.keyboard.type(caller.slice(-4))
  await page.getByRole('button', { name: t('contacts.search.quick.yesterday') }).click()
  const play = page.getByRole('button', { name: /^Kuuntele: / })
  await expect(play).toHaveCount(1)
  await play.click()
  await waitUntilPlaying(page)
  // One of them chose the purpose.
  expect((await presses()) - 1).toBe(4)
})

test('a supervisor evaluates a drawn call with 6 presses, and the next one with 5', async ({
  page,
  seloste,
  signedIn,
}) => {
  const lastFriday = today().subtract({ days: today().dayOfWeek - 1 + 3 })
  for (const hours of [12, 13])
    await recordCall(seloste, { endedAt: lastFriday.add({ hours }).toInstant(), seconds: 30 })
  await planEvaluations(seloste)
  await signedIn('sari', { path: '/' })
  const presses = await countPresses(page)
  const task = page.getByRole('link', { name: 'Puhelu arvioitavaksi' })
  await expect(task.first()).toBeVisible()
  const evaluate = async () => {
    await waitUntilPlaying(page)
    for (const answer of await page.locator('.quality-question .radio-card', { hasText: 'Kyllä' }).all())
      await answer.click()
    const give = page.getByRole('button', { name: t('quality.release') })
    await give.click()
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: t('quality.release') })
      .click()
    await expect(page.getByText(t('quality.release.done')).first()).toBeVisible()
  }
  await task.first().click()
  await page.getByRole('button', { name: /^Arvioi: / }).click()
  await evaluate()
  const first = await presses()
  // Two of them answered the form's two questions.
  expect(first).toBe(6)
  const next = page.getByRole('button', { name: /^Arvioi seuraava: / })
  await expect(next).toBeFocused()
  await next.click()
  await evaluate()
  await expect(page.getByText(t('quality.next.none'))).toBeVisible()
  expect((await presses()) - first).toBe(5)
})

test('a clerk serves a request to listen to a call from its entry to its closing with 22 presses', async ({
  page,
  seloste,
  signedIn,
}) => {
  const { caller } = await recordCall(seloste)
  await signedIn('paula', { path: '/requests' })
  const presses = await countPresses(page)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const two = (part: number) => String(part).padStart(2, '0')
  await page
    .getByRole('link', { name: t('requests.enter') })
    .first()
    .click()
  for (const kind of ['KNOW', 'LISTEN', 'HISTORY'])
    await page.getByText(t(`requests.request.kind.${kind}`), { exact: true }).click()
  const name = page.getByLabel(t('requests.request.name'), { exact: true })
  await tabTo(page, () => name.and(page.locator(':focus')).count())
  await page.keyboard.type('Maija Esimerkki')
  await page.keyboard.press('Enter')
  await page.locator('.radio-card', { hasText: t('requests.request.identified.ID_CARD') }).click()
  await button(t('requests.request.identify.do')).click()

  const form = page.locator('.reported-call-form')
  const at = Temporal.Now.instant().subtract({ minutes: 4 }).toZonedDateTimeISO('Europe/Helsinki')
  await form.locator('.field-day').getByRole('spinbutton').first().click()
  await page.keyboard.type(`${two(at.day)}${two(at.month)}${at.year}`)
  await tabTo(page, () => form.locator('.field-time [role=spinbutton]:focus').count())
  await page.keyboard.type(`${two(at.hour)}${two(at.minute)}`)
  await tabTo(page, () => form.locator('[id$="-callerNumber"]:focus, [id$="-callerNumber"] input:focus').count())
  await page.keyboard.type(caller.replace('+358', '0'))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: t('listening.start') }).click()
  const yes = button(t('requests.verify.yes'))
  await expect(yes).toBeEnabled({ timeout: 20_000 })
  await yes.click()

  const sendLetter = async (kind: string) => {
    const named = t(`letters.kind.${kind}`)
    await button(t('letters.make.one', { kind: named })).click()
    const row = page.locator('.letter', { has: page.getByRole('heading', { name: named }) }).first()
    await row.getByRole('button', { name: `${t('letters.deliver')}: ${named}`, exact: true }).click()
    await row.getByRole('button', { name: t('letters.deliver.do'), exact: true }).click()
    await expect(row.getByText(t('letters.sent'), { exact: true })).toBeVisible()
  }
  await sendLetter('answer')
  await button(t('offices.book.open')).click()
  await page.locator('.offered-office .radio-card').first().click()
  await button(t('offices.book.do')).click()
  await sendLetter('appointment')

  // The office records that the recording was listened to.
  const number = /P-\d{4}-\d+/.exec(await page.getByRole('heading', { level: 1 }).innerText())![0]
  await moveAppointmentToNow(seloste, number)
  const olli = await signInAt(seloste.url, 'olli', seloste.password)
  const request = page.url().split('/').at(-1)!
  const paula = await signInAt(seloste.url, 'paula', seloste.password)
  const read = (await (await paula.call('GET', `/api/requests/${request}`)).json()) as {
    appointments: { id: string }[]
  }
  const held = await olli.call('POST', `/api/appointments/${read.appointments[0]!.id}/outcome`, { outcome: 'HEARD' })
  expect(held.status).toBe(204)
  await page.reload()
  await button(t('requests.request.close')).click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: t('requests.request.close'), exact: true })
    .click()
  await expect(page.getByText(t('requests.request.over.ANSWERED')).first()).toBeVisible()
  expect(await presses()).toBe(22)
})

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, isThere: () => Promise<boolean | number>): Promise<void> {
  for (let tabs = 0; !(await isThere()); tabs++) {
    expect(tabs, 'tabs to the field').toBeLessThan(12)
    await page.keyboard.press('Tab')
  }
}

/** Publishes a form of two questions and a sampling plan, and waits until both calls are drawn. */
async function planEvaluations(seloste: RunningSeloste): Promise<void> {
  const eero = await signInAt(seloste.url, 'eero', seloste.password)
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await eero.call(method, path, body)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
  const question = { help: '', scale: { kind: 'yes-no' }, weight: 1, critical: 'none', mayNotApply: false }
  const questions = ['Tervehtikö virkailija?', 'Oliko neuvo oikea?'].map((text, n) => ({
    ...question,
    ...{ id: `q${n}`, text },
  }))
  const sections = [{ id: 's', title: 'Kohtaaminen', weight: 1, questions }]
  const { id: formId } = await call<{ id: string }>('POST', '/api/quality/forms', { name: 'Laatu', language: 'fi' })
  const saved = { revision: 0, name: 'Laatu', form: { sections } }
  const { revision } = await call<{ revision: number }>('PUT', `/api/quality/forms/${formId}`, saved)
  await call('POST', `/api/quality/forms/${formId}/versions`, { revision })
  const units = await call<{ items: { id: string; name: string }[] }>('GET', '/api/units')
  const unitId = units.items.find(({ name }) => name === 'Henkilöverotus')?.id
  const plan = { name: 'Otanta', formId, unitId, number: '+35829497099', weekly: 2, daysLeft: 14 }
  await call('POST', '/api/quality/plans', plan)
  await eventually(
    async () => {
      const { items } = await call<{ items: { state: string }[] }>('GET', '/api/quality/evaluations')
      return items.filter(({ state }) => state === 'WAITING').length === 2 || undefined
    },
    'two calls are drawn',
    60_000,
  )
}
