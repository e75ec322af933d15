import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson, phone, type TestPerson } from '#test/database/people.ts'
import { callOfMonthsAgo, makeTestRegister, type RecordedCall } from '#test/register/make-register.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { expungeRecording } from '#register/expunge.ts'
import { keepRecording } from '#register/recordings/keep-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { endListening } from './end-listening.ts'
import { createAudioServer } from './serve-audio.ts'
import { startListening, type StartedListening } from './start-listening.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const server = createAudioServer(custodian, register.objects, register.keys)
const now = () => Temporal.Now.instant()
const headerBytes = 44
const mebibyte = 1 << 20

const supervisor = (until?: Temporal.Instant) =>
  enterTestPerson(admin, desk, {
    name: 'Sari',
    right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit', ...(until && { until }) },
  })

async function grantFor(session: Session): Promise<Grant> {
  const grant = await requestGrant(desk, session, { purpose: 'QUALITY', action: 'listening.started' }, now())
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

/** A recorded call that the supervisor's unit answered, as it is before it is taken into keeping. */
const record = (facts?: Partial<SegmentFacts>, call?: RecordedCall) =>
  register.record({ official: colleagueOf(sari), ...facts }, call)

async function kept(facts?: Partial<SegmentFacts>, call?: RecordedCall) {
  const recording = await record(facts, call)
  expect(await keepRecording(register.keeping, recording.id, now())).toBe(true)
  return recording
}

async function listenTo(recordingId: string, who?: TestPerson) {
  const session = await (who ?? sari).signIn()
  const listening = await startListening(desk, await grantFor(session), recordingId, now())
  if (typeof listening === 'string') throw new Error(listening)
  return { session, listening, ask: { session: session.token, listening: listening.id } }
}

async function bytesOf(ask: { session: string; listening: string }, from: number, to?: number): Promise<Buffer> {
  const served = await server.audio({ ...ask, from, ...(to !== undefined && { to }) })
  if (typeof served === 'string') throw new Error(served)
  expect(served.from).toBe(from)
  return served.bytes
}

let sari: TestPerson
beforeAll(async () => {
  sari = await supervisor()
})

const lastEntry = () =>
  admin.selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()

describe('a listening', () => {
  test('begins, gives ranges of a WAV, and ends; each is in the log', async () => {
    const recording = await kept()
    const { session, listening, ask } = await listenTo(recording.id)
    expect(await lastEntry()).toMatchObject({
      action: 'listening.started',
      result: 'ok',
      object_id: recording.id,
      purpose: 'QUALITY',
      person_id: sari.id,
      role: 'SUPERVISOR',
    })
    const wav = await bytesOf(ask, 0)
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF')
    expect(wav.length).toBe(headerBytes + 8000 * 4)
    expect(await endListening(desk, session, listening.id, now())).toBe(true)
    expect(await lastEntry()).toMatchObject({ action: 'listening.ended', object_id: recording.id })
    expect(await server.audio({ ...ask, from: 0 })).toBe('refused')
    expect(await server.peaks(ask)).toBe('refused')
    expect(await endListening(desk, session, listening.id, now())).toBe(false)
  })

  test('that has ended cannot be taken up again by the desk', async () => {
    const { session, listening } = await listenTo((await kept()).id)
    await endListening(desk, session, listening.id, now())
    const revive = (ended: string) =>
      `begin; select set_config('seloste.session', '${session.token}', true); update listening set ended_at = ${ended} where id = '${listening.id}'; commit`
    const client = await database.as('seloste_desk').pool.connect()
    await expect(client.query(revive('null'))).rejects.toThrow('row-level security')
    await client.query('rollback')
    client.release()
  })

  test('gives the peaks of both tracks', async () => {
    const { ask } = await listenTo((await kept()).id)
    const peaks = await server.peaks(ask)
    if (peaks === 'refused') throw new Error(peaks)
    expect(peaks).toMatchObject({ durationMs: 1000, peaksPerSecond: 20, gaps: [] })
    for (const track of [peaks.caller, peaks.official]) {
      const bytes = Buffer.from(track, 'base64')
      expect(bytes).toHaveLength(20)
      expect(Math.min(...bytes)).toBeGreaterThan(0)
    }
  })

  test('lasts no longer than the right, the recording’s term, or two hours', async () => {
    const recording = await kept()
    const { listening } = await listenTo(recording.id)
    expect(listening.until.since(now()).total('minutes')).toBeCloseTo(120, 0)
    const soon = now().add({ minutes: 5 }).round('second')
    expect((await listenTo(recording.id, await supervisor(soon))).listening.until.toString()).toBe(soon.toString())
    const ending = await kept({}, { months: 2 })
    const { destroy_at } = await admin
      .selectFrom('recording')
      .select('destroy_at')
      .where('id', '=', ending.id)
      .executeTakeFirstOrThrow()
    const session = await sari.signIn()
    const late = (await startListening(
      desk,
      await grantFor(session),
      ending.id,
      destroy_at!.subtract({ minutes: 1 }),
    )) as StartedListening
    expect(late.until.toString()).toBe(destroy_at!.toString())
  })
})

describe('there is nothing to hear', () => {
  async function refusal(recordingId: string) {
    const session = await sari.signIn()
    const listening = await startListening(desk, await grantFor(session), recordingId, now())
    const entry = await lastEntry()
    expect(entry).toMatchObject({ action: 'listening.started', object_id: recordingId, person_id: sari.id })
    expect(entry.result).toBe(`refused:${typeof listening === 'string' ? listening : 'ok'}`)
    return listening
  }

  test('where no recording is', async () => {
    expect(await refusal(randomUUID())).toBe('not-found')
  })

  test('of another’s recording, for an official', async () => {
    const recording = await kept()
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
    expect(await startListening(desk, grant, (await kept({ official })).id, now())).toMatchObject({
      id: expect.any(String) as string,
    })
  })

  test('before it is taken into keeping', async () => {
    expect(await refusal((await record()).id)).toBe('not-yet-kept')
    expect(await refusal((await record({ endedAt: undefined })).id)).toBe('not-yet-kept')
  })

  test.each(['RESTRICTED', 'QUARANTINED'] as const)('while it is %s, kept or not', async (state) => {
    for (const recording of [await kept(), await record()]) {
      await admin.updateTable('recording').set({ state }).where('id', '=', recording.id).execute()
      expect(await refusal(recording.id)).toBe('restricted')
    }
  })

  test('once it is destroyed, or being destroyed', async () => {
    const [one, other] = [await kept(), await kept()]
    await expungeRecording(custodian, register.objects, { id: one.id, cause: 'caller', doneBy: 'test' }, now())
    await admin
      .updateTable('recording')
      .set({ state: 'DESTROYING', cause: 'caller' })
      .where('id', '=', other.id)
      .execute()
    expect(await refusal(one.id)).toBe('destroyed')
    expect(await refusal(other.id)).toBe('destroyed')
  })

  test('past its term, kept or not, though nobody has swept', async () => {
    expect(await refusal((await kept(callOfMonthsAgo(6))).id)).toBe('destroyed')
    expect(await refusal((await record(callOfMonthsAgo(6))).id)).toBe('destroyed')
  })

  test('past the history’s term, where nothing is known of it any more', async () => {
    expect(await refusal((await kept(callOfMonthsAgo(14))).id)).toBe('not-found')
  })
})

describe('a listening is useless', () => {
  let recordingId: string
  beforeAll(async () => {
    recordingId = (await kept()).id
  })

  /** The first range is served; then something happens; the very next range is not, and neither are the peaks. */
  async function uselessAfter(
    happens: (given: Awaited<ReturnType<typeof listenTo>>) => Promise<unknown>,
    who?: TestPerson,
    id = recordingId,
  ) {
    const given = await listenTo(id, who)
    await bytesOf(given.ask, 0, 99)
    await happens(given)
    expect(await server.audio({ ...given.ask, from: 100 })).toBe('refused')
    expect(await server.audio({ ...given.ask, from: 1e9 })).toBe('refused')
    expect(await server.peaks(given.ask)).toBe('refused')
  }

  test('in another session, even of the same person', async () => {
    const { listening } = await listenTo(recordingId)
    for (const session of [await sari.signIn(), await (await supervisor()).signIn()]) {
      expect(await server.audio({ session: session.token, listening: listening.id, from: 0 })).toBe('refused')
      expect(await endListening(desk, session, listening.id, now())).toBe(false)
    }
    expect(await server.audio({ session: 'made up', listening: listening.id, from: 0 })).toBe('refused')
    expect(await server.audio({ session: '', listening: listening.id, from: 0 })).toBe('refused')
  })

  test('after signing out', () => uselessAfter(({ session }) => signOut(desk, session, now())))

  test('after its end', () =>
    uselessAfter(({ session, listening }) => endListening(desk, session, listening.id, now())))

  test('after its until', () =>
    uselessAfter(({ listening }) =>
      admin.updateTable('listening').set({ until: now() }).where('id', '=', listening.id).execute(),
    ))

  test('after the session has idled out', () =>
    uselessAfter(async () =>
      admin.updateTable('session').set({ expires_at: now() }).where('person_id', '=', sari.id).execute(),
    ))

  test.each(['revoked_at', 'valid_to'] as const)('after the right is over (%s)', async (end) => {
    const who = await supervisor()
    await uselessAfter(
      () =>
        admin
          .updateTable('access_right')
          .set({ [end]: now() })
          .where('person_id', '=', who.id)
          .execute(),
      who,
    )
  })

  test('after its person has left', async () => {
    const who = await supervisor()
    await uselessAfter(
      () => admin.updateTable('person').set({ employed_to: now() }).where('id', '=', who.id).execute(),
      who,
    )
  })

  test.each(['RESTRICTED', 'QUARANTINED'] as const)('after the recording is %s', async (state) => {
    const { id } = await kept()
    await uselessAfter(
      () => admin.updateTable('recording').set({ state }).where('id', '=', id).execute(),
      undefined,
      id,
    )
  })

  test('after the recording’s destruction, though it was open a moment ago', async () => {
    const { id } = await kept()
    await uselessAfter(
      () => expungeRecording(custodian, register.objects, { id, cause: 'caller', doneBy: 'test' }, now()),
      undefined,
      id,
    )
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
    const { listening, ask } = await listenTo((await kept()).id)
    await bytesOf(ask, 0, 43)
    await bytesOf(ask, 44 + 4 * 800, 44 + 4 * 1600 - 1)
    await bytesOf(ask, 44 + 4 * 4000)
    expect(await ranges(listening.id)).toEqual([
      { from_ms: 0, to_ms: 0 },
      { from_ms: 100, to_ms: 200 },
      { from_ms: 500, to_ms: 1000 },
    ])
  })

  test('are durable before their bytes leave: when they cannot be logged nothing is served', async () => {
    const { listening, ask } = await listenTo((await kept()).id)
    const pool = database.as().pool
    await pool.query('alter table listening_range add constraint broken check (false) not valid')
    await expect(server.audio({ ...ask, from: 0 })).rejects.toThrow('broken')
    await pool.query('alter table listening_range drop constraint broken')
    expect(await ranges(listening.id)).toEqual([])
  })

  test('of what ended while it was made ready are none, and nothing of it is served', async () => {
    const { session, listening, ask } = await listenTo((await kept()).id)
    const ending: ObjectStore = {
      ...register.objects,
      async readRange(...range) {
        await endListening(desk, session, listening.id, now())
        return register.objects.readRange(...range)
      },
    }
    const slow = createAudioServer(custodian, ending, register.keys)
    expect(await slow.audio({ ...ask, from: 0 })).toBe('refused')
    expect(await ranges(listening.id)).toEqual([])
  })

  test('of a refused range are none', async () => {
    const { session, listening, ask } = await listenTo((await kept()).id)
    await endListening(desk, session, listening.id, now())
    await server.audio({ ...ask, from: 0 })
    expect(await ranges(listening.id)).toEqual([])
  })
})

describe('byte ranges', () => {
  const packets = 2000 // Forty seconds: more than one sealed chunk and more than a mebibyte of WAV.
  let ask: { session: string; listening: string }
  let whole: Buffer

  beforeAll(async () => {
    ask = (await listenTo((await kept({}, { packets })).id)).ask
    const total = headerBytes + packets * 160 * 4
    const parts: Buffer[] = []
    for (let from = 0; from < total; from += mebibyte) parts.push(await bytesOf(ask, from))
    whole = Buffer.concat(parts)
    expect(whole).toHaveLength(total)
  })

  test('are at most a mebibyte, whatever is asked', async () => {
    for (const to of [undefined, mebibyte, whole.length - 1, 1e12]) {
      expect(await bytesOf(ask, 0, to)).toHaveLength(mebibyte)
    }
    expect(await bytesOf(ask, mebibyte)).toHaveLength(whole.length - mebibyte)
  })

  test('are the slices of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 3000 }), async (from, length) => {
        expect((await bytesOf(ask, from, from + length - 1)).equals(whole.subarray(from, from + length))).toBe(true)
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

  test('begin inside the audio or not at all', async () => {
    expect(await server.audio({ ...ask, from: whole.length })).toBe('out-of-range')
    expect(await bytesOf(ask, whole.length - 1)).toHaveLength(1)
  })

  test('hold what was sent: the caller left, the official right, silence nowhere', () => {
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
