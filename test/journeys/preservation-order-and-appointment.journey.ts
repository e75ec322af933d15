// AC17 and AC20 (R24, L37, C3): on its destruction day a recording is destroyed although somebody waits to listen to
// it. Only a preservation order keeps a recording, in secret, and the recording is destroyed when the order ends.
import { expect } from '@playwright/test'
import { signInAt, type Api } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { recordCall, recordingRow, waitUntilDestroyed, type RecordedCall } from './record-call.ts'
import { inEachLanguage } from './service-desk.ts'
import { test } from './shared-register-for-staff.ts'

// Two recordings reach their destruction day at nearly the same time, so the tests wait only once.
test.describe.configure({ mode: 'serial', timeout: 180_000 })
const dueIn = { seconds: 50 }
let booked: RecordedCall
let request: { id: string; number: string }
let ordered: RecordedCall

/** Returns when a call on the test line ended whose recording, kept for two months, is destroyed after this time. */
function endOfCallDueIn(time: Temporal.DurationLike): Temporal.Instant {
  return Temporal.Now.instant().add(time).toZonedDateTimeISO('Europe/Helsinki').subtract({ months: 2 }).toInstant()
}

/** Returns the API's answer, which must not be a refusal. */
async function answerOf<Body>(user: Api, method: string, path: string, body?: object): Promise<Body> {
  const answer = await user.call(method, path, body)
  const text = await answer.text()
  expect(answer.status, `${method} ${path}: ${text}`).toBeLessThan(300)
  return (text === '' ? undefined : JSON.parse(text)) as Body
}

/** Enters a caller's request to listen to a call: identifies the caller, finds the call, plays and verifies it. */
async function bookInspection(paula: Api, call: RecordedCall, endedAt: Temporal.Instant): Promise<typeof request> {
  const entered = await answerOf<typeof request>(paula, 'POST', '/api/requests', {
    ...{ party: 'CALLER', kinds: ['LISTEN'], channel: 'PHONE', language: 'fi' },
    receivedAt: Temporal.Now.instant().toString(),
    requester: { name: 'Maija Esimerkki', address: 'Isokatu 4, 90100 Oulu' },
  })
  const path = `/api/requests/${entered.id}`
  await answerOf(paula, 'POST', `${path}/identification`, { how: 'PASSPORT' })
  const at = endedAt.toZonedDateTimeISO('Europe/Helsinki')
  const named = await answerOf<{ id: string; state: string }>(paula, 'POST', `${path}/calls`, {
    day: at.toPlainDate().toString(),
    time: at.toPlainTime().toString({ smallestUnit: 'minute' }),
    accuracy: 'MINUTES',
    callerNumber: call.caller,
  })
  expect(named.state).toBe('FOUND')
  const options = { purpose: 'INSPECTION', reference: entered.number }
  const { audio } = await answerOf<{ audio: string }>(
    paula,
    'POST',
    `/api/recordings/${call.recordingId}/listenings`,
    options,
  )
  expect((await paula.call('GET', audio, undefined, { range: 'bytes=0-9999' })).status).toBe(206)
  await answerOf(paula, 'POST', `${path}/calls/${named.id}/verification`, { isParty: true })
  return entered
}

const seenIn = async (user: Api, call: RecordedCall, purpose: string) =>
  (await user.contact(call.contactId, purpose)).segments[0]?.recording

