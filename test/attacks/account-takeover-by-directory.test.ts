/**
 * Nobody can take over another person's identity alone (R20, R21, R36-R41). The tests try what one administrator, or
 * somebody with an administrator's session, might try.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, phone, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const pool = database.as().pool
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const validPassword = 'kolme harmaata hanhea'

type Right = NonNullable<Parameters<typeof enterTestPerson>[2]['right']>
const enter = (name: string, right?: Right, more: { phone?: string; unit?: string } = {}) =>
  enterTestPerson(admin, database.as('seloste_desk').db, { name, ...(right && { right }), ...more })
const rightTo = (role: Right['role']): Right => ({ role, purposes: [], scope: nothing })
const official: Right = {
  role: 'OFFICIAL',
  purposes: ['DEVELOPMENT'],
  scope: { kind: 'own', units: [], numbers: [] },
}
const anssi = await enter('Anssi', rightTo('ADMINISTRATOR'))
const bea = await enter('Bea', rightTo('ADMINISTRATOR'))
const paula = await enter('Paula', rightTo('ACCESS_APPROVER'))

let numbers = 7000
let aino: TestPerson
let bertil: TestPerson
let ainosNumber: string
let attacker: Browser
let second: Browser
beforeAll(async () => {
  attacker = await desk.signIn(anssi)
  second = await desk.signIn(bea)
})

/** Enters two officials. The first has a number and a unit that the second wants. */
async function enterOfficials(): Promise<void> {
  numbers += 1
  ainosNumber = `029 512 ${numbers}`
  aino = await enter('Aino', official, { phone: ainosNumber, unit: 'Perintä' })
  bertil = await enter('Bertil', official, { phone: `029 512 ${numbers + 1000}`, unit: 'Neuvonta' })
}
beforeAll(enterOfficials)

const post = (by: Browser, path: string, json: object = {}) => answer(by.fetch(path, { json }))
const signsIn = async (user: TestPerson, secret: string) =>
  (await post(desk.visitor, '/api/session', { userId: user.userId, password: secret })).status
const phonesOf = async (user: TestPerson) =>
  (await answer(attacker.fetch(`/api/people/${user.id}`))).body['phones'] as string[]
const pendingChanges = async (by: Browser, user: TestPerson) => {
  const { body } = await answer(by.fetch(`/api/directory-changes?person=${user.id}`))
  return body['items'] as { id: string; kind: string; mayDecide: boolean }[]
}
const alarmsOf = async (kind: string, user: TestPerson) => {
  await raiseAlarms(database.as('seloste_custodian').db, [], Temporal.Now.instant())
  const { rows } = await pool.query('select person_id from alarm where kind = $1 and object_id = $2', [kind, user.id])
  return rows.map((row: { person_id: string | null }) => row.person_id)
}

async function requestLink(user: TestPerson): Promise<string> {
  const made = await post(attacker, `/api/people/${user.id}/links`)
  expect(made.status).toBe(201)
  return (made.body['path'] as string).replace('/welcome#', '')
}

