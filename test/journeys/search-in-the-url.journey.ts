import { expect } from '@playwright/test'
import { expectAccessible, signInOn, test } from './at-the-desk.ts'

test('a search is in its URL: it can be saved, sent, and returned to', async ({ page, signedIn }) => {
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  await page.getByLabel('Virkailija').fill('aino')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/contacts\?official=aino$/)
  await page.getByRole('button', { name: '7 päivää' }).click()
  await expect(page).toHaveURL(/official=aino&from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d|from=.*&official=aino/)
  await page.goBack()
  await expect(page).toHaveURL(/\/contacts\?official=aino$/)
  await page.reload()
  await expect(page.getByLabel('Virkailija')).toHaveValue('aino')
})

test('more contacts are added below, and the focus continues after the previous end of the list', async ({
  page,
  signedIn,
}) => {
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  const contacts = page.locator('a[data-contact]')
  await expect(contacts).toHaveCount(50)
  await page.getByRole('button', { name: 'Näytä lisää' }).press('Enter')
  await expect(contacts).toHaveCount(100)
  await expect(contacts.nth(50)).toBeFocused()
})

test('a result of any length is read from its oldest call on, by keyboard, also on a phone, and stays so', async ({
  page,
  signedIn,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  const contacts = page.locator('a[data-contact]')
  await expect(contacts).toHaveCount(50)
  const shown = async () => (await contacts.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
  const times = async () =>
    (await shown()).map((text) => {
      const [, day, month, year, hour, minute] = /(\d+)\.(\d+)\.(\d+)\D+(\d+)\.(\d+)/.exec(text)!
      return Number(`${year}${[month, day, hour, minute].map((part) => part!.padStart(2, '0')).join('')}`)
    })
  const newest = await times()
  const heading = page.getByRole('columnheader', { name: 'Alkoi' })
  const read = page.waitForResponse((response) => response.url().includes('order=oldest'))
  await heading.getByRole('button').press('Enter')
  await read
  await expect(heading).toHaveAttribute('aria-sort', 'ascending')
  await expect(heading.getByRole('button')).toBeFocused()
  await expect(async () => expect(Math.max(...(await times()))).toBeLessThan(Math.min(...newest))).toPass()
  await page.getByRole('button', { name: 'Näytä lisää' }).press('Enter')
  await expect(contacts).toHaveCount(100)
  const all = await times()
  expect(all).toEqual(all.toSorted((a, b) => a - b))
  // Scrolls up, because axe counts rows partly hidden at the top as too small.
  await page.evaluate('scrollTo(0, 0)')
  await expectAccessible(page, 'the search, oldest first')

  await page.setViewportSize({ width: 390, height: 844 })
  await page.reload()
  const oldestFirst = page.getByRole('button', { name: 'Vanhin ensin' })
  await expect(oldestFirst).toHaveAttribute('aria-pressed', 'true')
  expect((await times()).slice(0, 50)).toEqual(all.slice(0, 50))
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    await expectAccessible(page, `the search, oldest first, ${width} px`)
  }
  await oldestFirst.press('Enter')
  await expect(oldestFirst).toHaveAttribute('aria-pressed', 'false')
  await expect(oldestFirst).toBeFocused()
  await expect(async () => expect(Math.min(...(await times()))).toBeGreaterThan(Math.max(...all))).toPass()
})

test('an official sees only their own calls, and the URL of another call leads nowhere (AC5)', async ({
  page,
  signedIn,
}) => {
  await signedIn('aino', { purpose: 'Asiakaspalvelun kehittäminen' })
  await expect(page.locator('.official-name').first()).toBeVisible()
  const names = new Set(await page.locator('.official-name').allTextContents())
  expect([...names]).toEqual(['Aino Virtanen'])
  await page.goto('/contacts/00000000-0000-4000-8000-000000000000')
  await expect(page.getByRole('alert')).toContainText('Tätä ei ole tai se ei kuulu käyttövaltuuteesi.')
})

test('the caller’s number is shown completely only on request', async ({ page, signedIn }) => {
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  await page.locator('tbody', { hasText: '***' }).first().locator('a[data-contact]').click()
  const caller = page.locator('.facts > div', { hasText: 'Soittajan numero' }).first()
  await expect(caller).toContainText('***')
  await caller.getByRole('button', { name: 'Näytä koko numero' }).click()
  await expect(caller).not.toContainText('*')
  await expect(caller.locator('.number')).toBeFocused()
})

test('an invalid search is reported at its field, and no search is sent', async ({
  page,
  signedIn,
  checkAccessible,
}) => {
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  const caller = page.getByLabel('Soittajan numero')
  await caller.fill('abc')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Kirjoita numero numeroin, esimerkiksi 040 123 4567.')).toBeVisible()
  await expect(caller).toBeFocused()
  await expect(page).toHaveURL(/\/contacts$/)
  await checkAccessible('an invalid search')
  const requested = page.waitForRequest((request) => request.url().includes('caller=040'))
  await caller.fill('040 123 4567')
  await page.keyboard.press('Enter')
  await requested
  await expect(page).toHaveURL(/\/contacts$/)
})

test('no URL contains a caller’s number: Back returns to the search, but not for the next person', async ({
  page,
  signedIn,
  seloste,
}) => {
  const caller = page.getByLabel('Soittajan numero')
  const number = '+358401234567'
  // An old URL with a number is accepted, and removed from the history.
  await signedIn('sari', {
    path: `/contacts?caller=${encodeURIComponent(number)}&recorded=none`,
    purpose: 'Laadun arviointi',
  })
  await expect(page).toHaveURL(/\/contacts\?recorded=none$/)
  await expect(caller).toHaveValue(number)
  await caller.fill('040 765 4321')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/contacts\?recorded=none$/)
  await page.getByRole('button', { name: '7 päivää' }).click()
  await expect(page).toHaveURL(/from=/)
  await page.goBack()
  await expect(page).not.toHaveURL(/from=/)
  await expect(caller).toHaveValue('040 765 4321')
  await page.goBack()
  await expect(caller).toHaveValue(number)
  await page.reload()
  await expect(caller).toHaveValue(number)
  await page.goForward()
  await expect(caller).toHaveValue('040 765 4321')

  await page.getByRole('button', { name: /^Sari/ }).click()
  await page.getByRole('button', { name: 'Kirjaudu ulos' }).click()
  await expect(page.getByText('Olet kirjautunut ulos.')).toBeVisible()
  await page.locator('#signin-userId').fill('eero')
  await page.locator('#signin-password').fill(seloste.password)
  await page.locator('#signin-password').press('Enter')
  await page.locator('#signin-userId').waitFor({ state: 'detached' })
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  for (let back = 0; back < 4; back++) {
    await page.goBack()
    addresses.push(page.url())
    await page.waitForTimeout(500)
  }
  expect(addresses.filter((address) => /caller|123|765/.test(address))).toEqual([])
  expect(addresses.some((address) => address.includes('/contacts'))).toBe(true)
})

