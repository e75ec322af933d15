// AC22 (R36, R41): Eero's right ends while he listens. The sound stops within five seconds, the next request is refused
// with the reason, a reloaded page shows nothing, and he cannot grant himself the right.
import { expect, type Page } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { logOf } from './log-of.ts'
import { withOwnDatabase } from './past-calls.ts'
import { test } from './shared-register-for-staff.ts'

test.describe.configure({ mode: 'serial', timeout: 180_000 })

/** Returns the playback position in milliseconds, or -1 if the page has no player. */
const playedMs = (page: Page) =>
  page
    .getByRole('slider', { name: 'Kohta tallenteessa' })
    .inputValue({ timeout: 1_000 })
    .then(Number, () => -1)

/** Sets the instant at which Eero's right ends. */
function endRightAt(seloste: RunningSeloste, instant: Temporal.Instant): Promise<unknown> {
  return withOwnDatabase(seloste, async (db) => {
    const { id } = await db.selectFrom('person').select('id').where('user_id', '=', 'eero').executeTakeFirstOrThrow()
    return db.updateTable('access_right').set({ valid_to: instant }).where('person_id', '=', id).execute()
  })
}

test('the sound stops when the listener’s right ends, and a reloaded page shows nothing', async ({ page, seloste }) => {
  const call = await recordCall(seloste, { seconds: 60 })
  const start = Temporal.Now.instant()
  const eero = await signInAt(seloste.url, 'eero', seloste.password)

  await signInOn(page, seloste, 'eero', { path: `/contacts/${call.contactId}`, purpose: 'Laadun arviointi' })
  await page.getByRole('button', { name: 'Kuuntele' }).click()
  await expect.poll(() => playedMs(page)).toBeGreaterThan(1_000)

  const end = Temporal.Now.instant().add({ seconds: 3 })
  await endRightAt(seloste, end)
  await expect.poll(() => playedMs(page)).toBeGreaterThan(2_500)
  await expect(page.getByText('Kuuntelu keskeytyi, koska käyttövaltuutesi päättyi.')).toBeVisible({ timeout: 8_500 })
  expect(Temporal.Now.instant().since(end).total('seconds')).toBeLessThan(5)
  await expect(page.getByRole('button', { name: 'Tauko', exact: true })).toHaveCount(0)

  const next = await eero.call('GET', `/api/contacts/${call.contactId}?purpose=QUALITY`)
  expect(next.status).toBe(403)
  expect(await next.json()).toMatchObject({ error: { code: 'deny.expired' } })
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('body')).not.toContainText('Aino Virtanen')
  await expect(page.getByRole('button', { name: 'Kuuntele' })).toHaveCount(0)

  const log = await logOf(seloste, 'eero', start)
  expect(log.map(({ action, result }) => `${action} ${result}`)).toEqual(
    expect.arrayContaining(['listening.started ok', 'contact.read refused:deny.expired']),
  )
})

test('Eero requests the right again, cannot approve it himself, and has it once another person approves it', async ({
  page,
  seloste,
}) => {
  const eero = await signInAt(seloste.url, 'eero', seloste.password)
  const me = (await (await eero.call('GET', '/api/session')).json()) as { personId: string }
  await signInOn(page, seloste, 'eero', { path: `/rights/people/${me.personId}` })
  await page
    .getByRole('link', { name: /^Pyydä uudelleen/ })
    .first()
    .click()
  await page.getByRole('textbox', { name: 'Perustelu' }).fill('Laadun arviointi jatkuu ensi kvartaalilla.')
  await page.getByRole('button', { name: 'Lähetä pyyntö' }).click()
  await expect(page.locator('#content')).toContainText('Päätöstä odottavat')
  await expect(page.getByRole('button', { name: 'Hyväksy' })).toHaveCount(0)

  const { items } = (await (await eero.call('GET', '/api/rights/requests')).json()) as { items: { id: string }[] }
  const own = await eero.call('POST', `/api/rights/requests/${items[0]?.id ?? ''}/decision`, { approve: true })
  expect(own.status).toBe(403)
  expect((await eero.call('GET', '/api/contacts?purpose=QUALITY')).status).toBe(403)

  await page.context().clearCookies()
  await signInOn(page, seloste, 'anneli', { path: '/rights' })
  await expect(page.locator('#content')).toContainText('Laadun arviointi jatkuu ensi kvartaalilla.')
  const request = page.locator('.panel').filter({ hasText: 'Laadun arviointi jatkuu ensi kvartaalilla.' })
  await request.getByRole('button', { name: 'Hyväksy' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Hyväksy' }).click()
  // The dialog covers all buttons, so the test waits until it has closed.
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await expect(request.getByRole('button', { name: 'Hyväksy' })).toHaveCount(0)
  await expect.poll(async () => (await eero.call('GET', '/api/contacts?purpose=QUALITY')).status).toBe(200)
})
