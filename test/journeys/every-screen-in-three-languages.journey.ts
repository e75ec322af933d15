import { expect, type Page } from '@playwright/test'
import { test, type Language } from './at-the-desk.ts'

const words: Record<Language, { name: string; search: string; live: string; listen: string }> = {
  fi: { name: 'Suomi', search: 'Haku', live: 'Käynnissä olevat', listen: 'Kuuntele' },
  sv: { name: 'Svenska', search: 'Sökning', live: 'Pågående samtal', listen: 'Lyssna' },
  en: { name: 'English', search: 'Search', live: 'Calls in progress', listen: 'Listen' },
}
const widths = [320, 768, 1440]

for (const language of ['fi', 'sv', 'en'] as const) {
  for (const width of widths) {
    test(`no screen has a barrier in ${language} at ${width} pixels`, async ({ page, signedIn, isAccessible }) => {
      test.setTimeout(120_000)
      await page.setViewportSize({ width, height: 800 })
      await page.goto('/contacts')
      await page.locator('#signin-userId').waitFor()
      await isAccessible('sign-in')
      await signedIn('sari')
      await choose(page, language)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await isAccessible('choosing a purpose')
      await page.locator('.radio-card').nth(1).click()
      await page.locator('.purpose-form button[type=submit]').click()

      await expect(page.getByRole('heading', { level: 1, name: words[language].search })).toBeVisible()
      await page.locator('a[data-contact]').first().waitFor()
      await isAccessible('search')
      await page.goto('/contacts?official=eikukaan')
      await page.locator('.notice').waitFor()
      await isAccessible('a search without results')

      await page.goto('/contacts?recorded=available')
      await page.locator('a[data-contact]').first().click()
      const listen = page.getByRole('button', { name: words[language].listen }).first()
      await listen.waitFor()
      await isAccessible('a contact')
      await listen.click()
      await page.locator('.waveform > div').first().waitFor()
      await isAccessible('the player')

      await page.goto('/calls')
      await expect(page.getByRole('heading', { level: 1, name: words[language].live })).toBeVisible()
      await page.locator('.failures').waitFor()
      await isAccessible('calls in progress')
    })
  }
}

function choose(page: Page, language: Language): Promise<void> {
  return page.getByRole('button', { name: words[language].name, exact: true }).click()
}