describe('a one-time link', () => {
  test('requested by one administrator does not open an account, neither of an official nor of a person who becomes an official', async () => {
    const newcomer = await enter('Uusi')
    for (const user of [aino, newcomer]) {
      const token = await requestLink(user)
      expect(await post(desk.visitor, '/api/links/use', { token, password: validPassword })).toMatchObject({
        status: 403,
      })
      expect(await signsIn(user, validPassword)).toBe(401)
      expect(await signsIn(user, password)).toBe(200)
    }
  })

  test('is released by another person, who gets a code but no link, while the requester has the link but no code', async () => {
    const token = await requestLink(aino)
    const [change] = await pendingChanges(attacker, aino)
    const decision = `/api/directory-changes/${change?.id}/decision`
    expect(await post(attacker, decision, { confirm: true })).toMatchObject({ status: 403, code: 'change.own' })
    const own = await desk.signIn(aino)
    expect(await post(own, decision, { confirm: true })).toMatchObject({ status: 403, code: 'deny.role' })
    const released = await post(second, decision, { confirm: true })
    expect(released.status).toBe(200)
    expect(JSON.stringify(released.body)).not.toContain(token)
    for (let guess = 0; guess < 5; guess += 1) {
      expect(
        await post(desk.visitor, '/api/links/use', { token, password: validPassword, code: `guess${guess}` }),
      ).toMatchObject({
        status: 403,
        code: 'link.code',
      })
    }
    // After five wrong codes even the right code is refused.
    const { code } = released.body
    expect(await post(desk.visitor, '/api/links/use', { token, password: validPassword, code })).toMatchObject({
      status: 404,
    })
  })

  test('sets the password with its code, and keeps the second factor, which is then required', async () => {
    const lost = await enter('Unohtanut', official)
    await pool.query(
      "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
      [lost.id],
    )
    const token = await requestLink(lost)
    const [change] = await pendingChanges(second, lost)
    const { body } = await post(second, `/api/directory-changes/${change?.id}/decision`, { confirm: true })
    expect(
      await post(desk.visitor, '/api/links/use', { token, password: validPassword, code: body['code'] }),
    ).toMatchObject({
      status: 200,
    })
    expect(await post(desk.visitor, '/api/session', { userId: lost.userId, password: validPassword })).toMatchObject({
      status: 401,
      code: 'session.second-factor',
    })
  })

  test('for a person with rights, or with requested rights, raises an alarm, and the person is informed at the next sign-in', async () => {
    const request = await enter('Pyydetty')
    await pool.query(
      `insert into right_request (batch_id, person_id, role, purposes, scope_kind, scope_units, scope_numbers, reason, valid_to, requested_by)
       values (gen_random_uuid(), $1, 'OFFICIAL', '{DEVELOPMENT}', 'own', '{}', '{}', 'x', now() + interval '1 month', $2)`,
      [request.id, bea.id],
    )
    for (const user of [aino, request]) {
      await requestLink(user)
      expect(await alarmsOf('links', user)).toEqual([anssi.id])
      const { body } = await answer((await desk.signIn(user)).fetch('/api/account/notices'))
      expect(body['items']).toContainEqual(
        expect.objectContaining({ kind: 'link-made', by: 'administrator', seen: false }),
      )
    }
  })
})

describe('another official’s number', () => {
  test('cannot be moved by one administrator, at once or in two steps, by form or by file', async () => {
    await enterOfficials()
    const from = '2026-01-01'
    const refused = await post(attacker, `/api/people/${bertil.id}/changes`, { from, addPhone: ainosNumber })
    expect(refused).toMatchObject({ status: 409, code: 'person.phone-taken' })
    const file = [`user_id;name;phone`, `${aino.userId};Aino;`, `${bertil.userId};Bertil;${ainosNumber}`].join('\n')
    const content = Buffer.from(file).toString('base64')
    expect(await post(attacker, '/api/people/import', { content, tryOnly: false })).toMatchObject({
      status: 200,
      body: { waiting: 1 },
    })
    // Until it is confirmed, calls are still Aino's.
    expect(await phonesOf(aino)).toEqual([ainosNumber])
    await post(attacker, `/api/people/${aino.id}/changes`, { from, endPhone: ainosNumber })
    await post(attacker, `/api/people/${bertil.id}/changes`, { from, addPhone: ainosNumber })
    const newcomer = await post(attacker, '/api/people', {
      ...{ userId: `x${randomUUID().slice(0, 8)}`, name: 'Bulvaani', employedFrom: from, phone: ainosNumber },
    })
    expect(newcomer.body['phones']).toEqual([])
    expect(await phonesOf(bertil)).not.toContain(ainosNumber)
    expect(await alarmsOf('directory', bertil)).toContain(anssi.id)
  })

  test('is moved once another person confirms it, and both officials are informed', async () => {
    await enterOfficials()
    const file = [`user_id;name;phone`, `${aino.userId};Aino;`, `${bertil.userId};Bertil;${ainosNumber}`].join('\n')
    await post(attacker, '/api/people/import', { content: Buffer.from(file).toString('base64'), tryOnly: false })
    const [change] = await pendingChanges(second, bertil)
    const decision = `/api/directory-changes/${change?.id}/decision`
    expect(await post(attacker, decision, { confirm: true })).toMatchObject({ status: 403, code: 'change.own' })
    expect((await post(await desk.signIn(paula), decision, { confirm: true })).status).toBe(200)
    expect(await phonesOf(bertil)).toEqual([ainosNumber])
    expect(await phonesOf(aino)).toEqual([])
    for (const user of [aino, bertil]) {
      const { body } = await answer((await desk.signIn(user)).fetch('/api/account/notices'))
      expect(body['items']).toContainEqual(expect.objectContaining({ kind: 'directory' }))
    }
  })

  test('is moved by the directory of record without a second person, with an alarm', async () => {
    await enterOfficials()
    await pool.query("insert into scim_token (name, hash) values ('Entra', sha256('entra')) on conflict do nothing")
    await inSession(database.as('seloste_desk').db, { 'seloste.scim': 'entra' }, async (tx) => {
      await tx
        .updateTable('person_phone')
        .set({ valid_to: Temporal.Now.instant() })
        .where('person_id', '=', aino.id)
        .execute()
      await tx
        .insertInto('person_phone')
        .values({
          person_id: bertil.id,
          phone_key: phone(ainosNumber),
          valid_from: Temporal.Now.instant(),
          valid_to: null,
        })
        .execute()
    })
    expect(await phonesOf(bertil)).toContain(ainosNumber)
    expect(await alarmsOf('directory', bertil)).toEqual([null])
  })
})

