// Neither a compromised process nor a clock that is set in small steps ends a recording early or keeps it longer, and no
// count reveals a preservation order (R22-R24, R52, L37).
import { beforeEach, describe, expect, test } from 'vitest'
import { advanceClock } from '#destruction/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { makeRecording, makeRecordingUntil, stateOf, post, get, custodian, setDay } = ends
const owner = database.as().pool
const as = (role: 'seloste_custodian' | 'seloste_capture') => database.as(role).pool
const now = () => Temporal.Now.instant()

describe('a compromised custodian', () => {
  test('cannot quarantine an ingested recording to trim it away (R23)', async () => {
    const { id } = await makeRecording()
    const statement = `update recording set state = 'QUARANTINED' where id = '${id}'`
    await expect(as('seloste_custodian').query(statement)).rejects.toThrow(/cannot be quarantined/)
    const asIfNotIngested = `update recording set kept_at = null where id = '${id}'`
    await expect(as('seloste_custodian').query(asIfNotIngested)).rejects.toThrow(/has been ingested/)
    expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
  })

  test('cannot destroy without a ledger entry, nor delete the row of a destroyed recording before its history ends', async () => {
    const { id } = await makeRecordingUntil(-1)
    // Destroys the key, so that nothing opens the recording any more: only the ledger entry is missing.
    await owner.query(
      `delete from intake_key_end where public_key = (select intake_key from recording where id = '${id}')`,
    )
    const hidden = `
      begin;
      update recording set state = 'DESTROYING', cause = 'retention' where id = '${id}';
      delete from recording_key where recording_id = '${id}';
      update recording set state = 'DESTROYED', destroyed_at = now() where id = '${id}';
      commit`
    await expect(as('seloste_custodian').query(hidden)).rejects.toThrow(/without an entry in the destruction ledger/)
    await expect(as('seloste_custodian').query(`delete from recording where id = '${id}'`)).rejects.toThrow(/denied/)
  })

  test('cannot write a ledger entry for the end of something that continues, which a restore would end', async () => {
    const { id, contactId } = await makeRecording()
    const hold = { provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1', reference: 'T-1' }
    const until = now().add({ hours: 24 }).toString()
    const { body } = await post('tuula', '/api/holds', { contactId, covers: 'both', until, ...hold })
    const statement = (kind: string, object: string, cause: string) =>
      as('seloste_custodian').query(
        `insert into destruction_entry (object_kind, object_id, cause, done_by, targets) values ($1, $2, $3, 'x', '{}')`,
        [kind, object, cause],
      )
    await expect(statement('recording', id, 'caller')).rejects.toThrow(/and is not destroyed/)
    await expect(statement('hold', body['id'] as string, 'ended')).rejects.toThrow(/may not make ledger entries/)
    for (const kind of ['right', 'credential', 'link', 'scim-token', 'employment']) {
      await expect(statement(kind, id, 'revoked')).rejects.toThrow(/may not make ledger entries/)
    }
  })
})

test('a compromised capture cannot postpone an end (R22, R24)', async () => {
  const { id, contactId } = await makeRecording()
  const query = (statement: string) => as('seloste_capture').query(statement)
  await owner.query(`alter table recording disable trigger user`)
  const old = `started_at - interval '7 months'`
  await owner.query(
    `update recording set started_at = ${old}, destroy_at = now() + interval '1 hour' where id = '${id}'`,
  )
  await owner.query(`alter table recording enable trigger user`)
  await expect(
    query(`update recording set destroy_at = now() + interval '5 months', call_ended_at = now() where id = '${id}'`),
  ).rejects.toThrow(/follow from the end of its call/)
  await expect(
    query(`update contact set history_ends_at = started_at + interval '16 months' where id = '${contactId}'`),
  ).rejects.toThrow(/ends with the last of its parts/)
})

describe('a clock that is set in small steps', () => {
  beforeEach(() =>
    owner.query(`delete from clock_stop; update clock_mark set at = now(), leapt = '0'`).catch(resetClock),
  )
  async function resetClock() {
    await owner.query(`update clock_stop set ended_at = now(), confirmed = false where ended_at is null`)
    await owner.query(`update clock_mark set at = now(), leapt = '0'`)
  }
  /** Simulates a clock that was just set forward by this much. */
  const setClockForward = (by: string) => owner.query(`update clock_mark set at = at - $1::interval`, [by])
  const destructionNow = async () => {
    const { rows } = await owner.query<{ late: boolean }>(
      `select destruction_now() < now() - interval '1 hour' as late`,
    )
    return rows[0]!.late ? 'mark' : 'clock'
  }

  test('is ahead once its steps together exceed a day, however small each step is, and across restarts', async () => {
    await setClockForward('20 hours')
    expect(await advanceClock(custodian)).toBe('right')
    await setClockForward('20 hours')
    expect(await destructionNow()).toBe('mark')
    expect(await advanceClock(custodian)).toBe('ahead')
    expect(await destructionNow()).toBe('mark')
  })

  test('is right if the time has passed while the custodian ran', async () => {
    for (let hour = 0; hour < 60; hour++) {
      await setClockForward('1 hour')
      expect(await advanceClock(custodian, Temporal.Duration.from({ hours: 1 }))).toBe('right')
    }
    await setClockForward('20 hours')
    expect(await advanceClock(custodian)).toBe('right')
  })

  test('needs two people who confirm the same time: a confirmation from before another step does not count', async () => {
    const confirm = (name: 'dora' | 'asta' | 'riitta') => post(name, '/api/retention/clock', { now: now().toString() })
    await setClockForward('3 days')
    expect(await advanceClock(custodian)).toBe('ahead')
    expect((await confirm('dora')).status).toBe(204)
    await owner.query(`alter table clock_confirmation disable trigger user`)
    await owner.query(`update clock_confirmation set at = at - interval '200 days'`)
    await owner.query(`alter table clock_confirmation enable trigger user`)
    expect((await confirm('asta')).status).toBe(204)
    expect(await advanceClock(custodian)).toBe('ahead')
    expect((await confirm('dora')).status).toBe(204)
    expect(await advanceClock(custodian)).toBe('right')
  })
})

describe('a recording that an order keeps past its day is not counted', () => {
  const day = now().subtract({ hours: 50 })
  const request = [
    ['day', day.subtract({ hours: 24 * 20 }), now()],
    ['month', day.subtract({ hours: 24 * 60 }), now()],
  ] as const
  const readers = ['asta', 'dora', 'matti', 'tuula', 'riitta'] as const
  const due = async () => {
    const found: unknown[] = []
    for (const [by, from, to] of request) {
      for (const name of readers) {
        const { status, body } = await get(
          name,
          `/api/retention/due?from=${from.toString()}&to=${to.toString()}&by=${by}`,
        )
        expect(status).toBe(200)
        found.push(body['items'])
      }
    }
    return found
  }

  test('as due, by day or month', async () => {
    const before = await due()
    // Counts are in steps of five: one order would seldom show.
    for (let one = 0; one < 5; one++) await keepPastItsDay()
    expect(await due()).toEqual(before)
  })

  async function keepPastItsDay() {
    const { id, contactId } = await makeRecording()
    const order = { provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1', reference: 'T-1' }
    const until = now().add({ hours: 24 }).toString()
    expect((await post('tuula', '/api/holds', { contactId, covers: 'both', until, ...order })).status).toBe(201)
    await setDay(id, day)
    await owner.query(`alter table contact disable trigger user`)
    await owner.query(`update contact set history_ends_at = $2 where id = $1`, [contactId, day.toString()])
    await owner.query(`alter table contact enable trigger user`)
  }
})
