// Requests for official documents, and of people mentioned in calls (C11, C12; L13, L14; LX6), entered by a clerk who
// sees no call for them.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { answer } from '../register/open-desk.ts'
import { openGdprServiceUnit } from './open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, ask: request, people, entries, served } = acts

type Party = 'OUTSIDER' | 'MENTIONED' | 'CALLER'
const enter = (party: Party, kinds: string[]) =>
  request('paula', 'POST', '/api/requests', {
    ...{ party, kinds, channel: 'EMAIL', language: 'fi' },
    receivedAt: Temporal.Now.instant().subtract({ minutes: 5 }).toString(),
    requester: { name: 'Tiina Toimittaja' },
  })
const report = {
  day: Temporal.Now.plainDateISO('Europe/Helsinki').subtract({ days: 10 }).toString(),
  time: '12:00',
  accuracy: 'HOURS',
  callerNumber: '040 123 4567',
}
const decide = (id: string, json: object, name: 'riitta' | 'paula' = 'riitta') =>
  request(name, 'POST', `/api/requests/${id}/openness-decision`, json)
const secret = { outcome: 'SECRET', provision: 'Laki 1346/1999 4 §' }

test('an outsider’s request for an official document is decided by the decision maker, with the provision, and the clerk sees no call (LX6)', async () => {
  await makeRecording()
  const entered = await enter('OUTSIDER', ['OPENNESS'])
  expect(entered.status).toBe(201)
  const id = entered.body['id'] as string
  await request('paula', 'POST', `/api/requests/${id}/identification`, { how: 'PASSPORT' })
  const named = await request('paula', 'POST', `/api/requests/${id}/calls`, report)
  expect(named).toMatchObject({ status: 400, code: 'request.not-offered' })

  const listDecisions = async () => {
    const { body } = await request('riitta', 'GET', '/api/request-decisions')
    return (body['openness'] as { requestId: string }[]).find(({ requestId }) => requestId === id)
  }
  expect(await listDecisions()).toEqual({
    requestId: id,
    number: entered.body['number'],
    receivedAt: expect.any(String),
    dueAt: expect.any(String),
  })
  expect((await decide(id, secret, 'paula')).code).toBe('deny.role')
  expect((await decide(id, secret)).status).toBe(204)
  expect(await listDecisions()).toMatchObject({ decision: { ...secret, by: { id: people.riitta.id, name: 'Riitta' } } })
  expect((await decide(id, { ...secret, outcome: 'REFERRED', leadsTo: 'AUTHORITY' })).code).toBe('openness.decided')
  const [entry] = await entries('openness.decided')
  expect(entry).toMatchObject({ person_id: people.riitta.id, reference: entered.body['number'], object_id: id })
  // The log has ids only.
  expect(JSON.stringify(entry)).not.toMatch(/Tiina|1346\/1999/)
})

test('a decision names the provision, and needs a request for an official document only', async () => {
  const { body } = await enter('OUTSIDER', ['OPENNESS'])
  expect((await decide(body['id'] as string, { outcome: 'SECRET', provision: ' ' })).code).toBe('input.invalid')
  // Code of an invented person: individual numbers from 900 on are never assigned.
  const coded = await decide(body['id'] as string, {
    ...secret,
    provision: 'Hakija 010190-951' + '0123456789ABCDEFHJKLMNPRSTUVWXY'[10190951 % 31]!,
  })
  expect([coded.code, coded.field]).toEqual(['input.identity-code', 'provision'])
  const other = await served({ kinds: ['KNOW'] })
  expect((await decide(other.id, secret)).code).toBe('not-found')
})

test('the clerk who entered the request cannot decide on it', async () => {
  const { body } = await enter('OUTSIDER', ['OPENNESS'])
  await sql`update subject_request set entered_by = ${people.riitta.id} where id = ${body['id']}`.execute(
    database.as().db,
  )
  expect((await decide(body['id'] as string, secret)).code).toBe('openness.own')
})

test('a request for an official document is never mixed with a data subject’s own request (L13)', async () => {
  expect((await enter('CALLER', ['KNOW', 'OPENNESS'])).code).toBe('request.not-offered')
  expect((await enter('OUTSIDER', ['COPY'])).code).toBe('request.not-offered')
})

test('a mentioned person is served manually: their request has its deadline, and finds no call (C12)', async () => {
  const entered = await enter('MENTIONED', ['MENTIONED'])
  expect(entered.status).toBe(201)
  const id = entered.body['id'] as string
  await request('paula', 'POST', `/api/requests/${id}/identification`, { how: 'PASSPORT' })
  expect(await request('paula', 'POST', `/api/requests/${id}/calls`, report)).toMatchObject({
    status: 400,
    code: 'request.not-offered',
  })
  const recording = await makeRecording()
  expect(
    (
      await request('paula', 'POST', `/api/requests/${id}/copies`, {
        recordingId: recording.id,
        method: 'PASSPHRASE',
        othersRights: 'WEIGHED',
      })
    ).code,
  ).toBe('request.not-asked')
})

const everywhere = { kind: 'all' as const, units: [], numbers: [] }

