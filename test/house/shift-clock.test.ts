import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shiftClock, missingShiftedClock, type ShiftedClock } from './shift-clock.ts'

const reason = missingShiftedClock()
const dayMs = 86_400_000
const hundredDays = 8_640_000

let folder: string
let clock: ShiftedClock

beforeAll(async () => {
  if (reason !== undefined) return
  folder = await mkdtemp(join(tmpdir(), 'seloste-shifted-'))
  await chmod(folder, 0o711)
  clock = shiftClock(folder)
})
afterAll(() => (reason === undefined ? rm(folder, { recursive: true, force: true }) : undefined))

/**
 * Runs a program with the shifted clock.
 * @param atFirstWord called at the program's first output to stderr
 * @returns the program's output, parsed as JSON
 */
async function runProgram<T>(program: string, atFirstWord = (): void => undefined): Promise<T> {
  const options = { env: { ...process.env, ...clock.environment }, cwd: folder }
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options)
  running.child.stderr?.once('data', atFirstWord)
  return JSON.parse((await running).stdout) as T
}

const daysAhead = (at: number) => Math.floor((at - Date.now()) / dayMs + 0.5)

test.skipIf(reason)(
  'a program and the files that it writes have the shifted time, and its timers are unchanged',
  async () => {
    clock.shift(hundredDays)
    const { at, written, set, waited } = await runProgram<Record<'at' | 'written' | 'set' | 'waited', number>>(`
    import { statSync, utimesSync, writeFileSync } from 'node:fs'
    const begun = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const waited = performance.now() - begun
    writeFileSync('file', '')
    const written = statSync('file').mtimeMs
    utimesSync('file', 0, 1_000_000)
    console.log(JSON.stringify({ at: Date.now(), written, set: statSync('file').mtimeMs, waited }))`)
    expect([at, written].map(daysAhead)).toEqual([100, 100])
    expect(set).toBe(1_000_000_000)
    expect(waited).toBeGreaterThan(190)
    expect(waited).toBeLessThan(60_000)
  },
)

test.skipIf(reason)(
  'PostgreSQL has the shifted time too, follows its changes, and still ends a wait for a lock that times out',
  async () => {
    clock.shift(0)
    const program = `
    import { setTimeout as wait } from 'node:timers/promises'
    import pg from '${import.meta.resolve('pg')}'
    import { startTestServer } from '${new URL('../database/external-server.ts', import.meta.url).href}'
    const server = await startTestServer('${folder}/database')
    const [holder, waiter] = [1, 2].map(() => new pg.Client({ connectionString: server.adminUrl() }))
    for (const client of [holder, waiter]) await client.connect()
    const time = async () => (await waiter.query('select clock_timestamp() as at')).rows[0].at.getTime()
    const times = [await time()]
    console.error('before')
    while (Date.now() < times[0] + ${dayMs}) await wait(20)
    times.push(await time())
    await holder.query('select pg_advisory_lock(1)')
    await waiter.query("set lock_timeout = '300ms'")
    const refused = await waiter.query('select pg_advisory_lock(1)').catch(({ code }) => code)
    for (const client of [holder, waiter]) await client.end()
    await server.stop()
    console.log(JSON.stringify({ times, refused }))`
    const { times, refused } = await runProgram<{ times: number[]; refused: string }>(program, () =>
      clock.shift(hundredDays),
    )
    expect(times.map(daysAhead)).toEqual([0, 100])
    expect(refused).toBe('55P03')
  },
)
