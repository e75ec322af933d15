import { expect } from '@playwright/test'
import { focused, test } from './at-the-desk.ts'

test('a supervisor finds a recorded call and listens to it with the keyboard alone', async ({ page, signedIn }) => {
  await signedIn('sari', { path: '/contacts?recorded=available', purpose: 'Laadun arviointi' })
  await page.locator('a[data-contact]').first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: /^Yhteydenotto / })).toBeFocused()
  await expect(page.getByRole('heading', { name: 'Miksi puhelu tallennettiin' }).first()).toBeVisible()

  await expect(page.getByText('Kuuntelu kirjataan lokiin.').first()).toBeVisible()
  await page.getByRole('button', { name: 'Kuuntele' }).first().focus()
  await page.keyboard.press('Enter')
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  const atMs = async () => Number(await position.inputValue())
  // Enter starts playback and moves the focus to the pause button.
  await expect.poll(() => focused(page)).toBe('Tauko')
  await expect.poll(atMs).toBeGreaterThan(500)
  await page.keyboard.press('k')
  const paused = await atMs()
  await page.keyboard.press('ArrowRight')
  // The slider's own step is a tenth of a second.
  expect(Math.abs((await atMs()) - paused - 5000)).toBeLessThanOrEqual(200)
  await page.keyboard.press('j')
  expect(await atMs()).toBe(0)
  await page.keyboard.press('>')
  await expect(page.getByRole('status').filter({ hasText: '1,25 ×' })).toBeVisible()
  await page.keyboard.press('i')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('o')
  await expect(page.getByLabel('Loppu')).toHaveValue('0.05')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Pikanäppäimet' })).toBeVisible()
  await page.keyboard.press('Escape')

  // WCAG 2.1.4: the keys can be switched off.
  await page.getByRole('switch', { name: 'Pikanäppäimet käytössä' }).focus()
  await page.keyboard.press('Space')
  const before = await atMs()
  await page.keyboard.press('l')
  expect(await atMs()).toBe(before)

  const left = await atMs()
  expect(left).toBeGreaterThan(1000)
  await page.getByRole('button', { name: 'Lopeta kuuntelu' }).click()
  await expect(page.getByText('Kuuntelu on päättynyt.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Kuka kuunteli' }).first()).toContainText('Esihenkilö')

  // Playback resumes where it stopped, which the page announces before.
  await expect(page.getByText('Kuuntelu alkaa kohdasta')).toBeVisible()
  await page.getByRole('button', { name: 'Kuuntele uudelleen' }).click()
  await expect.poll(atMs).toBeGreaterThanOrEqual(left)
})

test('a link to a position in a recording plays from there once the listener confirms', async ({ page, signedIn }) => {
  await signedIn('sari', { path: '/contacts?recorded=available', purpose: 'Laadun arviointi' })
  await page.locator('a[data-contact]').first().click()
  await page.getByRole('heading', { level: 1, name: /^Yhteydenotto / }).waitFor()
  const contact = page.url()
  await page.goto(`${contact}?t=soon`)
  await expect(page.getByText('Kuuntelu kirjataan lokiin.').first()).toBeVisible()
  await expect(page.getByText('Kuuntelu alkaa kohdasta')).toHaveCount(0)
  await page.goto(`${contact}?t=7`)
  await expect(page.getByText('Kuuntelu alkaa kohdasta 0.07.')).toBeVisible()
  await page.getByRole('button', { name: 'Kuuntele' }).first().click()
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThanOrEqual(7000)
})

test('playback that is interrupted once continues by itself; playback that keeps being interrupted ends and can be started again', async ({
  page,
  signedIn,
}) => {
  await signedIn('sari', { path: '/contacts?recorded=available', purpose: 'Laadun arviointi' })
  await page.locator('a[data-contact]').first().click()
  await page.getByRole('heading', { level: 1, name: /^Yhteydenotto / }).waitFor()
  // Fails one request with 503, as a restarting custodian does; the next request succeeds.
  let failed = 0
  let failures = 1
  await page.route('**/audio', async (route) => {
    if (failed >= failures || route.request().headers()['range'] === 'bytes=0-0') return route.continue()
    failed += 1
    await route.fulfill({ status: 503 })
  })
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  const atMs = async () => Number(await position.inputValue())
  await page.getByRole('button', { name: 'Kuuntele' }).first().click()
  await expect.poll(atMs).toBeGreaterThan(300)
  expect(failed).toBe(1)
  await page.getByRole('button', { name: 'Lopeta kuuntelu' }).click()

  // Now every request fails, and playback ends by itself.
  failures = 100
  await page.getByRole('button', { name: 'Kuuntele uudelleen' }).click()
  await expect(page.getByText('Ääntä ei voitu toistaa.')).toBeVisible()
  await expect.poll(() => focused(page)).toBe('Kuuntele uudelleen')
  await expect(page.getByRole('button', { name: 'Toista', exact: true })).toHaveCount(0)
  failures = 0
  await page.getByRole('button', { name: 'Kuuntele uudelleen' }).click()
  const stoppedAt = await atMs()
  await expect.poll(atMs).toBeGreaterThan(stoppedAt + 300)
})

test('an official listens to one of yesterday’s calls in four clicks', async ({ page, signedIn, checkAccessible }) => {
  await signedIn('aino', { path: '/' })
  await page.getByRole('link', { name: 'Haku', exact: true }).first().click()
  await page.locator('.purpose-card', { hasText: 'Asiakaspalvelun kehittäminen' }).click()
  await page.getByRole('button', { name: 'Eilen' }).click()
  await expect(page).toHaveURL(/from=/)
  await page
    .getByRole('button', { name: /^Kuuntele: / })
    .first()
    .click()
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(300)
  await checkAccessible('a player below the search')
})

test('the up and down keys move between rows, and a row’s recording is played with the focus left in the list', async ({
  page,
  signedIn,
}) => {
  await signedIn('sari', { path: '/contacts?recorded=available', purpose: 'Laadun arviointi' })
  const links = page.locator('a[data-contact]')
  await links.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(links.nth(1)).toBeFocused()
  await page.keyboard.press('Space')
  const dock = page.getByRole('region', { name: 'Kuunneltava puhelu' })
  await expect(dock.getByRole('button', { name: 'Tauko', exact: true })).toBeVisible()
  await expect(links.nth(1)).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(links.first()).toBeFocused()
  await expect(dock).toContainText((await links.nth(1).textContent()) ?? '-')
  // The other row's recording replaces this one in the player.
  await page.keyboard.press('Space')
  await expect(dock).toContainText((await links.first().textContent()) ?? '-')
  await dock.getByRole('button', { name: 'Lopeta kuuntelu' }).click()
  await expect(dock).toHaveCount(0)
})
