// L21: an official signs in with the agency's own account, at an OpenID provider that is a server of its own (Debian's Glewlwyd), and
// whom the directory does not know is not let in by one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Browser, type Page } from '@playwright/test'
import { glewlwydClient, hasGlewlwyd, runGlewlwyd } from '#test/sign-in/run-glewlwyd.ts'
import { findPorts, startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { test as atTheDesk } from './at-the-desk.ts'

const password = 'salasana palveluun'

const test = atTheDesk.extend<object, { seloste: RunningSeloste }>({
  seloste: [
    async ({}, use) => {
      const ports = await findPorts()
      const url = `http://localhost:${ports.http}`
      const provider = await runGlewlwyd(url, { aino: password, 'vieras.henkilo': password })
      const folder = await mkdtemp(join(tmpdir(), 'seloste-client-'))
      await writeFile(join(folder, 'secret'), glewlwydClient.secret)
      const seloste = await startSeloste({
        isPrepared: true,
        ports,
        environment: {
          SELOSTE_OIDC_ISSUER: provider.issuer,
          SELOSTE_OIDC_CLIENT_ID: glewlwydClient.id,
          SELOSTE_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret'),
          SELOSTE_OIDC_NAME: 'Virkamiestunnistus',
        },
      })
      await use({ ...seloste, url })
      await seloste.stop()
      await provider.stop()
      await rm(folder, { recursive: true })
    },
    { scope: 'worker', timeout: 200_000 },
  ],
})
test.describe.configure({ mode: 'serial', timeout: 120_000 })
test.skip(
  !hasGlewlwyd || process.env['SELOSTE_LONG'] !== '1',
  'with SELOSTE_LONG=1, where Glewlwyd is installed (apt-get install glewlwyd)',
)

/** A browser that may go to the provider's pages as well. */
async function openPage(browser: Browser, { url }: RunningSeloste): Promise<Page> {
  return (await browser.newContext({ baseURL: url, locale: 'fi-FI' })).newPage()
}

/** From the sign-in page to the provider's, what it asks there, and back. */
async function signInThere(page: Page, userId: string) {
  await page.goto('/account')
  await page.getByRole('link', { name: 'Kirjaudu: Virkamiestunnistus' }).click()
  await page.locator('#username').fill(userId)
  await page.locator('#password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Continue' }).first().click()
}

test('signs in at the provider’s own page and is the person of the directory', async ({ browser, seloste }) => {
  const page = await openPage(browser, seloste)
  await signInThere(page, 'aino')
  await expect(page.locator('.facts')).toContainText('organisaation tunnistautumispalvelussa')
  await expect(page.getByRole('button', { name: /^Aino/ })).toBeVisible()
})

test('whom the directory does not know is told so, and is not let in', async ({ browser, seloste }) => {
  const page = await openPage(browser, seloste)
  await signInThere(page, 'vieras.henkilo')
  await expect(page.getByRole('alert')).toContainText('sinua ei ole tämän palvelun henkilöluettelossa')
  await page.goto('/account')
  await expect(page.locator('#signin-userId')).toBeVisible()
})
