// Operators' view of capture: reception of recordings, clients' messages and signalling of calls.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createCallFlows } from '#capture/session/seen/call-flows.ts'
import { createClientStatistics, type ClientCounts } from '#capture/session/seen/client-statistics.ts'
import { admit } from '#register/admit.ts'
import { deleteOldCaptureStatistics, recordClient } from '#register/capture-clients.ts'
import type { Reception, StreamReception } from '#register/recordings/reception.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, recordingFacts } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { storeClientsSeen } from '../../capture/store-clients-seen.ts'

const database = await createTestDatabase<RegisterTables>()
const flows = createCallFlows({ nowMs: () => Date.now(), uuid: () => '11111111-1111-4111-8111-111111111111' })
const desk = await openTestDesk(database, await makeTestRegister(database), { flows })
const { db: admin } = database.as()
const capture = database.as('seloste_capture').db
const deskDb = database.as('seloste_desk').db

let administrator: Browser
let maintenance: Browser
let expert: Browser
beforeAll(async () => {
  const none = { kind: 'none' as const, units: [], numbers: [] }
  const all = { ...none, kind: 'all' as const }
  const enter = async (name: string, right: NonNullable<Parameters<typeof enterTestPerson>[2]['right']>) =>
    desk.signIn(await enterTestPerson(admin, deskDb, { name, right }))
  administrator = await enter('Otto Hoitaja', { role: 'ADMINISTRATOR', purposes: [], scope: none })
  maintenance = await enter('Tiina Tekniikka', { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: all })
  expert = await enter('Eero Asiantuntija', {
    role: 'EXPERT',
    duty: 'QUALITY',
    purposes: ['QUALITY'],
    scope: { kind: 'numbers', units: [], numbers: [callFacts().numberReached.key] },
  })
})

function stream(changed: Partial<StreamReception> = {}): StreamReception {
  return {
    ...{ track: 'caller', codec: 'PCMA', expected: 1000, lost: 0, lostMs: 0, late: 0, duplicates: 0, stalledMs: 0 },
    ...{ firstMs: 20, lastMs: 20_000, jitterMs: 2, worstJitterMs: 4, silentShare: 0.5, senderReports: 0 },
    ...changed,
  }
}

/** Enters a call whose recording had this reception. */
async function admitCall(changed: Partial<Reception> = {}, ended = Temporal.Now.instant().subtract({ minutes: 1 })) {
  const streams = [stream(), stream({ track: 'official' })]
  const reception: Reception = { trunk: 'pohjoinen', client: 'SBC/9.1', streams, lostMs: 0, ...changed }
  const recording = recordingFacts({ startedAt: ended.subtract({ minutes: 4 }), endedAt: ended })
  const facts = callFacts({
    ...{ startedAt: ended.subtract({ minutes: 5 }), answeredAt: ended.subtract({ minutes: 4 }), endedAt: ended },
    decision: { record: true, reason: 'drawn' },
    recording: { ...recording, stored: { ...recording.stored!, reception } },
  })
  await admit(capture, facts)
  return { facts, recordingId: recording.id }
}

const lossy = [
  stream({ lost: 50, lostMs: 1000, late: 3 }),
  stream({ track: 'official', jitterMs: 6, worstJitterMs: 30 }),
]

