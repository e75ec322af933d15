import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { useMemoryFolder } from './test/house/memory-folder.ts'
import { WaitingFirst } from './test/house/waiting-first.ts'
import { pageTexts } from './web/texts-plugin.ts'

useMemoryFolder()

const units = ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}']
/** Those that measure their process, and those that load a module of the machine's into it, which stays for good. */
const processOfTheirOwn = globSync(units, { cwd: import.meta.dirname }).filter((path) =>
  /process\.cpuUsage|\/(cpu-ms|soft-token)\.ts'/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
)

const eachFile = {
  // Processes, not threads: tests start servers, sockets and worker threads of their own.
  pool: 'forks' as const,
  // For a machine with other work: on a quiet one the slowest need a tenth of it.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  setupFiles: ['test/house/compare-temporal.ts'],
  // What a test waits for comes at once; on a busy machine, a little later.
  expect: { poll: { timeout: 20_000, interval: 100 } },
}

export default defineConfig({
  test: {
    // One PostgreSQL for the whole run.
    globalSetup: ['test/database/global-setup.ts'],
    // Many tests wait for sockets, the database or the clock; on two cores the default would be one at a time.
    maxWorkers: 3,
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        plugins: [pageTexts()],
        test: {
          ...eachFile,
          name: 'shared',
          include: units,
          exclude: ['**/node_modules/**', 'test/journeys/**', ...processOfTheirOwn],
          // Reading the program anew for every file took a fifth of all the work; no module of ours remembers anything.
          isolate: false,
        },
      },
      { test: { ...eachFile, name: 'own', include: processOfTheirOwn } },
    ],
  },
})
