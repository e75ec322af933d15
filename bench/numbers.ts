/**
 * Writes the results of benches to docs/numbers.md. Benches that were not run keep their rows and date. Every number comes from
 * a run; machines are not named.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import * as prettier from 'prettier'
import type { Row } from './rows.ts'

interface BenchRun {
  /** Day of the run, UTC. */
  day: string
  machine: { cores: number; memoryGiB: number; node: string }
  /** The machine's load average of the five minutes before the run: of runs that did not wait for a quiet machine. */
  load?: number
  /** Cores that other work kept busy in the ten seconds before the run. */
  busyBefore?: number
  seconds?: number
  /** Settings of the bench that differ from the defaults. */
  settings: string
  rows: Row[]
}

/** Stored results: a run replaces its own and keeps those of other benches. */
const numbersFile = fileURLToPath(new URL('found.json', import.meta.url))
const page = fileURLToPath(new URL('../docs/numbers.md', import.meta.url))
/** Environment variables that set a bench's size; the page lists those that are set. */
const reportedSettings = ['SELOSTE_BENCH_FULL', 'SELOSTE_BENCH_CONTACTS', 'SELOSTE_BENCH_CALLS']

/**
 * Replaces a bench's results and writes the page.
 * @param order benches in the page's order
 */
export async function storeNumbers(
  name: string,
  { rows, busyBefore, seconds }: { rows: Row[]; busyBefore: number; seconds: number },
  order: readonly string[],
): Promise<void> {
  const found = JSON.parse(await readFile(numbersFile, 'utf8').catch(() => '{}')) as Record<string, BenchRun>
  found[name] = {
    day: Temporal.Now.plainDateISO('UTC').toString(),
    machine: {
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
    },
    busyBefore: Math.round(100 * busyBefore) / 100,
    seconds: Math.round(seconds),
    settings: reportedSettings
      .flatMap((key) => (process.env[key] === undefined ? [] : [`${key}=${process.env[key]}`]))
      .join(' '),
    rows,
  }
  const sorted = Object.fromEntries(order.flatMap((one) => (found[one] === undefined ? [] : [[one, found[one]]])))
  const options = await prettier.resolveConfig(numbersFile)
  await writeFile(numbersFile, await prettier.format(JSON.stringify(sorted), { ...options, parser: 'json' }))
  await writeFile(page, pageOf(sorted, order))
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, yardstick = '', ratio = '', target = '', isReached }) => {
    const reached = isReached === undefined ? '' : isReached ? 'met' : '**missed**'
    return `| ${[what, measured, yardstick, ratio, target, reached].map(cell).join(' | ')} |`
  })
  return ['| what | measured | yardstick | ratio | required | result |', '|---|---|---|---|---|---|', ...lines].join(
    '\n',
  )
}

/** Presses of everyday tasks: exact, measured and asserted by a journey at each run of the tests. */
const presses = [
  '',
  '## Presses of three tasks',
  '',
  'Counted and asserted by [few-presses.journey.ts](../test/journeys/few-presses.journey.ts): mouse buttons, Enter, and Space outside text',
  'fields. Signing in, the purpose, moving by Tab and typing are not counted.',
  '',
  '| task | presses | required |',
  '|---|---|---|',
  '| an official listens to yesterday’s call of a caller whose last digits they know | 4 | 4 |',
  '| a supervisor evaluates a drawn call, with two answers | 6 | 6 |',
  '| the next drawn call, with two answers | 5 |  |',
  '| a clerk serves a request to listen, from its entry to its closing: one call, two letters by post, an appointment | 22 | 22 |',
]

function pageOf(found: Record<string, BenchRun>, order: readonly string[]): string {
  const rows = Object.values(found).flatMap((ran) => ran.rows)
  const withTarget = rows.filter(({ isReached }) => isReached !== undefined)
  const missing = order.filter((name) => found[name] === undefined)
  return [
    '# Numbers',
    '',
    '`npm run bench` writes this page; [bench](../bench/README.md) describes each bench. Each number has a yardstick from the same run:',
    'compare the ratios, because the times depend on the machine. A bench that was not run keeps its earlier rows and their day.',
    '',
    `${withTarget.filter(({ isReached }) => isReached).length} of ${withTarget.length} requirements are met.`,
    ...(missing.length === 0
      ? []
      : ['', `Without stored results (earlier ones are in [bench](../bench/README.md)): ${missing.join(', ')}.`]),
    ...Object.entries(found).flatMap(([name, ran]) => [
      '',
      `## ${name}`,
      '',
      `${conditionsOf(ran)}.`,
      '',
      tableOf(ran.rows),
    ]),
    ...presses,
    '',
  ].join('\n')
}

/** Returns when and where a bench ran, and what else the machine did. */
function conditionsOf({ day, machine, load, busyBefore, seconds, settings }: BenchRun): string {
  return [
    day,
    `${machine.cores} cores`,
    `${machine.memoryGiB} GiB`,
    `Node ${machine.node}`,
    ...(busyBefore === undefined ? [] : [`${busyBefore.toFixed(2)} cores busy with other work before it`]),
    ...(load === undefined ? [] : [`load before it ${load.toFixed(1)}: beside other work`]),
    ...(seconds === undefined ? [] : [`${seconds} s`]),
    ...(settings === '' ? [] : [settings]),
  ].join(', ')
}

const cell = (text: string) => text.replaceAll('|', '\\|')
