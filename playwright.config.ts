import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromiumArgs, findChromium } from './test/house/find-chromium.ts'
import { useMemoryFolder } from './test/house/memory-folder.ts'

useMemoryFolder()

const chromium = await findChromium()

const folder = join(import.meta.dirname, 'test/journeys')
const journeys = readdirSync(folder).filter((name) => name.endsWith('.journey.ts'))
/** Returns the journeys that import `test` from a file of this folder, and so share the Seloste that it starts. */
const journeysSharing = (file: string) =>
  journeys.filter((name) =>
    new RegExp(String.raw`import \{[^}]*\btest\b(?! as)[^}]*\} from '\./${file}'`).test(
      readFileSync(join(folder, name), 'utf8'),
    ),
  )
/** Groups of journeys that share an installation; the longest group first. */
const sharedProjects = [
  // One worker, because one history of calls is enough: these run one after another, in parallel to the other groups.
  { name: 'month', testMatch: journeysSharing('at-the-desk.ts'), workers: 1 },
  // One or two workers, because starting an installation takes as long as a journey.
  { name: 'shared', testMatch: journeysSharing('shared-register.ts'), workers: 2 },
  { name: 'described', testMatch: journeysSharing('shared-gdpr-register.ts'), workers: 1 },
  { name: 'staff', testMatch: journeysSharing('shared-register-for-staff.ts'), workers: 1 },
]
const separateJourneys = journeys.filter((name) => !sharedProjects.some(({ testMatch }) => testMatch.includes(name)))

export default defineConfig({
  testDir: 'test/journeys',
  projects: [...sharedProjects, { name: 'own', testMatch: separateJourneys }],
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Each worker starts its own Seloste on free ports. Many wait for a call or for the next day: hence two more
  // workers than a usual machine has cores.
  workers: 4,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'fi-FI',
    timezoneId: 'Europe/Helsinki',
    // Off by default: a trace takes a quarter of a journey's CPU, and a failed journey can be run again with it.
    trace: process.env['SELOSTE_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium.executablePath,
      args: chromiumArgs,
      env: { ...process.env, ...chromium.env },
    },
  },
})
