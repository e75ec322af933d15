// R44, R48: rows with the ids of another call, planted with the database's rule disabled, belong to a call of today of a
// stranger or of another official. A request for the call of today gives no access to the recording of the other call.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openGdprServiceUnit } from '#test/requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { ask, served, makeCopy, people } = acts
const owner = database.as().pool
const { aino, bertil } = people

/**
 * Plants a contact and a segment, `hours` ago, with the ids of a recording's call. Returns how a requester would name
 * the planted call.
 */
async function plant(recording: { contactId: string; segmentId: string }, hours: number, official: string | null) {
  const started = Temporal.Now.instant().subtract({ hours })
  const client = await owner.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(
      `insert into contact (id, started_at, ended_at, history_ends_at, caller_kind, caller_key, number_called, number_kind)
       values ($1, $2, $2::timestamptz + interval '5 minutes', $2::timestamptz + interval '13 months', 'e164', '+358409999999', '+35829497000', 'NATIONAL_SERVICE')`,
      [recording.contactId, started.toString()],
    )
    await client.query(
      `insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_person_id, answered_at, ended_at, decision_record,
         decision_reason, capture_state, marks)
       values ($1, $2, $3, 1, '+35829497000', $4, $3, $3::timestamptz + interval '5 minutes', false, 'not-drawn', 'not-recorded', '{}')`,
      [recording.segmentId, recording.contactId, started.toString(), official],
    )
    await client.query('commit')
  } finally {
    client.release(true)
  }
  const at = started.toZonedDateTimeISO('Europe/Helsinki')
  return { day: at.toPlainDate().toString(), time: at.toPlainTime().toString().slice(0, 5), accuracy: 'MINUTES' }
}

test.each([
  ['a stranger', 'CALLER', null, { callerNumber: '040 999 9999' }],
  ['another official', 'OFFICIAL', bertil.id, {}],
] as const)(
  '%s cannot have a recording of another call played, copied or forbidden',
  async (_, party, officialId, more) => {
    const endedAt = Temporal.Now.instant().subtract({ hours: 24 * 70 })
    const victim = await acts.makeRecording({
      ...{ startedAt: endedAt.subtract({ minutes: 5 }), answeredAt: endedAt.subtract({ minutes: 4 }), endedAt },
      official: { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: '+358295121001' as never },
    })
    const claim = await plant(victim, party === 'CALLER' ? 3 : 5, officialId)
    const request = await served({ contacts: [], kinds: ['COPY', 'LISTEN'], party, ...(officialId && { officialId }) })
    const found = await ask('paula', 'POST', `/api/requests/${request.id}/calls`, { ...claim, ...more })
    expect(found.body).toMatchObject({ state: 'FOUND' })
    const call = (found.body as unknown as { id: string }).id
    const recording = `/api/recordings/${victim.id}`
    const listeningStatus = async () =>
      (await ask('paula', 'POST', `${recording}/listenings`, { purpose: 'INSPECTION', reference: request.number }))
        .status
    expect(await listeningStatus()).toBe(404)
    await ask('paula', 'POST', `/api/requests/${request.id}/calls/${call}/verification`, { isParty: true })
    expect(await listeningStatus()).toBe(404)
    expect((await makeCopy(request.id, victim.id)).status).toBe(404)
    const forbidden = await ask('paula', 'POST', `${recording}/prohibitions`, {
      ...{ party, channel: 'PHONE', reference: request.number },
    })
    expect(forbidden.status).toBe(404)
    expect((await owner.query('select state from recording where id = $1', [victim.id])).rows).toEqual([
      { state: 'STORED' },
    ])
  },
)
