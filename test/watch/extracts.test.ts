import { describe, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Purpose } from '#description/purposes.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { readContact, revealCaller } from '#use/search/read-contact.ts'
import { extractViews } from '#use/watch/extract-views.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, recordingFacts } from '#test/database/people.ts'
import { viewsOfMyCalls } from '#safeguards/watch/views-of-calls.ts'
import { servedRequest } from '#test/requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const now = () => Temporal.Now.instant()
const all = { kind: 'all' as const, units: [], numbers: [] }
const own = { kind: 'own' as const, units: [], numbers: [] }
const official = { role: 'OFFICIAL' as const, purposes: ['DEVELOPMENT', 'INSPECTION'] as Purpose[], scope: own }

const aino = await enterTestPerson(admin, desk, { name: 'Aino', right: official })
const bertil = await enterTestPerson(admin, desk, { name: 'Bertil', right: official })
const sari = await enterTestPerson(admin, desk, {
  name: 'Sari',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const matti = await enterTestPerson(admin, desk, {
  name: 'Matti',
  unit: 'Ylläpito',
  right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: all },
})
const tuula = await enterTestPerson(admin, desk, {
  name: 'Tuula',
  unit: 'Turvallisuus',
  right: { role: 'SECURITY', purposes: ['CRIME_OR_MISUSE'], scope: all },
})
const paula = await enterTestPerson(admin, desk, {
  name: 'Paula',
  unit: 'Palvelu',
  right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: all },
})
const sessions = {
  aino: await aino.signIn(),
  bertil: await bertil.signIn(),
  sari: await sari.signIn(),
  matti: await matti.signIn(),
  tuula: await tuula.signIn(),
  paula: await paula.signIn(),
}

async function grantFor(session: Session, purpose: Purpose, reference = 'R-1') {
  const grant = await requestGrant(desk, session, { purpose, reference, action: 'contact.read' }, now())
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

/** Makes a recorded call of an official, by default Aino's. */
async function call(person = aino, given: { startedAt?: Temporal.Instant } = {}) {
  const recording = recordingFacts()
  const facts = callFacts({
    official: { personId: person.id, unitId: aino.unitId, name: 'Aino', phone: '+358295121001' as never },
    recording,
    ...given,
  })
  const { contactId } = await admit(capture, facts)
  await admin.updateTable('recording').set({ kept_at: now() }).where('id', '=', recording.id).execute()
  return { contactId, recordingId: recording.id }
}

const aroundNow = () => ({ from: now().subtract({ hours: 1 }), to: now().add({ hours: 1 }) })
const viewsOf = (session: Session) => viewsOfMyCalls(desk, session, aroundNow())

describe('an official’s extract', () => {
  test('reports every view of their own calls by other people: when, role, unit and purpose, but never who', async () => {
    const ownCall = await call()
    await call(bertil)
    const grant = await grantFor(sessions.sari, 'QUALITY')
    await readContact(desk, grant, ownCall.contactId)
    await revealCaller(desk, grant, ownCall.contactId)
    expect(await startListening(desk, grant, ownCall.recordingId, now())).toHaveProperty('id')
    await listContacts(desk, grant, { limit: 10 })
    await listContacts(desk, grant, { limit: 10 })
    const views = await viewsOf(sessions.aino)
    expect(views.map(({ kind }) => kind).sort()).toEqual(['listened', 'read', 'revealed', 'shown'])
    for (const view of views) {
      expect(view).toMatchObject({ role: 'SUPERVISOR', purpose: 'QUALITY', unit: 'Henkilöverotus', calls: 1 })
      if (view.kind !== 'shown') expect(view.contact).toMatchObject({ id: ownCall.contactId })
    }
    for (const user of [sari.id, sari.userId, 'Sari']) expect(JSON.stringify(views)).not.toContain(user)
    const { rows } = await pool.query(
      `select person_id, object_id, result from audit_entry where action = 'extract.read' order by seq desc limit 1`,
    )
    expect(rows).toEqual([{ person_id: aino.id, object_id: aino.id, result: 'ok' }])
  })

  test('contains neither their own views, nor the security unit’s, nor views of other officials’ calls', async () => {
    const [ainos, bertils] = [await call(), await call(bertil)]
    const before = (await viewsOf(sessions.aino)).length
    await readContact(desk, await grantFor(sessions.aino, 'DEVELOPMENT'), ainos.contactId)
    const security = await grantFor(sessions.tuula, 'CRIME_OR_MISUSE')
    await readContact(desk, security, ainos.contactId)
    await startListening(desk, security, ainos.recordingId, now())
    await listContacts(desk, security, { limit: 10 })
    await readContact(desk, await grantFor(sessions.matti, 'MAINTENANCE'), bertils.contactId)
    expect(await viewsOf(sessions.aino)).toHaveLength(before)
    expect((await viewsOf(sessions.bertil)).at(0)).toMatchObject({ role: 'MAINTENANCE', unit: 'Ylläpito' })
  })

  test('names the unit that the viewer had at that time', async () => {
    const ownCall = await call()
    await readContact(desk, await grantFor(sessions.matti, 'MAINTENANCE'), ownCall.contactId)
    await pool.query(`update person_placement set valid_to = now() where person_id = $1`, [matti.id])
    const [view] = await viewsOf(sessions.aino)
    expect(view).toMatchObject({ role: 'MAINTENANCE', unit: 'Ylläpito' })
    await readContact(desk, await grantFor(sessions.matti, 'MAINTENANCE'), ownCall.contactId)
    expect((await viewsOf(sessions.aino))[0]).toMatchObject({ role: 'MAINTENANCE', unit: null })
  })

  test('no longer contains a call whose history has ended, whether or not the sweep has deleted it', async () => {
    const ended = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months: 14, minutes: 1 }).toInstant()
    const before = (await viewsOf(sessions.bertil)).length
    const { contactId } = await call(bertil)
    await readContact(desk, await grantFor(sessions.matti, 'MAINTENANCE'), contactId)
    expect(await viewsOf(sessions.bertil)).toHaveLength(before + 1)
    await pool.query(`update contact set history_ends_at = $2 where id = $1`, [contactId, ended.toString()])
    expect(await viewsOf(sessions.bertil)).toHaveLength(before)
  })

  test('is refused without a session', async () => {
    await expect(viewsOfMyCalls(desk, { ...sessions.aino, token: 'made up' }, aroundNow())).rejects.toThrow(
      'session.none',
    )
  })
})

