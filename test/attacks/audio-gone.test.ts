// R23: recordings whose audio or index is gone from the store are reported.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { bodyKey, indexKey } from '#register/recordings/objects.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, register, recordings } = await makeTestPromises(database)

test('recordings whose audio or index is gone from the store are found, until they are back', async () => {
  expect((await check()).broken).toEqual([])
  const key = bodyKey(recordings.ainos.id)
  const body = await register.objects.readRange(key, 0, await register.objects.sizeBytes(key))
  await register.objects.delete(key)
  await register.objects.delete(indexKey(recordings.older.id))
  const first = [recordings.ainos.id, recordings.older.id].sort()[0]
  expect((await check()).broken).toMatchObject([
    { promise: 'recordings.ceiling', facts: { withoutAudio: 2, example: first } },
  ])
  await register.objects.put(key, body)
  // Between two listings, only the objects that were missing are checked again.
  expect((await check({ afresh: false })).broken).toMatchObject([
    { promise: 'recordings.ceiling', facts: { withoutAudio: 1, example: recordings.older.id } },
  ])
})
