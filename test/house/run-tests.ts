// `npm test`: everything that judges the repository, in one run, and one line that says how it went.
// In: the working tree. Out: each runner's own output, then "N passed, N failed" as the last line.
// Never: success when nothing ran, or when a runner ended badly without naming a failed test.
//
//   --static    only what needs no program running: format, types, lint, boundaries, dead code, generated files
//   --vitest    only unit and cross-folder tests      --journeys    only the browser
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { findChromium } from './find-chromium.ts'

interface Tally {
  passed: number
  failed: number
}

interface Outcome {
  exitCode: number
  output: string
}

const root = resolve(import.meta.dirname, '../..')
const reports = mkdtempSync(join(tmpdir(), 'seloste-tests-'))
const chosen = ['--static', '--vitest', '--journeys'].filter((flag) => process.argv.includes(flag))
const runs = (flag: string) => chosen.length === 0 || chosen.includes(flag)

const tallies: Tally[] = []
try {
  if (runs('--static')) tallies.push(await runStaticChecks())
  if (runs('--vitest') || runs('--journeys')) tallies.push(await buildWeb())
  if (runs('--vitest')) tallies.push(await runVitest())
  if (runs('--journeys')) tallies.push(await runJourneys())
} catch (error) {
  console.error(error)
  tallies.push({ passed: 0, failed: 1 })
} finally {
  rmSync(reports, { recursive: true, force: true })
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
if (failed > 0 || passed === 0) process.exitCode = 1
console.log(`${passed} passed, ${failed} failed`)

/** Each static check counts as one test. Two at a time: they are single-threaded and independent. */
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
  const queue = [...checks]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, command, ...args] = next
      const started = performance.now()
      const { exitCode, output } = await run(command, args, { stream: false })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
      if (exitCode === 0) tally.passed += 1
      else {
        tally.failed += 1
        console.log(output.trimEnd())
      }
    }
  }
  await Promise.all([worker(), worker()])
  return tally
}

async function runVitest(): Promise<Tally> {
  const report = join(reports, 'vitest.json')
  const { exitCode } = await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    testResults: { status: string; assertionResults: { status: string }[] }[]
  }
  // A file that does not load has no tests to count; it failed all the same.
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  return settle({ passed: numPassedTests, failed: numFailedTests + unloaded }, exitCode)
}

async function runJourneys(): Promise<Tally> {
  if (!exists('test/journeys') || !listFiles('test/journeys').some((path) => path.endsWith('.journey.ts')))
    return { passed: 0, failed: 0 }
  const report = join(reports, 'playwright.json')
  const chromium = await findChromium()
  const { exitCode } = await run('playwright', ['test', '--reporter=list,json'], {
    // Found (and if need be unpacked) once, here, and not by every worker.
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, SELOSTE_CHROMIUM: chromium.executablePath, ...chromium.env },
  })
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
    errors: unknown[]
  }
  return settle({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }, exitCode)
}

/** A build of the pages that fails is a failed test. */
async function buildWeb(): Promise<Tally> {
  try {
    await buildWebIfStale((line) => {
      console.log(line)
    })
    return { passed: 0, failed: 0 }
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1 }
  }
}

/** A runner that ended badly without a failed test (a crash, an unhandled rejection) still failed. */
function settle(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
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
  options: { stream?: boolean; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const stream = options.stream ?? true
  const child = spawn(command, args, {
    cwd: root,
    // Seloste is started some hundred times: what Node makes of its files, it makes once.
    env: { ...process.env, PATH: path, NODE_COMPILE_CACHE: join(reports, 'compiled'), ...options.env },
    stdio: stream ? 'inherit' : 'pipe',
  })
  const output: string[] = []
  child.stdout?.on('data', (text: Buffer) => output.push(text.toString()))
  child.stderr?.on('data', (text: Buffer) => output.push(text.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ exitCode: code ?? 1, output: output.join('') }))
  })
}
