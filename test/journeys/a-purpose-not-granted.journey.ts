// AC21 (R3-R6, R37, R38): a purpose that is not granted is refused and logged; one that is missing from the description
// cannot even be chosen.
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { logOf } from './log-of.ts'
import { test } from './shared-register.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const caller = '+358401239921'

test('Tiina, a trainer, cannot listen to a call for the purpose of quality, and the log shows that she tried', async ({
  page,
  seloste,
}) => {
  await placeCall({
    seed: 'a purpose not granted',
    caller,
    number: numbersCalled.testLine,
    official: officialByKey('aino'),
    seconds: 3,
    waitedMs: 0,
    server: seloste.sip,
  })
  const start = Temporal.Now.instant()
  const tiina = await signInAt(seloste.url, 'tiina', seloste.password)
  const contact = await eventually(async () => {
    const [found] = await tiina.contacts({ purpose: 'TRAINING', caller })
    return found?.segments[0]?.recording.state === 'available' ? found : undefined
  }, 'the recording is ingested')
  const recording = contact.segments[0]?.recording.id ?? ''
  const refused = await tiina.call('POST', `/api/recordings/${recording}/listenings`, { purpose: 'QUALITY' })
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ error: { code: 'deny.purpose' } })
  const log = await logOf(seloste, 'tiina', start)
  expect(log).toContainEqual(
    expect.objectContaining({ action: 'listening.started', result: 'refused:deny.purpose', purpose: 'QUALITY' }),
  )

  // Training is her only purpose, so the page shows it without a choice.
  await signInOn(page, seloste, 'tiina', { path: `/contacts/${contact.id}` })
  await page.getByRole('button', { name: 'Kuuntele' }).click()
  await expect(page.getByRole('slider', { name: 'Kohta tallenteessa' })).toBeVisible()
  expect(await logOf(seloste, 'tiina', start)).toContainEqual(
    expect.objectContaining({ action: 'listening.started', result: 'ok', purpose: 'TRAINING', objectId: recording }),
  )
})

test('Sari can choose only purposes of the description: no appraisal, no investigation', async ({ page, seloste }) => {
  await page.goto('/contacts')
  await page.locator('#signin-userId').fill('sari')
  await page.locator('#signin-password').fill(seloste.password)
  await page.locator('#signin-password').press('Enter')
  const cards = page.locator('.radio-card')
  await expect(cards.first()).toBeVisible()
  const offered = (await cards.allInnerTexts()).map((text) => text.split('\n')[0])
  expect(offered).toEqual([
    'Asiakaspalvelun kehittäminen',
    'Laadun arviointi',
    'Koulutus ja perehdyttäminen',
    'Palvelutasotutkimus',
  ])

  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  for (const [purpose, status] of [
    ['CRIME_OR_MISUSE&reference=X-1', 403],
    ['MAINTENANCE&reference=X-1', 403],
    ['APPRAISAL', 400],
    ['DEBT_COLLECTION', 400],
  ] as const) {
    expect((await sari.call('GET', `/api/contacts?purpose=${purpose}`)).status, purpose).toBe(status)
  }
})
