// `npm test`: runs every check of the repository. The last line is "N passed, N failed". A run in which nothing ran, or a runner
// failed without naming a test, fails.
//
//   --static    only checks that run no program: format, types, lint, boundaries, dead code, generated files
//   --vitest    only unit and cross-folder tests      --journeys    only the browser
//   FILE ...    after one of these two: only the files whose paths contain it
//   --at TIME   tests and journeys, with their database, as if it were 2027-03-28T00:30:00+02:00: a Linux with gcc
import { existsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { shiftClock } from './shift-clock.ts'
import { beginRun, concludeRun, recordFailure, root, run, runTests, settled, sum, type Tally } from './suite.ts'

const exists = (path: string) => existsSync(join(root, path))
const { values, positionals: files } = parseArgs({
  options: {
    static: { type: 'boolean' },
    vitest: { type: 'boolean' },
    journeys: { type: 'boolean' },
    at: { type: 'string' },
  },
  allowPositionals: true,
})
const at = values.at === undefined ? undefined : Temporal.Instant.from(values.at)
const folder = beginRun()
/** Nice value of the static checks while tests run, so that the tests have priority. */
const checksNiceness = 5
/** Results of two static checks for unchanged files; deleted by `npm ci`. */
const cacheFolder = 'node_modules/.cache'
const ofContent = ['--cache-strategy', 'content', '--cache']
/** Memory limit of the linter in GiB: a third of the machine's memory, but at least 4 and at most 8. */
const linterGiB = Math.min(8, Math.max(4, Math.floor(totalmem() / 3 / 2 ** 30)))
const isAll = !values.static && !values.vitest && !values.journeys
const chosen = {
  units: isAll || values.vitest ? files : undefined,
  journeys: isAll || values.journeys ? files : undefined,
}
if (at) {
  const clock = shiftClock(folder)
  clock.shift(at.since(Temporal.Now.instant()).total('seconds'))
  Object.assign(process.env, clock.environment)
}

// Static checks need a processor and wait for nothing; tests wait for calls, sockets and timers. So both run at once.
const lanes = [...(values.static || (isAll && !at) ? [runStaticChecks()] : []), runTests(folder, chosen)]
concludeRun(folder, sum(await Promise.all(lanes.map(settled))))

/**
 * Runs the static checks, each of which counts as one test. They are single-threaded and independent: two run at a time
 * if nothing else runs.
 */
async function runStaticChecks(): Promise<Tally> {
  const checks: [name: string, command: string, ...args: string[]][] = [
    // The linter loads the program's types anyway, and reports the compiler's errors.
    ['types and lint', 'oxlint'],
    [
      'format',
      'prettier',
      '--check',
      ...ofContent,
      '--cache-location',
      `${cacheFolder}/prettier/checked`,
      '--log-level',
      'warn',
      '.',
    ],
    [
      'boundaries',
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      ...[...ofContent, `${cacheFolder}/dependency-cruiser`],
      ...['src', 'test', 'bench', 'engines', 'web/src'].filter(exists),
    ],
    ['dead code', 'knip'],
    ['generated files', process.execPath, 'test/house/generate.ts', '--check'],
  ]
  const tally = { passed: 0, failed: 0 }
  const runsAlone = !chosen.units && !chosen.journeys
  const queue = [...checks]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, command, ...args] = next
      const started = performance.now()
      const { exitCode, output } = await run(command, args, {
        stream: false,
        priority: runsAlone ? 0 : checksNiceness,
        // Makes garbage collection rarer, because these programs hold a whole program in memory. The linter is written
        // in Go.
        env: { NODE_OPTIONS: '--max-semi-space-size=64', GOGC: '400', GOMEMLIMIT: `${linterGiB}GiB` },
      })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
      if (exitCode === 0) tally.passed += 1
      else {
        tally.failed += 1
        recordFailure(name)
        console.log(output.trimEnd())
      }
    }
  }
  await Promise.all(runsAlone ? [worker(), worker()] : [worker()])
  return tally
}