describe('an end that one administrator enters in the directory', () => {
  const from = '2026-01-01'
  const noticedEnds = async (user: TestPerson) => {
    const { body } = await answer((await desk.signIn(user)).fetch('/api/account/notices'))
    const items = body['items'] as { kind: string; ended?: string }[]
    return items.filter(({ kind }) => kind === 'directory-ended').map(({ ended }) => ended)
  }

  test('of a number raises an alarm, informs its holder, and gives the number to nobody else without a second person', async () => {
    await enterOfficials()
    expect((await post(attacker, `/api/people/${aino.id}/changes`, { from, endPhone: ainosNumber })).status).toBe(200)
    expect(await phonesOf(aino)).toEqual([])
    expect(await alarmsOf('directory', aino)).toEqual([anssi.id])
    expect(await noticedEnds(aino)).toEqual(['number'])
    const response = await post(attacker, `/api/people/${bertil.id}/changes`, { from, addPhone: ainosNumber })
    expect(response.status).toBe(202)
    expect(await phonesOf(bertil)).not.toContain(ainosNumber)
  })

  test('of an employment raises an alarm, informs the person, who can still sign in, and frees no number', async () => {
    await enterOfficials()
    const last = Temporal.Now.plainDateISO().add({ days: 2 })
    const early = { from: last.toString(), employedTo: last.toString() }
    expect((await post(attacker, `/api/people/${aino.id}/changes`, early)).status).toBe(200)
    expect(await alarmsOf('directory', aino)).toEqual([anssi.id])
    // The numbers end with the employment: one end is reported, not two.
    expect(await noticedEnds(aino)).toEqual(['employment'])
    const after = last.add({ days: 1 }).toString()
    await post(attacker, `/api/people/${bertil.id}/changes`, { from: after, addPhone: ainosNumber })
    const row = [`user_id;name;phone`, `${bertil.userId};Bertil;${ainosNumber}`].join('\n')
    await post(attacker, '/api/people/import', { content: Buffer.from(row).toString('base64'), tryOnly: false })
    expect(await phonesOf(bertil)).not.toContain(ainosNumber)
    const { rows } = await pool.query('select from person_phone where phone_key = $1 and person_id <> $2', [
      ...[phone(ainosNumber), aino.id],
    ])
    expect(rows).toEqual([])
  })

  test('by a file, or directly in the database, raises the alarm too', async () => {
    await enterOfficials()
    const file = [`user_id;name;phone`, `${aino.userId};Aino;`].join('\n')
    await post(attacker, '/api/people/import', { content: Buffer.from(file).toString('base64'), tryOnly: false })
    const { token } = await anssi.signIn()
    await inSession(database.as('seloste_desk').db, { 'seloste.session': token }, async (tx) => {
      await sql`delete from person_placement where person_id = ${bertil.id}`.execute(tx)
    })
    expect(await alarmsOf('directory', aino)).toEqual([anssi.id])
    expect(await alarmsOf('directory', bertil)).toEqual([anssi.id])
    expect(await noticedEnds(aino)).toEqual(['number'])
    expect(await noticedEnds(bertil)).toEqual(['place'])
  })

  test('raises no alarm if it is entered by the directory of record or confirmed by a second person, and neither does a beginning', async () => {
    await enterOfficials()
    await post(attacker, `/api/people/${aino.id}/changes`, { from, addPhone: `029 513 ${numbers}` })
    const later = Temporal.Now.plainDateISO().add({ months: 1 }).toString()
    await post(attacker, `/api/people/${aino.id}/changes`, { from: later, name: 'Aino Uusi' })
    const file = [`user_id;name;phone`, `${aino.userId};Aino;`, `${bertil.userId};Bertil;${ainosNumber}`].join('\n')
    await post(attacker, '/api/people/import', { content: Buffer.from(file).toString('base64'), tryOnly: false })
    expect(await noticedEnds(bertil)).toEqual([])
    for (const { id } of await pendingChanges(second, bertil)) {
      await post(second, `/api/directory-changes/${id}/decision`, { confirm: true })
    }
    expect(await phonesOf(bertil)).toEqual([ainosNumber])
    expect(await noticedEnds(bertil)).toEqual([])
    await enterOfficials()
    await pool.query("insert into scim_token (name, hash) values ('Okta', sha256('okta')) on conflict do nothing")
    await inSession(database.as('seloste_desk').db, { 'seloste.scim': 'okta' }, async (tx) => {
      await sql`update person set employed_to = now() + interval '1 day' where id = ${aino.id}`.execute(tx)
    })
    expect(await noticedEnds(aino)).toEqual(['employment'])
    expect(await alarmsOf('directory', aino)).toEqual([])
  })
})

