import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { useMemoryFolder } from './test/house/memory-folder.ts'
import { SpreadWaiting } from './test/house/spread-waiting.ts'
import { pageTexts } from './web/texts-plugin.ts'

useMemoryFolder()

const units = ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}']
/**
 * Tests that need a process of their own: they measure the CPU time of their process, or load a PKCS #11 module, which cannot be
 * unloaded.
 */
const separateTests = globSync(units, { cwd: import.meta.dirname }).filter((path) =>
  /process\.cpuUsage|\/(cpu-ms|soft-token)\.ts'/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
)

const commonOptions = {
  // Processes, not threads: tests start servers, sockets and worker threads of their own.
  pool: 'forks' as const,
  // Long enough for a machine with other work: on an idle one the slowest test takes a tenth of it.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  setupFiles: ['test/house/compare-temporal.ts'],
  // What a test polls for is usually there at once; a busy machine takes longer.
  expect: { poll: { timeout: 20_000, interval: 100 } },
}

export default defineConfig({
  test: {
    // One PostgreSQL for the whole run.
    globalSetup: ['test/database/global-setup.ts'],
    // Many tests wait for sockets, the database or the clock, so that three at a time leave two cores partly idle. The default
    // would be one at a time there.
    maxWorkers: 4,
    sequence: { sequencer: SpreadWaiting },
    projects: [
      {
        plugins: [pageTexts()],
        test: {
          ...commonOptions,
          name: 'shared',
          include: units,
          exclude: ['**/node_modules/**', 'test/journeys/**', ...separateTests],
          // Loading the program again for each file took a fifth of the time; our modules keep no state that a test could notice.
          isolate: false,
        },
      },
      { test: { ...commonOptions, name: 'own', include: separateTests } },
    ],
  },
})