describe('the extract of a call', () => {
  test('can be made for an inspection only, and is logged with the request’s number', async () => {
    const { contactId } = await call()
    await readContact(desk, await grantFor(sessions.sari, 'TRAINING'), contactId)
    await readContact(desk, await grantFor(sessions.tuula, 'CRIME_OR_MISUSE'), contactId)
    const { number } = await servedRequest(admin, { clerkId: paula.id, contacts: [contactId] })
    const extract = await extractViews(desk, await grantFor(sessions.paula, 'INSPECTION', number), contactId)
    if (extract === 'not-found') throw new Error(extract)
    expect(extract.views).toMatchObject([
      { kind: 'read', role: 'SUPERVISOR', purpose: 'TRAINING', unit: 'Henkilöverotus' },
    ])
    expect(JSON.stringify(extract)).not.toContain(sari.id)
    const { rows } = await pool.query(
      `select person_id, purpose, reference, object_id from audit_entry where action = 'extract.read' order by seq desc limit 1`,
    )
    expect(rows).toEqual([{ person_id: paula.id, purpose: 'INSPECTION', reference: number, object_id: contactId }])
    // Tries another request, a call that is not verified as the requester's yet, and no request.
    const { number: other } = await servedRequest(admin, { clerkId: paula.id })
    const { number: found } = await servedRequest(admin, { clerkId: paula.id, contacts: [contactId], state: 'FOUND' })
    for (const reference of [other, found, 'R-1']) {
      expect(await extractViews(desk, await grantFor(sessions.paula, 'INSPECTION', reference), contactId)).toBe(
        'not-found',
      )
    }
    await expect(extractViews(desk, await grantFor(sessions.matti, 'MAINTENANCE'), contactId)).rejects.toThrow(
      'deny.purpose',
    )
  })

  test('does not exist for another requester’s call, and the database does not reveal it directly either', async () => {
    const { contactId } = await call(bertil)
    await readContact(desk, await grantFor(sessions.matti, 'MAINTENANCE'), contactId)
    const grant = await grantFor(sessions.aino, 'INSPECTION')
    expect(await extractViews(desk, grant, contactId)).toBe('not-found')
    const client = await database.as('seloste_desk').pool.connect()
    await client.query('begin')
    await client.query(
      `select set_config('seloste.session', $1, true), set_config('seloste.purpose', 'INSPECTION', true)`,
      [sessions.aino.token],
    )
    expect((await client.query('select * from accesses_to_contact($1)', [contactId])).rows).toEqual([])
    await client.query('rollback')
    client.release()
  })
})
