import { expect, test } from 'vitest'
import type { Purpose } from '#description/purposes.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { readContact } from '#use/search/read-contact.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '../database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()
const unit = 'Henkilöverotus'

test('a call shows its official and their supervisor under which purposes it was listened to, except by the security unit', async () => {
  const official = await grantTo('OFFICIAL', 'DEVELOPMENT', 'own')
  const supervisor = await grantTo('SUPERVISOR', 'DEVELOPMENT', 'their unit')
  const security = await grantTo('SECURITY', 'CRIME_OR_MISUSE', 'all')
  const recording = recordingFacts()
  const { contactId } = await admit(
    database.as('seloste_capture').db,
    callFacts({
      official: {
        personId: official.session.personId,
        unitId: await enterUnit(admin, unit),
        name: 'Aino Virtanen',
        phone: phone('029 512 1001'),
      },
      recording,
    }),
  )
  await admin.updateTable('recording').set({ kept_at: now() }).where('id', '=', recording.id).execute()
  for (const grant of [official, security]) {
    expect(await startListening(desk, grant, recording.id, now())).toHaveProperty('id')
  }

  expect(await viewsOf(contactId, official)).toEqual(['DEVELOPMENT'])
  expect(await viewsOf(contactId, supervisor)).toEqual(['DEVELOPMENT'])
  expect((await viewsOf(contactId, security)).sort()).toEqual(['CRIME_OR_MISUSE', 'DEVELOPMENT'])
})

async function grantTo(
  role: 'OFFICIAL' | 'SUPERVISOR' | 'SECURITY',
  purpose: Purpose,
  reach: 'own' | 'all' | 'their unit',
): Promise<Grant> {
  const person = await enterTestPerson(admin, desk, {
    name: role,
    unit,
    right: {
      role,
      purposes: [purpose],
      scope: reach === 'their unit' ? reach : { kind: reach, units: [], numbers: [] },
    },
  })
  const request = { purpose, reference: 'case 1', action: 'listening.started' as const }
  const grant = await requestGrant(desk, await person.signIn(), request, now())
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

async function viewsOf(contactId: string, grant: Grant): Promise<string[]> {
  const contact = await readContact(desk, grant, contactId)
  if (contact === 'not-found') throw new Error(contact)
  return contact.segments.flatMap(({ looks }) => looks.map(({ purpose }) => purpose))
}
