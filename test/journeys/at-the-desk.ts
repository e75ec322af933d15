// Sets up every journey: a running Seloste with weeks of history and incoming calls, and a signed-in person at a
// browser. Checks pages for accessibility and reflow. Uses only the pages themselves.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { RunOptions } from 'axe-core'
import { expect, test as base, type ConsoleMessage, type Page, type Request } from '@playwright/test'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'

export type Language = 'fi' | 'sv' | 'en'

interface DeskPages {
  /** Opens a path as a signed-in person, under a purpose if there are several. */
  signedIn: (userId: string, options?: { path?: string; purpose?: string; reference?: string }) => Promise<void>
  /** Checks for horizontal scrolling, and in Finnish for axe violations of WCAG 2.2 A and AA. */
  checkAccessible: (screen: string) => Promise<void>
}

const asInFinland = { locale: 'fi-FI', timezoneId: 'Europe/Helsinki' }
const windowSize = { width: 1280, height: 720 }
const startMs = 900_000
/** Time for the ingestion of the history: on a busy machine, from a bucket, one recording a second. */
const historyMs = 600_000
/** Time within which a loaded page shows its content. */
const timeoutMs = 8_000
const texts = join(import.meta.dirname, '../../texts/pages')
const textKeys = new Set(
  readdirSync(texts)
    .flatMap((file) => Object.keys(JSON.parse(readFileSync(join(texts, file), 'utf8')) as object))
    .map((key) => key.replace(/_(zero|one|other)$/, '')),
)
const require = createRequire(import.meta.url)
/** Minified, because the whole script is put into each page that is checked. */
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

export const test = base.extend<DeskPages, { seloste: RunningSeloste; window: Page }>({
  seloste: [
    async ({}, use) => {
      // Some 1,600 calls: enough to distinguish one share from another (AC2).
      const demoArguments = ['--calls-every', '8', '--history-days', '20']
      const seloste = await startSeloste({ isPrepared: true, demoArguments })
      // Waits for the last step, which forbids one of the newest calls: no journey may be listening to it.
      await expect.poll(() => seloste.output(), { timeout: historyMs }).toContain('evaluated and used in training')
      await use(seloste)
      await seloste.stop()
    },
    { scope: 'worker', timeout: startMs },
  ],
  baseURL: async ({ seloste }, use) => use(seloste.url),
  window: [
    async ({ browser, seloste }, use) => {
      const context = await browser.newContext({ ...asInFinland, baseURL: seloste.url })
      await use(await context.newPage())
      await context.close()
    },
    { scope: 'worker' },
  ],
  context: async ({ window }, use) => use(window.context()),
  page: async ({ window: page, seloste, actionTimeout }, use) => {
    page.setDefaultTimeout(actionTimeout ?? 0)
    page.setDefaultNavigationTimeout(0)
    const foreignRequests: string[] = []
    const pageErrors: string[] = []
    const listeners = {
      request: (request: Request) => {
        if (!request.url().startsWith(seloste.url) && !/^(data|blob):/.test(request.url()))
          foreignRequests.push(request.url())
      },
      pageerror: (error: Error) => void pageErrors.push(error.message),
      console: (message: ConsoleMessage) => {
        if (message.text().includes('Content Security Policy')) pageErrors.push(message.text())
      },
    }
    page.on('request', listeners.request).on('pageerror', listeners.pageerror).on('console', listeners.console)
    await use(page)
    page.off('request', listeners.request).off('pageerror', listeners.pageerror).off('console', listeners.console)
    await resetWindow(page, seloste)
    expect(foreignRequests, 'pages request nothing from other origins').toEqual([])
    expect(pageErrors, 'no page throws an error or violates its Content Security Policy').toEqual([])
  },
  signedIn: async ({ page, seloste }, use) =>
    use((userId, { path = '/contacts', ...options } = {}) => signInOn(page, seloste, userId, { path, ...options })),
  checkAccessible: async ({ page }, use) => use((screen) => expectAccessible(page, screen)),
})

/**
 * Resets a window to the state of a new one. The process that has loaded the pages' programs is kept: in a new one the
 * first page costs twice as much, and `reuseContext` of Playwright uses another process.
 */
async function resetWindow(page: Page, { url }: RunningSeloste): Promise<void> {
  const context = page.context()
  await Promise.all(context.pages().flatMap((other) => (other === page ? [] : [other.close()])))
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.mouse.move(0, 0)
  // Opens a file of the same origin that runs no script.
  await page.goto(`${url}/seloste.svg`)
  await page.evaluate('localStorage.clear(), sessionStorage.clear()')
  await context.clearCookies()
  await page.setViewportSize(windowSize)
}