test('a referral allows one kind of disclosure; whoever prepares it learns the referral’s number, but not the requester, and accepts the referral once', async () => {
  const { people: staff, admin, desk } = acts
  const right = {
    role: 'EXPERT',
    duty: 'QUALITY',
    purposes: ['SERVICE_LEVEL_STUDY' as const],
    scope: everywhere,
  } as const
  const expert = await enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Eero',
    right: { ...right, purposes: [...right.purposes] },
  })
  const browser = await desk.signIn(expert)
  const requested = (name: 'tuula' | 'eero' | 'paula', method: string, path: string, json?: object) =>
    name === 'eero' ? answer(browser.fetch(path, { method, ...(json && { json }) })) : request(name, method, path, json)
  const entered = await enter('OUTSIDER', ['OPENNESS'])
  const id = entered.body['id'] as string
  const referred = { ...secret, outcome: 'REFERRED' }
  expect(await decide(id, referred)).toMatchObject({ status: 400, code: 'openness.leads-nowhere', field: 'leadsTo' })
  expect((await decide(id, { ...secret, leadsTo: 'RESEARCH' })).code).toBe('openness.leads-nowhere')
  expect((await decide(id, { ...referred, leadsTo: 'AUTHORITY' })).status).toBe(204)
  const list = (name: 'tuula' | 'eero' | 'paula', kind: string) => requested(name, 'GET', `/api/referrals?kind=${kind}`)
  for (const [name, kind] of [
    ['eero', 'AUTHORITY'],
    ['tuula', 'RESEARCH'],
    ['paula', 'AUTHORITY'],
  ] as const)
    expect(await list(name, kind)).toMatchObject({ status: 403, code: 'deny.role' })
  expect((await list('eero', 'RESEARCH')).body).toEqual({ items: [] })
  const { body } = await list('tuula', 'AUTHORITY')
  expect(body['items']).toEqual([
    {
      requestId: id,
      number: entered.body['number'],
      provision: secret.provision,
      ...{ receivedAt: expect.any(String), dueAt: expect.any(String), referredAt: expect.any(String) },
    },
  ])
  expect(JSON.stringify(body)).not.toContain('Tiina')

  const { rows } = await sql<{ id: string; number: string }>`
    insert into authority_disclosure (number, origin, authority, officer, case_number, aim, received_at, entered_by)
    values (next_disclosure_number('V'), 'REQUEST', 'Poliisi', 'N. N.', 'R/1', 'INVESTIGATION', now(), ${staff.tuula.id}) returning id, number`.execute(
    admin,
  )
  const disclosure = rows[0]!
  const acceptReferral = (name: 'tuula' | 'eero', kind: string, disclosureId = disclosure.id) =>
    requested(name, 'POST', `/api/referrals/${id}/disclosure`, { kind, disclosureId })
  expect((await acceptReferral('eero', 'AUTHORITY')).code).toBe('deny.role')
  expect((await acceptReferral('eero', 'RESEARCH')).code).toBe('not-found')
  expect((await acceptReferral('tuula', 'AUTHORITY', id)).code).toBe('not-found')
  const asClerk = async () => (await request('paula', 'GET', `/api/requests/${id}`)).body['openness']
  expect(await asClerk()).not.toHaveProperty('takenUpAt')
  expect((await acceptReferral('tuula', 'AUTHORITY')).status).toBe(204)
  expect((await acceptReferral('tuula', 'AUTHORITY')).code).toBe('referral.taken-up')
  // The clerk sees that the referral was accepted, and nothing of the disclosure.
  expect(await asClerk()).toMatchObject({
    outcome: 'REFERRED',
    leadsTo: 'AUTHORITY',
    takenUpAt: expect.any(String) as string,
  })
  expect(JSON.stringify(await asClerk())).not.toContain(disclosure.number)
  // A desk that reads the table directly sees nothing of the disclosure either; other people see no row of the table.
  const leads = async (user: { signIn: () => Promise<Session> }, columns: string) => {
    const session = await user.signIn()
    const pending = inSession(database.as('seloste_desk').db, { 'seloste.session': session.token }, (tx) =>
      sql`select ${sql.raw(columns)} from openness_lead where request_id = ${id}`.execute(tx),
    )
    return (await pending).rows
  }
  expect(await leads(staff.paula, 'taken_up_at')).toHaveLength(1)
  for (const other of [staff.tuula, staff.riitta, expert]) expect(await leads(other, 'taken_up_at')).toEqual([])
  await expect(leads(staff.paula, 'authority_id')).rejects.toThrow('permission denied')
  const decisions = (await request('riitta', 'GET', '/api/request-decisions')).body['openness'] as {
    requestId: string
  }[]
  expect(decisions.find(({ requestId }) => requestId === id)).toMatchObject({
    decision: { disclosure: disclosure.number },
  })
  expect((await list('tuula', 'AUTHORITY')).body['items']).toMatchObject([
    { requestId: id, takenUp: { disclosureId: disclosure.id, disclosureNumber: disclosure.number } },
  ])
  expect(await entries('referral.taken-up')).toMatchObject([
    { person_id: staff.tuula.id, reference: entered.body['number'], object_id: disclosure.id, detail: { request: id } },
  ])
})

test('deciding on an official document at an unattended desk needs a new proof of identity', async () => {
  const { body } = await enter('OUTSIDER', ['OPENNESS'])
  const id = body['id'] as string
  await acts.as('riitta')
  const proveIdentity = (ago: string) =>
    sql`update session set proved_at = now() - ${ago}::interval where person_id = ${people.riitta.id}`.execute(
      acts.admin,
    )
  await proveIdentity('16 minutes')
  expect(await decide(id, secret)).toMatchObject({ status: 403, code: 'confirm.fresh' })
  await proveIdentity('1 minute')
  expect((await decide(id, secret)).status).toBe(204)
})
