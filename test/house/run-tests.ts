// `npm test`: everything that judges the repository, in one run, and one line that says how it went.
// In: the working tree. Out: each runner's own output, then "N passed, N failed" as the last line.
// Never: success when nothing ran, or when a runner ended badly without naming a failed test.
//
//   --static    only what needs no program running: format, types, lint, boundaries, dead code, generated files
//   --vitest    only unit and cross-folder tests      --journeys    only the browser
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { delimiter, join, relative, resolve } from 'node:path'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { prepareFolder } from '../whole/prepare-folder.ts'
import { preparedVariable } from '../whole/prepared-folder.ts'
import { findChromium } from './find-chromium.ts'
import { chooseQuickFolder } from './quick-folder.ts'
import { makeRunFolder, removeDeadRuns } from './run-folder.ts'

interface Tally {
  passed: number
  failed: number
}

interface Outcome {
  exitCode: number
  output: string
}

const root = resolve(import.meta.dirname, '../..')
chooseQuickFolder()
removeDeadRuns(tmpdir())
const folder = makeRunFolder()
Object.assign(process.env, {
  TMPDIR: folder,
  // Seloste is started some dozens of times: what Node makes of its files, it makes once.
  NODE_COMPILE_CACHE: join(folder, 'compiled'),
  [preparedVariable]: join(folder, 'prepared'),
})
/** What failed, and what passed only at a second try, is named last: of a long output often only the end is kept. */
const atTheEnd: string[] = []
const none: Tally = { passed: 0, failed: 0 }
/** Of more files than these no machine's being busy is the cause. */
const mostTriedAgain = 8
/** What the tests do comes first. */
const afterTests = 5
const chosen = ['--static', '--vitest', '--journeys'].filter((flag) => process.argv.includes(flag))
const runs = (flag: string) => chosen.length === 0 || chosen.includes(flag)

// Static checks need a processor and wait for nothing; tests wait for calls, sockets and days to come: these fill in for those.
const lanes = [...(runs('--static') ? [runStaticChecks] : []), runTests]
const { passed, failed } = sum(await Promise.all(lanes.map((lane) => settled(lane()))))
rmSync(folder, { recursive: true, force: true })

if (failed > 0 || passed === 0) process.exitCode = 1
for (const line of atTheEnd) console.log(line)
console.log(`${passed} passed, ${failed} failed`)

/** What needs the program running: the unit tests, then the browser. */
async function runTests(): Promise<Tally> {
  if (!runs('--vitest') && !runs('--journeys')) return none
  const built = await counted(() => buildWebIfStale(say))
  // Beside the first tests: those that want it wait for it.
  const prepared = counted(() => prepareFolder(join(folder, 'prepared')))
  const unit = runs('--vitest') ? await settled(runVitest()) : none
  const journeys = runs('--journeys') ? await settled(runJourneys()) : none
  return sum([built, unit, journeys, await prepared])
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, { passed, failed }) => ({ passed: all.passed + passed, failed: all.failed + failed }),
    none,
  )
}

/** What breaks off has failed, and the rest goes on. */
function settled(tally: Promise<Tally>): Promise<Tally> {
  return tally.catch((error: unknown) => {
    console.error(error)
    noteFailure(String(error))
    return { passed: 0, failed: 1 }
  })
}

/** Each static check counts as one test. They are single-threaded and independent: two at a time where nothing else runs. */
async function runStaticChecks(): Promise<Tally> {
  const checks: [name: string, command: string, ...args: string[]][] = [
    ['lint', 'eslint', '.', '--max-warnings', '0'],
    ['types', 'tsc', '--noEmit', '-p', '.'],
    ...(exists('web/tsconfig.json')
      ? [['types of the web', 'tsc', '--noEmit', '-p', 'web'] as [string, string, ...string[]]]
      : []),
    ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
    [
      'boundaries',
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      ...['src', 'test', 'bench', 'web/src'].filter(exists),
    ],
    ['dead code', 'knip'],
    ['generated files', process.execPath, 'test/house/generate.ts', '--check'],
  ]
  const tally = { passed: 0, failed: 0 }
  const runsAlone = !runs('--vitest') && !runs('--journeys')
  const queue = [...checks]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, command, ...args] = next
      const started = performance.now()
      const { exitCode, output } = await run(command, args, {
        stream: false,
        priority: runsAlone ? 0 : afterTests,
        // They hold a whole program in memory: what is new there is looked through less often.
        env: { NODE_OPTIONS: '--max-semi-space-size=64' },
      })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
      if (exitCode === 0) tally.passed += 1
      else {
        tally.failed += 1
        noteFailure(name)
        console.log(output.trimEnd())
      }
    }
  }
  await Promise.all(runsAlone ? [worker(), worker()] : [worker()])
  return tally
}

