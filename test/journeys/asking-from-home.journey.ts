// R42-R46: a caller asks from home, without JavaScript and on a phone, identifies strongly, and fetches the answer that the
// Service Unit left there. The page is accessible in three languages.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { shippedDescriptionText } from '#test/database/describe-from.ts'
import { testClient } from '#test/sign-in/run-provider.ts'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { testWithProvider } from './with-provider.ts'

const strong = 'two-factors'
const narrow = { width: 320, height: 800 }
const wide = { width: 1280, height: 900 }
const paths = { fi: '/pyynto-puhelusta', sv: '/begaran-om-samtal', en: '/request-about-a-call' }

const test = testWithProvider(async ({ provider, folder, secretFile }) => {
  provider.proof = { acr: strong }
  provider.people.set('maija', { name: 'Maija Meikäläinen', 'urn:oid:1.2.246.21': '010190-951L' })
  const description = (await shippedDescriptionText()).replace(/^switches:\n/m, '$&  askingFromHome: identified\n')
  await writeFile(join(folder, 'description.yaml'), description)
  return {
    environment: {
      SELOSTE_DESCRIPTION: join(folder, 'description.yaml'),
      SELOSTE_REQUESTERS_OIDC_ISSUER: provider.issuer,
      SELOSTE_REQUESTERS_OIDC_CLIENT_ID: testClient.id,
      SELOSTE_REQUESTERS_OIDC_CLIENT_SECRET_FILE: secretFile,
      SELOSTE_REQUESTERS_OIDC_NAME: 'Suomi.fi',
      SELOSTE_REQUESTERS_OIDC_CLAIM: 'urn:oid:1.2.246.21',
      SELOSTE_REQUESTERS_OIDC_ACR: strong,
    },
  }
})
test.describe.configure({ mode: 'serial', timeout: 120_000 })
test.use({ actionTimeout: 15_000 })

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function identify(page: Page) {
  await page.getByRole('link', { name: 'Tunnistaudu: Suomi.fi' }).click()
  await page.getByLabel('Tunnus').fill('maija')
  await button(page, 'Kirjaudu').click()
  await expect(page.locator('.lead')).toHaveText('Tunnistautunut: Maija Meikäläinen')
}

test('the page and its problems are accessible at 320 and 1280 pixels in three languages', async ({
  page,
  seloste,
}) => {
  for (const [language, path] of Object.entries(paths)) {
    for (const size of [narrow, wide]) {
      await page.setViewportSize(size)
      await page.goto(seloste.url + path)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expectAccessible(page, `${path}, ${size.width}`)
      await page.locator('form button').click()
      await expect(page.locator('.problems')).toBeVisible()
      await expectAccessible(page, `${path} with problems, ${size.width}`)
    }
  }
})

test('a caller asks from home without JavaScript, and fetches there what the Service Unit answered', async ({
  page,
  browser,
  seloste,
}) => {
  const context = await browser.newContext({ baseURL: seloste.url, viewport: narrow, javaScriptEnabled: false })
  const caller = await context.newPage()
  await caller.goto('/rekisteriseloste')
  await caller.getByRole('link', { name: 'Pyyntö puhelun tiedoista' }).click()
  await identify(caller)
  await caller.getByLabel('Soitin itse').check()
  await caller.getByLabel('Tietää, onko puhelu tallennettu').check()
  await caller.getByLabel('Mitä puhelua pyyntö koskee').fill('Soitin eilen aamulla numeroon 029 497 000.')
  await button(caller, 'Lähetä pyyntö').click()
  await expect(caller.locator('h1')).toHaveText('Pyyntö on lähetetty')
  const code = await caller.locator('.fetch-code').innerText()
  expect(await context.cookies(seloste.url)).toEqual([])

  await signInOn(page, seloste, 'paula', { path: '/requests' })
  const waiting = page.getByRole('region', { name: 'Verkosta tullut pyyntö' })
  await expect(waiting).toContainText('Tunnistautui vahvasti')
  await expectAccessible(page, 'the queue with a request from home')
  await page.setViewportSize(narrow)
  await expectAccessible(page, 'the queue with a request from home, narrow')
  await page.setViewportSize(wide)
  await waiting.getByRole('button', { name: 'Ota käsittelyyn: Maija Meikäläinen' }).click()
  await expect(page.locator('#content')).toContainText('tunnistautui itse verkossa')
  await expect(page.locator('#content')).toContainText('Soitin eilen aamulla')
  await expectAccessible(page, 'a request from home')
  await page.getByRole('button', { name: /^Näytä.*Vastaus ja kirjeet/ }).click()
  await page.getByRole('button', { name: 'Laadi muu kirje' }).click()
  await page.getByRole('button', { name: 'Laadi kirje', exact: true }).click()
  await page
    .getByRole('button', { name: /^Merkitse toimitetuksi/ })
    .first()
    .click()
  await expect(page.getByRole('radio', { name: 'Noudettavaksi verkosta' })).toBeChecked()
  await page.locator('.letter').getByRole('button', { name: 'Tallenna' }).click()
  await expect(page.locator('.letter .badge').first()).toHaveText('Toimitettu')

  await caller.goto(paths.fi)
  await identify(caller)
  await caller.getByLabel('Noutokoodi').fill(code)
  await button(caller, 'Nouda').click()
  await expect(caller.locator('.fetched h2')).toBeVisible()
  await expect(caller.locator('.fetched')).toContainText('Maija Meikäläinen')
  expect(await caller.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  await context.close()
})
