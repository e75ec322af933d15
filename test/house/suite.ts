// Parts of every run of the whole suite: a folder, vitest, the browser, and the summary. Prints each runner's output; at the
// end the failed tests, those that passed only at a second try, and the counts. A run in which nothing ran, or a runner failed
// without naming a test, fails.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { delimiter, join, relative, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { bundleLibrariesIfStale } from '../../src/app/cli/bundle-libraries.ts'
import { prepareFolder } from '../whole/prepare-folder.ts'
import { preparedVariable } from '../whole/prepared-folder.ts'
import { findChromium } from './find-chromium.ts'
import { useMemoryFolder } from './memory-folder.ts'
import { makeRunFolder, removeDeadRuns } from './run-folder.ts'

export interface Tally {
  passed: number
  failed: number
}

interface Outcome {
  exitCode: number
  output: string
}

/** Words by which vitest and playwright choose files; an empty list chooses all, `undefined` skips the runner. */
export interface Chosen {
  units: readonly string[] | undefined
  journeys: readonly string[] | undefined
}

export const root = resolve(import.meta.dirname, '../..')
const none: Tally = { passed: 0, failed: 0 }
/** If more files than this fail, a busy machine is not the cause, and none is repeated. */
const maxRetried = 8
/**
 * Lines printed last, because only the end of a long output may be stored: failed tests, and tests that passed at the
 * second try.
 */
const finalLines: string[] = []
/** Seconds that each file of tests and journeys took. */
const secondsByFile = new Map<string, number>()
const maxSlowestListed = 10
/** Makes the folder for all files of this run, and sets it in the environment. | @returns the folder's path */
export function beginRun(): string {
  useMemoryFolder()
  removeDeadRuns(tmpdir())
  const folder = makeRunFolder()
  Object.assign(process.env, {
    TMPDIR: folder,
    // Sets Node's compile cache, because Seloste is started dozens of times.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    [preparedVariable]: join(folder, 'prepared'),
  })
  return folder
}

/** Removes the run's folder, prints the summary, and sets the exit code. */
export function concludeRun(folder: string, { passed, failed }: Tally): void {
  rmSync(folder, { recursive: true, force: true })
  if (failed > 0 || passed === 0) process.exitCode = 1
  const slowest = [...secondsByFile].sort(([, a], [, b]) => b - a).slice(0, maxSlowestListed)
  for (const [file, seconds] of slowest) console.log(`Took ${seconds.toFixed(0)} s: ${file}`)
  for (const line of finalLines) console.log(line)
  console.log(`${passed} passed, ${failed} failed`)
}

/**
 * Runs the unit tests, then the browser tests: each keeps two processors busy, and at the same time their waits would
 * time out.
 */
export async function runTests(folder: string, { units, journeys }: Chosen): Promise<Tally> {
  if (!units && !journeys) return none
  const built = await countAsTest(async () => {
    await buildWebIfStale(console.log)
    await bundleLibrariesIfStale()
    // Unpacks the browser first: that changes this process's environment for a moment, so nothing may be started
    // meanwhile.
    if (journeys) await findChromium()
  })
  // Runs beside the first tests; tests that need the folder wait for it.
  const prepared = countAsTest(() => prepareFolder(join(folder, 'prepared')))
  const report = (name: string) => join(folder, `${name}.json`)
  const unitsDone = units
    ? await settled(
        retryFailures(runVitest(report('vitest'), units), (files) =>
          runVitest(report('vitest-again'), ['--maxWorkers=1', ...files]),
        ),
      )
    : none
  const journeysDone = journeys
    ? await settled(
        retryFailures(runJourneys(report('playwright'), journeys), (files) =>
          runJourneys(report('playwright-again'), files),
        ),
      )
    : none
  return sum([built, await prepared, unitsDone, journeysDone])
}

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, { passed, failed }) => ({ passed: all.passed + passed, failed: all.failed + failed }),
    none,
  )
}

/** Waits for a runner, and counts an aborted one as failed, so that the others continue. */
export function settled(tally: Promise<Tally>): Promise<Tally> {
  return tally.catch((error: unknown) => {
    console.error(error)
    recordFailure(String(error))
    return { passed: 0, failed: 1 }
  })
}

/** Result of a test runner. */
interface RunnerResult {
  tally: Tally
  failures: Test[]
}

/**
 * Repeats failed files once, because a busy machine alone is not a failure; lists files that needed it.
 * @param rerun runs some files again
 */
async function retryFailures(
  ran: Promise<RunnerResult>,
  rerun: (files: string[]) => Promise<RunnerResult>,
): Promise<Tally> {
  const first = await ran
  const files = [...new Set(first.failures.map(({ file }) => file))]
  if (files.length === 0 || files.length > maxRetried) return tallyOf(first)
  const second = await rerun(files)
  const failedTwice = new Set(second.failures.map(nameOf))
  if (second.tally.failed === failedTwice.size)
    first.failures.filter((one) => !failedTwice.has(nameOf(one))).forEach(recordRetry)
  return tallyOf({
    ...second,
    tally: { passed: first.tally.passed + first.tally.failed - second.tally.failed, failed: second.tally.failed },
  })
}

