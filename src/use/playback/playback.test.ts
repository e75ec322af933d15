import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, phone } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo } from '#test/register/make-register.ts'
import { openPlayback } from '#test/register/open-playback.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RegisterTables } from '#register/tables.ts'
import { sessionHash } from '#safeguards/people/session.ts'
import { endListening } from './end-listening.ts'
import { createAudioServer } from './serve-audio.ts'
import { startListening } from './start-listening.ts'

const database = await createTestDatabase<RegisterTables>()
const {
  register,
  admin,
  desk,
  custodian,
  server,
  now,
  sari,
  supervisor,
  grantFor,
  record,
  makeRecording,
  listenTo,
  bytesOf,
} = await openPlayback(database)
const headerBytes = 44
const mebibyte = 1 << 20

const lastEntry = () =>
  admin.selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()

describe('a listening session', () => {
  test('begins, serves ranges of a WAV file and ends, each logged', async () => {
    const recording = await makeRecording()
    const { session, listening, ask: request } = await listenTo(recording.id)
    expect(await lastEntry()).toMatchObject({
      action: 'listening.started',
      result: 'ok',
      object_id: recording.id,
      purpose: 'QUALITY',
      person_id: sari.id,
      role: 'SUPERVISOR',
    })
    const wav = await bytesOf(request, 0)
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF')
    expect(wav.length).toBe(headerBytes + 8000 * 4)
    expect(await endListening(desk, session, listening.id)).toBe(true)
    expect(await lastEntry()).toMatchObject({ action: 'listening.ended', object_id: recording.id })
    for (const served of [await server.audio({ ...request, from: 0 }), await server.peaks(request)]) {
      expect(served).toEqual({ over: 'left' })
    }
    expect(await endListening(desk, session, listening.id)).toBe(false)
  })

  test('extends its sign-in session, but not again at every range', async () => {
    const { ask: request } = await listenTo((await makeRecording()).id)
    const session = admin.updateTable('session').where('token_hash', '=', sessionHash(request.session))
    const endsIn = async () => {
      const { expires_at } = await admin
        .selectFrom('session')
        .select('expires_at')
        .where('token_hash', '=', sessionHash(request.session))
        .executeTakeFirstOrThrow()
      return expires_at.since(now()).total('minutes')
    }
    await session.set({ used_at: now().subtract({ minutes: 50 }), expires_at: now().add({ minutes: 10 }) }).execute()
    await bytesOf(request, 0, 99)
    expect(await endsIn()).toBeCloseTo(60, 0)
    await session.set({ expires_at: now().add({ minutes: 59 }) }).execute()
    await bytesOf(request, 0, 99)
    expect(await endsIn()).toBeLessThan(59.1)
  })

  test('that has ended cannot be resumed by the desk', async () => {
    const { session, listening } = await listenTo((await makeRecording()).id)
    await endListening(desk, session, listening.id)
    const revive = (ended: string) =>
      `begin; select set_config('seloste.session', '${session.token}', true); update listening set ended_at = ${ended} where id = '${listening.id}'; commit`
    const client = await database.as('seloste_desk').pool.connect()
    await expect(client.query(revive('null'))).rejects.toThrow('permission denied')
    await client.query('rollback')
    client.release()
  })

  test('provides the peaks of both tracks', async () => {
    const { ask: request } = await listenTo((await makeRecording()).id)
    const peaks = await server.peaks(request)
    if ('over' in peaks) throw new Error(peaks.over)
    expect(peaks).toMatchObject({ durationMs: 1000, peaksPerSecond: 20, gaps: [], holds: [] })
    for (const track of [peaks.caller, peaks.official]) {
      const bytes = Buffer.from(track, 'base64')
      expect(bytes).toHaveLength(20)
      expect(Math.min(...bytes)).toBeGreaterThan(0)
    }
  })

  test('lasts no longer than the right, the recording’s term, or two hours', async () => {
    const recording = await makeRecording()
    const { listening } = await listenTo(recording.id)
    expect(listening.until.since(now()).total('minutes')).toBeCloseTo(120, 0)
    const soon = now().add({ minutes: 5 }).round('second')
    expect((await listenTo(recording.id, await supervisor(soon))).listening.until.toString()).toBe(soon.toString())
    const ending = await makeRecording({}, { months: 2 })
    await endSoon(ending.id)
    const { destroy_at } = await admin
      .selectFrom('recording')
      .select('destroy_at')
      .where('id', '=', ending.id)
      .executeTakeFirstOrThrow()
    const { listening: late } = await listenTo(ending.id)
    expect(late.until.toString()).toBe(destroy_at!.toString())
  })
})

