// AC2 (R13, R15): not all calls are recorded. What can be answered about an unrecorded call: asking-about-a-call. The
// journey of a change of the description refuses a plan that would record all calls.
import { expect } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import { signInOn, test } from './at-the-desk.ts'

test.describe.configure({ timeout: 120_000 })

test('of more than a thousand calls under a rule of 10 %, between 7 and 13 % are recorded, and the plan’s page shows the share', async ({
  page,
  seloste,
}) => {
  const eero = await signInAt(seloste.url, 'eero', seloste.password)
  const now = Temporal.Now.instant()
  const query = new URLSearchParams({
    from: now.subtract({ hours: 24 * 31 }).toString(),
    to: now.toString(),
    purpose: 'QUALITY',
  })
  const shares = (await (await eero.call('GET', `/api/shares?${query.toString()}`)).json()) as {
    byNumber: { display: string; answered: number; expected: number; drawn: number; recorded: number }[]
    byOfficial: { name: string; answered: number; recorded: number }[]
  }
  const underTheRule = shares.byNumber.filter(({ display }) => display !== '029 497 099')
  const answered = underTheRule.reduce((sum, each) => sum + each.answered, 0)
  const recorded = underTheRule.reduce((sum, each) => sum + each.recorded, 0)
  expect(answered).toBeGreaterThan(1000)
  expect(recorded / answered).toBeGreaterThan(0.07)
  expect(recorded / answered).toBeLessThan(0.13)

  await signInOn(page, seloste, 'eero', { path: '/plan', purpose: 'Laadun arviointi' })
  for (const { display } of underTheRule) await expect(page.locator('#content')).toContainText(display)
  for (const { name } of shares.byOfficial) await expect(page.locator('#content')).toContainText(name)
})
