/**
 * A caller's prohibition is the caller's own (R46, R49): an official who wants a recording of their own call destroyed
 * may try to enter a prohibition in the caller's name.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openDestructionDesk } from '#test/ends/open-destruction-desk.ts'
import { answer } from '#test/register/open-desk.ts'
import { inSession } from '#platform/database/connect.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, makeRecording, forbid, forbidByOfficial, forbidByCaller, get, people, stateOf } = ends
const report = { party: 'CALLER', channel: 'CALL' }
const tooLate = { status: 403, code: 'prohibition.service-unit' }

type Times = Pick<SegmentFacts, 'startedAt' | 'answeredAt' | 'endedAt'>
/** Times of a five-minute call that ended this long ago. */
function ended(ago: Temporal.DurationLike): Times {
  const endedAt = Temporal.Now.instant().subtract(ago)
  return { startedAt: endedAt.subtract({ minutes: 5 }), answeredAt: endedAt.subtract({ minutes: 4 }), endedAt }
}
async function prohibitionsOf(id: string) {
  const { rows } = await sql<{ party: string; channel: string }>`
    select party, channel from prohibition where recording_id = ${id}::uuid`.execute(admin)
  return rows
}
/** Bypasses the guards. */
async function setEnd(contactId: string, at: Temporal.Instant | null, node?: string) {
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    const more = node === undefined ? {} : { node }
    await tx
      .updateTable('segment')
      .set({ ended_at: at, ...more } as never)
      .where('contact_id', '=', contactId)
      .execute()
    await tx.updateTable('contact').set({ ended_at: at }).where('id', '=', contactId).execute()
  })
}
beforeEach(() => ends.shiftMark('0'))

describe('a prohibition that the caller expressed during the call', () => {
  test('is refused later than an hour after the call: nothing is destroyed or recorded as forbidden by the caller, and the attempt is logged', async () => {
    const { id } = await makeRecording(ended({ minutes: 61 }))
    expect(await forbid('aino', id, report)).toMatchObject(tooLate)
    expect(await prohibitionsOf(id)).toEqual([])
    expect(await stateOf(id)).toMatchObject({ state: 'STORED', cause: null })
    const logged = await admin
      .selectFrom('audit_entry')
      .select(['person_id', 'result'])
      .where('object_id', '=', id)
      .execute()
    expect(logged).toContainEqual({ person_id: people.aino.id, result: 'refused:prohibition.service-unit' })
  })

  test('is refused also directly in the database', async () => {
    const { id } = await makeRecording(ended({ hours: 30 }))
    const desk = database.as('seloste_desk').db
    const request = inSession(desk, { 'seloste.session': (await people.aino.signIn()).token }, (tx) =>
      sql`select * from forbid_use(${id}::uuid, 'CALLER', 'CALL', null)`.execute(tx),
    )
    await expect(request).rejects.toThrow('prohibition.service-unit')
    expect(await prohibitionsOf(id)).toEqual([])
  })

  test('is accepted within the hour, and a repetition later has no further effect', async () => {
    const { id, contactId } = await makeRecording(ended({ minutes: 58 }))
    const first = await forbid('aino', id, report)
    expect(first).toMatchObject({ status: 200, body: { state: 'blocked' } })
    await setEnd(contactId, Temporal.Now.instant().subtract({ hours: 2 }))
    expect((await forbid('aino', id, report)).body['id']).toBe(first.body['id'])
  })

  test.each(['PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS'])('is refused with the channel %s', async (channel) => {
    const [recent, old] = [await makeRecording(), await makeRecording(ended({ hours: 3 }))]
    for (const { id } of [recent, old]) {
      expect(await forbid('aino', id, { party: 'CALLER', channel })).toMatchObject(tooLate)
      expect(await forbid('aino', id, { party: 'CALLER', channel, reference: 'P-2026-1' })).toMatchObject(tooLate)
      expect(await prohibitionsOf(id)).toEqual([])
    }
  })

  test('is refused to the Service Unit, which enters the caller’s own prohibition instead', async () => {
    const { id, contactId } = await makeRecording(ended({ hours: 3 }))
    const { number } = await ends.serve([contactId], { kinds: ['PROHIBIT'] })
    expect(await forbid('paula', id, { ...report, reference: number })).toMatchObject(tooLate)
    expect(await prohibitionsOf(id)).toEqual([])
    expect(await forbidByCaller(id)).toMatchObject({ status: 200 })
    expect(await prohibitionsOf(id)).toEqual([{ party: 'CALLER', channel: 'PHONE' }])
  })

  test('has no time limit if it is the official’s own', async () => {
    const { id } = await makeRecording(ended({ hours: 24 * 20 }))
    expect(await forbidByOfficial(id)).toMatchObject({ status: 200 })
    expect(await prohibitionsOf(id)).toEqual([{ party: 'OFFICIAL', channel: 'OWN_CALLS' }])
  })
})

