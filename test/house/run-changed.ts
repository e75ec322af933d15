// `npm run test:changed`: checks a change in under a minute. Runs format, types and lint of the files that differ from
// origin/HEAD (or the named commit) and of their importers, and the tests nearest to them. Prints how many tests it left out;
// `npm test` runs them all.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { changedSince, git, readImportGraph, root } from './import-graph.ts'
import { run } from './suite.ts'

/** Sum of the durations of the tests to run. They run in parallel, and loading the program takes part of the minute. */
const testsMs = 30_000
/** Default duration of a test file that has not run here. */
const defaultMs = 2_000
/** Time to read a file's imports. */
const readMs = 400
/** Maximum of files linted beside the changed ones. */
const maxImporters = 60

const start = process.argv[2] ?? mergeBase()
const changed = changedSince(start)
if (changed.length === 0) {
  console.log(`Nothing differs from ${start}.`)
  process.exit()
}
const graph = readImportGraph()
const linted = /\.(?:ts|tsx)$/
const importers = changed.flatMap((path) => graph.importers(path)).slice(0, maxImporters)
const inFormat = changed.filter((path) => /\.(?:[cm]?[jt]sx?|json|md|ya?ml|css|html)$/.test(path))
const inLint = [...new Set([...changed, ...importers])].filter((path) => linted.test(path))

const distances = graph.distances(changed)
const durations = readDurations()
const tests = [...distances]
  .filter(([path]) => /^(?:src|test|web\/src)\/.*\.test\.tsx?$/.test(path))
  .map(([path, steps]) => ({ path, steps, ms: readMs + (durations.get(path) ?? defaultMs) }))
  // Orders by distance from the change, then by duration.
  .sort((a, b) => a.steps - b.steps || a.ms - b.ms)
const chosen = chooseWithinTime(tests)

const results = await Promise.all([
  check('format', inFormat, 'prettier', '--check', '--ignore-unknown', '--log-level', 'warn', ...inFormat),
  check('types and lint', inLint, 'oxlint', ...inLint),
  check('tests', chosen, 'vitest', 'run', '--reporter=dot', ...chosen),
])
console.log(
  `${changed.length} files differ from ${start.slice(0, 12)}; ${chosen.length} test files ran, ${tests.length - chosen.length} farther ones did not.`,
)
if (results.includes(false)) process.exitCode = 1

async function check(name: string, files: readonly string[], command: string, ...args: string[]): Promise<boolean> {
  if (files.length === 0) return true
  const startedAt = performance.now()
  const { exitCode, output } = await run(command, args, { stream: false })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${files.length} files, ${seconds} s)`)
  if (exitCode !== 0) console.log(output.trimEnd())
  return exitCode === 0
}

/** Chooses the tests that fit in the time; a changed test is always chosen. */
function chooseWithinTime(all: readonly { path: string; steps: number; ms: number }[]): string[] {
  let left = testsMs
  return all
    .filter(({ steps, ms }) => {
      if (steps > 0 && ms > left) return false
      left -= ms
      return true
    })
    .map(({ path }) => path)
}

/** Reads the last duration of each test file on this machine, as stored by vitest. */
function readDurations(): Map<string, number> {
  const [file] = globSync('node_modules/.vite/vitest/*/results.json', { cwd: root })
  if (file === undefined || !existsSync(join(root, file))) return new Map()
  const durations = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    projects?: Record<string, { files?: Record<string, { duration: number }> }>
  }
  return new Map(
    Object.values(durations.projects ?? {}).flatMap(({ files = {} }) =>
      Object.entries(files).map(([path, { duration }]) => [path, duration] as const),
    ),
  )
}

function mergeBase(): string {
  try {
    return git('merge-base', 'HEAD', 'origin/HEAD')[0]!
  } catch {
    console.error('There is no origin/HEAD to compare with: name a commit, as in npm run test:changed -- HEAD~1')
    process.exit(1)
  }
}
