/** A listening ends when a correction assigns its call to an official who is not the listener's (R37, R39). */
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '../database/people.ts'
import { answer, beginListening } from '../register/open-desk.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, ask: send, admin, people, desk, entries } = await openGdprServiceUnit(database)

/** A recording of a call that Aino answered two days ago. */
async function callOfAino() {
  const endedAt = Temporal.Now.instant().subtract({ hours: 48 })
  const recording = await makeRecording({
    startedAt: endedAt.subtract({ minutes: 5 }),
    answeredAt: endedAt.subtract({ minutes: 4 }),
    endedAt,
  })
  return { ...recording, request: await served({ contacts: [recording.contactId] }) }
}

async function correct({ request, segmentId }: Awaited<ReturnType<typeof callOfAino>>, official: TestPerson) {
  const path = `/api/requests/${request.id}/corrections`
  const { body } = await send('paula', 'POST', path, { segmentId, officialUserId: official.userId })
  const decided = await send('riitta', 'POST', `/api/corrections/${body['id'] as string}/decision`, {
    outcome: 'APPROVED',
  })
  expect(decided.status).toBe(204)
}

const right = { purposes: ['DEVELOPMENT' as const] }

test.each<[string, Parameters<typeof enterTestPerson>[2]['right']]>([
  ['the call’s former official', undefined],
  ['the supervisor of the former official’s unit', { ...right, role: 'SUPERVISOR', scope: 'their unit' }],
])(
  'a correction ends the listening of %s, and the listening of the call’s new official continues',
  async (_user, listenersRight) => {
    const call = await callOfAino()
    const enter = (details: Parameters<typeof enterTestPerson>[2]) =>
      enterTestPerson(admin, database.as('seloste_desk').db, details)
    const own = { kind: 'own' as const, units: [], numbers: [] }
    const cecilia = await enter({
      name: 'Cecilia',
      unit: 'Toinen yksikkö',
      right: { ...right, role: 'OFFICIAL', scope: own },
    })
    const listener = listenersRight ? await enter({ name: 'Esa', right: listenersRight }) : people.aino
    const [before, after, tuula] = await Promise.all([listener, cecilia, people.tuula].map((user) => desk.signIn(user)))
    if (!before || !after || !tuula) throw new Error('somebody has not signed in')
    const range = { headers: { range: 'bytes=0-99' } }
    const listening = await beginListening(before, call.id)
    expect((await before.fetch(listening.audio, range)).status).toBe(206)
    const ofSecurity = await answer(
      tuula.fetch(`/api/recordings/${call.id}/listenings`, { json: { purpose: 'CRIME_OR_MISUSE', reference: 'R-1' } }),
    )
    const followed = await before.fetch(`/api/listenings/${listening.id}/events`)
    await correct(call, cecilia)
    expect(await followed.text()).toMatch(/event: ended\ndata: \{"why":"right".*\}\n\n$/)
    expect(await answer(before.fetch(listening.audio, range))).toMatchObject({ status: 403, code: 'deny.expired' })
    expect((await before.fetch(listening.peaks)).status).toBe(403)
    expect((await tuula.fetch(ofSecurity.body['audio'] as string, range)).status).toBe(206)
    const newListening = await beginListening(after, call.id)
    expect((await after.fetch(newListening.audio, range)).status).toBe(206)
    const started = (await entries('listening.started')).filter(({ object_id: id }) => id === call.id)
    expect(started).toHaveLength(3)
  },
)
