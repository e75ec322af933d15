/**
 * Interrupts the destroyer between any two steps (K2, P1, P2). Recordings to be kept can be opened from the live system
 * and from the backup place at every moment. After the next run recordings to be destroyed can be opened from nowhere,
 * not even with copies of the keyring of any earlier moment, and the ledger has each exactly once.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { copyKeyRows, makePlainPlace, openFromRows, type KeyRows } from '#test/register/plain-place.ts'
import { expungeRecordings, finishExpunctions, type ExpunctionContext } from '#register/expunge.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { interrupt, type Interruption } from './interrupt.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
/** Timeout: hours in the long run, seconds in the short one. */
const timeout = isLong ? 4 * 3_600_000 : 60_000
const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const custodian = database.as('seloste_custodian').db
const { pool } = database.as()
const { objects, keys } = register
const placeFolder = await mkdtemp(join(register.folder, 'place-'))
const place = makePlainPlace(custodian, keys, placeFolder)
const { expunging, forbid } = makeDestroyer(database, register, place)
const now = () => Temporal.Now.instant()
const deadline = () => now().add({ seconds: 60 })

/** Recordings that must survive: their calls ended in the same hour as the destroyed recordings' calls. */
const survivors = new Map<string, Buffer>()
const destroyed = new Set<string>()
/** Copies of the keyring at every earlier moment: rows of the database, and folders of the place. */
const earlierCopies: { rows: KeyRows[]; folders: string[] } = { rows: [], folders: [] }

async function makeRecording(): Promise<string> {
  const { id } = await register.record({}, { packets: 5 })
  await ingestRecording(register.ingest, id, now())
  return id
}
async function makeForbidden(count: number): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: count }, makeRecording))
  for (const id of ids) await forbid(id)
  return ids
}
const endingsOf = (ids: readonly string[]) =>
  ids.map((id) => ({ id, cause: 'caller' as const, doneBy: 'test', deadline: deadline() }))

beforeAll(async () => {
  for (const id of await Promise.all(Array.from({ length: 8 }, makeRecording))) {
    survivors.set(id, (await fileKeyOf(custodian, keys, id))!)
  }
})

async function takeCopies(): Promise<void> {
  earlierCopies.rows.push(await copyKeyRows(custodian))
  earlierCopies.folders.push(await place.saveCopy())
  // The short run keeps all copies, the long one a limited number.
  if (earlierCopies.rows.length > 40) {
    earlierCopies.rows.splice(1, 1)
    earlierCopies.folders.splice(1, 1)
  }
}

async function expectAlive(when: string, location: 'everywhere' | 'here' = 'everywhere'): Promise<void> {
  for (const [id, fileKey] of survivors) {
    expect(await fileKeyOf(custodian, keys, id), `${when}: here`).toEqual(fileKey)
    if (location === 'everywhere') expect(await place.fileKeyOf(id), `${when}: in the place`).toEqual(fileKey)
  }
  const [one] = survivors.keys()
  expect((await openRecordingBody(objects, one!, survivors.get(one!)!)).chunks).toBeGreaterThan(0)
}

async function expectDestroyed(ids: readonly string[], when: string): Promise<void> {
  const { rows } = await pool.query<{ id: string; state: string; entries: string }>(
    `select id, state, (select count(*) from destruction_entry d where d.object_id = r.id and d.object_kind = 'recording') as entries
     from recording r where id = any ($1)`,
    [ids],
  )
  expect(
    rows.map(({ state, entries }) => `${state} ${entries}`),
    when,
  ).toEqual(ids.map(() => 'DESTROYED 1'))
  for (const id of ids) {
    destroyed.add(id)
    expect(await fileKeyOf(custodian, keys, id), when).toBeUndefined()
    for (const folder of [undefined, ...earlierCopies.folders]) {
      expect(await place.fileKeyOf(id, folder), `${when}: ${folder ?? 'in the place'}`).toBeUndefined()
    }
    expect(
      (await place.objects()).filter((name) => name.startsWith(id)),
      when,
    ).toEqual([])
  }
  for (const copy of earlierCopies.rows) {
    for (const id of (await openFromRows(copy, keys)).keys()) expect(destroyed.has(id), when).toBe(false)
  }
}

async function finish(destroyer: ExpunctionContext = expunging): Promise<void> {
  const { failures, waiting } = await finishExpunctions(destroyer, now())
  expect(failures).toEqual([])
  expect(waiting).toEqual([])
}

/** Runs one round: a backup, an interrupted destruction, the next run. */
async function runRound(at: number, how: Interruption, victims = 2): Promise<void> {
  const when = `${how} at step ${at}`
  const ids = await makeForbidden(victims)
  await place.backUp(objects)
  await takeCopies()
  const { expunging: cut } = interrupt(expunging, { at, how })
  await expungeRecordings(cut, endingsOf(ids), now()).catch(() => undefined)
  await takeCopies()
  await expectAlive(when)
  // If the interruption came before the first step was done, nothing has started, and the same prohibition is entered
  // again.
  await expungeRecordings(expunging, endingsOf(ids), now())
  await finish()
  await expectAlive(`${when}, finished`)
  await expectDestroyed(ids, when)
}

