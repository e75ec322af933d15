// R9, R16: what a call's recording lacks is shown in words that an official understands, with who can act on it, and so
// is how long the caller waited; in three languages, on a narrow and a wide screen.
import { expect } from '@playwright/test'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { withOwnDatabase } from './past-calls.ts'
import { test } from './shared-register.ts'

test.setTimeout(180_000)

const marks = ['mixed-beside', 'media-elsewhere', 'not-playable', 'silent', 'not-ingested'] as const
const text = {
  Suomi: { waited: 'Odotti jonossa', advice: 'Ilmoita tekniselle ylläpidolle.' },
  Svenska: { waited: 'Väntade i kö', advice: 'Meddela det tekniska underhållet.' },
  English: { waited: 'Waited in the queue', advice: 'Tell technical maintenance.' },
}

test('the page of a call shows what its recording lacks, and how long the caller waited', async ({ page, seloste }) => {
  const call = await recordCall(seloste)
  await withOwnDatabase(seloste, async (db) => {
    const contact = await db
      .selectFrom('contact')
      .select('started_at')
      .where('id', '=', call.contactId)
      .executeTakeFirstOrThrow()
    const waitedFrom = contact.started_at.subtract({ seconds: 120 })
    await db.updateTable('contact').set({ waited_from: waitedFrom }).where('id', '=', call.contactId).execute()
    await db
      .updateTable('segment')
      .set({ marks: [...marks] })
      .where('contact_id', '=', call.contactId)
      .execute()
  })
  await signInOn(page, seloste, 'sari', { path: `/contacts/${call.contactId}`, purpose: 'Laadun arviointi' })
  await expect(page.locator('.notice-warning li')).toHaveCount(marks.length)
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 900 })
    for (const [name, { waited, advice }] of Object.entries(text)) {
      await page.getByRole('button', { name, exact: true }).first().click()
      await expect(page.locator('dl.facts').filter({ hasText: waited })).toContainText('2 min 5 s')
      await expect(page.locator('.notice-warning li').filter({ hasText: advice })).toHaveCount(3)
      await expectAccessible(page, `what a call lacks, ${width} px, ${name}`)
      const folder = process.env['SELOSTE_PICTURES']
      if (folder) await page.screenshot({ path: `${folder}/lacks-${width}-${name}.png`, fullPage: true })
    }
  }
})