/** Moves a recording back in time so that its term ends in a few minutes. 62 days are the longest two months. */
async function endSoon(recordingId: string): Promise<void> {
  const client = await database.as().pool.connect()
  await client.query('set session_replication_role = replica')
  await client.query(
    `update recording set started_at = destroy_at - age - interval '62 days', min_keep_until = min_keep_until - age, destroy_at = destroy_at - age
     from (select destroy_at - now() - interval '5 minutes' as age from recording where id = $1) r where id = $1`,
    [recordingId],
  )
  await client.query('reset session_replication_role')
  client.release()
}

describe('listening is refused', () => {
  async function refusal(recordingId: string) {
    const session = await sari.signIn()
    const listening = await startListening(desk, await grantFor(session), recordingId, now())
    const entry = await lastEntry()
    expect(entry).toMatchObject({ action: 'listening.started', object_id: recordingId, person_id: sari.id })
    expect(entry.result).toBe(`refused:${typeof listening === 'string' ? listening : 'ok'}`)
    return listening
  }

  test('where there is no recording', async () => {
    expect(await refusal(randomUUID())).toBe('not-found')
  })

  test('to another official’s recording', async () => {
    const recording = await makeRecording()
    const aino = await enterTestPerson(admin, desk, {
      name: 'Aino',
      right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
    })
    const grant = await grantFor(await aino.signIn())
    expect(await startListening(desk, grant, recording.id, now())).toBe('not-found')
    expect(await lastEntry()).toMatchObject({
      result: 'refused:not-found',
      object_id: recording.id,
      person_id: aino.id,
    })
    const official = { personId: aino.id, name: 'Aino Virtanen', phone: phone('029 512 1001') }
    expect(await startListening(desk, grant, (await makeRecording({ official })).id, now())).toMatchObject({
      id: expect.any(String) as string,
    })
  })

  test('before the recording is ingested', async () => {
    expect(await refusal((await record()).id)).toBe('not-yet-kept')
    expect(await refusal((await record({ endedAt: undefined })).id)).toBe('not-yet-kept')
  })

  test('while the recording is RESTRICTED, ingested or not, and while QUARANTINED before ingest', async () => {
    for (const [recording, state] of [
      [await makeRecording(), 'RESTRICTED'],
      [await record(), 'RESTRICTED'],
      [await record(), 'QUARANTINED'],
    ] as const) {
      await admin.updateTable('recording').set({ state }).where('id', '=', recording.id).execute()
      expect(await refusal(recording.id)).toBe('restricted')
    }
  })

  test('once the recording is destroyed or being destroyed', async () => {
    const [one, other] = [await makeRecording(), await makeRecording()]
    const destroyer = makeDestroyer(database, register)
    await destroyer.destroy(one.id)
    await destroyer.forbid(other.id)
    await admin
      .updateTable('recording')
      .set({ state: 'DESTROYING', cause: 'caller' })
      .where('id', '=', other.id)
      .execute()
    expect(await refusal(one.id)).toBe('destroyed')
    expect(await refusal(other.id)).toBe('destroyed')
  })

  test('past the recording’s term, ingested or not, even before the sweep', async () => {
    expect(await refusal((await makeRecording(callOfMonthsAgo(6))).id)).toBe('destroyed')
    expect(await refusal((await record(callOfMonthsAgo(6))).id)).toBe('destroyed')
  })

  test('past the history’s term, like a recording that does not exist', async () => {
    expect(await refusal((await makeRecording(callOfMonthsAgo(14))).id)).toBe('not-found')
  })
})

