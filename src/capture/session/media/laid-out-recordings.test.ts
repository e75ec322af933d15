import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import { createLaidOutRecordings, type LaidOutRecording, type LaidOutRecordings } from './laid-out-recordings.ts'

let keysLeft = true
let directory = ''
let laidOut: LaidOutRecordings
let faults: unknown[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-laid-out-'))
  faults = []
  laidOut = createLaidOutRecordings({
    ...{ directory, uuid: randomUUID, most: 4, onFault: (error) => faults.push(error) },
    intakePublicKey: () => (keysLeft ? generateKeyPair().recipient : undefined),
  })
})
afterEach(async () => {
  await laidOut.stop()
  await rm(directory, { recursive: true, force: true })
})

const names = async () => (await readdir(directory)).sort()

async function takeOne(): Promise<LaidOutRecording> {
  laidOut.lay()
  await expect.poll(() => laidOut.ids().length, { interval: 5 }).toBeGreaterThan(0)
  return laidOut.take()!
}

test('files are there before they are asked for, are another recording each, and more are made', async () => {
  expect(laidOut.take()).toBeUndefined()
  const ids = [await takeOne(), await takeOne(), await takeOne()].map(({ id }) => id)
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

test('what is given back is for another recording, under the same id and key, and what nobody took is gone', async () => {
  laidOut.lay()
  const taken = await takeOne()
  laidOut.giveBack(laidOut.claim(taken.id)!)
  const others = [await takeOne(), await takeOne(), await takeOne(), await takeOne()]
  expect(others).toContainEqual(taken)
  await laidOut.stop()
  expect(await names()).toEqual([])
})

test('no two have one key', async () => {
  const keys = new Set<string>()
  for (let n = 0; n < 12; n++) {
    const { id, intakeKey } = await takeOne()
    await laidOut.claim(id)!.remove()
    keys.add(intakeKey)
  }
  expect(keys.size).toBe(12)
})

test('without a key, or without room for them, there are none', async () => {
  keysLeft = false
  expect(laidOut.take()).toBeUndefined()
  expect(await names()).toEqual([])
  keysLeft = true
  await rm(directory, { recursive: true })
  expect(laidOut.take()).toBeUndefined()
  await expect.poll(() => faults.length, { interval: 5 }).toBe(1)
  expect(laidOut.take()).toBeUndefined()
  expect(faults).toHaveLength(1)
})
