import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromiumArgs, findChromium } from './test/house/find-chromium.ts'
import { useMemoryFolder } from './test/house/memory-folder.ts'

useMemoryFolder()

const chromium = await findChromium()

const folder = join(import.meta.dirname, 'test/journeys')
const journeys = readdirSync(folder).filter((name) => name.endsWith('.journey.ts'))
/** Those that have the `test` of a file here, and with it the Seloste that it starts. */
const sharing = (file: string) =>
  journeys.filter((name) =>
    new RegExp(String.raw`import \{[^}]*\btest\b(?! as)[^}]*\} from '\./${file}'`).test(
      readFileSync(join(folder, name), 'utf8'),
    ),
  )
/** The longest first. */
const together = [
  // One history of calls is enough: all of these after one another, beside the others.
  { name: 'month', testMatch: sharing('at-the-desk.ts'), workers: 1 },
  // A start costs as much as a journey: one or two are enough for all that can share one.
  { name: 'shared', testMatch: sharing('shared-register.ts'), workers: 2 },
  { name: 'described', testMatch: sharing('shared-gdpr-register.ts'), workers: 1 },
  { name: 'staff', testMatch: sharing('shared-register-for-staff.ts'), workers: 1 },
]
const apart = journeys.filter((name) => !together.some(({ testMatch }) => testMatch.includes(name)))

export default defineConfig({
  testDir: 'test/journeys',
  projects: [...together, { name: 'own', testMatch: apart }],
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Each worker starts its own Seloste on free ports. Many wait for a call or a day to come: two more than a machine of two cores would do.
  workers: 4,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'fi-FI',
    timezoneId: 'Europe/Helsinki',
    // A trace of every step costs a quarter of a journey's work, for the few that fail: those are run again with it.
    trace: process.env['SELOSTE_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium.executablePath,
      args: chromiumArgs,
      env: { ...process.env, ...chromium.env },
    },
  },
})