test('moving an official to another unit or supervisor needs two people', async () => {
  await enterOfficials()
  const moved = await post(attacker, `/api/people/${aino.id}/changes`, { from: '2026-01-01', unit: 'Neuvonta' })
  expect(moved).toMatchObject({ status: 202, body: { unit: 'Perintä' } })
  const supervised = await post(attacker, `/api/people/${aino.id}/changes`, {
    from: '2026-01-01',
    supervisor: bertil.userId,
  })
  expect(supervised.status).toBe(202)
  expect(supervised.body).not.toHaveProperty('supervisor')
  for (const { id } of await pendingChanges(second, aino)) {
    expect((await post(second, `/api/directory-changes/${id}/decision`, { confirm: true })).status).toBe(200)
  }
  expect((await answer(attacker.fetch(`/api/people/${aino.id}`))).body).toMatchObject({
    unit: 'Neuvonta',
    supervisor: { id: bertil.id },
  })
})

test('a compromised desk with one administrator’s session cannot move an official directly in the database either', async () => {
  await enterOfficials()
  const { token } = await anssi.signIn()
  const number = phone(ainosNumber)
  const run = (...statements: string[]) =>
    inSession(database.as('seloste_desk').db, { 'seloste.session': token }, async (tx) => {
      for (const statement of statements) await sql.raw(statement).execute(tx)
    }).then(
      () => 'done',
      (error: { message: string }) => error.message,
    )
  const remove = `delete from person_phone where person_id = '${aino.id}'`
  const take = `insert into person_phone (person_id, phone_key, valid_from) values ('${bertil.id}', '${number}', now())`
  expect(await run(remove, take)).toBe('person.needs-confirmation')
  expect(await run(`update person_placement set unit_id = '${bertil.unitId}' where person_id = '${aino.id}'`)).toBe(
    'person.needs-confirmation',
  )
  const wanted = JSON.stringify({ from: '2026-01-01T00:00:00Z', add: [number] })
  expect(await run(`select request_directory_change('${bertil.id}', '${wanted}')`)).toBe('done')
  const [change] = await pendingChanges(second, bertil)
  for (const forged of [
    `select decide_directory_change('${change?.id}', true, null)`,
    `update directory_change set state = 'CONFIRMED', decided_by = '${bea.id}', decided_at = now()`,
    `insert into directory_change (kind, person_id, asked_by) values ('directory', '${bertil.id}', '${bea.id}')`,
    `insert into directory_succession values ('phone', '${number}', now(), '${bertil.id}')`,
    `delete from directory_succession`,
    `update one_time_link set released_at = now(), released_by = '${bea.id}', code_hash = sha256('x')`,
    `select set_succession_holder('phone', '${number}', '${bertil.id}', now(), null)`,
    `update session set proved_at = now()`,
  ]) {
    expect(await run(forged, remove, take), forged).not.toBe('done')
  }
  expect(await phonesOf(aino)).toEqual([ainosNumber])
})

