// R43, R51: a prohibition waits for inspections that were open before it, also if the clock was set back in between.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { answer } from '../register/open-desk.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, admin, desk, stateOf } = await openGdprServiceUnit(database)
const maija = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Maija',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT', 'INSPECTION'], scope: { kind: 'own', units: [], numbers: [] } },
})
const official = { personId: maija.id, unitId: maija.unitId, name: 'Maija', phone: phone('029 512 1001') }

test.each([0, 2])(
  'a caller’s open inspection keeps a recording that its official forbids after the clock was set back by %i hours',
  async (hours) => {
    const { id: recording, contactId } = await makeRecording({ official })
    await served({ contacts: [contactId], kinds: ['LISTEN'] })
    // The request was received while the clock was this many hours ahead.
    await sql`update inspection set received_at = received_at + make_interval(hours => ${hours}),
      opened_at = opened_at + make_interval(hours => ${hours}) where contact_id = ${contactId}`.execute(admin)
    await sql`update clock_mark set at = greatest(at, now() + make_interval(hours => ${hours}))`.execute(admin)
    const browser = await desk.signIn(maija)
    const json = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
    await answer(browser.fetch(`/api/recordings/${recording}/prohibitions`, { json }))
    expect((await stateOf(recording)).state).toBe('RESTRICTED')
  },
)
