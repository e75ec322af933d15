import { defineConfig } from 'vitest/config'
import { chooseQuickFolder } from './test/house/quick-folder.ts'

chooseQuickFolder()

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'test/journeys/**'],
    // One PostgreSQL for the whole run.
    globalSetup: ['test/database/global-setup.ts'],
    // Processes, not threads: tests start servers, sockets and worker threads of their own.
    pool: 'forks',
    // Many tests wait for sockets, the database or the clock; on two cores the default would be one at a time.
    maxWorkers: 3,
    // For a machine with other work: on a quiet one the slowest need a tenth of it.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a test waits for comes at once; on a busy machine, a little later.
    expect: { poll: { timeout: 20_000 } },
  },
})
