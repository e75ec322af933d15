/**
 * Measures signing in with an empty cache over 4 Mbit/s with 100 ms: requests and bytes until the start page can be used, Largest
 * Contentful Paint, and a page whose link was hovered. Yardstick of the paints: two round trips and the bytes alone.
 */
import { chromium } from 'playwright-core'
import { chromiumArgs, findChromium } from '#test/house/find-chromium.ts'
import { measureSignIn } from '#test/journeys/measure-sign-in.ts'
import { startSeloste } from '#test/whole/start-seloste.ts'
import { ms, percentile, ratio, type Row } from '../rows.ts'

const connection = { bitsPerSecond: 4_000_000, latencyMs: 100 }
const [maxRequests, maxBytes, maxLcpMs, maxHoveredMs] = [25, 250_000, 1_500, 100]
/** People of different roles, because each role has its own start page. */
const people = ['sari', 'paula', 'outi', 'anssi']

/**
 * Target: at most 25 requests and 250 kB, paints under 1.5 s, a hovered page within 100 ms.
 * @param rounds times that each person signs in
 */
export async function signIn({ rounds = 3 } = {}): Promise<Row[]> {
  const seloste = await startSeloste()
  const { executablePath, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    // Enables all JavaScript compilers, as in a person's browser: the tests' arguments disable some.
    args: chromiumArgs.filter((one) => !one.startsWith('--js-flags')),
    env: { ...process.env, ...env },
  })
  try {
    const weights = []
    for (const userId of Array.from({ length: rounds }, () => people).flat()) {
      const weight = await measureSignIn(browser, { url: seloste.url, userId, password: seloste.password, connection })
      weights.push(weight)
      console.log(
        `${userId}: ${weight.transfers.length} requests, ${bytesOf(weight)} bytes, paints ${ms(weight.signInLcpMs)} and ${ms(weight.startLcpMs)}`,
      )
    }
    const requests = Math.max(...weights.map(({ transfers }) => transfers.length))
    const bytes = Math.max(...weights.map(bytesOf))
    const bareMs = 2 * connection.latencyMs + (1000 * 8 * bytes) / connection.bitsPerSecond
    const paint = (what: string, times: number[]): Row => ({
      what: `Largest Contentful Paint of ${what}, ${times.length} of them`,
      measured: `median ${ms(percentile(times, 0.5))}, at most ${ms(Math.max(...times))}`,
      yardstick: `two round trips and the bytes ${ms(bareMs)}`,
      ratio: ratio(percentile(times, 0.5), bareMs),
      target: 'median under 1.5 s',
      isReached: percentile(times, 0.5) < maxLcpMs,
    })
    const hovered = percentile(
      weights.map((weight) => weight.hovered.ms),
      0.5,
    )
    return [
      {
        what: `requests until the start page can be used, the most of ${people.length} roles`,
        measured: String(requests),
        target: `at most ${maxRequests}`,
        isReached: requests <= maxRequests,
      },
      {
        what: 'bytes on the wire until then, headers too',
        measured: `${Math.round(bytes / 1000)} kB`,
        target: `at most ${maxBytes / 1000} kB`,
        isReached: bytes <= maxBytes,
      },
      paint(
        'the sign-in page',
        weights.map(({ signInLcpMs }) => signInLcpMs),
      ),
      paint(
        'the start page, with a session',
        weights.map(({ startLcpMs }) => startLcpMs),
      ),
      {
        what: 'from Enter until the start page is there',
        measured: `median ${ms(
          percentile(
            weights.map(({ afterEnterMs }) => afterEnterMs),
            0.5,
          ),
        )}`,
      },
      {
        what: 'a page whose link was hovered, until its heading is there',
        measured: `median ${ms(hovered)}`,
        target: `under ${maxHoveredMs} ms`,
        isReached: hovered < maxHoveredMs,
      },
    ]
  } finally {
    await browser.close()
    await seloste.stop()
  }
}

function bytesOf({ transfers }: { transfers: { bytes: number }[] }): number {
  return transfers.reduce((sum, one) => sum + one.bytes, 0)
}
