// What every run of the whole suite is made of, wherever its state lies: a folder of its own, vitest, the browser, and how it went.
// In: which tests. Out: each runner's own output; at the end what failed, what passed only at a second try, and how many.
// Never: success when nothing ran, or when a runner ended badly without naming a failed test.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { delimiter, join, relative, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { joinLibrariesIfStale } from '../../src/app/cli/join-libraries.ts'
import { prepareFolder } from '../whole/prepare-folder.ts'
import { preparedVariable } from '../whole/prepared-folder.ts'
import { findChromium } from './find-chromium.ts'
import { chooseQuickFolder } from './quick-folder.ts'
import { makeRunFolder, removeDeadRuns } from './run-folder.ts'

export interface Tally {
  passed: number
  failed: number
}

interface Outcome {
  exitCode: number
  output: string
}

/** Words that vitest and playwright choose their files by; none chooses all, `undefined` does without the runner. */
export interface Chosen {
  units: readonly string[] | undefined
  journeys: readonly string[] | undefined
}

export const root = resolve(import.meta.dirname, '../..')
const none: Tally = { passed: 0, failed: 0 }
/** Of more files than these no machine's being busy is the cause. */
const mostTriedAgain = 8
/** What failed, and what passed only at a second try, is named last: of a long output often only the end is kept. */
const atTheEnd: string[] = []
/** Seconds by file, of tests and journeys. */
const took = new Map<string, number>()
const slowestNamed = 10

/** Makes the folder in which everything of this run lies; the environment names it. @returns its path */
export function beginRun(): string {
  chooseQuickFolder()
  removeDeadRuns(tmpdir())
  const folder = makeRunFolder()
  Object.assign(process.env, {
    TMPDIR: folder,
    // Seloste is started some dozens of times: what Node makes of its files, it makes once.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    [preparedVariable]: join(folder, 'prepared'),
  })
  return folder
}

/** Removes the run's folder and says how it went; the process ends accordingly. */
export function concludeRun(folder: string, { passed, failed }: Tally): void {
  rmSync(folder, { recursive: true, force: true })
  if (failed > 0 || passed === 0) process.exitCode = 1
  const slowest = [...took].sort(([, a], [, b]) => b - a).slice(0, slowestNamed)
  for (const [file, seconds] of slowest) console.log(`Took ${seconds.toFixed(0)} s: ${file}`)
  for (const line of atTheEnd) console.log(line)
  console.log(`${passed} passed, ${failed} failed`)
}

/** What needs the program running: the unit tests, then the browser. */
export async function runTests(folder: string, { units, journeys }: Chosen): Promise<Tally> {
  if (!units && !journeys) return none
  const built = await counted(async () => {
    await buildWebIfStale(console.log)
    await joinLibrariesIfStale()
  })
  // Beside the first tests: those that want it wait for it.
  const prepared = counted(() => prepareFolder(join(folder, 'prepared')))
  const unit = units ? await settled(runVitest(folder, units)) : none
  const inBrowser = journeys ? await settled(runJourneys(folder, journeys)) : none
  return sum([built, unit, inBrowser, await prepared])
}

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, { passed, failed }) => ({ passed: all.passed + passed, failed: all.failed + failed }),
    none,
  )
}

/** What breaks off has failed, and the rest goes on. */
export function settled(tally: Promise<Tally>): Promise<Tally> {
  return tally.catch((error: unknown) => {
    console.error(error)
    noteFailure(String(error))
    return { passed: 0, failed: 1 }
  })
}

/** What fails is tried once more with nothing beside it: a machine that was busy is no failure, and what needed it is named. */
async function runVitest(folder: string, units: readonly string[]): Promise<Tally> {
  const first = await runVitestOnce(join(folder, 'vitest.json'), units)
  const again = [...new Set(first.failures.map(({ file }) => file))]
  if (again.length === 0 || again.length > mostTriedAgain) return told(first)
  const second = await runVitestOnce(join(folder, 'vitest-again.json'), ['--maxWorkers=1', ...again])
  const still = new Set(second.failures.map(named))
  if (second.tally.failed === still.size) first.failures.filter((one) => !still.has(named(one))).forEach(noteSecondTry)
  return told({
    ...second,
    tally: { passed: first.tally.passed + first.tally.failed - second.tally.failed, failed: second.tally.failed },
  })
}

