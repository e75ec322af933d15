// R21, L19: the data protection officer reads who viewed what, sees that an entry is in the signed log, and has the
// whole log verified. A later edit by the owner of the database is found, at the edited entry.
import { expect, type Page } from '@playwright/test'
import { sql } from 'kysely'
import { signInAt } from '#test/whole/api.ts'
import { reloadUntil, signInOn } from './at-the-desk.ts'
import { withOwnDatabase } from './past-calls.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ mode: 'serial', timeout: 120_000 })

async function verify(page: Page): Promise<void> {
  await page.goto('/log')
  await page.getByRole('button', { name: 'Tarkasta koko loki' }).click()
}

test('a refused view is an entry in the signed log', async ({ page, seloste }) => {
  const eero = await signInAt(seloste.url, 'eero', seloste.password)
  await eero.contacts({ purpose: 'QUALITY' })
  const refused = await eero.call('GET', '/api/contacts?purpose=TRAINING')
  expect(refused.status).toBe(403)

  await signInOn(page, seloste, 'outi', { path: '/log?person=eero&result=refused' })
  const rows = page.locator('[role=row]').filter({ hasText: 'Eero Salonen' })
  await expect(rows.first()).toBeVisible()
  await rows.first().click()
  const entry = page.getByRole('dialog')
  await expect(entry).toContainText('Evättiin')
  // The entry is signed within a second; the page checks its proof when it is opened.
  const signed = 'johtavat allekirjoitettuun juuritiivisteeseen'
  await reloadUntil(page, (options) => expect(entry).toContainText(signed, options), 60_000)
})

test('the log is whole until the database’s owner edits an entry, which is then reported', async ({
  page,
  seloste,
}) => {
  await signInOn(page, seloste, 'outi', { path: '/log' })
  await verify(page)
  await expect(page.locator('.notice-title', { hasText: 'Loki on ehjä' })).toBeVisible({ timeout: 30_000 })

  const edited = await withOwnDatabase(seloste, async (db) => {
    await sql`alter table audit_entry disable trigger user`.execute(db)
    const { rows } = await sql<{ seq: string }>`
      update audit_entry set result = 'ok'
      where seq = (select min(seq) from audit_entry where result = 'refused:deny.purpose') returning seq`.execute(db)
    await sql`alter table audit_entry enable trigger user`.execute(db)
    return String(rows[0]?.seq)
  })
  await verify(page)
  await expect(page.locator('.notice-title', { hasText: 'Loki ei ole ehjä' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('Ensimmäinen virheellinen kohta').first()).toBeVisible()
  await page
    .getByRole('link', { name: `Avaa tapahtuma ${edited}` })
    .or(page.getByRole('button', { name: `Avaa tapahtuma ${edited}` }))
    .click()
  await expect(page.getByRole('dialog')).toContainText('Ei. Tapahtuma ei vastaa sitä, mitä lokiin allekirjoitettiin.')
})