async function countSteps(): Promise<number> {
  const { expunging: whole, steps } = interrupt(expunging, { at: -1, how: 'killed-before' })
  const ids = await makeForbidden(2)
  await place.backUp(objects)
  await expungeRecordings(whole, endingsOf(ids), now())
  await expectDestroyed(ids, 'undisturbed')
  return steps()
}

const interruptions = ['killed-before', 'killed-after', 'EIO', 'ENOSPC'] as const

test(
  'between any two steps, a kill, EIO or ENOSPC loses nothing to be kept and leaves nothing to be destroyed',
  { timeout },
  async () => {
    const steps = await countSteps()
    expect(steps).toBeGreaterThan(20)
    for (let at = 1; at <= steps; at += isLong ? 1 : 5) {
      for (const method of isLong ? interruptions : [interruptions[at % interruptions.length]!])
        await runRound(at, method)
    }
  },
)

describe('two destroyers', () => {
  test('that run at once destroy each recording once, and lose no key', async () => {
    const ids = await makeForbidden(6)
    await place.backUp(objects)
    await takeCopies()
    const runs = [1, 2, 3].map(() => expungeRecordings(expunging, endingsOf(ids), now()))
    await Promise.all(runs)
    await finish()
    await expectAlive('two at once')
    await expectDestroyed(ids, 'two at once')
  })

  test(
    'of which one stops at a step and continues after the other has finished: each recording is destroyed once, and no key is lost',
    { timeout },
    async () => {
      const { expunging: whole, steps } = interrupt(expunging, { at: -1, how: 'paused', outsideOnly: true })
      const first = await makeForbidden(1)
      await expungeRecordings(whole, endingsOf(first), now())
      for (let at = 1; at <= steps(); at++) {
        const ids = await makeForbidden(2)
        await place.backUp(objects)
        await takeCopies()
        const slow = interrupt(expunging, { at, how: 'paused', outsideOnly: true })
        const running = expungeRecordings(slow.expunging, endingsOf(ids.slice(0, 1)), now())
        await slow.reached
        await expungeRecordings(expunging, endingsOf(ids), now())
        await takeCopies()
        slow.resume()
        await running
        await finish()
        await expectAlive(`paused at ${at}`)
        await expectDestroyed(ids, `paused at ${at}`)
      }
    },
  )
})

describe('a destroyer process', () => {
  test('that is killed is followed by another process, which finishes the work', { timeout }, async () => {
    const steps = await countSteps()
    const points = isLong ? Array.from({ length: 100 }, (_, n) => 1 + ((n * 7) % steps)) : [Math.floor(steps / 2)]
    for (const at of points) {
      const ids = await makeForbidden(isLong ? 10 : 2)
      await place.backUp(objects)
      await takeCopies()
      const code = await destroyInProcess({ ids, at, folder: register.folder, place: placeFolder })
      expect(code, `step ${at}`).toBe('SIGKILL')
      await takeCopies()
      await expungeRecordings(expunging, endingsOf(ids), now())
      await finish()
      await expectAlive(`killed at ${at}`)
      await expectDestroyed(ids, `killed at ${at}`)
    }
  })
})

/** System calls of the destroyer on files: overwriting keys, removing objects, writing copies. */
const calls = ['unlink,unlinkat', 'rename,renameat,renameat2', 'fsync,fdatasync', 'pwrite64']
const hasStrace = spawnSync('strace', ['-V']).status === 0

describe.runIf(isLong && hasStrace)('a destroyer process whose file calls fail (strace)', () => {
  test.each(['EIO', 'ENOSPC'])(
    'with %s, at each call in turn, is followed by another process, which finishes the work',
    { timeout },
    async (fault) => {
      for (const call of calls) {
        for (let when = 1; when <= 20; when++) {
          const ids = await makeForbidden(2)
          await place.backUp(objects)
          await takeCopies()
          const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:error=${fault}:when=${when}`]
          await destroyInProcess({ ids, at: -1, folder: register.folder, place: placeFolder }, ['strace', ...inject])
          // A half-written copy is invalid until the next run; the previous version stays until then.
          await expectAlive(`${call} ${when} ${fault}`, 'here')
          await expungeRecordings(expunging, endingsOf(ids), now())
          await finish()
          await expectAlive(`${call} ${when} ${fault}, finished`)
          await expectDestroyed(ids, `${call} ${when} ${fault}`)
        }
      }
    },
  )
})

/**
 * Destroys in a process of its own, which kills itself at a step. @returns the signal that ended it, or its exit code
 */
async function destroyInProcess(
  task: { ids: string[]; at: number; folder: string; place: string },
  wrapper: readonly string[] = [],
): Promise<string | number | null> {
  const script = join(import.meta.dirname, 'destroy-until-killed.ts')
  const url = database.url('seloste_custodian')
  const [command, ...args] = [...wrapper, process.execPath, script, JSON.stringify({ ...task, url })]
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', wrapper.length > 0 ? 'ignore' : 'inherit'] })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(signal ?? code))
  })
}