interface VitestRun {
  tally: Tally
  failures: Test[]
}

interface Test {
  file: string
  title: string
  /** What the runner said of it. */
  why?: string
}

const named = ({ file, title }: Test) => `${file}: ${title}`

function told({ tally, failures }: VitestRun): Tally {
  for (const failure of failures) noteFailure(named(failure), failure.why)
  return tally
}

async function runVitestOnce(report: string, args: readonly string[]): Promise<VitestRun> {
  const { exitCode } = await run('vitest', [
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  if (!existsSync(report)) return { tally: settle(none, exitCode || 1), failures: [] }
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
  for (const { name, startTime, endTime } of testResults) took.set(relative(root, name), (endTime - startTime) / 1000)
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    // A file that does not load has no tests to count; it failed all the same.
    if (status === 'failed' && failed.length === 0) return [{ file, title: message.split('\n')[0] ?? '', why: message }]
    return failed.map(({ fullName, failureMessages }) => ({ file, title: fullName, why: failureMessages.join('\n') }))
  })
  return { tally: settle({ passed: numPassedTests, failed: failures.length }, exitCode), failures }
}

async function runJourneys(folder: string, journeys: readonly string[]): Promise<Tally> {
  const report = join(folder, 'playwright.json')
  const chromium = await findChromium()
  const { exitCode } = await run('playwright', ['test', ...journeys, '--retries=1', '--reporter=list,json'], {
    // Found (and if need be unpacked) once, here, and not by every worker.
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, SELOSTE_CHROMIUM: chromium.executablePath, ...chromium.env },
  })
  if (!existsSync(report)) return settle(none, exitCode || 1)
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
    errors: unknown[]
    suites: JourneySuite[]
  }
  for (const suite of suites) took.set(suite.file, secondsOf(suite))
  for (const flaky of suites.flatMap((suite) => journeysWith(suite, 'flaky'))) noteSecondTry(flaky)
  for (const failure of suites.flatMap((suite) => journeysWith(suite, 'unexpected'))) {
    noteFailure(named(failure), failure.why)
  }
  return settle({ passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length }, exitCode)
}

/** As Playwright reports it: a journey that failed and then passed is `flaky`, one that failed `unexpected`. */
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

function journeysWith({ specs, suites = [] }: JourneySuite, wanted: string): Test[] {
  const own = specs
    .filter(({ tests }) => tests.some(({ status }) => status === wanted))
    .map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      return { file, title, why: errors.map(({ message }) => message ?? '').join('\n') }
    })
  return [...own, ...suites.flatMap((suite) => journeysWith(suite, wanted))]
}

export function noteFailure(what: string, why = ''): void {
  atTheEnd.push(`Failed: ${what}`, ...indented(why))
}

function noteSecondTry(test: Test): void {
  atTheEnd.push(`Passed only at a second try: ${named(test)}`, ...indented(test.why ?? ''))
}

/** The first lines of a runner's message, without its colours. */
function indented(message: string): string[] {
  const lines = stripVTControlCharacters(message).split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
    .map((line) => `    ${line}`)
}

/** What is made for the tests: a failed test where it cannot be. */
async function counted(make: () => Promise<void>): Promise<Tally> {
  try {
    await make()
    return none
  } catch (error) {
    console.error(error)
    noteFailure(String(error))
    return { passed: 0, failed: 1 }
  }
}

/** A runner that ended badly without a failed test (a crash, an unhandled rejection) still failed. */
function settle(tally: Tally, exitCode: number): Tally {
  if (exitCode === 0 || tally.failed > 0) return tally
  noteFailure(`a runner ended with ${String(exitCode)} and named no test`)
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
