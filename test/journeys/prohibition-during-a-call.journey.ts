// AC11, second part, and R48: a caller objects to being recorded. The official presses a button by keyboard; the
// recording stops and is destroyed, the call continues, and the official's own page shows the outcome.
import { expect } from '@playwright/test'
import { placeCall } from '../simulator/place-call.ts'
import { officialByKey } from '../simulator/people.ts'
import { focused, signInOn } from './at-the-desk.ts'
import { test } from './shared-register.ts'

const words = {
  fi: {
    name: 'Suomi',
    ...{
      caller: 'Soittaja kieltää: tuhoa tallenne',
      own: 'Kiellän itse käytön',
      cancel: 'Peruuta',
      live: 'Ei tallenneta',
    },
    ...{
      stopped: 'Puhelua ei enää tallenneta',
      mine: 'Omat puheluni',
      cause: 'Soittaja kielsi käytön',
      wish: 'Soittajan kielto',
    },
  },
  sv: { name: 'Svenska', mine: 'Mina samtal', wish: 'Uppringarens förbud' },
  en: { name: 'English', mine: 'My calls', wish: 'The caller’s prohibition' },
}
test('the official stops the recording of a call in progress, and their own page shows that in three languages', async ({
  page,
  seloste,
  checkAccessible,
}) => {
  test.setTimeout(120_000)
  const { fi } = words
  await signInOn(page, seloste, 'aino', { path: '/calls', purpose: 'Tarkastuspyyntö' })
  const over = new AbortController()
  const talking = placeCall({
    ...{ seed: 'forbidden', caller: '+358401230777', number: '+35829497099', official: officialByKey('aino') },
    ...{ seconds: 60, server: seloste.sip, transport: 'udp', signal: over.signal },
  })
  const button = page.getByRole('button', { name: new RegExp(fi.caller) })
  await expect(button).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('button', { name: new RegExp(fi.own) })).toBeVisible()
  await checkAccessible('calls in progress with one’s own')

  await button.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  expect(await focused(page), 'the cancel button has the focus').toBe(fi.cancel)
  await checkAccessible('the question')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page.locator('.forbid-own')).toContainText(fi.stopped)
  expect(await focused(page), 'the outcome has the focus').toContain(fi.stopped)
  await expect(page.locator('[aria-live]', { hasText: fi.stopped })).toHaveCount(1)
  await expect(page.locator('.badge-live-not-recorded')).toHaveText(fi.live)
  await expect(page.locator('.is-ended'), 'the call goes on').toHaveCount(0)

  await page.setViewportSize({ width: 320, height: 800 })
  await expect(page.locator('.forbid-own'), 'the card shows the same').toContainText(fi.stopped)
  await checkAccessible('calls in progress on a narrow screen')
  await page.goto('/my-calls')
  await expect(page.getByRole('heading', { level: 1, name: fi.mine })).toBeVisible()
  await expect(page.locator('.own-day').first()).toContainText(fi.cause, { timeout: 10_000 })
  for (const language of ['fi', 'sv', 'en'] as const) {
    await page.getByRole('button', { name: words[language].name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: words[language].mine })).toBeVisible()
    await expect(page.locator('.own-list').first()).toContainText(words[language].wish)
    await checkAccessible(`one’s own calls, ${language}`)
  }
  over.abort()
  expect((await talking).outcome).toBe('completed')
})
