// AC11, second part: a recording is forbidden during its call, as the database, the custodian and capture see it.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '../database/people.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { makeRecording, forbidByOfficial, stateOf, until, post, admin, register, people } = ends
const now = () => Temporal.Now.instant()

beforeAll(() => ends.startCustodian(), 60_000)

describe('a recording that is forbidden while its call continues (R49, AC11)', () => {
  const { db: capture } = database.as('seloste_capture')
  /** Enters a call of Aino's that capture is recording. */
  async function enterCallInProgress() {
    const { stored: _stored, endedAt: _ended, ...recording } = recordingFacts()
    const { endedAt: _going, ...facts } = callFacts({
      recording,
      official: { personId: people.aino.id, unitId: people.aino.unitId, name: 'Aino', phone: phone('029 512 1001') },
    })
    await admit(capture, facts)
    return { id: recording.id, facts: { ...facts, recording } }
  }
  const forbiddenOf = async (id: string) =>
    (await sql`select recording_id as id, destroys from forbidden_recordings(array[${id}]::uuid[])`.execute(capture))
      .rows
  const countStopRequests = async (id: string) =>
    (await sql`select recording_id from capture_stop where recording_id = ${id}`.execute(admin)).rows.length

  test('is destroyed once capture has released it, and the call continues in the history', async () => {
    const { id, facts } = await enterCallInProgress()
    expect(await forbiddenOf(id)).toEqual([])
    expect((await forbidByOfficial(id)).body).toMatchObject({ state: 'blocked' })
    expect(await stateOf(id)).toMatchObject({ state: 'DESTROYING', cause: 'official' })
    expect(await forbiddenOf(id)).toEqual([{ id, destroys: true }])
    // Waits until the custodian has run once: it does so every few seconds, and whenever another recording is
    // forbidden.
    await until(await makeRecording().then((other) => forbidByOfficial(other.id).then(() => other.id)), 'DESTROYED')
    expect(await stateOf(id)).toMatchObject({ state: 'DESTROYING' })

    const recording = { ...facts.recording, endedAt: now(), gone: true as const }
    await admit(capture, { ...facts, captureState: 'not-recorded', recording })
    expect(await until(id, 'DESTROYED')).toMatchObject({ cause: 'official' })
    expect(await countStopRequests(id)).toBe(0)
    const ledger = await admin.selectFrom('destruction_entry').selectAll().where('object_id', '=', id).execute()
    expect(ledger).toMatchObject([{ object_kind: 'recording', cause: 'official' }])
    const segment = admin.selectFrom('segment').select('ended_at').where('id', '=', facts.segmentId)
    expect(await segment.executeTakeFirst()).toEqual({ ended_at: null })

    await admit(capture, { ...facts, captureState: 'not-recorded', endedAt: now(), recording })
    expect(await stateOf(id)).toMatchObject({ state: 'DESTROYED', destroy_at: null })
  })

  test('is destroyed in place if capture had stored it before it learned of the prohibition', async () => {
    const { id, facts } = await enterCallInProgress()
    await forbidByOfficial(id)
    await register.objects.put(bodyKey(id), Buffer.from('sealed'))
    const { stored } = recordingFacts()
    await admit(capture, { ...facts, endedAt: now(), recording: { ...facts.recording, endedAt: now(), stored } })
    await until(id, 'DESTROYED')
    await expect(register.objects.sizeBytes(bodyKey(id))).rejects.toThrow()
    const row = await admin.selectFrom('recording').select('kept_at').where('id', '=', id).executeTakeFirst()
    expect(row).toEqual({ kept_at: null })
  })

  test('under an order is no longer recorded, and what was recorded is kept for the order only', async () => {
    const { id, facts } = await enterCallInProgress()
    const contact = await admin
      .selectFrom('recording')
      .select('contact_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const order = await post('tuula', '/api/holds', {
      contactId: contact.contact_id,
      covers: 'recordings',
      provision: 'Pakkokeinolaki 8:24',
      authority: 'Helsingin poliisilaitos',
      orderReference: '5500/R/1/26',
      until: now()
        .add({ hours: 24 * 30 })
        .toString(),
      reference: 'TY-1',
    })
    expect(order.status).toBe(201)
    expect((await forbidByOfficial(id)).body).toMatchObject({ state: 'blocked' })
    expect(await stateOf(id)).toMatchObject({ state: 'CAPTURING' })
    expect(await forbiddenOf(id)).toEqual([{ id, destroys: false }])
    const { stored } = recordingFacts()
    await admit(capture, {
      ...facts,
      captureState: 'not-recorded',
      recording: { ...facts.recording, endedAt: now(), stored },
    })
    expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
    const access = { purpose: 'DEVELOPMENT' }
    expect(await post('aino', `/api/recordings/${id}/listenings`, access)).toMatchObject({
      code: 'recording.not-yet-kept',
    })
  })
})
