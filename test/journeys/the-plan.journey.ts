// R13-R15, L3, L16: the plan, its outcome and whether chance explains the difference are visible to everybody whose
// purpose covers the calls. Every contact shows the rule, the version, the share and the draw that decided.
import { expect, type Locator } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import { test } from './at-the-desk.ts'

interface Shares {
  byNumber: { number: string; display: string; answered: number; expected: number; drawn: number; recorded: number }[]
  byOfficial: { name: string; answered: number }[]
}

test.setTimeout(120_000)

const cellsOf = async (row: Locator) => (await row.locator('td').allInnerTexts()).map((text) => text.trim())
const countOf = (text: string | undefined) => Number((text ?? '').replaceAll(/\s/g, ''))

test('the plan shows its rules, announcements and the cooperation decision to everybody who signs in', async ({
  page,
  signedIn,
}) => {
  await signedIn('anssi', { path: '/plan' })
  const rule = page.getByRole('article', { name: 'Palvelunumerot' })
  await expect(rule).toContainText('versio 3')
  await expect(rule).toContainText(/10\s%/)
  await expect(rule).toContainText('029 497 000')
  await expect(rule).toContainText('6 kuukautta')
  const testLine = page.getByRole('article', { name: 'Testilinja' })
  await expect(testLine).toContainText(/1\.1\.2026–31\.5\.20\d\d/)
  await expect(testLine).toContainText('Testilinjalle soittaa vain oma henkilöstö')
  const content = page.locator('#content')
  await expect(content).toContainText('Yhteistoimintaelimen pöytäkirja 11/2025')
  await expect(content).toContainText('Päätetty 20.11.2025')
  await expect(content.locator('dd[lang=sv]')).toContainText('Samtalet kan spelas in')
  // An administrator may see no calls, and so no counts of calls.
  await expect(content).toContainText('Osuudet näkyvät niille')
  await expect(page.locator('.shares')).toHaveCount(0)
})

test('planned and actual shares are those of the register, and chance explains their difference', async ({
  page,
  signedIn,
  seloste,
}) => {
  await signedIn('eero', { path: '/plan', purpose: 'Laadun arviointi' })
  await expect(page.getByRole('heading', { name: 'Suunniteltu ja toteutunut osuus' })).toBeFocused()
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate()
  const [from, to] = [today.subtract({ days: 20 }), today.subtract({ days: 1 })]
  await page.goto(`/plan?from=${from.toString()}&to=${to.toString()}`)
  const begins = (date: Temporal.PlainDate) => date.toZonedDateTime('Europe/Helsinki').toInstant().toString()
  const api = await signInAt(seloste.url, 'eero', seloste.password)
  const query = new URLSearchParams({ purpose: 'QUALITY', from: begins(from), to: begins(to.add({ days: 1 })) })
  const shares = (await (await api.call('GET', `/api/shares?${query.toString()}`)).json()) as Shares
  expect(shares.byNumber.length).toBeGreaterThan(2)

  const byNumber = page.getByRole('table', { name: 'Numeroittain' })
  await expect(byNumber.getByRole('row')).toHaveCount(shares.byNumber.length + 1)
  for (const { display, answered, expected, recorded } of shares.byNumber) {
    const [shown, planned, , recordings, ordinary] = await cellsOf(
      byNumber.getByRole('row').filter({ hasText: display }),
    )
    expect([countOf(shown), countOf(recordings)]).toEqual([answered, recorded])
    expect(planned?.replaceAll(/\s/g, '')).toBe(`${Math.round((expected / answered) * 100)}%`)
    const [low = NaN, high = low] = (ordinary ?? '').split('–').map(countOf)
    expect(low).toBeLessThanOrEqual(expected)
    expect(high).toBeGreaterThanOrEqual(expected)
    const isWide = answered > 200 && expected < answered
    if (isWide) expect(high - low).toBeGreaterThan(10)
  }
  const byOfficial = page.getByRole('table', { name: 'Virkailijoittain' })
  await expect(byOfficial.getByRole('row')).toHaveCount(shares.byOfficial.length + 1)
  // No undrawn call was recorded, and every drawn call was.
  await expect(page.locator('.shares-difference')).toHaveCount(0)

  await page.getByRole('button', { name: '7 päivää' }).click()
  await expect(page).toHaveURL(new RegExp(`from=${today.subtract({ days: 6 }).toString()}`))
})

test('the proof that exactly the drawn calls are recorded is shown beside the plan', async ({ page, signedIn }) => {
  await signedIn('riitta', { path: '/plan' })
  const proof = page.getByRole('region', { name: 'Todiste arvonnasta' })
  await expect(proof).toContainText('Tallennettu on täsmälleen ne puhelut, joihin arvonta osui.')
  await expect(proof).toContainText('Tarkistettu')
  await proof.getByText('Miten tarkistetaan').press('Enter')
  await expect(proof.locator('.proof-test')).toContainText('.test.ts')
})

test('buttons do not move when the proof arrives, because nothing is shown below it until then', async ({
  page,
  signedIn,
}) => {
  const held = Promise.withResolvers<void>()
  await page.route('**/api/evidence', async (route) => {
    await held.promise
    await route.continue()
  })
  await signedIn('eero', { path: '/plan' })
  await expect(page.getByRole('region', { name: 'Todiste arvonnasta' })).toContainText('Ladataan')
  const purposes = page.locator('.purpose-form')
  await expect(purposes).toHaveCount(0)
  held.resolve()
  await expect(purposes).toBeVisible()
  await page.locator('.radio-card', { hasText: 'Laadun arviointi' }).click()
  await expect(page.getByRole('table', { name: 'Virkailijoittain' })).toBeVisible()
})

test('a contact shows rule, version, share, draw and outcome, in three languages', async ({ page, signedIn }) => {
  await signedIn('eero', { path: '/contacts?recorded=available&number=%2B35829497000', purpose: 'Laadun arviointi' })
  await page.locator('a[data-contact]').first().click()
  const reason = page.locator('.why').first()
  await expect(reason).toContainText(/Sääntö Palvelunumerot, versio 3, 10\s%, arvottu luku 0,0\d{3}: tallennettiin/)
  await expect(reason.getByRole('link', { name: 'Versio 1' })).toHaveAttribute('href', '/rekisteriseloste/1')
  await page.getByRole('button', { name: 'Svenska', exact: true }).click()
  await expect(reason).toContainText(/Regel Servicenumren, version 3, 10\s%, lottat tal 0,0\d{3}: spelades in/)
  await page.getByRole('button', { name: 'English', exact: true }).click()
  await expect(reason).toContainText(/Rule Service numbers, version 3, 10\s?%, draw 0[.,]0\d{3}: recorded/)

  const yesterday = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate().subtract({ days: 1 })
  const days = `from=${yesterday.subtract({ days: 6 }).toString()}&to=${yesterday.toString()}`
  await page.goto(`/contacts?recorded=none&number=%2B35829497000&${days}`)
  const answered = page.locator('tbody', { hasText: /Virtanen|Mäkelä|Söderholm|Korpela/ }).locator('a[data-contact]')
  await answered.first().click()
  await expect(reason).toContainText(/version 3, 10\s?%, draw 0[.,][1-9]\d{3}: not recorded/)
})