const axeOptions = {
  // axe would fetch every style sheet again, which the page's policy forbids.
  preload: false,
  resultTypes: ['violations' as const],
  runOnly: { type: 'tag' as const, values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
}
const darkOptions = { ...axeOptions, runOnly: { type: 'rule' as const, values: ['color-contrast'] } }
/** Collects everything in one call, because each call costs a round trip between two processes. */
const collectElements = `({
  overflowPx: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  currentLinks: [...document.querySelectorAll('nav')].map((nav) => nav.querySelectorAll('[aria-current]').length),
  language: document.documentElement.lang,
  hasAxe: 'axe' in window,
  keys: [document.body.innerText, ...[...document.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel)]
    .flatMap((text) => text.match(/[a-z-]+(?:\\.[\\w-]+)+/g) ?? []),
})`
interface FoundElements {
  overflowPx: number
  currentLinks: number[]
  language: string
  hasAxe: boolean
  /** Words that look like text keys; a real key on a page is a missing text. */
  keys: string[]
}

/** Checks for horizontal scrolling, and in Finnish for axe violations of WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  let found: FoundElements | undefined
  // Repeats the check, because a window that changes its width gets its other menu a moment later.
  const wrong = async () => {
    found = await page.evaluate<FoundElements>(collectElements)
    const { overflowPx, currentLinks, keys } = found
    return [
      ...(overflowPx === 0 ? [] : [`scrolls ${overflowPx} px horizontally`]),
      ...(currentLinks.every((many) => many < 2) ? [] : ['marks several links of one navigation as current']),
      ...keys.filter((key) => textKeys.has(key)).map((key) => `shows ${key} instead of its text`),
    ]
  }
  await expect.poll(wrong, { message: screen, timeout: 3000 }).toEqual([])
  const { language, hasAxe } = found!
  // In other languages the structure is the same and the words differ, so only the layout can break.
  if (language !== 'fi') return
  expect(await violationsOn(page, hasAxe), `${screen} has no violation that axe can find`).toEqual([])
}

/**
 * Checks that a page's contrast is sufficient in dark colours too. Only colours differ in the dark, so axe's contrast
 * rule is enough.
 */
export async function expectReadableInDark(page: Page, screen: string): Promise<void> {
  // Keeps motion enabled: the style for reduced motion gives every colour a transition, and each colour would change a
  // frame later.
  await page.emulateMedia({ colorScheme: 'dark' })
  const hasAxe = await page.evaluate<boolean>("'axe' in window")
  expect(await violationsOn(page, hasAxe, darkOptions), `${screen} is readable in the dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Returns axe's findings, each with its position. */
async function violationsOn(page: Page, hasAxe: boolean, options: RunOptions = axeOptions): Promise<string[]> {
  if (page.frames().length > 1) {
    const { violations } = await new AxeBuilder({ page, axeSource: axe }).options(options).analyze()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  }
  // Puts axe into each page once, and without AxeBuilder, whose overhead costs as much as the check.
  if (!hasAxe) await page.evaluate(axe)
  // A player at the lower edge covers rows in part; after scrolling they are completely visible.
  const hasDock = (await page.locator('.player-dock').count()) > 0
  const checked = hasDock ? { ...options, rules: { 'target-size': { enabled: false } } } : options
  return page.evaluate<string[]>(`axe.run(document, ${JSON.stringify(checked)}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`)
}

/** Signs in on a page, at a path if one is given, under a purpose if there are several. */
export async function signInOn(
  page: Page,
  seloste: RunningSeloste,
  userId: string,
  { path = '/contacts', purpose, reference }: { path?: string; purpose?: string; reference?: string } = {},
): Promise<void> {
  await withoutNotices(page)
  // Acts as a new tab: another person's tab begins at the start page, whatever its URL.
  if (page.url() !== 'about:blank') await page.evaluate('sessionStorage.clear()')
  await page.goto(path)
  await page.locator('#signin-userId').fill(userId)
  await page.locator('#signin-password').fill(seloste.password)
  await page.locator('#signin-password').press('Enter')
  await page.locator('#signin-userId').waitFor({ state: 'detached' })
  if (purpose) await page.locator('.radio-card', { hasText: purpose }).click()
  if (reference) await page.locator('.purpose-form .input').fill(reference)
  if (reference) await page.getByRole('button', { name: 'Käytä tätä tarkoitusta' }).click()
}

const hasNoNotices = new WeakSet<Page>()

/**
 * Suppresses notices about the account at sign-in, because the people here sign in repeatedly; another journey tests
 * the notices.
 */
async function withoutNotices(page: Page): Promise<void> {
  if (hasNoNotices.has(page)) return
  hasNoNotices.add(page)
  // Replaces fetch in the page itself: page.route() would disable the browser's cache, which doubles the cost of
  // loading a page.
  await page.addInitScript(`{
    const fetchAll = window.fetch
    window.fetch = (request, ...options) =>
      new URL(request.url ?? request, location.href).pathname === '/api/account/notices'
        ? Promise.resolve(Response.json({ items: [] }))
        : fetchAll(request, ...options)
  }`)
}

/**
 * Reloads a page until it shows what is awaited. Each wait is twice as long as the previous one, up to some seconds:
 * content may be late or the page slow on a busy machine, and content that is shown for a minute only must not be
 * missed.
 */
export async function reloadUntil(
  page: Page,
  isShown: (options: { timeout: number }) => Promise<void>,
  limitMs: number,
): Promise<void> {
  let timeout = 1_000
  await expect(async () => {
    await page.reload()
    timeout = Math.min(2 * timeout, timeoutMs)
    await isShown({ timeout })
  }).toPass({ timeout: limitMs })
}

/** Returns the accessible name of the focused element. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()",
  )
}
