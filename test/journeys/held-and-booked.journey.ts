// AC17 and AC20 (R24, L37, C3): at its day a recording goes though somebody has booked to hear it; a preservation order alone
// keeps it, in secret, and when the order ends it goes.
import { expect } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { keptCall, recordingRow, untilDestroyed } from './kept-call.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ timeout: 240_000 })

/** When a call ended whose recording comes to its day so soon: it is kept for two months (test line). */
function endedFor(comesDueIn: Temporal.DurationLike): Temporal.Instant {
  return Temporal.Now.instant()
    .add(comesDueIn)
    .toZonedDateTimeISO('Europe/Helsinki')
    .subtract({ months: 2 })
    .toInstant()
}

test('the day comes before the booking that was moved: earlier times only, an alarm, and then the recording is gone', async ({
  page,
  seloste,
}) => {
  const call = await keptCall(seloste, { endedAt: endedFor({ seconds: 100 }) })
  const { destroy_at: day } = await recordingRow(seloste, call)
  await signInOn(page, seloste, 'paula', { path: `/contacts/${call.contactId}`, reference: 'TP-2026-17' })
  await page.getByRole('button', { name: 'Avaa tarkastuspyyntö' }).click()
  await page.getByRole('button', { name: 'Avaa pyyntö' }).click()
  const card = page
    .locator('section', { has: page.getByRole('heading', { name: 'Tarkastuspyyntö TP-2026-17' }) })
    .last()
  await expect(card).toContainText('Kiireellinen')

  const paula = await signInAt(seloste.url, 'paula', seloste.password)
  const { items } = (await (await paula.call('GET', '/api/inspections?state=open')).json()) as {
    items: { id: string }[]
  }
  const set = (at: Temporal.Instant) =>
    paula.call('POST', `/api/inspections/${items[0]?.id ?? ''}/appointment`, { at: at.toString(), office: 'Oulu' })
  expect((await set(day!.subtract({ seconds: 5 }))).status).toBe(204)
  const late = await set(day!.add({ hours: 24 }))
  expect(late.status).toBe(409)
  expect(await late.json()).toMatchObject({ error: { code: 'appointment.late' } })

  const row = await untilDestroyed(seloste, call, 150_000)
  expect(row.cause).toBe('retention')
  expect(Temporal.Instant.compare(row.destroyed_at!, day!)).toBeGreaterThanOrEqual(0)
  await page.goto('/inspections')
  await page.getByText('Päätetyt').click()
  await expect(page.locator('#content')).toContainText('Tallenne oli ehditty tuhota')
})

test('an order keeps a recording past its day in secret; a prohibition waits; when another ends the order it is gone', async ({
  page,
  browser,
  seloste,
}) => {
  const call = await keptCall(seloste, { endedAt: endedFor({ seconds: 75 }) })
  const { destroy_at: day } = await recordingRow(seloste, call)
  await signInOn(page, seloste, 'tuula', { path: `/contacts/${call.contactId}`, reference: '5680/R/1234/26' })
  await page.getByRole('button', { name: 'Kirjaa säilyttämismääräys' }).click()
  await page.getByRole('textbox', { name: /^Määräyksen tunnus/ }).fill('SM-2026-9')
  await page.getByRole('textbox', { name: /^Määräyksen antaja/ }).fill('Keskusrikospoliisi, rikoskomisario Laine')
  await page.getByRole('textbox', { name: /^Säädösperuste/ }).fill('Pakkokeinolaki 8 luku 24 §')
  await page.getByRole('button', { name: 'Kirjaa määräys' }).click()
  await expect(page.locator('#content')).toContainText('Käyttö rajoitettu')
  await page.goto('/retention/holds')
  await expect(page.getByRole('heading', { name: 'SM-2026-9' })).toBeVisible()

  const [aino, sari, outi, riitta] = await Promise.all(
    ['aino', 'sari', 'outi', 'riitta'].map((userId) => signInAt(seloste.url, userId, seloste.password)),
  )
  const seen = async (who: typeof aino, purpose: string) =>
    (await who!.contact(call.contactId, purpose)).segments[0]?.recording
  expect(await seen(sari, 'QUALITY')).toMatchObject({ state: 'restricted' })
  const forbidden = await aino!.call('POST', `/api/recordings/${call.recordingId}/prohibitions`, {
    party: 'OFFICIAL',
    channel: 'OWN_CALLS',
  })
  expect(forbidden.status).toBe(200)
  expect(JSON.stringify(await forbidden.json())).not.toMatch(/hold|order/i)

  await expect
    .poll(async () => (await seen(aino, 'DEVELOPMENT'))?.state, { timeout: 120_000, intervals: [2_000] })
    .toBe('destroyed')
  expect(Temporal.Instant.compare(Temporal.Now.instant(), day!)).toBeGreaterThanOrEqual(0)
  expect(await recordingRow(seloste, call)).toMatchObject({ state: 'RESTRICTED' })
  for (const who of [aino, sari, outi]) expect((await who!.call('GET', '/api/holds')).status).toBe(403)
  const log = (await (await outi!.call('GET', '/api/log?limit=200')).text()).toLowerCase()
  expect(log).not.toContain('hold.')

  const desk = await (await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI' })).newPage()
  await signInOn(desk, seloste, 'riitta', { path: '/retention/holds' })
  await expect(desk.locator('#content')).toContainText('Yksi kielto odottaa.')
  await desk.getByRole('button', { name: 'Päätä määräys' }).click()
  await desk.getByRole('textbox', { name: /^Mihin päättäminen perustuu/ }).fill('Määräys kumottu 26.11.2026')
  await desk.locator('form').getByRole('button', { name: 'Päätä määräys' }).click()
  expect(await untilDestroyed(seloste, call)).toMatchObject({ state: 'DESTROYED' })
  expect((await riitta!.call('GET', '/api/holds?state=ended')).status).toBe(200)
})
