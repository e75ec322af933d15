import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const databaseSetup = 'test/database/global-setup.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'test/journeys/**'],
    globalSetup: existsSync(databaseSetup) ? [databaseSetup] : [],
    // Processes, not threads: tests start servers, sockets and worker threads of their own.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
