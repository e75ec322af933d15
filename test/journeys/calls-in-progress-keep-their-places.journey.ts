import { expect } from '@playwright/test'
import { test } from './at-the-desk.ts'

test('new calls in progress are added at the end of the list, the others keep their places, and a paused list does not change', async ({
  page,
  signedIn,
}) => {
  test.setTimeout(150_000)
  await signedIn('matti', { path: '/calls', reference: 'VIKA-2026-118' })
  await expect(page.getByRole('heading', { level: 1, name: 'Käynnissä olevat' })).toBeVisible()
  await expect(page.getByText('Ajan tasalla')).toBeVisible()

  const starts = () => page.locator('.live-table tbody tr td:first-child').allTextContents()
  await expect.poll(async () => (await starts()).length, { timeout: 60_000 }).toBeGreaterThan(1)
  const early = await starts()
  await expect.poll(async () => (await starts()).length, { timeout: 60_000 }).toBeGreaterThan(early.length)
  expect((await starts()).slice(0, early.length)).toEqual(early)

  await page.getByRole('button', { name: 'Pysäytä päivitys' }).click()
  const paused = await page.locator('.live-table').textContent()
  await expect(page.getByText(/odottaa\./)).toBeVisible({ timeout: 60_000 })
  expect(await page.locator('.live-table').textContent()).toBe(paused)
  await page.getByRole('button', { name: 'Jatka päivitystä' }).click()
  await expect(page.getByText('Päivitys on pysäytetty.')).toBeHidden()
})
