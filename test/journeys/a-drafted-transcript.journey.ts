// R33, R5: an expert has the agency's recogniser draft a call for an anonymised copy, and corrects it by keyboard. Words of
// which the program is not sure are marked, and listed under the turn for those who do not see the marks.
import { expect, type Page } from '@playwright/test'
import { expectAccessible, expectReadableInDark } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { wordsIn } from './service-desk.ts'
import { test } from './shared-gdpr-register.ts'

test.describe.configure({ timeout: 240_000 })

const t = wordsIn('fi')
const button = (page: Page, word: string, given?: Record<string, string | number>) =>
  page.getByRole('button', { name: t(word, given), exact: true })
const selected = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
  )

test('the uncertain words of a drafted transcript are found, played, corrected and accepted by keyboard, on a phone too', async ({
  page,
  seloste,
  signedIn,
}) => {
  const call = await recordCall(seloste, { seconds: 8 })
  await signedIn('eero', { path: `/contacts/${call.contactId}`, purpose: 'Palvelutasotutkimus' })
  await button(page, 'disclosures.pick.open').click()
  await button(page, 'disclosures.pick.do').click()
  await page.locator('.notice-success a').click()
  await expect(page).toHaveURL(/\/disclosures\/research\/[0-9a-f-]{36}$/)
  await page.goto(`${new URL(page.url()).pathname}/items/1`)

  await button(page, 'anonymisation.recognition.do').click()
  await button(page, 'anonymisation.recognition.take').click({ timeout: 60_000 })
  const turns = page.locator('.turn-row')
  const marked = page.locator('.turn-marks mark')
  await expect(marked).toHaveText(
    Array.from({ length: 2 }, () => ['Kerttu', 'veronpidätysprosentin', 'muutosverokorttia']).flat(),
  )
  await expectAccessible(page, 'a drafted transcript')
  await expectReadableInDark(page, 'a drafted transcript')

  await turns.first().locator('textarea').focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('F8')
  expect(await selected(page)).toBe('Kerttu')
  await page.keyboard.type('Kirsi')
  await expect(marked).toHaveCount(5)
  await page.keyboard.press('F8')
  expect(await selected(page)).toBe('veronpidätysprosentin')
  await page.keyboard.press('F8')
  expect(await selected(page)).toBe('muutosverokorttia')
  await page.keyboard.press('Shift+F8')
  expect(await selected(page)).toBe('veronpidätysprosentin')
  await page.keyboard.press('Control+Enter')
  await expect(turns.first()).not.toHaveClass(/is-unreviewed/)
  await expect(turns.nth(1).locator('textarea')).toBeFocused()
  await expect(marked).toHaveCount(3)

  await page.setViewportSize({ width: 320, height: 800 })
  await expectAccessible(page, 'a drafted transcript on a phone')
  for (const language of ['Svenska', 'English', 'Suomi']) {
    await page.getByRole('button', { name: language, exact: true }).click()
    await expectAccessible(page, `a drafted transcript on a phone, ${language}`)
  }
  await button(page, 'anonymisation.save').click()
  await expect(page.getByText(t('anonymisation.saved')).first()).toBeVisible()
})
