import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import {
  createPreallocatedRecordings,
  type PreallocatedRecording,
  type PreallocatedRecordings,
} from './preallocated-files.ts'

let keysLeft = true
let directory = ''
let preallocated: PreallocatedRecordings
let faults: unknown[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-preallocated-'))
  faults = []
  preallocated = createPreallocatedRecordings({
    ...{ directory, uuid: randomUUID, max: 4, onFault: (error) => faults.push(error) },
    intakePublicKey: () => (keysLeft ? generateKeyPair().recipient : undefined),
  })
})
afterEach(async () => {
  await preallocated.stop()
  await rm(directory, { recursive: true, force: true })
})

const names = async () => (await readdir(directory)).sort()

async function takeOne(): Promise<PreallocatedRecording> {
  preallocated.fill()
  await expect.poll(() => preallocated.ids().length, { interval: 5 }).toBeGreaterThan(0)
  return preallocated.take()!
}

test('files exist before they are needed, belong to different recordings, and are replenished', async () => {
  expect(preallocated.take()).toBeUndefined()
  const ids = [await takeOne(), await takeOne(), await takeOne()].map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) {
    const files = preallocated.claim(id)!
    expect(files).toMatchObject({ id, areDurable: true })
    const writer = await createRecordingWriter({ ...{ id, directory, files }, startedAt: Temporal.Now.instant() })
    const { bodyPath, headerPath, sizeBytes } = await writer.finish(10)
    expect((await readFile(bodyPath)).length).toBe(sizeBytes)
    expect((await readFile(headerPath, 'utf8')).startsWith('age-encryption.org/v1\n')).toBe(true)
  }
  expect(preallocated.claim(ids[0]!)).toBeUndefined()
  await takeOne()
})

test('a returned file is used for another recording, under the same id and key, and unused ones are deleted', async () => {
  preallocated.fill()
  const taken = await takeOne()
  preallocated.release(preallocated.claim(taken.id)!)
  const others = [await takeOne(), await takeOne(), await takeOne(), await takeOne()]
  expect(others).toContainEqual(taken)
  await preallocated.stop()
  expect(await names()).toEqual([])
})

test('all preallocated recordings have different keys', async () => {
  const keys = new Set<string>()
  for (let n = 0; n < 12; n++) {
    const { id, intakeKey } = await takeOne()
    await preallocated.claim(id)!.remove()
    keys.add(intakeKey)
  }
  expect(keys.size).toBe(12)
})

test('no files are preallocated without a key or without disk space', async () => {
  keysLeft = false
  expect(preallocated.take()).toBeUndefined()
  expect(await names()).toEqual([])
  keysLeft = true
  await rm(directory, { recursive: true })
  expect(preallocated.take()).toBeUndefined()
  await expect.poll(() => faults.length, { interval: 5 }).toBe(1)
  expect(preallocated.take()).toBeUndefined()
  expect(faults).toHaveLength(1)
})