describe('the reception of recordings', () => {
  const hours = () => {
    const to = Temporal.Now.instant().add({ hours: 1 })
    return `/api/capture/reception?from=${to.subtract({ hours: 24 }).toString()}&to=${to.toString()}`
  }

  test('is counted by hour, trunk and client, each recording once however often it is admitted', async () => {
    const ended = Temporal.Now.instant().subtract({ hours: 3 })
    const { facts } = await admitCall({ streams: lossy, lostMs: 1000, oneWay: 'official' }, ended)
    await admit(capture, facts)
    await admitCall({}, ended)
    const { body } = await answer(administrator.fetch(`${hours()}&by=hour`))
    const { items } = body as unknown as { items: Record<string, unknown>[] }
    expect(items).toEqual([
      {
        at: ended.round({ smallestUnit: 'hour', roundingMode: 'floor' }).toString(),
        ...{ trunk: 'pohjoinen', client: 'SBC/9.1', recordings: 2, oneWay: 1, silent: 0, lossy: 1, empty: 0 },
        ...{ expected: 4000, lost: 50, late: 3, duplicates: 0, jitterMs: 3, worstJitterMs: 6 },
      },
    ])
    expect((await answer(administrator.fetch(`${hours()}&by=day`))).status).toBe(200)
  })

  test('is reported for the requested time only, and an end before the start is refused', async () => {
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z']
    const request = (query: string) => answer(maintenance.fetch(`/api/capture/reception?${query}`))
    expect(await request(`from=${from}&to=${to}&by=hour`)).toMatchObject({ status: 400, field: 'to' })
    expect(await request(`from=${to}&to=${from}&by=day`)).toMatchObject({ status: 400, field: 'to' })
    expect((await request(`from=${from}&to=${to}&by=day`)).body).toEqual({ items: [] })
  })

  test('is shown to a listener in words, and to maintenance as measurements', async () => {
    const { facts } = await admitCall({ streams: lossy, lostMs: 1000, oneWay: 'official', elsewhere: '2001:db8::5' })
    const segment = async (browser: Browser, query: string) => {
      const { body } = await answer(browser.fetch(`/api/contacts/${facts.contactId}?${query}`))
      return (body as unknown as { segments: Record<string, unknown>[] }).segments[0]!
    }
    const heard = { lostMs: 1000, oneWay: 'official' }
    const seen = await segment(expert, 'purpose=QUALITY')
    expect(seen).toMatchObject({ heard })
    expect(seen).not.toHaveProperty('reception')
    expect(await segment(maintenance, 'purpose=MAINTENANCE&reference=VIKA-1')).toMatchObject({
      heard,
      reception: {
        trunk: 'pohjoinen',
        client: 'SBC/9.1',
        elsewhere: '2001:db8::5',
        streams: [{ track: 'caller', lost: 50 }, { track: 'official' }],
      },
    })
  })

  test('has addresses of media sources, and nothing else about them', async () => {
    for (const elsewhere of ['192.0.2.7', 'fe80::1%eth0']) await admitCall({ elsewhere })
    for (const elsewhere of ['+358401234567', 'Soittaja', '']) {
      await expect(admitCall({ elsewhere })).rejects.toThrow('recording_reception_members')
    }
  })

  test('is deleted as soon as the destruction of the recording begins', async () => {
    const { recordingId } = await admitCall({}, Temporal.Now.instant().subtract({ hours: 24 * 190 }))
    const receptionOf = () =>
      admin.selectFrom('recording').select('reception').where('id', '=', recordingId).executeTakeFirstOrThrow()
    expect((await receptionOf()).reception).toMatchObject({ client: 'SBC/9.1' })
    await admin
      .updateTable('recording')
      .set({ state: 'DESTROYING', cause: 'retention' })
      .where('id', '=', recordingId)
      .execute()
    expect((await receptionOf()).reception).toBeNull()
  })

  test('raises one alarm if one voice is missing from several recordings of a client in an hour', async () => {
    const custodian = database.as('seloste_custodian').db
    const kinds = async () => (await raiseAlarms(custodian, [], Temporal.Now.instant())).map(({ kind }) => kind)
    await kinds()
    for (let n = 0; n < 3; n++) await admitCall({ client: 'Other', oneWay: 'caller' })
    expect(await kinds()).toEqual(['one-way'])
    await admitCall({ client: 'Other', oneWay: 'caller' })
    expect(await kinds()).toEqual([])
    for (let n = 0; n < 5; n++) await admitCall({ client: 'Lossy', streams: lossy })
    expect(await kinds()).toEqual(['loss'])
  })
})