test('times to listen to a recording are offered before its destruction day, and a later time cannot be booked', async ({
  seloste,
}) => {
  const endedAt = endOfCallDueIn(dueIn)
  booked = await recordCall(seloste, { endedAt })
  const { destroy_at: day } = await recordingRow(seloste, booked)
  const paula = await signInAt(seloste.url, 'paula', seloste.password)
  request = await bookInspection(paula, booked, endedAt)
  const offered = await answerOf<{ items: unknown[]; latest: string }>(
    paula,
    'GET',
    `/api/requests/${request.id}/slots`,
  )
  expect(offered.items).toEqual([])
  expect(Temporal.Instant.compare(offered.latest, day!)).toBe(0)

  const inThree = { fi: 'Turku', sv: 'Åbo', en: 'Turku' }
  const office = await answerOf<{ id: string }>(paula, 'POST', '/api/offices', { names: inThree, address: inThree })
  const { hosts } = await answerOf<{ hosts: { id: string; name: string }[] }>(paula, 'GET', '/api/offices')
  const slotDay = Temporal.Now.plainDateISO('Europe/Helsinki').add({ days: 20 }).toString()
  const times = { day: slotDay, from: '09:00', to: '10:00', minutes: 60, hostId: hosts[0]!.id }
  await answerOf(paula, 'POST', `/api/offices/${office.id}/slots`, times)
  const slots = await answerOf<{ items: { id: string }[] }>(
    paula,
    'GET',
    `/api/slots?from=${slotDay}&to=${slotDay}&officeId=${office.id}`,
  )
  const requested = { slotId: slots.items[0]!.id, needs: [] }
  const late = await paula.call('POST', `/api/requests/${request.id}/appointments`, requested)
  expect(late.status).toBe(409)
  expect(await late.json()).toMatchObject({ error: { code: 'appointment.late' } })
  expect(await answerOf(paula, 'GET', `/api/requests/${request.id}`)).toMatchObject({ isUrgent: true })
})

test('an order restricts a recording in secret: a prohibition waits, and the person who entered it learns nothing of the order', async ({
  page,
  seloste,
}) => {
  ordered = await recordCall(seloste, { endedAt: endOfCallDueIn(dueIn) })
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

test('on its destruction day a recording is destroyed although somebody waits to listen to it, and they are informed in writing', async ({
  page,
  seloste,
}) => {
  const { destroy_at: day } = await recordingRow(seloste, booked)
  const row = await waitUntilDestroyed(seloste, booked, 120_000)
  expect(row.cause).toBe('retention')
  expect(Temporal.Instant.compare(row.destroyed_at!, day!)).toBeGreaterThanOrEqual(0)
  const paula = await signInAt(seloste.url, 'paula', seloste.password)
  await expect
    .poll(
      async () => {
        const { letters } = await answerOf<{ letters: { kind: string }[] }>(paula, 'GET', `/api/requests/${request.id}`)
        return letters.map(({ kind }) => kind)
      },
      { timeout: 90_000, intervals: [1_000] },
    )
    .toContain('destroyed-before')
  expect(await answerOf(paula, 'GET', `/api/requests/${request.id}/slots`)).toMatchObject({ items: [] })
  // The clerk sees that the letter is to be sent, and that no time can be booked.
  await signInOn(page, seloste, 'paula', { path: `/requests/${request.id}` })
  await inEachLanguage(page, async (t) => {
    const named = t('letters.kind.destroyed-before')
    const letter = page.locator('.letter', { hasText: named })
    await expect(letter.getByRole('button', { name: `${t('letters.deliver')}: ${named}`, exact: true })).toBeVisible()
    await expect(page.getByRole('button', { name: t('offices.book.open'), exact: true })).toHaveCount(0)
  })
})

test('past its day a recording under an order is kept and appears destroyed, and it is destroyed when a second person ends the order', async ({
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
  for (const user of [aino, sari, outi]) expect((await user!.call('GET', '/api/holds')).status).toBe(403)
  const log = (await (await outi!.call('GET', '/api/log?limit=200')).text()).toLowerCase()
  expect(log).not.toContain('hold.')

  await signInOn(page, seloste, 'riitta', { path: '/retention/holds' })
  await expect(page.locator('#content')).toContainText('Yksi kielto odottaa.')
  await page.getByRole('button', { name: 'Päätä määräys' }).click()
  await page.getByRole('textbox', { name: /^Mihin päättäminen perustuu/ }).fill('Määräys kumottu 26.11.2026')
  await page.locator('form').getByRole('button', { name: 'Päätä määräys' }).click()
  expect(await waitUntilDestroyed(seloste, ordered)).toMatchObject({ state: 'DESTROYED' })
  expect((await riitta!.call('GET', '/api/holds?state=ended')).status).toBe(200)
})
