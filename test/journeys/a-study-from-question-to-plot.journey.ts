// R3, R4, R6, R15: a developer of the service gets from a question to a plot and a file, in Finnish and without help;
// and the counts of the day are shown on a wall display, without callers.
import { readFile } from 'node:fs/promises'
import { expect, type Locator, type Page } from '@playwright/test'
import { expectAccessible, reloadUntil, test } from './at-the-desk.ts'

test.setTimeout(180_000)

const cellsOf = async (row: Locator) => (await row.locator('td').allInnerTexts()).map((text) => text.trim())
const countOf = (text: string | undefined) => Number((text ?? '').replaceAll(/\s/g, ''))
const tableOf = (page: Page) => page.getByRole('region', { name: 'Luvut taulukkona' })

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: label }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Reloads until all calls are counted: those of the history are counted some seconds after the start. */
async function waitUntilCounted(page: Page): Promise<void> {
  const isCounted = async (options: { timeout: number }) => {
    await expect(tableOf(page)).toBeVisible(options)
    await expect(page.getByText('Puheluja lasketaan parhaillaan')).toHaveCount(0)
  }
  await reloadUntil(page, isCounted, 90_000)
}

test('a developer of the service gets from a question to a plot and its table, and downloads the counts', async ({
  page,
  signedIn,
}) => {
  await signedIn('eero', { path: '/' })
  await page.getByRole('navigation', { name: 'Päävalikko' }).getByRole('link', { name: 'Palvelutaso' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Palvelutaso' })).toBeFocused()
  await waitUntilCounted(page)

  // The question: when do people call, and how many calls are answered?
  await choose(page, 'Miten eritellään', 'Kellonaika')
  await expect(page).toHaveURL(/by=hour/)
  await expect(page.getByRole('heading', { name: 'Puhelujen määrä – erittely: Kellonaika' })).toBeVisible()
  const plot = page.getByRole('img', { name: /^Pylväskuvio: Puhelujen määrä – erittely: Kellonaika/ })
  await expect(plot).toBeVisible()
  const rows = tableOf(page).locator('tbody tr')
  // Until the answer arrives, the table shows the previous question's counts.
  await expect(rows.first().locator('th')).toHaveText(/^klo \d+–\d+$/)
  await expect(rows.last().locator('th')).toHaveText(/^klo \d+–\d+$/)
  const hours = await Promise.all((await rows.all()).map(cellsOf))
  const counts = hours.flatMap(([calls]) => (calls === '–' ? [] : [countOf(calls)]))
  for (const count of counts) expect(count % 5).toBe(0)
  expect(counts.some((count) => count > 0)).toBe(true)
  // One bar for every hour with a count.
  const bars = await plot
    .locator('rect.plot-value')
    .evaluateAll(
      (all) =>
        all.filter((bar) => Number(bar.getAttribute('width')) !== 14 && Number(bar.getAttribute('height')) > 0).length,
    )
  expect(bars).toBe(counts.filter((count) => count > 0).length)
  await expectAccessible(page, 'a study by hour')

  // Each count is shown beside that of the preceding period. The period is eleven months and the present one. The
  // history begins a month ago, so on the last days of a month the month before has few calls, or none.
  await choose(page, 'Miten eritellään', 'Palvelunumero')
  await choose(page, 'Vertailu', 'Edeltävä yhtä pitkä aika')
  await expect(page).toHaveURL(/compare=before/)
  await expect(tableOf(page).locator('thead .study-time')).toHaveCount(2)

  // The recorded share is shown beside the share expected from the plan.
  await choose(page, 'Vertailu', 'Ei vertailua')
  await choose(page, 'Mitä lasketaan', 'Tallennettujen osuus suunnitelmaan verrattuna')
  const national = tableOf(page).getByRole('row').filter({ hasText: '029 497 000' })
  await expect(national).toContainText('Henkilöverotuksen palvelunumero')
  const [recorded, planned] = await cellsOf(national)
  expect(planned).toMatch(/^10\s%$/)
  expect(recorded).toMatch(/^\d+\s%$/)

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Taulukko (CSV)' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^palvelutaso-\d{4}-\d{2}-\d{2}-\d{4}-\d{2}-\d{2}\.csv$/)
  const text = await readFile(await file.path(), 'utf8')
  expect(text.startsWith('\uFEFFTallennettujen osuus suunnitelmaan verrattuna')).toBe(true)
  expect(text).toContain(`029 497 000;${recorded};${planned}`)
  expect(text).not.toMatch(/Virtanen|\+358/)
  for (const kind of ['SVG', 'PNG']) {
    const made = page.waitForEvent('download')
    await page.getByRole('button', { name: `Kuvio (${kind})` }).click()
    const bytes = await readFile(await (await made).path())
    expect(bytes.length).toBeGreaterThan(1000)
    if (kind === 'SVG') expect(bytes.toString()).toContain('029 497 000')
  }

  // The URL contains the question.
  await page.getByRole('button', { name: 'Viime kuukausi' }).click()
  await expect(page).toHaveURL(/from=\d{4}-\d{2}-01&to=/)
  await page.goBack()
  const address = page.url()
  await page.goto('/')
  await page.goto(address)
  await expect(tableOf(page).getByRole('row').filter({ hasText: '029 497 000' })).toContainText(recorded!)
})

test('the studies have no accessibility barrier, narrow and wide, in three languages', async ({ page, signedIn }) => {
  await page.setViewportSize({ width: 320, height: 800 })
  await signedIn('eero', { path: '/service-level?by=number&compare=before&measure=talk' })
  await page.locator('.study-table, .notice').first().waitFor()
  await page.locator('.study-more summary').click()
  for (const language of ['Suomi', 'Svenska', 'English']) {
    await page.getByRole('button', { name: language, exact: true }).dispatchEvent('click')
    await expectAccessible(page, `a study in ${language}`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await expectAccessible(page, 'a study on a wide screen')
})

test('the day’s counts are below the calls in progress and on a wall display, without callers', async ({
  page,
  signedIn,
}) => {
  await signedIn('sari', { path: '/calls', purpose: 'Asiakaspalvelun kehittäminen' })
  const day = page.getByRole('region', { name: 'Tänään' })
  await expect(day.getByRole('link', { name: 'Avaa seinänäyttö' })).toBeVisible()
  await expectAccessible(page, 'calls in progress and the day')
  await day.getByRole('link', { name: 'Avaa seinänäyttö' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Puhelut tänään' })).toBeVisible()
  await expect(page.locator('.wall-figure')).toHaveCount(4)
  await expect(page.getByRole('navigation')).toHaveCount(0)
  const shown = await page.locator('#content').innerText()
  expect(shown).not.toMatch(/\*\*|040|Virtanen/)
  for (const width of [320, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expectAccessible(page, `the wall, ${width} pixels wide`)
  }
  await page.getByRole('button', { name: 'Pysäytä päivitys' }).click()
  await expect(page.getByText('Päivitys on pysäytetty.')).toBeVisible()
  await page.getByRole('link', { name: 'Sulje seinänäyttö' }).click()
  await expect(page).toHaveURL(/\/calls$/)
})

test('a person without the right to make studies sees no link to them and no content', async ({ page, signedIn }) => {
  await signedIn('aino', { path: '/' })
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Haku' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Palvelutaso' })).toHaveCount(0)
  await page.goto('/service-level')
  await expect(page.locator('#content')).toContainText('Käyttövaltuutesi ei kata tätä käyttötarkoitusta')
})