describe('the elements that clients send', () => {
  const storageIn = (db: typeof capture) => ({
    store: (counts: ClientCounts) => recordClient(db, counts),
    deleteExpired: () => deleteOldCaptureStatistics(db),
  })

  test('are stored by name, added up over restarts, and shown to operators', async () => {
    const clients = createClientStatistics()
    const counts = (times: number) => ({
      ...{ trunk: 'pohjoinen', client: 'SBC/9.1', sessions: times, refused: 0 },
      sends: [
        { kind: 'codec', name: 'PCMA/8000', times } as const,
        { kind: 'problem', name: 'xml-repaired', times: 1 } as const,
      ],
    })
    for (const times of [2, 3]) {
      clients.putBack([counts(times)])
      const storing = storeClientsSeen({
        ...storageIn(capture),
        clients,
        onFault: (error) => expect.unreachable(String(error)),
      })
      await storing.stop()
    }
    const listed = (await answer(maintenance.fetch('/api/capture/clients'))).body as unknown as {
      items: { id: number }[]
    }
    expect(listed.items).toMatchObject([
      { trunk: 'pohjoinen', client: 'SBC/9.1', sessions: 5, refused: 0, problems: 1 },
    ])
    const { body } = await answer(administrator.fetch(`/api/capture/clients/${listed.items[0]!.id}`))
    expect(body).toMatchObject({
      sends: [
        { kind: 'codec', name: 'PCMA/8000', times: 5 },
        { kind: 'problem', name: 'xml-repaired', times: 2 },
      ],
    })
    expect((await answer(administrator.fetch('/api/capture/clients/999999'))).status).toBe(404)
  })

  test('that could not be stored are kept for the next time', async () => {
    const clients = createClientStatistics()
    clients.putBack([{ trunk: '', client: 'Late', sessions: 1, refused: 0, sends: [] }])
    const faults: unknown[] = []
    const broken = storeClientsSeen({ ...storageIn(deskDb), clients, onFault: (error) => faults.push(error) })
    await broken.stop()
    expect(faults).toHaveLength(1)
    expect(clients.take()).toMatchObject([{ client: 'Late', sessions: 1 }])
  })

  test('are deleted fourteen months after a client was last seen, and hourly counts after three months', async () => {
    await sql`update capture_client set last_at = now() - interval '15 months' where client = 'SBC/9.1'`.execute(admin)
    await sql`update capture_hour set hour = date_trunc('hour', now() - interval '4 months', 'UTC') where client = 'Other'`.execute(
      admin,
    )
    await sql`select prune_capture_clients()`.execute(capture)
    const left = await admin.selectFrom('capture_client').select('client').execute()
    expect(left.map(({ client }) => client)).not.toContain('SBC/9.1')
    const hours = await admin.selectFrom('capture_hour').select('client').execute()
    expect(hours.map(({ client }) => client)).not.toContain('Other')
  })

  test('cannot be read by capture itself, nor changed by the desk', async () => {
    await expect(sql`select * from capture_client`.execute(capture)).rejects.toThrow(/permission denied/)
    await expect(sql`select * from capture_hour`.execute(capture)).rejects.toThrow(/permission denied/)
    await expect(sql`delete from capture_client`.execute(deskDb)).rejects.toThrow(/permission denied/)
    await expect(sql`select record_client('', 'x', 1, 0, '[]')`.execute(deskDb)).rejects.toThrow(/permission denied/)
    const { rows } = await sql`select * from capture_client`.execute(deskDb)
    expect(rows).toEqual([])
  })
})

describe('the signalling of a call', () => {
  test('is shown to operators, and logged before it is shown', async () => {
    const { facts } = await admitCall()
    const dialog = { id: 'd', source: { transport: 'udp', address: '192.0.2.1', port: 5060 } } as never
    await flows
      .watch({ onAck: () => undefined } as never)
      .onAck(dialog, { headers: [], body: Buffer.alloc(0) } as never)
    flows.record('d', facts)
    const { body } = await answer(maintenance.fetch(`/api/capture/flows?segment=${facts.segmentId}`))
    const [head] = (body as unknown as { items: { id: string }[] }).items
    expect(head).toMatchObject({ segments: [{ segmentId: facts.segmentId }], transport: 'udp' })
    const listed = admin
      .selectFrom('audit_entry')
      .select(['object_kind', 'object_id', 'role', 'detail'])
      .where('action', '=', 'call-flow.listed')
    expect(await listed.execute()).toEqual([
      { object_kind: 'segment', object_id: facts.segmentId, role: 'MAINTENANCE', detail: { sessions: 1 } },
    ])
    expect((await answer(administrator.fetch('/api/capture/flows'))).status).toBe(200)
    expect(await listed.where('role', '=', 'ADMINISTRATOR').execute()).toMatchObject([
      { object_kind: 'search', object_id: null, detail: { sessions: expect.any(Number) } },
    ])
    const shown = await answer(maintenance.fetch(`/api/capture/flows/${head!.id}`))
    const { steps } = shown.body as unknown as { steps: { by: string; what: string }[] }
    expect(steps.map(({ by, what }) => `${by} ${what}`).sort()).toEqual([
      'capture stored',
      'client ACK',
      'client RTP',
      'client RTP',
      'client RTP-ends',
      'client RTP-ends',
    ])
    expect(JSON.stringify(shown.body)).not.toContain('"d"')
    const entries = await admin
      .selectFrom('audit_entry')
      .select(['action', 'object_kind', 'object_id', 'role'])
      .where('action', '=', 'call-flow.read')
      .execute()
    expect(entries).toEqual([
      { action: 'call-flow.read', object_kind: 'segment', object_id: facts.segmentId, role: 'MAINTENANCE' },
    ])
  })

  test('is not shown to an expert', async () => {
    for (const path of ['clients', 'flows', 'flows/11111111-1111-4111-8111-111111111111', 'clients/1'])
      expect(await answer(expert.fetch(`/api/capture/${path}`))).toMatchObject({ status: 403, code: 'deny.role' })
  })
})
