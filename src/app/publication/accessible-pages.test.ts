import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type ConsoleMessage, type Page, type Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { gdprText, otherAgencyText, publishText } from '#test/database/describe-from.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { chromiumArgs, findChromium } from '#test/house/find-chromium.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import { openTestDesk } from '#test/register/open-desk.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { languages } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'
import { storeFeedback } from '#safeguards/feedback/feedback.ts'
import { descriptionPaths, feedbackPaths, statementPaths, versionsAddresses } from './addresses.ts'

const seed = readFileSync(seedDescriptionFile, 'utf8')
const now = Temporal.Now.instant()
const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
await promises.check()
await promises.tamper("update proof set holds = false, broken_since = now() where promise = 'recordings.ceiling'")
const { pool, db: admin } = database.as()
await publishText(pool, gdprText(otherAgencyText(seed)), now.add({ hours: 24 * 30 }))
const desk = await openTestDesk(database, promises.register)
const deskDb = database.as('seloste_desk').db
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const administrator = await enterTestPerson(admin, deskDb, {
  name: 'Päivi Pääkäyttäjä',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: nothing },
})
await storeFeedback(deskDb, {
  language: 'fi',
  message: 'Tekstiä\non vaikea lukea.',
  email: 'a@b.example',
  place: 'PDF',
})
await storeFeedback(deskDb, { language: 'sv', message: 'x'.repeat(300) })

let browser: Browser
/** Shared by the tests: each new page is a process that loads everything again. */
let visitor: Page
let signedIn: Page
beforeAll(async () => {
  const { executablePath, env } = await findChromium()
  browser = await chromium.launch({
    executablePath,
    args: chromiumArgs,
    env: { ...process.env, ...env },
  })
  visitor = await browser.newPage()
  signedIn = await browser.newPage()
  const { token } = await administrator.signIn()
  await signedIn.context().addCookies([{ name: 'seloste', value: token, url: desk.url }])
})
afterAll(() => browser.close())

/** The width of a phone, which is that of a desktop window at 400 % (WCAG 1.4.10), and of a desktop window. */
const widths = [320, 1280]

const isLong = process.env['SELOSTE_LONG'] === '1'
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Returns a page's axe violations and horizontal scrolling. */
async function barriersOf(page: Page, at: readonly number[] = widths, withAxe = true): Promise<string[]> {
  const barriers: string[] = []
  // Injected once per page, without AxeBuilder: its own setup costs as much as the check.
  if (withAxe) await page.evaluate(axeSource)
  for (const width of at) {
    await page.setViewportSize({ width, height: 800 })
    const sideways = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    if (sideways > 0) barriers.push(`${width}: ${sideways} px sideways`)
    if (!withAxe) continue
    // Within the page, as it has no frames.
    const violations = await page.evaluate<
      string[]
    >(`axe.run(document, { preload: false, resultTypes: ['violations'] }).then(
      ({ violations }) => violations.map(({ id, nodes }) => id + ' at ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`)
    barriers.push(...violations.map((violation) => `${width}: ${violation}`))
  }
  return barriers
}

async function visit(page: Page, path: string, view: (page: Page) => Promise<void>): Promise<void> {
  const consoleMessages: string[] = []
  const listeners = {
    console: (message: ConsoleMessage) => void consoleMessages.push(message.text()),
    request: (request: Request) => {
      if (!request.url().startsWith(desk.url)) consoleMessages.push(`requests ${request.url()}`)
    },
  }
  page.on('console', listeners.console).on('request', listeners.request)
  try {
    await page.goto(desk.url + path)
    await view(page)
  } finally {
    page.off('console', listeners.console).off('request', listeners.request)
    await page.emulateMedia({ media: null })
    await page.setViewportSize({ width: 1280, height: 720 })
  }
  // Ignores the browser's message about a 4xx response; anything else is a CSP violation.
  expect(consoleMessages.filter((text) => !/status of 4\d\d/.test(text) && !text.includes('seloste.svg'))).toEqual([])
}

describe('pages have no axe violations and no horizontal scrolling at 320 px', { timeout: 120_000 }, () => {
  const everywhere = [descriptionPaths, versionsAddresses(), statementPaths, feedbackPaths].flatMap((paths) =>
    languages.map((language) => paths[language]),
  )
  const notices = languages.map((language) => `${descriptionPaths[language]}/2`)
  const others = ['/rekisteriseloste/9', '/saavutettavuuspalaute/vastaanotettu', '/palaute']
  test.each([...everywhere, ...notices, ...others])('%s, for a visitor', async (path) => {
    // The languages differ only in their texts, so only the layout can break. The long run checks all with axe.
    const isFinnish = /^\/(rekisteri|saavu|palaute)/.test(path)
    await visit(visitor, path, async (page) =>
      expect(await barriersOf(page, isFinnish ? widths : [320], isFinnish || isLong)).toEqual([]),
    )
  })

  test.each(['/rekisteriseloste', '/register-description/2', '/palaute'])(
    '%s, signed in, with every proof open',
    async (path) => {
      await visit(signedIn, path, async (page) => {
        await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))')
        expect(await barriersOf(page)).toEqual([])
      })
    },
  )

  test('the form with errors: each error links to its field', async () => {
    await visit(visitor, '/accessibility-feedback', async (page) => {
      await page.locator('#email').fill('no address')
      await page.locator('button').click()
      await page.locator('.problems').waitFor()
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('problems')
      expect(await barriersOf(page)).toEqual([])
      await page.locator('.problems a', { hasText: 'e-mail' }).click()
      expect(await page.evaluate('document.activeElement.id')).toBe('email')
      expect(await page.locator('#email').inputValue()).toBe('no address')
    })
  })
})

test('printed pages contain the description and no screen controls', async () => {
  await visit(visitor, '/rekisteriseloste', async (page) => {
    await page.emulateMedia({ media: 'print' })
    const visible = async (selector: string) => page.locator(selector).first().isVisible()
    for (const selector of ['.header', '.footer', '.breadcrumbs']) {
      expect(await visible(selector), selector).toBe(false)
    }
    const links = await page.locator('main a').all()
    expect(links.length).toBeGreaterThan(4)
    for (const link of links) expect(await link.isVisible(), await link.innerText()).toBe(false)
    for (const selector of ['h1', '#S4', '#S35', '.hash']) expect(await visible(selector), selector).toBe(true)
  })
})

test('keyboard: the first tab stop skips to the content, and proofs can be opened', async () => {
  await visit(signedIn, '/register-description', async (page) => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.locator('.proof summary').first().focus()
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.querySelector(".proof").open')).toBe(true)
  })
})
