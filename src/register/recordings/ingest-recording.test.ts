import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RegisterTables } from '../tables.ts'
import { intakeIdentity } from '#safeguards/keys/intake-keys.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { ingestRecording, recordIngestFault, recordingsToIngest } from './ingest-recording.ts'
import { bodyKey, headerKey, indexKey } from './objects.ts'
import { openRecordingBody, openRecordingIndex } from './open-recording.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const { ingest: context, objects, keys } = register
const destroyer = makeDestroyer(database, register)
const now = () => Temporal.Now.instant()

async function objectsOf(id: string): Promise<string[]> {
  const found: string[] = []
  for await (const key of objects.list(`recordings/${id}`)) found.push(key.slice(`recordings/${id}.`.length))
  return found
}

const ingestEntries = (id: string) =>
  admin
    .selectFrom('audit_entry')
    .select(['seq', 'detail'])
    .where('action', '=', 'recording.kept')
    .where('object_id', '=', id)
    .execute()

const rowOf = (id: string) => admin.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

async function expectIngestedOnce(recording: RecordedSegment) {
  expect(await objectsOf(recording.id)).toEqual(['body', 'index'])
  const row = await rowOf(recording.id)
  // The log has the sealed body's hash, with which the verifier compares the recording.
  expect(await ingestEntries(recording.id)).toMatchObject([{ detail: { sha256: row.sha256?.toString('hex') } }])
  expect(row.kept_at).not.toBeNull()
  expect(row.duration_ms).toBe(1000)
  const fileKey = await fileKeyOf(context.db, keys, recording.id)
  const index = await openRecordingIndex(objects, recording.id, fileKey!)
  expect(index.tracks.map(({ track }) => track)).toEqual(['caller', 'official'])
  expect((await openRecordingBody(objects, recording.id, fileKey!)).chunks).toBe(1)
}

/** Returns the object store of a process that dies at its `at`-th step: before the step, or after it and before the answer. */
function dyingStore(at: number, when: 'before' | 'after'): { store: ObjectStore; steps: () => number } {
  let steps = 0
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    steps++
    if (steps > at) throw new Error('the process is dead')
    if (steps === at && when === 'before') throw new Error('killed before')
    const result = await work()
    if (steps === at) throw new Error('killed after')
    return result
  }
  const store: ObjectStore = {
    put: (key, content) => step(() => objects.put(key, content)),
    moveIn: (key, file) => step(() => objects.moveIn(key, file)),
    readRange: (key, start, end) => step(() => objects.readRange(key, start, end)),
    sizeBytes: (key) => step(() => objects.sizeBytes(key)),
    delete: (key) => step(() => objects.delete(key)),
    list: (prefix) => objects.list(prefix),
  }
  return { store, steps: () => steps }
}

describe('ingesting a recording', () => {
  test('removes the header, keeps the body unchanged and seals the index', async () => {
    const recording = await register.record()
    expect(await objectsOf(recording.id)).toEqual(['body', 'hdr'])
    expect(await ingestRecording(context, recording.id, now())).toBe(true)
    await expectIngestedOnce(recording)
    const size = await objects.sizeBytes(bodyKey(recording.id))
    expect(await objects.readRange(bodyKey(recording.id), 0, size)).toEqual(recording.body)
    const index = await objects.readRange(indexKey(recording.id), 0, await objects.sizeBytes(indexKey(recording.id)))
    for (const word of ['caller', 'official', recording.id, 'durationSamples']) expect(index.includes(word)).toBe(false)
  })

  test('leaves no object that the intake key can decrypt: the header is deleted', async () => {
    const recording = await register.record()
    const identity = await intakeIdentity(context.db, keys, recording.intakeKey)
    expect(readAgeHeader(recording.header, identity!)).toHaveLength(16)
    await ingestRecording(context, recording.id, now())
    for (const key of [bodyKey(recording.id), indexKey(recording.id)]) {
      const bytes = await objects.readRange(key, 0, await objects.sizeBytes(key))
      expect(() => readAgeHeader(bytes, identity!)).toThrow('is not valid age-encryption.org/v1')
      expect(bytes.includes('X25519')).toBe(false)
    }
    await expect(objects.sizeBytes(headerKey(recording.id))).rejects.toMatchObject({ code: 'object-missing' })
    expect(await intakeIdentity(context.db, keys, recording.intakeKey)).toBeUndefined()
  })

  test('stores a wrapped file key that is not the file key', async () => {
    const recording = await register.record()
    await ingestRecording(context, recording.id, now())
    const fileKey = await fileKeyOf(context.db, keys, recording.id)
    const { wrapped } = await admin
      .selectFrom('recording_key')
      .select('wrapped')
      .where('recording_id', '=', recording.id)
      .executeTakeFirstOrThrow()
    expect(wrapped.includes(fileKey!)).toBe(false)
  })

  test('does nothing the second time', async () => {
    const recording = await register.record()
    expect(await ingestRecording(context, recording.id, now())).toBe(true)
    expect(await ingestRecording(context, recording.id, now())).toBe(false)
    await expectIngestedOnce(recording)
  })

  test('by several processes at once ingests it once', async () => {
    const recording = await register.record()
    const results = await Promise.allSettled([1, 2, 3].map(() => ingestRecording(context, recording.id, now())))
    expect(results.filter((result) => result.status === 'fulfilled' && result.value)).toHaveLength(1)
    await ingestRecording(context, recording.id, now())
    await expectIngestedOnce(recording)
  })
})

