import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, colleagueOf, enterTestPerson, phone } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { admit } from '#register/admit.ts'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Purpose } from '#description/purposes.ts'
import { createAudioServer } from '#use/playback/serve-audio.ts'
import { endListening } from '#use/playback/end-listening.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { readContact, revealCaller } from '#use/search/read-contact.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const pool = database.as().pool
const now = () => Temporal.Now.instant()

async function grantFor(session: Session, purpose: Purpose = 'DEVELOPMENT'): Promise<Grant> {
  const grant = await requestGrant(desk, session, { purpose, action: 'contacts.listed' }, now())
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

const sari = await enterTestPerson(admin, desk, {
  name: 'Sari Niemi',
  phone: '029 512 1077',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

/** Makes the log unwritable from here on. */
async function breakLog() {
  await pool.query('alter table audit_entry add constraint broken check (false) not valid')
}
afterEach(() => pool.query('alter table audit_entry drop constraint if exists broken'))

describe('with a log that is not writable', () => {
  test('no view returns anything, and no operation succeeds', async () => {
    const session = await sari.signIn()
    const grant = await grantFor(session)
    const recording = await register.record({ official: colleagueOf(sari) })
    await ingestRecording(register.ingest, recording.id, now())
    const listening = await startListening(desk, grant, recording.id, now())
    if (typeof listening === 'string') throw new Error(listening)
    await breakLog()
    await expect(listContacts(desk, grant, { limit: 10 })).rejects.toThrow('broken')
    await expect(readContact(desk, grant, recording.contactId)).rejects.toThrow('broken')
    await expect(revealCaller(desk, grant, recording.contactId)).rejects.toThrow('broken')
    await expect(startListening(desk, grant, recording.id, now())).rejects.toThrow('broken')
    await expect(endListening(desk, session, listening.id)).rejects.toThrow('broken')
    await expect(signOut(desk, session, now())).rejects.toThrow('broken')
    const password = { userId: sari.userId, password: 'a good long password' }
    await expect(signIn(desk, password, now())).rejects.toThrow('broken')
    await expect(signIn(desk, { ...password, password: 'wrong' }, now())).rejects.toThrow('broken')
    await expect(admit(capture, callFacts())).rejects.toThrow('broken')
  })

  test('no byte of audio is sent', async () => {
    const session = await sari.signIn()
    const recording = await register.record({ official: colleagueOf(sari) })
    await ingestRecording(register.ingest, recording.id, now())
    const listening = await startListening(desk, await grantFor(session), recording.id, now())
    if (typeof listening === 'string') throw new Error(listening)
    const server = createAudioServer(custodian, register.objects, register.keys)
    await pool.query('alter table listening_range add constraint broken check (false) not valid')
    const request = { session: session.token, listening: listening.id, from: 0 }
    await expect(server.audio(request)).rejects.toThrow('broken')
    await pool.query('alter table listening_range drop constraint broken')
    expect(await server.audio(request)).toMatchObject({ from: 0 })
  })
})

test('a view and its entry are written in one transaction', async () => {
  const grant = await grantFor(await sari.signIn())
  const access = await viewUnderGrant(desk, grant, async (tx) => ({
    found: (await sql<{ id: string }>`select pg_current_xact_id()::xid::text as id`.execute(tx)).rows[0]?.id,
    trace: {
      action: 'contact.read' as const,
      result: 'ok' as const,
      object: { kind: 'contact' as const, id: sari.id },
    },
  }))
  const { rows } = await pool.query(
    "select xmin::text as id from audit_entry where object_kind = 'contact' and object_id = $1",
    [sari.id],
  )
  expect(rows).toEqual([{ id: access }])
})

test('after every operation the log contains no name, number, user id or search text', async () => {
  const caller = phone('050 987 6543')
  const official = { personId: sari.id, unitId: sari.unitId, name: 'Sari Niemi', phone: phone('029 512 1077') }
  const recording = await register.record({ caller: { kind: 'e164', key: caller, raw: '0509876543' }, official })
  await ingestRecording(register.ingest, recording.id, now())
  const session = await sari.signIn()
  const grant = await grantFor(session)
  await listContacts(desk, grant, { limit: 10, caller: '050 987 6543', official: 'Niemi', number: '029 497 000' })
  await readContact(desk, grant, recording.contactId)
  await revealCaller(desk, grant, recording.contactId)
  const listening = await startListening(desk, grant, recording.id, now())
  if (typeof listening === 'string') throw new Error(listening)
  await createAudioServer(custodian, register.objects, register.keys).audio({
    session: session.token,
    listening: listening.id,
    from: 0,
  })
  await endListening(desk, session, listening.id)
  await signIn(desk, { userId: 'Niemi.Sari', password: 'my dog is called Rex' }, now())
  await signOut(desk, session, now())
  const { rows } = await pool.query<{ entry: string }>('select to_jsonb(audit_entry)::text as entry from audit_entry')
  const log = rows.map(({ entry }) => entry).join('\n')
  expect(log).toContain(recording.contactId)
  const personal = [
    'Niemi',
    'niemi',
    'Sari',
    caller.slice(4),
    '9876543',
    '987 6543',
    '5121077',
    '29497000',
    '497 000',
    'Rex',
  ]
  for (const word of [...personal, sari.userId, session.token, 'sari']) expect(log).not.toContain(word)
  expect(rows.length).toBeGreaterThan(10)
})
