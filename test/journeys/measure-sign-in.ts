// Measures what signing in costs a browser with an empty cache: requests, bytes on the wire, Largest Contentful Paint,
// and how fast a page opens whose link was hovered before.
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'

interface Connection {
  bitsPerSecond: number
  latencyMs: number
}

interface Transfer {
  path: string
  /** Size of headers and body as received, compressed. */
  bytes: number
}

interface SignInMeasurement {
  /** All requests from opening the URL until the start page can be used. */
  transfers: Transfer[]
  /** Largest Contentful Paint of the sign-in page. */
  signInLcpMs: number
  /** From the press of Enter until the start page has all its content. */
  afterEnterMs: number
  /** Largest Contentful Paint of the start page, opened by its URL with an empty cache and a session. */
  startLcpMs: number
  /**
   * Time from the press of a hovered link until the page's heading is there, and program files that were requested only
   * after the press.
   */
  hovered: { ms: number; programs: string[] }
}

const [quietMs, maxWaitMs, pollMs] = [500, 10_000, 50]
/** A page that everybody may open and that is not the start page. */
const otherPage = '/rights'
/** Program files of that page: its own, and those that it shares with other pages. */
const otherPagePrograms = /assets\/(rights-page|libraries|common)-/
/** Records the largest paint by a script that runs before the page's own scripts. */
const watchPaints = `window.lcpMs = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.lcpMs = entry.startTime
}).observe({ type: 'largest-contentful-paint', buffered: true })`

/** Signs in with an empty cache. Throttles the network only if a connection is given. */
export async function measureSignIn(
  browser: Browser,
  { url, userId, password, connection }: { url: string; userId: string; password: string; connection?: Connection },
): Promise<SignInMeasurement> {
  const context = await browser.newContext({ locale: 'fi-FI', timezoneId: 'Europe/Helsinki', baseURL: url })
  const page = await context.newPage()
  try {
    await page.addInitScript(watchPaints)
    const network = await context.newCDPSession(page)
    await network.send('Network.enable')
    if (connection) await throttle(network, connection)
    const traffic = watchTransfers(network)
    await page.goto('/', { waitUntil: 'commit' })
    await page.locator('#signin-userId').waitFor()
    await traffic.waitUntilQuiet()
    const signInLcpMs = await lcpOf(page)
    await page.locator('#signin-userId').fill(userId)
    await page.locator('#signin-password').fill(password)
    const begun = performance.now()
    await page.locator('#signin-password').press('Enter')
    await waitUntilUsable(page)
    const afterEnterMs = performance.now() - begun
    await traffic.waitUntilQuiet()
    const transfers = traffic.transfers()
    await network.send('Network.clearBrowserCache')
    await page.goto('/', { waitUntil: 'commit' })
    await waitUntilUsable(page)
    await traffic.waitUntilQuiet()
    const startLcpMs = await lcpOf(page)
    return { transfers, signInLcpMs, afterEnterMs, startLcpMs, hovered: await openHovered(page, traffic) }
  } finally {
    await context.close()
  }
}

/** Waits until the start page has its content: its heading is shown and no notice that data are being loaded. */
async function waitUntilUsable(page: Page): Promise<void> {
  await page.locator('.navigation').waitFor()
  await page.locator('main:not(:has(.waiting)) h1').waitFor()
}

async function openHovered(page: Page, traffic: ReturnType<typeof watchTransfers>) {
  await page.locator(`.navigation a[href="${otherPage}"]`).hover()
  // Waits, because the router starts loading only after a moment, in case the pointer only passes over the link.
  await wait(quietMs)
  await traffic.waitUntilQuiet()
  // Moves the pointer away from the links, which move when the page changes.
  await page.mouse.move(0, 0)
  const before = traffic.transfers().length
  const ms = await page.evaluate<number>(openScript)
  await traffic.waitUntilQuiet()
  const programs = traffic
    .transfers()
    .slice(before)
    .map(({ path }) => path)
    .filter((path) => otherPagePrograms.test(path))
  return { ms, programs }
}

/** Measures in the page, in frames, because the test's own process may be busy. */
const openScript = `new Promise((resolve) => {
  const title = document.querySelector('main h1').textContent
  const begun = performance.now()
  const checkHeading = () => {
    const heading = document.querySelector('main h1')?.textContent ?? title
    if (heading === title) requestAnimationFrame(checkHeading)
    else resolve(performance.now() - begun)
  }
  document.querySelector('.navigation a[href="${otherPage}"]').click()
  checkHeading()
})`

const lcpOf = (page: Page) => page.evaluate<number>('window.lcpMs')

async function throttle(network: CDPSession, { bitsPerSecond, latencyMs }: Connection): Promise<void> {
  const bytesPerSecond = bitsPerSecond / 8
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: latencyMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  })
}

/** Collects what the page requests, until it has requested nothing for half a second. */
function watchTransfers(network: CDPSession) {
  const paths = new Map<string, string>()
  const sizes = new Map<string, number>()
  let changedMs = performance.now()
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    changedMs = performance.now()
    if (request.url.startsWith('http')) paths.set(requestId, `${request.method} ${new URL(request.url).pathname}`)
  })
  const finish = (requestId: string, bytes: number) => {
    changedMs = performance.now()
    sizes.set(requestId, bytes)
  }
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => finish(requestId, encodedDataLength))
  network.on('Network.loadingFailed', ({ requestId }) => finish(requestId, 0))
  return {
    transfers: (): Transfer[] => [...paths].map(([id, path]) => ({ path, bytes: sizes.get(id) ?? 0 })),
    async waitUntilQuiet(): Promise<void> {
      const deadline = performance.now() + maxWaitMs
      const isQuiet = () => [...paths.keys()].every((id) => sizes.has(id)) && performance.now() - changedMs >= quietMs
      // Waits until the deadline at most, because an event stream never ends.
      while (!isQuiet() && performance.now() < deadline) await wait(pollMs)
    },
  }
}