describe('a kill between two steps', () => {
  test('of the object store: the next try ingests it, exactly once and without its header', async () => {
    const dry = dyingStore(Infinity, 'before')
    await ingestRecording({ ...context, objects: dry.store }, (await register.record()).id, now())
    expect(dry.steps()).toBeGreaterThan(5)
    for (let at = 1; at <= dry.steps(); at++) {
      for (const when of ['before', 'after'] as const) {
        const recording = await register.record()
        const { store } = dyingStore(at, when)
        await expect(ingestRecording({ ...context, objects: store }, recording.id, now())).rejects.toThrow(
          /killed|dead/,
        )
        expect(await ingestEntries(recording.id)).toHaveLength(0)
        expect(await recordingsToIngest(context.db, 100)).toContain(recording.id)
        expect(await ingestRecording(context, recording.id, now())).toBe(true)
        await expectIngestedOnce(recording)
      }
    }
  })

  test.each(['recording_key', 'shard_key', 'audit_entry', 'recording'])(
    'of the database, at its write to %s: the next try ingests it, exactly once',
    async (table) => {
      // A month of its own, so that its shard is a new one.
      const recording = await register.record({}, { months: table === 'shard_key' ? 3 : 6 })
      const pool = database.as().pool
      await pool.query(
        `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
      )
      await pool.query(`create trigger die before insert or update on ${table} for each row execute function die()`)
      await expect(ingestRecording(context, recording.id, now())).rejects.toThrow('killed')
      await pool.query(`drop trigger die on ${table}; drop function die`)
      expect(await ingestEntries(recording.id)).toHaveLength(0)
      expect(await ingestRecording(context, recording.id, now())).toBe(true)
      await expectIngestedOnce(recording)
    },
  )
})

describe('a recording that cannot be ingested', () => {
  test('without its private intake key is reported and the sealed body stays', async () => {
    const recording = await register.record()
    await database.as().pool.query('delete from intake_private_key where public_key = $1', [recording.intakeKey])
    await expect(ingestRecording(context, recording.id, now())).rejects.toMatchObject({ code: 'intake-key-gone' })
    expect(await objectsOf(recording.id)).toEqual(['body', 'hdr'])
    expect(await ingestEntries(recording.id)).toHaveLength(0)
  })

  test('with another recording’s key is reported, and the sealed body and that key stay', async () => {
    const recording = await register.record()
    const { intakeKey } = await register.record()
    await admin.updateTable('recording').set({ intake_key: intakeKey }).where('id', '=', recording.id).execute()
    await expect(ingestRecording(context, recording.id, now())).rejects.toMatchObject({ code: 'age-no-identity-match' })
    expect(await objectsOf(recording.id)).toEqual(['body', 'hdr'])
    expect(await intakeIdentity(context.db, keys, intakeKey)).toMatch(/^AGE-SECRET-KEY-1/)
  })

  test('with one changed bit in the body is refused', async () => {
    const recording = await register.record()
    const forged = Buffer.from(recording.body)
    forged[200]! ^= 1
    await objects.put(bodyKey(recording.id), forged)
    await expect(ingestRecording(context, recording.id, now())).rejects.toMatchObject({ code: 'age-chunk-forged' })
    expect((await rowOf(recording.id)).kept_at).toBeNull()
  })

  test('that failed before does not block the others', async () => {
    await ingestAll()
    const [failed, intact] = [await register.record(), await register.record()]
    await recordIngestFault(context.db, failed.id, 'intake-key-gone')
    await admin
      .updateTable('recording')
      .set({ keeping_fault: 'x' })
      .where('id', '!=', intact.id)
      .where('kept_at', 'is', null)
      .execute()
    expect(await recordingsToIngest(context.db, 1)).toEqual([intact.id])
  })
})

describe('a payload type without a known codec', () => {
  const alaw = { payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const
  // As earlier versions sealed a payload type without rtpmap.
  const unnamed = (payloadType: number) => ({ payloadType, codec: 'unknown', clockRate: 0 }) as const

  test.each([
    ['is the last packet', [8, 8, 8, 101], { unplayed_ms: 20, is_silent: false }],
    ['is the first packet', [97, 8, 8, 8], { unplayed_ms: 20, is_silent: false }],
    ['is every packet', [4, 4, 4, 4], { unplayed_ms: 80, is_silent: true }],
    ['was comfort noise once', [8, 8, 8, 19], { unplayed_ms: 0, is_silent: false }],
  ])('%s: the recording is stored, and unplayable audio is reported', async (_title, types, expected) => {
    const recording = await register.record(
      {},
      {
        packets: 4,
        script(writer) {
          writer.mark('mapping', 0, { streams: { 0: 'caller' } })
          writer.source(0, 1, 0, 0, [alaw, ...new Set(types.filter((type) => type !== 8).map(unnamed))])
          for (const [n, type] of types.entries())
            writer.packet(0, type, false, n, n * 160, n * 200, Buffer.alloc(160, 0x2a), 0, 160)
        },
      },
    )
    expect(await ingestRecording(context, recording.id, now())).toBe(true)
    expect(await rowOf(recording.id)).toMatchObject({ kept_at: expect.anything(), duration_ms: 80, ...expected })
  })

  test('with an invalid clock does not stretch the recording', async () => {
    const clocks = [1, 7, 9_999_999]
    const recording = await register.record(
      {},
      {
        packets: 300,
        script(writer) {
          writer.source(
            0,
            1,
            0,
            0,
            [...clocks.entries()].map(([n, clockRate]) => ({ ...unnamed(96 + n), clockRate })),
          )
          for (let n = 0; n < 300; n++)
            writer.packet(0, 96 + (n % 3), false, n, n * 160, n * 200, Buffer.alloc(20, n), 0, 20)
        },
      },
    )
    expect(await ingestRecording(context, recording.id, now())).toBe(true)
    const { duration_ms: durationMs } = await rowOf(recording.id)
    expect(durationMs).toBeGreaterThanOrEqual(6000)
    expect(durationMs).toBeLessThan(6100)
  })
})

describe('a destruction during an ingestion', () => {
  test('at any step leaves neither key nor object, and no entry of an ingestion after the destruction', async () => {
    for (let at = 1; ; at++) {
      const recording = await register.record()
      let steps = 0
      const step = async <T>(work: () => Promise<T>): Promise<T> => {
        if (++steps === at) {
          await destroyer.destroy(recording.id)
        }
        return work()
      }
      const store: ObjectStore = {
        ...objects,
        put: (key, content) => step(() => objects.put(key, content)),
        readRange: (key, start, end) => step(() => objects.readRange(key, start, end)),
        sizeBytes: (key) => step(() => objects.sizeBytes(key)),
        delete: (key) => step(() => objects.delete(key)),
      }
      await ingestRecording({ ...context, objects: store }, recording.id, now()).catch(() => undefined)
      if (steps < at) break
      expect(await objectsOf(recording.id), `destroyed before step ${at}`).toEqual([])
      expect(await fileKeyOf(context.db, keys, recording.id)).toBeUndefined()
      expect(await ingestEntries(recording.id)).toHaveLength(0)
      expect((await rowOf(recording.id)).state).toBe('DESTROYED')
    }
  })
})

async function ingestAll() {
  for (const id of await recordingsToIngest(context.db, 500))
    await ingestRecording(context, id, now()).catch(() => undefined)
}