describe('the hour for the caller’s prohibition', () => {
  const untilOf = async (contactId: string) => {
    const { rows } = await sql<{ until: Temporal.Instant | null }>`
      select caller_wish_until(${people.aino.id}::uuid, c.id, c.started_at) as until from contact c where c.id = ${contactId}::uuid`.execute(
      admin,
    )
    return rows[0]?.until?.toString() ?? null
  }

  test('does not begin while the official is in the call, however long the call is', async () => {
    const { id, contactId } = await makeRecording(ended({ hours: 5 }))
    const node = randomUUID()
    await sql`select capture_node_heartbeat(${node}::uuid, 'solmu', '1', now(), ${JSON.stringify({ draining: false, pressures: [], sessions: 1, recordings: 1, waiting: 0 })}::jsonb)`.execute(
      admin,
    )
    await setEnd(contactId, null, node)
    expect(await untilOf(contactId)).toBe(null)
    expect(await forbid('aino', id, report)).toMatchObject({ status: 200 })
  })

  test('begins, if no end is reported, at the last heartbeat of the call’s capture, and a day after the call’s start at the latest', async () => {
    const [silent, nobody] = [await makeRecording(ended({ hours: 5 })), await makeRecording(ended({ hours: 26 }))]
    const node = randomUUID()
    await sql`
      insert into capture_node (id, name, version, started_at, alive_at, steady_since, draining, pressures, sessions, recordings, waiting)
      values (${node}::uuid, 'mykka-1', '1', now() - interval '1 day', now() - interval '2 hours', now() - interval '1 day', false, '{}', 1, 1, 0)`.execute(
      admin,
    )
    await setEnd(silent.contactId, null, node)
    await setEnd(nobody.contactId, null)
    for (const { id } of [silent, nobody]) expect(await forbid('aino', id, report)).toMatchObject(tooLate)
    await sql`update capture_node set alive_at = now() - interval '20 minutes' where id = ${node}::uuid`.execute(admin)
    expect(await forbid('aino', silent.id, report)).toMatchObject({ status: 200 })
  })

  test('begins at the end of the official’s own last segment', async () => {
    const { id, contactId } = await makeRecording(ended({ hours: 2 }))
    await admin.updateTable('contact').set({ ended_at: Temporal.Now.instant() }).where('id', '=', contactId).execute()
    expect(await forbid('aino', id, report)).toMatchObject(tooLate)
  })

  test.each([
    ['in autumn, in the hour that the clock shows twice', '2026-10-25T03:50:00+03:00', '2026-10-25T03:50:00+02:00'],
    ['in spring, over the hour that the clock skips', '2026-03-29T02:30:00+02:00', '2026-03-29T04:30:00+03:00'],
  ])('is sixty minutes: %s', async (_name, end, until) => {
    const { contactId } = await makeRecording(ended({ minutes: 1 }))
    await setEnd(contactId, Temporal.Instant.from(end))
    expect(await untilOf(contactId)).toBe(Temporal.Instant.from(until).toString())
  })

  test('does not begin again when the clock is set back', async () => {
    const { id } = await makeRecording()
    await ends.shiftMark('2 hours')
    // Sessions expire by the register's time, too.
    const aino = await ends.desk.signIn(people.aino)
    expect(await answer(aino.fetch(`/api/recordings/${id}/prohibitions`, { json: report }))).toMatchObject(tooLate)
  })
})

test('the time limit is shown on the call’s page and in the list, to the call’s official only', async () => {
  const [recent, old] = [await makeRecording(ended({ minutes: 10 })), await makeRecording(ended({ hours: 3 }))]
  interface Shape {
    segments: { endedAt: string; callerWishUntil?: string }[]
  }
  for (const { contactId } of [recent, old]) {
    const { body } = await get('aino', `/api/contacts/${contactId}?purpose=DEVELOPMENT`)
    const [part] = (body as unknown as Shape).segments
    expect(part?.callerWishUntil).toBe(Temporal.Instant.from(part!.endedAt).add({ hours: 1 }).toString())
    const list = await get('aino', '/api/contacts?purpose=DEVELOPMENT')
    const row = (list.body as unknown as { items: (Shape & { id: string })[] }).items.find(({ id }) => id === contactId)
    expect(row?.segments[0]?.callerWishUntil).toBe(part?.callerWishUntil)
    const other = await get('tuula', `/api/contacts/${contactId}?purpose=CRIME_OR_MISUSE&reference=T-1`)
    expect(other.status).toBe(200)
    expect(JSON.stringify(other.body)).not.toContain('callerWishUntil')
  }
})
