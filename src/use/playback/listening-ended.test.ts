import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { publishWithoutRole } from '#test/database/describe-from.ts'
import type { TestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { openPlayback } from '#test/register/open-playback.ts'
import type { RegisterTables } from '#register/tables.ts'
import { signOut } from '#safeguards/people/session.ts'
import { endListening, endExpiredListenings, paceListening } from './end-listening.ts'
import { listeningNow, type ListeningEnd } from './listening-now.ts'

const database = await createTestDatabase<RegisterTables>()
const { register, admin, desk, custodian, server, now, sari, supervisor, makeRecording, listenTo, bytesOf } =
  await openPlayback(database)
let recordingId: string
beforeAll(async () => {
  recordingId = (await makeRecording()).id
})

const endOf = (listening: string) =>
  admin
    .selectFrom('audit_entry')
    .selectAll()
    .where('action', '=', 'listening.ended')
    .where(sql`detail ->> 'listening'`, '=', listening)
    .execute()

/**
 * Serves some ranges, then runs `end`, and expects the very next range and the peaks to be refused. After the
 * custodian's check, the log has the end, its reason and what was served.
 */
async function expectEnded(
  reason: ListeningEnd,
  end: (started: Awaited<ReturnType<typeof listenTo>>) => Promise<unknown>,
  { who, id = recordingId }: { who?: TestPerson; id?: string } = {},
) {
  const started = await listenTo(id, who)
  await bytesOf(started.ask, 44, 44 + 4 * 800 - 1)
  await bytesOf(started.ask, 44 + 4 * 400, 44 + 4 * 1600 - 1)
  await bytesOf(started.ask, 44 + 4 * 4000, 44 + 4 * 4800 - 1)
  await end(started)
  expect(await server.audio({ ...started.ask, from: 100 })).toEqual(reason)
  expect(await server.audio({ ...started.ask, from: 1e9 })).toEqual(reason)
  expect(await server.peaks(started.ask)).toEqual(reason)
  expect(await listeningNow(desk, started.session.token, started.listening.id)).toEqual(reason)
  await endExpiredListenings(custodian)
  await endExpiredListenings(custodian)
  expect(await endOf(started.listening.id)).toMatchObject([
    {
      result: 'ok',
      object_kind: 'recording',
      object_id: id,
      purpose: 'QUALITY',
      detail: { why: reason.over, served: ['0-200', '500-600'], servedMs: 300, parts: 2 },
    },
  ])
  // The reason stays the same for later requests.
  expect(await server.audio({ ...started.ask, from: 100 })).toEqual(reason)
}

describe('a listening session is over', () => {
  test('after signing out in any window', () =>
    expectEnded({ over: 'session' }, ({ session }) => signOut(desk, session, now())))

  test('after the listener has ended it', () =>
    expectEnded({ over: 'left' }, ({ session, listening }) => endListening(desk, session, listening.id)))

  test('after its time limit', () =>
    expectEnded({ over: 'time' }, ({ listening }) =>
      admin.updateTable('listening').set({ until: now() }).where('id', '=', listening.id).execute(),
    ))

  test('after the sign-in session has idled out', async () => {
    const who = await supervisor()
    await expectEnded(
      { over: 'session' },
      () => admin.updateTable('session').set({ expires_at: now() }).where('person_id', '=', who.id).execute(),
      { who },
    )
  })

  test.each(['revoked_at', 'valid_to'] as const)(
    'after the right has ended, with the time of its end (%s)',
    async (column) => {
      const who = await supervisor()
      const at = Temporal.Instant.from(now().toString({ smallestUnit: 'millisecond' }))
      await expectEnded(
        { over: 'right', since: at.toString() },
        () =>
          admin
            .updateTable('access_right')
            .set({ [column]: at })
            .where('person_id', '=', who.id)
            .execute(),
        { who },
      )
    },
  )

  test('after the listener’s employment has ended', async () => {
    const who = await supervisor()
    await expectEnded(
      { over: 'session' },
      () => admin.updateTable('person').set({ employed_to: now() }).where('id', '=', who.id).execute(),
      { who },
    )
  })

  test('after the recording is restricted', async () => {
    const { id } = await makeRecording()
    await expectEnded(
      { over: 'restricted' },
      () => admin.updateTable('recording').set({ state: 'RESTRICTED' }).where('id', '=', id).execute(),
      { id },
    )
  })

  test('after the recording is destroyed, even if it was open just before', async () => {
    const { id } = await makeRecording()
    await expectEnded({ over: 'destroyed' }, () => makeDestroyer(database, register).destroy(id), { id })
  })
})

describe('a listening session', () => {
  test('is unknown in another sign-in session, even of the same person', async () => {
    const { listening } = await listenTo(recordingId)
    for (const session of [await sari.signIn(), await (await supervisor()).signIn()]) {
      const request = { session: session.token, listening: listening.id }
      expect(await server.audio({ ...request, from: 0 })).toEqual({ over: 'unknown' })
      expect(await server.peaks(request)).toEqual({ over: 'unknown' })
      expect(await endListening(desk, session, listening.id)).toBe(false)
      expect(await paceListening(desk, session, listening.id, 3)).toBe(false)
    }
    for (const session of ['made up', '']) {
      expect(await server.audio({ session, listening: listening.id, from: 0 })).toEqual({ over: 'unknown' })
    }
  })

  test('that is still valid is not ended by the periodic check', async () => {
    const { ask: request, listening } = await listenTo(recordingId)
    expect((await endExpiredListenings(custodian)).map(({ listening: id }) => id)).not.toContain(listening.id)
    expect(await bytesOf(request, 0, 99)).toHaveLength(100)
  })

  test('in which nothing was served has its end logged, without served parts', async () => {
    const { session, listening } = await listenTo(recordingId)
    await endListening(desk, session, listening.id)
    expect(await endOf(listening.id)).toMatchObject([{ detail: { served: [], servedMs: 0, parts: 0, why: 'left' } }])
  })

  test('cannot be ended, extended or sped up by the desk except through functions that log it', async () => {
    const { session, listening } = await listenTo(recordingId)
    for (const set of ['ended_at = now()', "until = now() + interval '1 year'", 'speed = 3', "end_why = 'left'"]) {
      const client = await database.as('seloste_desk').pool.connect()
      await client.query('begin')
      await client.query("select set_config('seloste.session', $1, true)", [session.token])
      await expect(client.query(`update listening set ${set} where id = $1`, [listening.id])).rejects.toThrow(
        'permission denied',
      )
      await client.query('rollback')
      client.release()
    }
  })

  // Last, because another description comes into force here.
  test('is over when the description in force no longer has the role', async () => {
    await expectEnded({ over: 'right' }, () =>
      publishWithoutRole(database.as().pool, now(), { without: { role: 'SUPERVISOR' } }),
    )
  })
})
