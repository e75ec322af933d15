// AC2 (R13, R15, R26, R42): not all calls are recorded, and what can be answered about a call that was not, or whose
// recording has ended. A plan that would record all calls is refused in the journey of a change of the description.
import { expect } from '@playwright/test'
import { eventually, signInAt } from '#test/whole/api.ts'
import { signInOn, test } from './at-the-desk.ts'
import { tellPastCalls } from './past-calls.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const national = '029 497 000'
const callers = { unrecorded: '+358403000001', destroyed: '+358403000002', forgotten: '+358403000003' } as const

test('of a month of calls under a rule of 10 % between 7 and 13 % are recorded, and the plan’s page shows it', async ({
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

test('the Service Unit can say: not recorded; recorded and destroyed, when and why; and after 14 months nothing', async ({
  page,
  seloste,
}) => {
  const ago = (months: number) =>
    Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months }).with({ hour: 11, minute: 0 }).toInstant()
  const call = (caller: string, startedAt: Temporal.Instant, drawn: boolean | undefined) => {
    const endedAt = startedAt.add({ minutes: 1 })
    const segments = [{ official: '029 512 1001', number: national, answeredAt: startedAt, endedAt }]
    return { startedAt, endedAt, caller, numberCalled: national, segments, ...(drawn !== undefined && { drawn }) }
  }
  await tellPastCalls(seloste, [
    call(callers.unrecorded, ago(1), false),
    call(callers.destroyed, ago(8), true),
    call(callers.forgotten, ago(15), undefined),
  ])
  const find = async (caller: string) => page.goto(`/contacts?caller=${encodeURIComponent(caller)}`)
  const content = page.locator('#content')

  await signInOn(page, seloste, 'paula', {
    path: `/contacts?caller=${encodeURIComponent(callers.unrecorded)}`,
    reference: 'ASIA-2026-118',
  })
  await page.locator('a[data-contact]').click()
  await expect(content).toContainText('Puhelua ei ole tallennettu.')
  // What the history says of the call is what she reads out (R44).
  await expect(content).toContainText(national)
  await expect(content).toContainText('Aino Virtanen')
  await expect(page.getByRole('button', { name: 'Kuuntele' })).toHaveCount(0)

  await find(callers.destroyed)
  await page.locator('a[data-contact]').click()
  await expect(async () => {
    await page.reload()
    await expect(content).toContainText(/Puhelu tallennettiin, mutta tallenne on tuhottu \d+\.\d+\.\d{4}/)
  }).toPass({ timeout: 60_000 })
  await expect(content).toContainText('Säilytysaika päättyi')
  await expect(page.getByRole('button', { name: 'Kuuntele' })).toHaveCount(0)

  await find(callers.forgotten)
  await page.waitForLoadState('networkidle')
  await expect(page.locator('a[data-contact]')).toHaveCount(0)
  const tuula = await signInAt(seloste.url, 'tuula', seloste.password)
  await eventually(async () => {
    const contacts = await tuula.contacts({
      caller: callers.forgotten,
      purpose: 'CRIME_OR_MISUSE',
      reference: 'TU-2026-8',
    })
    return contacts.length === 0 ? true : undefined
  }, 'nothing of the call of 15 months ago')
})
