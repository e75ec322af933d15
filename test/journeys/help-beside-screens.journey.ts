// Help of a screen: opens beside it by button or F1, in three languages, on a narrow and a wide screen; the page of all
// helps lists and finds those of one's own screens. SELOSTE_HELP_PICTURES=1 takes the pictures of all helps, and
// SELOSTE_HELP_PICTURES='places contacts' those of the named ones.
import { expect } from '@playwright/test'
import { dailyQuarter } from '#test/house/daily-quarter.ts'
import { helps } from '../../web/src/help/help-paths.ts'
import { expectAccessible, expectReadableInDark, focused, test } from './at-the-desk.ts'
import { goToScreen, helpScreens, pictureWindow, takePicture, viewers } from './help-screens.ts'

const pictures = process.env['SELOSTE_HELP_PICTURES']

test('the help of a screen opens and closes by keyboard, and stays beside the pages that follow', async ({
  page,
  signedIn,
}) => {
  await signedIn('paula', { path: '/requests' })
  const find = page.locator('.queue-find input, input[type=search], #content input').first()
  await find.focus()
  await page.keyboard.press('F1')
  const help = page.getByRole('complementary', { name: 'Ohje: Pyynnöt' })
  await expect(help.getByRole('heading', { name: 'Ohje: Pyynnöt' })).toBeFocused()
  await expect(help.getByRole('listitem').first()).toContainText('”Kirjaa pyyntö”')
  await expect(help.getByRole('img')).toBeVisible()
  await expectReadableInDark(page, 'the help')
  for (const width of [1440, 768, 320]) {
    await page.setViewportSize({ width, height: 800 })
    await expectAccessible(page, `the help, ${width} px`)
  }
  await page.getByRole('button', { name: 'Svenska' }).click()
  await expect(page.getByRole('heading', { name: 'Hjälp: Begäranden' })).toBeVisible()
  await expectAccessible(page, 'the help in Swedish')
  await page.getByRole('button', { name: 'Suomi' }).click()

  await help.getByRole('link', { name: 'Kuunteluajat' }).click()
  await expect(page.getByRole('complementary', { name: 'Ohje: Kuunteluajat' })).toBeVisible()
  await page.getByRole('complementary').getByRole('button').focus()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('complementary')).toHaveCount(0)
  expect(await focused(page)).toMatch(/^Ohje/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary')).toHaveCount(1)
  await page.keyboard.press('F1')
  expect(await focused(page)).toMatch(/^Ohje/)
})

test('the page of all helps has those of one’s own screens, and finds inflected words', async ({ page, signedIn }) => {
  await signedIn('paula', { path: '/help' })
  const titles = page.locator('#content summary')
  await expect(titles.filter({ hasText: /^Pyynnöt$/ })).toHaveCount(1)
  await expect(titles.filter({ hasText: /^(Haku|Hälytykset|Säilyttämismääräykset)$/ })).toHaveCount(0)
  await page.getByLabel('Hae ohjeista').fill('kuunteluajan varaaminen')
  await expect(page.getByRole('status').filter({ hasText: 'ohje' })).toBeVisible()
  await page.getByLabel('Hae ohjeista').fill('työasemalla')
  await expect(titles.first()).toHaveText('Tämä työasema')
  await titles.first().press('Enter')
  await expect(page.locator('.help-article').first()).toContainText('kuulokkeilla')
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 800 })
    await expectAccessible(page, `all helps, ${width} px`)
  }
  await page.getByLabel('Hae ohjeista').fill('eimikään')
  await expect(page.getByText('Näillä sanoilla ei löydy ohjeita')).toBeVisible()
})

test('every screen offers its own help', async ({ page, signedIn }) => {
  test.setTimeout(400_000)
  await page.setViewportSize(pictureWindow)
  const all = Object.entries(helpScreens).filter(
    ([name]) => pictures === undefined || pictures === '1' || pictures.split(' ').includes(name),
  )
  const { first, count } = pictures ? { first: 0, count: all.length } : dailyQuarter(all.length)
  const today = all.slice(first, first + count)
  for (const [userId, options] of Object.entries(viewers)) {
    const screens = today.filter(([, screen]) => screen.as === userId)
    if (screens.length === 0) continue
    await page.context().clearCookies()
    await signedIn(userId, options)
    for (const [name, screen] of screens) {
      await goToScreen(page, screen, helps[name as keyof typeof helps])
      if (pictures) await takePicture(page, name)
    }
  }
})