describe('at an unattended desk', () => {
  const age = (user: TestPerson) =>
    pool.query("update session set proved_at = now() - interval '16 minutes' where person_id = $1", [user.id])

  test('requesting a link, confirming a change, ending sessions and deciding on a right need a new proof of identity', async () => {
    await enterOfficials()
    const [unattended, other] = [await desk.signIn(anssi), await desk.signIn(bea)]
    await post(unattended, `/api/people/${aino.id}/changes`, { from: '2026-01-01', unit: 'Neuvonta' })
    const [change] = await pendingChanges(other, aino)
    await Promise.all([age(anssi), age(bea)])
    const decision = `/api/directory-changes/${change?.id}/decision`
    const fresh = { status: 403, code: 'confirm.fresh' }
    expect(await post(unattended, `/api/people/${aino.id}/links`)).toMatchObject(fresh)
    expect(await post(other, decision, { confirm: true })).toMatchObject(fresh)
    expect(await answer(unattended.fetch(`/api/people/${aino.id}/sessions`, { method: 'DELETE' }))).toMatchObject(fresh)
    expect(await post(other, '/api/session/proof', { password: 'wrong' })).toMatchObject({ status: 401 })
    expect(await post(other, decision, { confirm: true })).toMatchObject(fresh)
    expect(await post(other, '/api/session/proof', { password })).toMatchObject({ status: 204 })
    expect(await post(other, decision, { confirm: true })).toMatchObject({ status: 200 })
  })

  test('a person with a second factor proves their identity with it, not with a password that somebody may have seen', async () => {
    const careful = await enter('Varovainen', official)
    const browser = await desk.signIn(careful)
    await pool.query(
      "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
      [careful.id],
    )
    expect(await post(browser, '/api/session/proof', { password })).toMatchObject({ status: 403, code: 'confirm.code' })
  })
})

test('forbidding a stored recording needs a new proof of identity, and forbidding one in progress does not', async () => {
  await enterOfficials()
  const answering = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone(ainosNumber) }
  const [stored, running] = [
    await register.record({ official: answering }),
    await register.record({ official: answering }),
  ]
  await pool.query('update segment set ended_at = null where id = (select segment_id from recording where id = $1)', [
    running.id,
  ])
  const browser = await desk.signIn(aino)
  await pool.query("update session set proved_at = now() - interval '16 minutes' where person_id = $1", [aino.id])
  const forbid = (id: string) =>
    post(browser, `/api/recordings/${id}/prohibitions`, { party: 'OFFICIAL', channel: 'OWN_CALLS' })
  expect(await forbid(stored.id)).toMatchObject({ status: 403, code: 'confirm.fresh' })
  expect((await forbid(running.id)).status).toBe(200)
  expect((await post(browser, '/api/session/proof', { password })).status).toBe(204)
  expect((await forbid(stored.id)).status).toBe(200)
})

test('an administrator can end a person’s sessions, and the person is informed of that and of new browsers', async () => {
  await enterOfficials()
  const open = await desk.signIn(aino)
  const ended = await answer((await desk.signIn(anssi)).fetch(`/api/people/${aino.id}/sessions`, { method: 'DELETE' }))
  expect(ended).toMatchObject({ status: 200, body: { ended: 1 } })
  expect((await answer(open.fetch('/api/session'))).status).toBe(401)
  const { body } = await answer((await desk.signIn(aino)).fetch('/api/account/notices'))
  const items = body['items'] as { kind: string; own: boolean }[]
  expect(items.filter(({ own }) => !own).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['sessions-ended', 'sign-in']),
  )
  expect(
    await answer((await desk.signIn(bertil)).fetch(`/api/people/${aino.id}/sessions`, { method: 'DELETE' })),
  ).toMatchObject({ status: 403, code: 'deny.role' })
})

test('signing out removes all data of the session from the browser', async () => {
  const browser = await desk.signIn(bertil)
  const response = await browser.fetch('/api/session', { method: 'DELETE' })
  expect(response.headers.get('clear-site-data')).toBe('"cache", "storage"')
})
