import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import { createLaidOutRecordings, type LaidOutRecordings } from './laid-out-recordings.ts'

const today = Temporal.PlainDate.from('2027-03-03')
const { recipient } = generateKeyPair()
let directory = ''
let laidOut: LaidOutRecordings
let faults: unknown[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-laid-out-'))
  faults = []
  laidOut = createLaidOutRecordings({
    ...{ directory, uuid: randomUUID, most: 4, onFault: (error) => faults.push(error) },
    intakePublicKey: (day) => (day.year === 2027 ? recipient : undefined),
  })
})
afterEach(async () => {
  await laidOut.stop()
  await rm(directory, { recursive: true, force: true })
})

const names = async () => (await readdir(directory)).sort()

async function takeOne(day = today): Promise<string> {
  await expect.poll(() => laidOut.ids().length, { interval: 5 }).toBeGreaterThan(0)
  return laidOut.take(day)!
}

test('files are there before they are asked for, are another recording each, and more are made', async () => {
  expect(laidOut.take(today)).toBeUndefined()
  const ids = [await takeOne(), await takeOne(), await takeOne()]
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) {
    const files = laidOut.claim(id)!
    expect(files).toMatchObject({ id, areDurable: true })
    const writer = await createRecordingWriter({ ...{ id, directory, files }, startedAt: Temporal.Now.instant() })
    const { bodyPath, headerPath, sizeBytes } = await writer.finish(10)
    expect((await readFile(bodyPath)).length).toBe(sizeBytes)
    expect((await readFile(headerPath, 'utf8')).startsWith('age-encryption.org/v1\n')).toBe(true)
  }
  expect(laidOut.claim(ids[0]!)).toBeUndefined()
  await takeOne()
})

test('of a day that is over none is given, and what nobody took is gone', async () => {
  laidOut.take(today)
  const id = await takeOne()
  laidOut.giveBack(laidOut.claim(id)!)
  const before = await names()
  expect(laidOut.take(today.add({ days: 1 }))).toBeUndefined()
  const tomorrows = await takeOne(today.add({ days: 1 }))
  await expect.poll(async () => (await names()).filter((name) => before.includes(name)), { interval: 5 }).toEqual([])
  expect(await names()).toContain(`${tomorrows}.hdr`)
  await laidOut.stop()
  expect(await names()).toEqual([])
})

test('what is given back when its day is over is for nobody', async () => {
  laidOut.take(today)
  const yesterdays = laidOut.claim(await takeOne())!
  const tomorrow = today.add({ days: 1 })
  laidOut.take(tomorrow)
  laidOut.giveBack(yesterdays)
  const ids = [await takeOne(tomorrow), await takeOne(tomorrow), await takeOne(tomorrow), await takeOne(tomorrow)]
  expect(ids).not.toContain(yesterdays.id)
  await expect.poll(names, { interval: 5 }).not.toContain(`${yesterdays.id}.hdr`)
})

test('without a key for the day, or without room for them, there are none', async () => {
  expect(laidOut.take(Temporal.PlainDate.from('2026-03-03'))).toBeUndefined()
  await rm(directory, { recursive: true })
  expect(laidOut.take(today)).toBeUndefined()
  await expect.poll(() => faults.length, { interval: 5 }).toBe(1)
  expect(laidOut.take(today)).toBeUndefined()
  expect(faults).toHaveLength(1)
})
