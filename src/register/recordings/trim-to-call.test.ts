/** AC8: audio outside the call is trimmed before anybody can listen to it, and cannot be decrypted afterwards. */
import { describe, expect, test } from 'vitest'
import { intakeIdentity } from '#safeguards/keys/intake-keys.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import type { RegisterTables } from '../tables.ts'
import { ingestRecording } from './ingest-recording.ts'
import { bodyKey, headerKey } from './objects.ts'
import { openRecordingBody, openRecordingIndex } from './open-recording.ts'
import { walkChunk } from './recording-log.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const { ingest: context, objects, keys } = register
const now = () => Temporal.Now.instant()

/** A call of ten seconds, and a recording that begins `earlyMs` before it was answered. */
function call(earlyMs: number, packets: number) {
  const endedAt = now().subtract({ minutes: 1 }).round('second')
  const answeredAt = endedAt.subtract({ seconds: 10 })
  return {
    answeredAt,
    endedAt,
    recorded: register.record(
      { startedAt: answeredAt.subtract({ seconds: 30 }), answeredAt, endedAt },
      { packets, earlyMs },
    ),
  }
}

const rowOf = (id: string) => admin.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const incidents = (id: string) =>
  admin
    .selectFrom('audit_entry')
    .select('detail')
    .where('action', '=', 'recording.cut')
    .where('object_id', '=', id)
    .execute()

/** Returns the payloads of one stream's packets, in order. */
async function payloads(opened: { chunks: number; openChunk: (n: number) => Promise<Buffer> }): Promise<string[]> {
  const found: string[] = []
  for (let n = 0; n < opened.chunks; n++) {
    const chunk = await opened.openChunk(n)
    walkChunk(chunk, {
      packet: ({ stream, start, end }) => stream === 0 && found.push(chunk.toString('hex', start, end)),
    })
  }
  return found
}

describe('a recording that extends more than two seconds beyond its call', () => {
  test('is trimmed to the call before it can be played, and the incident is logged', async () => {
    const { answeredAt, endedAt, recorded } = call(10_000, 1_700)
    const { id, body, header, intakeKey } = await recorded
    const whole = await payloads(
      await openPayload(
        readAgeHeader(header, (await intakeIdentity(context.db, keys, intakeKey))!),
        body.length,
        async (at, length) => body.subarray(at, at + length),
      ),
    )
    expect(whole).toHaveLength(1_700)
    expect((await rowOf(id)).kept_at).toBeNull()
    expect(await ingestRecording(context, id, now())).toBe(true)
    const row = await rowOf(id)
    expect(row).toMatchObject({ duration_ms: 10_000 + 20, cut_ms: 10_000 + 14_000 - 20 })
    expect(row.started_at).toEqual(answeredAt)
    expect(row.ended_at).toEqual(endedAt)
    expect(await incidents(id)).toEqual([{ detail: { cutMs: row.cut_ms } }])
    const fileKey = (await fileKeyOf(context.db, keys, id))!
    expect(await payloads(await openRecordingBody(objects, id, fileKey))).toEqual(whole.slice(500, 1_001))
    const index = await openRecordingIndex(objects, id, fileKey)
    expect(index.tracks.map(({ track }) => track)).toEqual(['caller', 'official'])
    expect(row).toMatchObject({ packets_received: 2 * 501, packets_lost: 0 })
  })

  test('cannot be decrypted as a whole afterwards: no key of the outside part is left', async () => {
    const { recorded } = call(5_000, 1_000)
    const { id, body } = await recorded
    await ingestRecording(context, id, now())
    const stored = (await fileKeyOf(context.db, keys, id))!
    await expect(objects.sizeBytes(headerKey(id))).rejects.toThrow()
    await expect(
      openPayload(stored, body.length, async (at, length) => body.subarray(at, at + length)),
    ).rejects.toThrow()
    expect((await objects.readRange(bodyKey(id), 0, 16)).equals(body.subarray(0, 16))).toBe(false)
  })

  test('is trimmed once, wherever the work is interrupted', async () => {
    for (const failingCall of ['moveIn', 'put', 'delete'] as const) {
      for (const when of ['before', 'after'] as const) {
        const { recorded } = call(5_000, 750)
        const { id } = await recorded
        let alive = true
        const dying: ObjectStore = {
          ...objects,
          [failingCall]: async (...args: [string, never]) => {
            if (when === 'after') await (objects[failingCall] as (...args: unknown[]) => Promise<void>)(...args)
            alive = false
            throw new Error('killed')
          },
        }
        await expect(ingestRecording({ ...context, objects: dying }, id, now())).rejects.toThrow('killed')
        expect(alive).toBe(false)
        expect(await ingestRecording(context, id, now())).toBe(true)
        const row = await rowOf(id)
        expect(row.duration_ms).toBe(10_000)
        expect(await incidents(id)).toHaveLength(1)
        const opened = await openRecordingBody(objects, id, (await fileKeyOf(context.db, keys, id))!)
        expect(await payloads(opened)).toHaveLength(500)
        expect(row.size_bytes).toBe(await objects.sizeBytes(bodyKey(id)))
      }
    }
  })
})

test('a recording within two seconds of its call stays unchanged', async () => {
  const { recorded } = call(1_900, 650)
  const { id, body } = await recorded
  await ingestRecording(context, id, now())
  expect(await rowOf(id)).toMatchObject({ cut_ms: null, duration_ms: 13_000 })
  expect((await objects.readRange(bodyKey(id), 0, body.length)).equals(body)).toBe(true)
  expect(await incidents(id)).toEqual([])
})
