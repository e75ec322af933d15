// R39, R46: an attacker in capture can read sealed recordings of others and enter recordings of their own. The
// custodian never ingests content sealed for one recording as another.
import { expect, test } from 'vitest'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { bodyKey, headerKey, recordingObjects } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestRegister, type RecordedSegment } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const { ingest: context, objects } = register
const now = () => Temporal.Now.instant()

/**
 * Enters, as capture, a recording of somebody else's call that names the intake key of the given recording and has its
 * header and body.
 */
async function enterCopyOf(
  original: RecordedSegment,
  change: { sealed?: Partial<Pick<RecordedSegment, 'header' | 'body'>>; incomplete?: true } = {},
) {
  const other = await register.record({}, { intakeKey: original.intakeKey })
  if (change.incomplete)
    await database.as().pool.query('update recording set incomplete = true where id = $1', [other.id])
  for (const [key, bytes] of [
    [headerKey(other.id), change.sealed?.header ?? original.header],
    [bodyKey(other.id), change.sealed?.body ?? original.body],
  ] as const) {
    await objects.delete(key)
    await objects.put(key, bytes)
  }
  return other
}

const ingestedAt = async (id: string) =>
  (await database.as().db.selectFrom('recording').select('kept_at').where('id', '=', id).executeTakeFirstOrThrow())
    .kept_at

test('refuses to ingest a recording whose header and body are copied from another', async () => {
  const original = await register.record()
  const other = await enterCopyOf(original)
  await expect(ingestRecording(context, other.id, now())).rejects.toMatchObject({ code: 'recording-of-another' })
  expect(await ingestedAt(other.id)).toBeNull()
  expect(await ingestRecording(context, original.id, now())).toBe(true)
})

test('refuses to ingest a recording copied from another if trimming it to its own call would rewrite it', async () => {
  const original = await register.record({}, { packets: 1500 })
  const other = await enterCopyOf(original)
  await database
    .as()
    .pool.query(
      `update segment s set ended_at = s.answered_at + interval '5 seconds' from recording r where r.id = $1 and r.segment_id = s.id`,
      [other.id],
    )
  await expect(ingestRecording(context, other.id, now())).rejects.toMatchObject({ code: 'recording-of-another' })
  expect(await objects.readRange(bodyKey(other.id), 0, original.body.length)).toEqual(original.body)
})

test('refuses to ingest a recording copied from another with a damaged first chunk, declared as recovered after a crash', async () => {
  const original = await register.record({}, { packets: 500 })
  const body = Buffer.from(original.body)
  body[100] = body[100]! ^ 1
  // Without its end the body counts as incomplete; a complete body would be refused anyway.
  const other = await enterCopyOf(original, { sealed: { body: body.subarray(0, -40) }, incomplete: true })
  await expect(ingestRecording(context, other.id, now())).rejects.toMatchObject({ code: 'recording-of-another' })
  expect(await ingestedAt(other.id)).toBeNull()
})

test('ingests a recording that lost its first chunk in a power loss, if no other recording names its key', async () => {
  const original = await register.record({}, { packets: 500 })
  const body = Buffer.from(original.body)
  body[100] = body[100]! ^ 1
  await objects.delete(bodyKey(original.id))
  await objects.put(bodyKey(original.id), body.subarray(0, -40))
  await database.as().pool.query('update recording set incomplete = true where id = $1', [original.id])
  expect(await ingestRecording(context, original.id, now())).toBe(true)
  for (const key of recordingObjects(original.id)) await objects.delete(key)
})