test('a URL with an unknown filter still leads to the search', async ({ page, signedIn }) => {
  await signedIn('sari', { path: '/contacts?recorded=something&from=soon', purpose: 'Laadun arviointi' })
  await expect(page.locator('a[data-contact]').first()).toBeVisible()
})

test('the list shows fifteen rows at 1440 by 900, and the chosen columns and order are kept', async ({
  page,
  signedIn,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  const rows = page.locator('tbody[data-row]')
  await expect(rows).toHaveCount(50)
  const inView = () =>
    page.evaluate<number>(
      // A transferred call has a row for each official.
      "[...document.querySelectorAll('tbody[data-row] > tr')].filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length",
    )
  expect(await inView()).toBeGreaterThanOrEqual(15)

  // If very many calls fit, they are ordered by time only, and the page says so.
  await expect(page.getByText('Muun järjestyksen saa, kun haku löytää enintään 200 puhelua.')).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Kesto' }).getByRole('button')).toHaveCount(0)
  await page.getByRole('button', { name: 'Tänään' }).click()
  await expect(page).toHaveURL(/from=/)
  await page.getByRole('columnheader', { name: 'Kesto' }).getByRole('button').click()
  await expect(page.getByRole('columnheader', { name: 'Kesto' })).toHaveAttribute('aria-sort', 'ascending')
  await page.getByText('Sarakkeet', { exact: true }).click()
  await page.getByRole('checkbox', { name: 'Päättyi' }).locator('xpath=ancestor::label').click()
  await expect(page.getByRole('columnheader', { name: 'Päättyi' })).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('columnheader', { name: 'Kesto' })).toHaveAttribute('aria-sort', 'ascending')
  await expect(page.getByRole('columnheader', { name: 'Päättyi' })).toHaveCount(0)
})

test('a named search is stored for its person only, without a caller’s number', async ({ page, signedIn, seloste }) => {
  await signedIn('sari', { purpose: 'Laadun arviointi' })
  await page.getByLabel('Soittajan numero').fill('040 123 4567')
  await page.getByLabel('Virkailija').fill('aino')
  await page.getByRole('button', { name: 'Eilen' }).click()
  await expect(page).toHaveURL(/from=/)
  await page.getByRole('button', { name: 'Tallenna haku' }).click()
  await page.getByLabel('Haun nimi').fill('Ainon eiliset')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Ainon eiliset', exact: true })).toBeVisible()
  expect(await page.evaluate<string>('JSON.stringify(localStorage)')).not.toContain('4567')

  await page.getByRole('button', { name: /^Sari/ }).click()
  await page.getByRole('button', { name: 'Kirjaudu ulos' }).click()
  await expect(page.getByText('Olet kirjautunut ulos.')).toBeVisible()
  await signInOn(page, seloste, 'eero', { purpose: 'Laadun arviointi' })
  await expect(page.locator('a[data-contact]').first()).toBeVisible()
  await expect(page.getByText('Ainon eiliset')).toHaveCount(0)
  await page.context().clearCookies()
  await signInOn(page, seloste, 'sari', { purpose: 'Laadun arviointi' })
  await page.getByRole('button', { name: 'Ainon eiliset', exact: true }).click()
  await expect(page).toHaveURL(/official=aino/)
  await expect(page).toHaveURL(/from=/)
})