describe('served intervals', () => {
  const ranges = (listening: string) =>
    admin
      .selectFrom('listening_range')
      .select(['from_ms', 'to_ms'])
      .where('listening_id', '=', listening)
      .orderBy('at')
      .execute()

  test('are logged in milliseconds of the recording', async () => {
    const { listening, ask: request } = await listenTo((await makeRecording()).id)
    await bytesOf(request, 0, 43)
    await bytesOf(request, 44 + 4 * 800, 44 + 4 * 1600 - 1)
    await bytesOf(request, 44 + 4 * 4000)
    expect(await ranges(listening.id)).toEqual([
      { from_ms: 0, to_ms: 0 },
      { from_ms: 100, to_ms: 200 },
      { from_ms: 500, to_ms: 1000 },
    ])
  })

  test('are logged durably before the bytes are sent, and nothing is served if that fails', async () => {
    const { listening, ask: request } = await listenTo((await makeRecording()).id)
    const pool = database.as().pool
    await pool.query('alter table listening_range add constraint broken check (false) not valid')
    await expect(server.audio({ ...request, from: 0 })).rejects.toThrow('broken')
    await pool.query('alter table listening_range drop constraint broken')
    expect(await ranges(listening.id)).toEqual([])
  })

  test('are not logged if listening ends during preparation, and nothing is served', async () => {
    const { session, listening, ask: request } = await listenTo((await makeRecording()).id)
    const ending: ObjectStore = {
      ...register.objects,
      async readRange(...range) {
        await endListening(desk, session, listening.id)
        return register.objects.readRange(...range)
      },
    }
    const slow = createAudioServer(custodian, ending, register.keys)
    expect(await slow.audio({ ...request, from: 0 })).toEqual({ over: 'left' })
    expect(await ranges(listening.id)).toEqual([])
  })

  test('are not logged for a refused range', async () => {
    const { session, listening, ask: request } = await listenTo((await makeRecording()).id)
    await endListening(desk, session, listening.id)
    await server.audio({ ...request, from: 0 })
    expect(await ranges(listening.id)).toEqual([])
  })
})

describe('byte ranges', () => {
  const packets = 2000 // Forty seconds: more than one sealed chunk and more than a mebibyte of WAV.
  let request: { session: string; listening: string }
  let whole: Buffer

  beforeAll(async () => {
    request = (await listenTo((await makeRecording({}, { packets })).id)).ask
    const total = headerBytes + packets * 160 * 4
    const parts: Buffer[] = []
    for (let from = 0; from < total; from += mebibyte) parts.push(await bytesOf(request, from))
    whole = Buffer.concat(parts)
    expect(whole).toHaveLength(total)
  })

  test('are at most a mebibyte, whatever is requested', async () => {
    for (const to of [undefined, mebibyte, whole.length - 1, 1e12]) {
      expect(await bytesOf(request, 0, to)).toHaveLength(mebibyte)
    }
    expect(await bytesOf(request, mebibyte)).toHaveLength(whole.length - mebibyte)
  })

  test('equal the slices of the whole file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 3000 }), async (from, length) => {
        expect((await bytesOf(request, from, from + length - 1)).equals(whole.subarray(from, from + length))).toBe(true)
      }),
      {
        numRuns: 150,
        examples: [
          [0, 1],
          [0, 44],
          [43, 2],
          [44, 1],
          [45, 3],
          [whole.length - 1, 1],
          [whole.length - 1, 3000],
        ],
      },
    )
  })

  test('must begin inside the audio', async () => {
    expect(await server.audio({ ...request, from: whole.length })).toBe('out-of-range')
    expect(await bytesOf(request, whole.length - 1)).toHaveLength(1)
  })

  test('contain two channels at 8 kHz with different sound, up to the end', () => {
    expect(whole.readUInt16LE(22)).toBe(2)
    expect(whole.readUInt32LE(24)).toBe(8000)
    expect(whole.readUInt32LE(40)).toBe(whole.length - headerBytes)
    let different = 0
    for (let at = headerBytes; at < whole.length; at += 4) {
      if (whole.readInt16LE(at) !== whole.readInt16LE(at + 2)) different++
    }
    expect(different).toBeGreaterThan((packets * 160) / 2)
  })
})
