import { expect } from '@playwright/test'
import { focused, test } from './at-the-desk.ts'

test('a person signs in by keyboard, reads what was wrong, chooses a purpose and signs out', async ({
  page,
  seloste,
}) => {
  await page.goto('/contacts')
  await page.locator('#signin-userId').waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Siirry sisältöön')

  await page.locator('#signin-userId').fill('sari')
  await page.locator('#signin-password').fill('väärä')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('Käyttäjätunnus tai salasana on väärä.')
  await expect(page.locator('.error-summary')).toBeFocused()

  await page.locator('#signin-password').fill(seloste.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Valitse käyttötarkoitus' })).toBeFocused()
  // A supervisor can choose only development and its parts (AC21).
  await expect(page.getByRole('list', { name: 'Käyttötarkoitus' }).getByRole('button')).toHaveCount(4)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Haku' })).toBeFocused()
  await expect(page).toHaveTitle('Haku – Seloste')
  await expect(page.getByRole('region', { name: 'Käyttötarkoitus' })).toContainText('Laadun arviointi')

  await page.getByRole('button', { name: 'Sari Niemi' }).click()
  await expect(page.getByRole('dialog')).toContainText('Esihenkilö')
  await page.getByRole('button', { name: 'Kirjaudu ulos' }).click()
  await expect(page.getByText('Olet kirjautunut ulos.')).toBeVisible()
})

test('maintenance must enter a fault reference before anything is shown (AC24)', async ({ page, signedIn }) => {
  await signedIn('matti')
  await page.getByRole('button', { name: 'Käytä tätä tarkoitusta' }).click()
  await expect(page.getByText('Kirjoita tunnus: tämä tarkoitus edellyttää sitä.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Vikailmoituksen tunnus' }).fill('VIKA-2026-118')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Käyttötarkoitus' })).toContainText('VIKA-2026-118')
  await expect(page.getByRole('table', { name: 'Yhteydenotot' })).toBeVisible()
})
