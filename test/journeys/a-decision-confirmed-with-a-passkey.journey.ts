// R14, R20, L21: the decision maker adds a passkey, signs in with it, and approves a change of the description with it,
// so that a session alone cannot act in her name. An official signs in and out through the agency's identity provider.
import { expect, type Page } from '@playwright/test'
import { testClient } from '#test/sign-in/run-provider.ts'
import { signInOn } from './at-the-desk.ts'
import { testWithProvider } from './with-provider.ts'

const test = testWithProvider(({ provider, secretFile }) =>
  Promise.resolve({
    isPrepared: true,
    environment: {
      SELOSTE_OIDC_ISSUER: provider.issuer,
      SELOSTE_OIDC_CLIENT_ID: testClient.id,
      SELOSTE_OIDC_CLIENT_SECRET_FILE: secretFile,
      SELOSTE_OIDC_NAME: 'Virkamiestunnistus',
    },
  }),
)
test.describe.configure({ mode: 'serial', timeout: 120_000 })
test.use({ actionTimeout: 15_000 })

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Adds a virtual authenticator. Returns a function that sets whether it verifies its user. */
async function addAuthenticator(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return (isUserVerified: boolean) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
}

async function signOut(page: Page, name: string) {
  await page.getByRole('button', { name }).click()
  await button(page, 'Kirjaudu ulos').click()
  await page.locator('#signin-userId').waitFor()
  await page.goto('/account')
}

/** Submits a change of the description and returns the URL of its page, where it waits for a decision. */
async function submitDraft(page: Page): Promise<string> {
  await button(page, 'Aloita luonnos').click()
  await page.locator('.form-section').first().waitFor()
  const address = new URL(page.url()).pathname
  await page.getByRole('button', { name: /^Mitä tallennetaan/ }).click()
  await page.locator('[id="f-recordingPlan.defaultShare"]').fill('12,5')
  await page.locator('[id="f-reason"]').fill('Pienempi osuus riittää.')
  const { day, month, year } = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').add({ days: 1 })
  const two = (part: number) => String(part).padStart(2, '0')
  await page.locator('[id="f-effectiveFrom"]').getByRole('spinbutton').first().click()
  await page.keyboard.type(`${two(day)}${two(month)}${year}`)
  await page.locator('.field-time').first().getByRole('spinbutton').first().click()
  await page.keyboard.type('1200')
  await button(page, 'Tallenna ja lähetä hyväksyttäväksi').click()
  await expect(page.locator('.page-head .badge')).toHaveText('Odottaa päätöstä')
  return address
}

test('a passkey is added in the account, signs in alone and after a password, and confirms a decision', async ({
  page,
  seloste,
  browser,
  checkAccessible,
}) => {
  const setUserVerified = await addAuthenticator(page)
  await signInOn(page, seloste, 'riitta', { path: '/account' })
  const passkeys = page.getByRole('region', { name: 'Pääsyavaimet' })
  await passkeys.getByRole('button', { name: 'Lisää pääsyavain' }).click()
  await checkAccessible('adding a passkey')
  await passkeys.getByLabel('Nimi').fill('Kannettava')
  await page.locator('#passkey-password').fill('väärä salasana')
  await button(page, 'Luo pääsyavain').click()
  await expect(passkeys, 'a session alone adds no passkey').toContainText('Nykyinen salasana on väärä')
  await page.locator('#passkey-password').fill(seloste.password)
  await button(page, 'Luo pääsyavain').click()
  await expect(passkeys).toContainText('Pääsyavain on lisätty.')
  await expect(passkeys.getByRole('listitem')).toContainText('Kannettava')
  await checkAccessible('the account with a passkey')

  await signOut(page, 'Riitta Karjalainen')
  await button(page, 'Kirjaudu pääsyavaimella').click()
  await expect(page.locator('.facts')).toContainText('pääsyavaimella')

  await signOut(page, 'Riitta Karjalainen')
  await page.locator('#signin-userId').fill('riitta')
  await page.locator('#signin-password').fill(seloste.password)
  await page.keyboard.press('Enter')
  await expect(button(page, 'Käytä pääsyavainta')).toBeVisible()
  await checkAccessible('a passkey as the second step')
  await button(page, 'Käytä pääsyavainta').click()
  await expect(page.locator('.facts')).toContainText('salasanalla ja pääsyavaimella')

  const drafter = await browser.newPage({ baseURL: seloste.url })
  await signInOn(drafter, seloste, 'eero', { path: '/description' })
  await page.goto(await submitDraft(drafter))
  const approve = async () => {
    await button(page, 'Hyväksy').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Hyväksy' }).click()
  }
  await setUserVerified(false)
  await approve()
  await expect(page.locator('#content'), 'without user verification nothing is decided').toContainText(
    'Tunnistautuminen keskeytettiin',
  )
  await expect(page.locator('.page-head .badge')).toHaveText('Odottaa päätöstä')
  await setUserVerified(true)
  await approve()
  await expect(page.locator('.page-head .badge')).toHaveText('Hyväksytty')
})

test('an official signs in and out through the identity provider, and other people stay signed out', async ({
  seloste,
  provider,
  browser,
}) => {
  provider.people.set('aino', { preferred_username: 'aino' })
  provider.people.set('vieras', { preferred_username: 'vieras.vieras' })
  const page = await browser.newPage({ baseURL: seloste.url })
  const identify = async (user: string) => {
    await page.getByRole('link', { name: 'Kirjaudu: Virkamiestunnistus' }).click()
    await page.getByLabel('Tunnus').fill(user)
    await button(page, 'Kirjaudu').click()
  }
  await page.goto('/account')
  await identify('vieras')
  await expect(page.getByRole('alert')).toContainText('sinua ei ole tämän palvelun henkilöhakemistossa')
  await page.context().clearCookies()

  await page.goto('/account')
  await identify('aino')
  await expect(page.locator('.facts')).toContainText('organisaation tunnistautumispalvelussa')
  expect(new URL(page.url()).pathname, 'returns to the requested page').toBe('/account')

  await page.getByRole('button', { name: 'Aino' }).click()
  await button(page, 'Kirjaudu ulos').click()
  await page.waitForURL(`${provider.issuer}/session/end?**`)
  await page.locator('button[value="yes"]').click()
  await page.waitForURL(`${seloste.url}/`)
  await expect(page.locator('#signin-userId')).toBeVisible()
})
