import { defineConfig } from '@playwright/test'
import { chromiumArgs, findChromium } from './test/house/find-chromium.ts'
import { chooseQuickFolder } from './test/house/quick-folder.ts'

chooseQuickFolder()

const chromium = await findChromium()

export default defineConfig({
  testDir: 'test/journeys',
  testMatch: '**/*.journey.ts',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Each journey starts its own Seloste on free ports; more than two at a time only measure each other.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'fi-FI',
    timezoneId: 'Europe/Helsinki',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium.executablePath,
      args: chromiumArgs,
      env: { ...process.env, ...chromium.env },
    },
  },
})
