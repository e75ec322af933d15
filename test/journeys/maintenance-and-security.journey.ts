// AC24 (R40, R21): maintenance with a fault number and the security unit with a case number view and play any call;
// without a reference neither can. Neither approves, grants or destroys, and both are in the month's review list.
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const caller = '+358401239924'
let contactId = ''

const people = [
  { userId: 'matti', purpose: 'MAINTENANCE', words: 'Tekninen ylläpito', reference: 'VIKA-2026-17' },
  { userId: 'tuula', purpose: 'CRIME_OR_MISUSE', words: 'Rikoksen tai väärinkäytön', reference: 'TU-2026-9' },
] as const

/** Calls operations that approve, grant or destroy. Returns their statuses. */
async function callForbidden(api: Api, { segments }: ContactShape): Promise<number[]> {
  const none = '00000000-0000-4000-8000-000000000000'
  const recording = segments[0]?.recording.id ?? ''
  const answers = await Promise.all([
    api.call('POST', '/api/description/drafts'),
    api.call('POST', `/api/rights/requests/${none}/decision`, { approve: true }),
    api.call('POST', `/api/recordings/${recording}/prohibitions`, { party: 'OFFICIAL', channel: 'OWN_CALLS' }),
    api.call('POST', '/api/people', { userId: 'uusi', name: 'Uusi', employedFrom: '2026-11-01' }),
  ])
  return answers.map(({ status }) => status)
}

for (const { userId, purpose, words, reference } of people) {
  test(`${userId} plays and views any call with a reference, and none without`, async ({ page, seloste }) => {
    if (contactId === '') {
      await placeCall({
        seed: 'maintenance and security',
        caller,
        number: numbersCalled.testLine,
        official: officialByKey('oili'),
        seconds: 3,
        waitedMs: 0,
        server: seloste.sip,
      })
    }
    const api = await signInAt(seloste.url, userId, seloste.password)
    const without = await api.call('GET', `/api/contacts?purpose=${purpose}`)
    expect(without.status).toBe(403)
    expect(await without.json()).toMatchObject({ error: { code: 'deny.reference' } })
    const contact = await eventually(async () => {
      const [found] = await api.contacts({ purpose, reference, caller })
      return found?.segments[0]?.recording.state === 'available' ? found : undefined
    }, 'the recording is ingested')
    contactId = contact.id

    await page.goto(`/contacts/${contact.id}`)
    await page.locator('#signin-userId').fill(userId)
    await page.locator('#signin-password').fill(seloste.password)
    await page.locator('#signin-password').press('Enter')
    await page.locator('#signin-userId').waitFor({ state: 'detached' })
    const use = page.getByRole('button', { name: 'Käytä tätä tarkoitusta' })
    await expect(page.locator('.purpose-form')).toContainText(words)
    await use.click()
    // A purpose that needs a reference shows nothing without a reference.
    await expect(page.locator('.field-error').first()).toBeVisible()
    await page.locator('.purpose-form .input').fill(reference)
    await use.click()
    await expect(page.locator('#content')).toContainText('Oili Rautio')
    await page.getByRole('button', { name: 'Kuuntele' }).click()
    await expect(page.getByRole('slider', { name: 'Kohta tallenteessa' })).toBeVisible()
    await page.getByRole('button', { name: 'Lopeta kuuntelu' }).click()

    expect(await callForbidden(api, contact)).toEqual([403, 403, 403, 403])
  })
}

test('both are in the month’s review list, which the data protection officer signs off', async ({ page, seloste }) => {
  await signInOn(page, seloste, 'outi', { path: '/reviews' })
  const month = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate().toPlainYearMonth().toString()
  await page.goto(`/reviews/${month}`)
  const content = page.locator('#content')
  for (const { reference } of people) await expect(content).toContainText(reference)
  await expect(content).toContainText('Matti Heikkilä')
  await expect(content).toContainText('Tuula Ojala')
  // The viewed call is shown as an id; the officer cannot see the call itself.
  await expect(content).not.toContainText('Oili Rautio')
  await expect(content).not.toContainText('40 123')
})