/** What fails is tried once more with nothing beside it: a machine that was busy is no failure, and what needed it is named. */
async function runVitest(): Promise<Tally> {
  const first = await runVitestOnce('vitest', [])
  const again = [...new Set(first.failures.map(({ file }) => file))]
  if (again.length === 0 || again.length > mostTriedAgain) return told(first)
  const second = await runVitestOnce('vitest-again', ['--maxWorkers=1', ...again])
  if (second.failures.length === 0) first.failures.forEach(({ file, title }) => noteSecondTry(file, title))
  return told({
    ...second,
    tally: { passed: first.tally.passed + first.tally.failed - second.tally.failed, failed: second.tally.failed },
  })
}

interface VitestRun {
  tally: Tally
  failures: { file: string; title: string }[]
}

function told({ tally, failures }: VitestRun): Tally {
  for (const { file, title } of failures) noteFailure(`${file}: ${title}`)
  return tally
}

async function runVitestOnce(name: string, args: readonly string[]): Promise<VitestRun> {
  const report = join(folder, `${name}.json`)
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
      assertionResults: { status: string; fullName: string }[]
    }[]
  }
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const titles = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName)
    // A file that does not load has no tests to count; it failed all the same.
    const unloaded = status === 'failed' && titles.length === 0 ? [message.split('\n')[0] ?? ''] : []
    return [...titles, ...unloaded].map((title) => ({ file: relative(root, name), title }))
  })
  return { tally: settle({ passed: numPassedTests, failed: failures.length }, exitCode), failures }
}

async function runJourneys(): Promise<Tally> {
  if (!exists('test/journeys') || !listFiles('test/journeys').some((path) => path.endsWith('.journey.ts')))
    return { passed: 0, failed: 0 }
  const report = join(folder, 'playwright.json')
  const chromium = await findChromium()
  const { exitCode } = await run('playwright', ['test', '--retries=1', '--reporter=list,json'], {
    // Found (and if need be unpacked) once, here, and not by every worker.
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, SELOSTE_CHROMIUM: chromium.executablePath, ...chromium.env },
  })
  if (!existsSync(report)) return settle(none, exitCode || 1)
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
    errors: unknown[]
    suites: JourneySuite[]
  }
  for (const { file, title } of suites.flatMap((suite) => journeysWith(suite, 'flaky'))) noteSecondTry(file, title)
  for (const { file, title } of suites.flatMap((suite) => journeysWith(suite, 'unexpected')))
    noteFailure(`${file}: ${title}`)
  return settle({ passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length }, exitCode)
}

/** As Playwright reports it: a journey that failed and then passed is `flaky`, one that failed `unexpected`. */
interface JourneySuite {
  specs: { title: string; file: string; tests: { status: string }[] }[]
  suites?: JourneySuite[]
}

function journeysWith({ specs, suites = [] }: JourneySuite, wanted: string): { file: string; title: string }[] {
  const own = specs.filter(({ tests }) => tests.some(({ status }) => status === wanted))
  return [...own, ...suites.flatMap((suite) => journeysWith(suite, wanted))]
}

function noteFailure(what: string): void {
  atTheEnd.push(`Failed: ${what}`)
}

function noteSecondTry(file: string, title: string): void {
  atTheEnd.push(`Passed only at a second try: ${file}: ${title}`)
}

function say(line: string): void {
  console.log(line)
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

function exists(path: string): boolean {
  return existsSync(join(root, path))
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}

/** Runs a program of node_modules/.bin (or an absolute path) from the repository's root. */
function run(
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
