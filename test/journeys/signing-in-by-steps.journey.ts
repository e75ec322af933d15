import { expect, type Browser, type Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'
import { expectAccessible, focused, signInOn, type Language } from './at-the-desk.ts'
import { test } from './shared-gdpr-register.ts'

const password = 'kesäyön pitkä hiljaisuus'
const stepMs = 30_000

/** Makes codes of an authenticator app. Each code is valid once, so the next one is of a later time step. */
class Authenticator {
  #secret: string
  #last = 0

  constructor(key: string) {
    this.#secret = key.replace(/\s/g, '')
  }

  async code(): Promise<string> {
    // The server accepts the following step too, so the test need not wait.
    const step = Math.max(this.#last + 1, Math.floor(Date.now() / stepMs))
    while (step > Math.floor(Date.now() / stepMs) + 1) await new Promise((resolve) => setTimeout(resolve, 500))
    this.#last = step
    return new TOTP({ secret: Secret.fromBase32(this.#secret) }).generate({ timestamp: step * stepMs })
  }
}

test('a new person gets a link, a password and a second factor, and loses the telephone', async ({
  page,
  seloste,
  browser,
  checkAccessible,
}) => {
  test.setTimeout(180_000)
  await signInOn(page, seloste, 'anssi', { path: '/people/new' })
  await page.getByLabel('Nimi').fill('Uuno Uusi')
  await page.getByLabel('Käyttäjätunnus').fill('palvelu')
  await page.getByRole('button', { name: 'Lisää henkilö' }).click()
  await expect(page.locator('.field-error')).toHaveText(/Tunnus kuuluu tehtävälle/)
  await page.getByLabel('Käyttäjätunnus').fill('uuno.uusi')
  await page.getByRole('button', { name: 'Lisää henkilö' }).click()
  await page.getByRole('button', { name: 'Pyydä kertakäyttöistä linkkiä' }).click()
  await expect(page.getByLabel('Kertakäyttöinen linkki', { exact: true })).toBeFocused()
  await checkAccessible('a one-time link')
  const link = await page.getByLabel('Kertakäyttöinen linkki', { exact: true }).inputValue()

  // A second person releases the link and gets the code.
  const anneli = await openAnotherBrowser(browser, seloste.url)
  await signInOn(anneli, seloste, 'anneli', { path: '/' })
  const waiting = anneli.getByRole('region', { name: 'Toisen henkilön vahvistusta odottavat muutokset' })
  await expect(waiting).toContainText('Uuno Uusi')
  await expectAccessible(anneli, 'changes that wait for confirmation')
  await waiting.getByRole('button', { name: 'Vapauta linkki' }).click()
  await anneli.getByRole('alertdialog').getByRole('button', { name: 'Vapauta linkki' }).click()
  const code = ((await waiting.locator('.notice-title').innerText()) ?? '').replace('Koodi ', '')
  await expectAccessible(anneli, 'the code of a link')

  const uuno = await openAnotherBrowser(browser, seloste.url)
  await uuno.goto(link)
  await expect(uuno.getByText('Tämä kertakäyttöinen linkki on henkilölle Uuno Uusi.')).toBeVisible()
  expect(uuno.url(), 'the token has left the address').toBe(`${seloste.url}/welcome`)
  await uuno.getByLabel('Koodi', { exact: true }).fill(code)
  await uuno.getByLabel('Uusi salasana').fill('uuno uusi')
  await expect(uuno.locator('.rule-unmet')).toHaveCount(2)
  await uuno.keyboard.press('Enter')
  await expect(uuno.locator('.error-summary')).toBeFocused()
  await expect(uuno.locator('.field-error')).toContainText('vähintään 15 merkkiä')
  await uuno.getByLabel('Uusi salasana').fill(password)
  await expect(uuno.locator('.rule-met')).toHaveCount(3)
  await uuno.keyboard.press('Enter')
  await expect(uuno.getByRole('heading', { level: 1, name: 'Etusivu' })).toBeVisible()
  // Notices about the account are shown, and a second factor is offered to everybody; the test dismisses both.
  const notices = uuno.getByRole('region', { name: 'Ilmoitukset tilistäsi' })
  await expect(notices).toContainText('Pääkäyttäjä loi sinulle kertakäyttöisen linkin.')
  await expect(notices).toContainText('Suojaa tilisi')
  await expectAccessible(uuno, 'notices of the account')
  await notices.getByRole('button', { name: 'Merkitse luetuksi' }).click()
  await expect(notices).toHaveCount(0)
  const late = await openAnotherBrowser(browser, seloste.url)
  await late.goto(link)
  await expect(late.getByRole('alert')).toContainText('Linkki on jo käytetty')

  await uuno.goto('/account')
  await uuno.getByRole('button', { name: 'Ota tunnistautumissovellus käyttöön' }).click()
  await expect(uuno.getByRole('textbox', { name: 'Salasana', exact: true })).toBeFocused()
  await uuno.keyboard.type(password)
  await uuno.keyboard.press('Enter')
  const authenticator = new Authenticator(await uuno.locator('code.secret').innerText())
  await uuno.getByLabel('Tunnistautumissovelluksen koodi').fill('12345')
  await uuno.keyboard.press('Enter')
  await expect(uuno.locator('.field-error')).toHaveText(/Koodissa on kuusi numeroa/)
  await uuno.getByLabel('Tunnistautumissovelluksen koodi').fill(await authenticator.code())
  await uuno.keyboard.press('Enter')
  await expect(uuno.getByRole('heading', { name: 'Palautuskoodit' })).toBeFocused()
  const codes = await uuno.locator('.recovery-codes code').allInnerTexts()
  expect(new Set(codes).size).toBeGreaterThan(5)
  await uuno.getByRole('button', { name: 'Olen tallettanut koodit' }).click()
  await expect(uuno.getByRole('heading', { name: 'Kirjautumisen toinen vaihe' })).toBeFocused()

  // In two tabs of one browser, signing out in one signs out in both, and so does signing in again.
  const tab = await uuno.context().newPage()
  await tab.goto('/account')
  await tab.getByRole('heading', { name: 'Missä olet kirjautuneena' }).waitFor()
  await uuno.getByRole('button', { name: 'Uuno Uusi' }).click()
  await uuno.getByRole('button', { name: 'Kirjaudu ulos' }).click()
  await expect(tab.getByText('Olet kirjautunut ulos.')).toBeVisible()
  await Promise.all([tab, uuno].map((one) => one.goto('/account')))
  await enterCredentials(tab, 'uuno.uusi')
  await expect(tab.getByRole('heading', { level: 1, name: 'Kirjautumisen toinen vaihe' })).toBeFocused()
  await tab.reload()
  await tab.getByLabel('Tunnistautumissovelluksen koodi').fill(await authenticator.code())
  await tab.keyboard.press('Enter')
  await expect(tab.getByText('salasanalla ja tunnistautumissovelluksella').first()).toBeVisible()
  await expect(uuno.getByText('salasanalla ja tunnistautumissovelluksella').first()).toBeVisible()

  // The telephone is lost: a recovery code signs in once, and an authorised person removes the second factor.
  await tab.getByRole('button', { name: 'Kirjaa ulos kaikkialta' }).click()
  await expect(tab.getByRole('alertdialog').getByRole('button', { name: 'Peruuta' })).toBeFocused()
  await tab.getByRole('alertdialog').getByRole('button', { name: 'Kirjaa ulos' }).click()
  await expect(uuno.getByText('Olet kirjautunut ulos.')).toBeVisible()
  await uuno.goto('/account')
  await enterCredentials(uuno, 'uuno.uusi')
  await uuno.getByRole('button', { name: 'Käytä palautuskoodia' }).click()
  await expect(uuno.getByLabel('Palautuskoodi')).toBeFocused()
  await uuno.keyboard.type(codes[0]!)
  await uuno.keyboard.press('Enter')
  await expect(uuno.getByText(`Palautuskoodeja on jäljellä ${codes.length - 1}.`)).toBeVisible()

  await page.reload()
  await page.getByRole('button', { name: 'Pyydä toisen vaiheen poistoa' }).click()
  await page.getByLabel('Perustelu').fill('Puhelin katosi. Tunnistettu henkilökortista.')
  await page.getByRole('button', { name: 'Lähetä hyväksyttäväksi' }).click()
  await expect(page.getByText(/Se odottaa käyttövaltuuksien hyväksyjää/)).toBeVisible()
  await anneli.goto('/')
  await anneli.getByRole('button', { name: 'Poista toinen vaihe' }).click()
  await anneli.getByRole('alertdialog').getByRole('button', { name: 'Poista toinen vaihe' }).click()
  await expect(anneli.getByRole('heading', { name: 'Toisen vaiheen poistopyynnöt' })).toHaveCount(0)
  await uuno.reload()
  await enterCredentials(uuno, 'uuno.uusi')
  await expect(uuno.getByText('Tunnistautumissovellusta ei ole otettu käyttöön.')).toBeVisible()
})

test('a person changes their own password by keyboard, and errors are shown at the fields', async ({
  page,
  seloste,
}) => {
  await signInOn(page, seloste, 'tiina', { path: '/account' })
  await page.getByRole('button', { name: 'Vaihda salasana' }).press('Enter')
  await expect(page.getByLabel('Nykyinen salasana')).toBeFocused()
  await page.keyboard.type('väärä')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Näytä salasana')
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Uusi salasana')).toBeFocused()
  await page.keyboard.type('lyhyt')
  await page.keyboard.press('Enter')
  await expect(page.locator('.field-error')).toHaveText(/vähintään 15 merkkiä/)
  await expect(page.getByLabel('Uusi salasana')).toBeFocused()
  await page.getByLabel('Uusi salasana').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.locator('.field-error')).toHaveText('Nykyinen salasana on väärä.')
  await expect(page.getByLabel('Nykyinen salasana')).toBeFocused()
  await page.getByLabel('Nykyinen salasana').fill(seloste.password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Salasana on vaihdettu. Muut istuntosi päätettiin.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Salasana', exact: true })).toBeFocused()
})

test('a person who uses a browser after somebody else finds nothing of that person, in any tab', async ({
  page,
  seloste,
}) => {
  const search = '/people?q=aino'
  const found = (tab: Page) => tab.getByRole('link', { name: 'Aino Virtanen' })
  const expectEerosStartPage = async (tab: Page) => {
    await expect(tab.getByRole('button', { name: /^Eero/ })).toBeVisible()
    await expect(tab).toHaveURL(`${seloste.url}/`)
    await expect(found(tab)).toHaveCount(0)
  }
  await signInOn(page, seloste, 'anssi', { path: search })
  await expect(found(page)).toBeVisible()
  const other = await page.context().newPage()
  await other.goto(search)
  await expect(found(other)).toBeVisible()

  // The first person's session ends without a sign-out, as after its time limit; signing in again returns to the same
  // page.
  await page.context().clearCookies()
  await page.reload()
  await enterCredentials(page, 'anssi', seloste.password)
  await expect(found(page)).toBeVisible()

  // Then another person signs in in one of the tabs, and the other tab notices that.
  await page.context().clearCookies()
  await page.reload()
  const requested: string[] = []
  for (const tab of [page, other]) tab.on('request', (request) => requested.push(new URL(request.url()).pathname))
  await enterCredentials(page, 'eero', seloste.password)
  await expectEerosStartPage(page)
  await expectEerosStartPage(other)
  expect(requested, 'no request is sent in another person’s name').not.toContain('/api/people')

  // A sign-in that no page has made, as by an identity provider, is noticed by all tabs once one page is loaded.
  await page.context().clearCookies()
  await signInOn(other, seloste, 'anssi', { path: search })
  await expect(found(other)).toBeVisible()
  await page.context().clearCookies()
  await page.context().request.post('/api/session', { data: { userId: 'eero', password: seloste.password } })
  await page.goto('/account')
  await expectEerosStartPage(other)
})

test('signing out leaves no search for the next person', async ({ page, seloste }) => {
  await signInOn(page, seloste, 'anssi', { path: '/people?q=aino' })
  await page.getByRole('button', { name: /^Anssi/ }).click()
  await page.getByRole('button', { name: 'Kirjaudu ulos' }).click()
  await expect(page.getByText('Olet kirjautunut ulos.')).toBeVisible()
  await expect(page).toHaveURL(`${seloste.url}/`)
})

for (const [language, name, width] of [
  ['fi', 'Suomi', 1280],
  ['fi', 'Suomi', 320],
  ['sv', 'Svenska', 320],
  ['en', 'English', 320],
] as const satisfies [Language, string, number][]) {
  test(`signing in and one’s own account have no accessibility barrier in ${language} at ${width} pixels`, async ({
    page,
    seloste,
    checkAccessible,
  }) => {
    test.setTimeout(120_000)
    await page.setViewportSize({ width, height: 800 })
    await page.goto('/welcome')
    await page.getByRole('button', { name, exact: true }).click()
    await page.locator('.notice').waitFor()
    await checkAccessible('a link without its token')
    await page.goto('/welcome#spent')
    await page.locator('.notice-error').waitFor()
    await checkAccessible('a used link')

    await page.goto('/account')
    await page.locator('#signin-userId').waitFor()
    await page.locator('form button[type=submit]').click()
    await page.locator('.field-error').first().waitFor()
    await checkAccessible('a sign-in without user id')
    await enterCredentials(page, 'riitta', seloste.password)
    await page.locator('.sessions li').first().waitFor()
    await checkAccessible('one’s own account')
    await page.locator('[aria-labelledby=account-password] .button').click()
    await page.locator('#account-new').fill('riitta')
    await page.locator('.rule-unmet').first().waitFor()
    await page.locator('[aria-labelledby=account-password] button[type=submit]').click()
    await page.locator('.field-error').first().waitFor()
    await checkAccessible('a rejected password')
    await page.locator('[aria-labelledby=account-second] .button').first().click()
    await page.locator('#totp-password').fill(seloste.password)
    await page.keyboard.press('Enter')
    await page.locator('.qr').waitFor()
    await checkAccessible('the key of an authenticator')
    await page.locator('[aria-labelledby=account-sessions] .actions .button').last().click()
    await page.getByRole('alertdialog').waitFor()
    await checkAccessible('the confirmation before signing out everywhere')
  })
}

async function enterCredentials(page: Page, userId: string, typed = password): Promise<void> {
  await page.locator('#signin-userId').fill(userId)
  await page.locator('#signin-password').fill(typed)
  await page.locator('#signin-password').press('Enter')
}

/** Opens another browser, which has nothing stored from the first. */
async function openAnotherBrowser(browser: Browser, baseURL: string): Promise<Page> {
  return (await browser.newContext({ baseURL, locale: 'fi-FI' })).newPage()
}
