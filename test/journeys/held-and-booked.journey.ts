// AC17 and AC20 (R24, L37, C3): at its day a recording goes though somebody has booked to hear it; a preservation order alone
// keeps it, in secret, and when the order ends it goes.
import { expect } from '@playwright/test'
import { signInAt, type Api } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { keptCall, recordingRow, untilDestroyed, type KeptCall } from './kept-call.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
// Two recordings come to their day nearly together: one wait for both.
test.describe.configure({ mode: 'serial', timeout: 180_000 })
const dayIn = { seconds: 50 }
let booked: KeptCall
let ordered: KeptCall

/** When a call ended whose recording comes to its day so soon: it is kept for two months (test line). */
function endedFor(comesDueIn: Temporal.DurationLike): Temporal.Instant {
  return Temporal.Now.instant()
    .add(comesDueIn)
    .toZonedDateTimeISO('Europe/Helsinki')
    .subtract({ months: 2 })
    .toInstant()
}

const seenIn = async (who: Api, call: KeptCall, purpose: string) =>
  (await who.contact(call.contactId, purpose)).segments[0]?.recording

test('a listening is booked for before the day of the recording, and for no later', async ({ page, seloste }) => {
  booked = await keptCall(seloste, { endedAt: endedFor(dayIn) })
  const { destroy_at: day } = await recordingRow(seloste, booked)
  await signInOn(page, seloste, 'paula', { path: `/contacts/${booked.contactId}`, reference: 'TP-2026-17' })
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
})

test('an order restricts a recording in secret: a prohibition waits, and whoever gives it hears nothing of the order', async ({
  page,
  seloste,
}) => {
  ordered = await keptCall(seloste, { endedAt: endedFor(dayIn) })
  await signInOn(page, seloste, 'tuula', { path: `/contacts/${ordered.contactId}`, reference: '5680/R/1234/26' })
  await page.getByRole('button', { name: 'Kirjaa säilyttämismääräys' }).click()
  await page.getByRole('textbox', { name: /^Määräyksen tunnus/ }).fill('SM-2026-9')
  await page.getByRole('textbox', { name: /^Määräyksen antaja/ }).fill('Keskusrikospoliisi, rikoskomisario Laine')
  await page.getByRole('textbox', { name: /^Säädösperuste/ }).fill('Pakkokeinolaki 8 luku 24 §')
  await page.getByRole('button', { name: 'Kirjaa määräys' }).click()
  await expect(page.locator('#content')).toContainText('Käyttö rajoitettu')
  await page.goto('/retention/holds')
  await expect(page.getByRole('heading', { name: 'SM-2026-9' })).toBeVisible()

  const [aino, sari] = await Promise.all(
    (['aino', 'sari'] as const).map((userId) => signInAt(seloste.url, userId, seloste.password)),
  )
  expect(await seenIn(sari!, ordered, 'QUALITY')).toMatchObject({ state: 'restricted' })
  const forbidden = await aino!.call('POST', `/api/recordings/${ordered.recordingId}/prohibitions`, {
    party: 'OFFICIAL',
    channel: 'OWN_CALLS',
  })
  expect(forbidden.status).toBe(200)
  expect(JSON.stringify(await forbidden.json())).not.toMatch(/hold|order/i)
})

test('at its day a recording goes though somebody has booked to hear it, and the booking says why', async ({
  page,
  seloste,
}) => {
  const { destroy_at: day } = await recordingRow(seloste, booked)
  const row = await untilDestroyed(seloste, booked, 120_000)
  expect(row.cause).toBe('retention')
  expect(Temporal.Instant.compare(row.destroyed_at!, day!)).toBeGreaterThanOrEqual(0)
  await signInOn(page, seloste, 'paula', { path: '/inspections' })
  await page.getByText('Päätetyt').click()
  await expect(page.locator('#content')).toContainText('Tallenne oli ehditty tuhota')
})

test('past its day an ordered recording is kept and looks destroyed; when somebody else ends the order it is gone', async ({
  page,
  seloste,
}) => {
  const [aino, sari, outi, riitta] = await Promise.all(
    (['aino', 'sari', 'outi', 'riitta'] as const).map((userId) => signInAt(seloste.url, userId, seloste.password)),
  )
  const { destroy_at: day } = await recordingRow(seloste, ordered)
  await expect
    .poll(async () => (await seenIn(aino!, ordered, 'DEVELOPMENT'))?.state, { timeout: 120_000, intervals: [1_000] })
    .toBe('destroyed')
  expect(Temporal.Instant.compare(Temporal.Now.instant(), day!)).toBeGreaterThanOrEqual(0)
  expect(await recordingRow(seloste, ordered)).toMatchObject({ state: 'RESTRICTED' })
  for (const who of [aino, sari, outi]) expect((await who!.call('GET', '/api/holds')).status).toBe(403)
  const log = (await (await outi!.call('GET', '/api/log?limit=200')).text()).toLowerCase()
  expect(log).not.toContain('hold.')

  await signInOn(page, seloste, 'riitta', { path: '/retention/holds' })
  await expect(page.locator('#content')).toContainText('Yksi kielto odottaa.')
  await page.getByRole('button', { name: 'Päätä määräys' }).click()
  await page.getByRole('textbox', { name: /^Mihin päättäminen perustuu/ }).fill('Määräys kumottu 26.11.2026')
  await page.locator('form').getByRole('button', { name: 'Päätä määräys' }).click()
  expect(await untilDestroyed(seloste, ordered)).toMatchObject({ state: 'DESTROYED' })
  expect((await riitta!.call('GET', '/api/holds?state=ended')).status).toBe(200)
})