interface Test {
  file: string
  title: string
  /** Message of the runner. */
  why?: string
}

const nameOf = ({ file, title }: Test) => `${file}: ${title}`

function tallyOf({ tally, failures }: RunnerResult): Tally {
  for (const failure of failures) recordFailure(nameOf(failure), failure.why)
  return tally
}

async function runVitest(report: string, args: readonly string[]): Promise<RunnerResult> {
  const { exitCode } = await run('vitest', [
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  if (!existsSync(report)) return { tally: countCrash(none, exitCode || 1), failures: [] }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number
    testResults: {
      name: string
      status: string
      message: string
      startTime: number
      endTime: number
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
    }[]
  }
  for (const { name, startTime, endTime } of testResults)
    secondsByFile.set(relative(root, name), (endTime - startTime) / 1000)
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    // A file that does not load has no tests to count, so it counts as one failed test.
    if (status === 'failed' && failed.length === 0) return [{ file, title: message.split('\n')[0] ?? '', why: message }]
    return failed.map(({ fullName, failureMessages }) => ({ file, title: fullName, why: failureMessages.join('\n') }))
  })
  return { tally: countCrash({ passed: numPassedTests, failed: failures.length }, exitCode), failures }
}

async function runJourneys(report: string, args: readonly string[]): Promise<RunnerResult> {
  const chromium = await findChromium()
  const { exitCode } = await run('playwright', ['test', ...args, '--reporter=list,json'], {
    // The browser was found (and unpacked if needed) once above, so that no worker does that.
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, SELOSTE_CHROMIUM: chromium.executablePath, ...chromium.env },
  })
  if (!existsSync(report)) return { tally: countCrash(none, exitCode || 1), failures: [] }
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number }
    errors: unknown[]
    suites: JourneySuite[]
  }
  for (const suite of suites) secondsByFile.set(suite.file, secondsOf(suite))
  const failed = stats.unexpected + errors.length
  return { tally: countCrash({ passed: stats.expected, failed }, exitCode), failures: suites.flatMap(failedIn) }
}

/** Playwright reports a failed journey as `unexpected`. */
interface JourneySuite {
  file: string
  specs: {
    title: string
    file: string
    tests: { status: string; results: { duration: number; errors: { message?: string }[] }[] }[]
  }[]
  suites?: JourneySuite[]
}

function secondsOf({ specs, suites = [] }: JourneySuite): number {
  const own = specs.flatMap(({ tests }) =>
    tests.flatMap(({ results }) => results.map(({ duration }) => duration / 1000)),
  )
  return [...own, ...suites.map(secondsOf)].reduce((all, one) => all + one, 0)
}

function failedIn({ specs, suites = [] }: JourneySuite): Test[] {
  const own = specs
    .filter(({ tests }) => tests.some(({ status }) => status === 'unexpected'))
    .map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      return { file, title, why: errors.map(({ message }) => message ?? '').join('\n') }
    })
  return [...own, ...suites.flatMap(failedIn)]
}

export function recordFailure(item: string, reason = ''): void {
  finalLines.push(`Failed: ${item}`, ...indented(reason))
}

function recordRetry(test: Test): void {
  finalLines.push(`Passed only at a second try: ${nameOf(test)}`, ...indented(test.why ?? ''))
}

/** The first lines of a runner's message, without its colours. */
function indented(message: string): string[] {
  const lines = stripVTControlCharacters(message).split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
    .map((line) => `    ${line}`)
}

/** Runs a preparation of the tests; an error counts as a failed test. */
async function countAsTest(make: () => Promise<void>): Promise<Tally> {
  try {
    await make()
    return none
  } catch (error) {
    console.error(error)
    recordFailure(String(error))
    return { passed: 0, failed: 1 }
  }
}

/** Counts a runner that failed without a failed test (a crash, an unhandled rejection) as failed. */
function countCrash(tally: Tally, exitCode: number): Tally {
  if (exitCode === 0 || tally.failed > 0) return tally
  recordFailure(`a runner ended with ${String(exitCode)} and named no test`)
  return { ...tally, failed: 1 }
}

/** Runs a program of node_modules/.bin (or an absolute path) from the repository's root. */
export function run(
  command: string,
  args: string[],
  options: { stream?: boolean; env?: Record<string, string>; priority?: number } = {},
): Promise<Outcome> {
  const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const stream = options.stream ?? true
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path, ...options.env },
    stdio: stream ? 'inherit' : 'pipe',
  })
  if (options.priority) setPriority(child.pid ?? 0, options.priority)
  const output: string[] = []
  child.stdout?.on('data', (text: Buffer) => output.push(text.toString()))
  child.stderr?.on('data', (text: Buffer) => output.push(text.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ exitCode: code ?? 1, output: output.join('') }))
  })
}
