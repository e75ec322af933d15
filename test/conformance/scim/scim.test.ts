import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { addScimToken, revokeScimToken } from '#safeguards/people/scim-tokens.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../../database/create-test-database.ts'
import { makeTestRegister } from '../../register/make-register.ts'
import { openTestDesk } from '../../register/open-desk.ts'
import { core, enterprise, patchOp, scimClient, type Json } from './client.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const base = new URL('/scim/v2', desk.url).toString()

async function makeToken(name: string = randomUUID()): Promise<string> {
  const made = await addScimToken(database.as().db, name)
  if ('refused' in made) throw new Error(made.refused)
  return made.token
}
const scim = scimClient(base, await makeToken('The conformance test'))

let lastPhone = 7000
const nextPhone = () => `+35829512${++lastPhone}`
const newUserName = () => `u${randomUUID().slice(0, 8)}@agency.example`
const user = (more: object = {}) => ({
  schemas: [core, enterprise],
  userName: newUserName(),
  name: { givenName: 'Maija', familyName: 'Meri' },
  ...more,
})
async function create(more: object = {}): Promise<Json> {
  const made = await scim.post('/Users', user(more))
  expect(made, made.text).toMatchObject({ status: 201 })
  return made.body
}
const read = async (id: string) => (await scim.get(`/Users/${id}`)).body
const errorSchema = ['urn:ietf:params:scim:api:messages:2.0:Error']
const refused = (status: number, scimType?: string) => ({
  status,
  body: {
    schemas: errorSchema,
    status: String(status),
    ...(scimType && { scimType }),
    detail: expect.any(String) as string,
  },
})

describe('discovery (RFC 7644 section 4)', () => {
  test('lists the server’s features without a token', async () => {
    const { status, headers, body } = await scimClient(base, undefined).get('/ServiceProviderConfig')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
    expect(body).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    })
  })

  test('lists all resource types and schemas, and each by its path', async () => {
    for (const path of ['/ResourceTypes', '/Schemas']) {
      const { body } = await scim.get(path)
      expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'] })
      expect(body.totalResults).toBe(body.Resources.length)
      for (const one of body.Resources) {
        expect((await scim.get(`${path}/${one.id}`)).body).toEqual(one)
        expect((await fetch(new URL(one.meta.location, base))).status).toBe(200)
      }
    }
    const ids = async (path: string) => (await scim.get(path)).body.Resources.map(({ id }) => id)
    expect(await ids('/ResourceTypes')).toEqual(['User', 'Group'])
    expect(await ids('/Schemas')).toContain(enterprise)
    expect(await scim.get('/Schemas?filter=id%20pr')).toMatchObject(refused(403))
    expect(await scim.get('/Schemas/nothing')).toMatchObject(refused(404))
  })

  test('is read-only: other methods get 405', async () => {
    for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/ResourceTypes/User']) {
      for (const answer of [
        await scim.post(path, {}),
        await scim.put(path, {}),
        await scim.patch(path, []),
        await scim.delete(path),
      ]) {
        expect(answer).toMatchObject(refused(405))
        expect(answer.headers.get('allow')).toBe('GET')
      }
    }
  })

  test('the discovery schemas are themselves published (RFC 7643 section 8.7.2)', async () => {
    for (const [kind, path] of [
      ['ServiceProviderConfig', '/ServiceProviderConfig'],
      ['ResourceType', '/ResourceTypes/User'],
      ['Schema', `/Schemas/${core}`],
    ] as const) {
      const { attributes } = (await scim.get(`/Schemas/urn:ietf:params:scim:schemas:core:2.0:${kind}`))
        .body as unknown as { attributes: { name: string; required: boolean }[] }
      const described = (await scim.get(path)).body
      const names = Object.keys(described).filter((name) => name !== 'schemas' && name !== 'meta')
      expect(names.filter((name) => !attributes.some((one) => one.name === name))).toEqual([])
      for (const { name, required } of attributes) if (required) expect(names).toContain(name)
    }
  })

  test('the User schema names every attribute of a user', async () => {
    const schema = (await scim.get(`/Schemas/${core}`)).body as unknown as { attributes: { name: string }[] }
    const known = new Set(schema.attributes.map(({ name }) => name))
    const full = await create({
      externalId: 'x',
      displayName: 'M M',
      phoneNumbers: [{ value: nextPhone() }],
      [enterprise]: { department: 'D' },
    })
    for (const name of Object.keys(full)) {
      expect(['schemas', 'id', 'externalId', 'meta', enterprise].includes(name) || known.has(name), name).toBe(true)
    }
  })
})

describe('without a valid token', () => {
  test.each([
    ['none', undefined],
    ['an unknown one', `seloste-scim-${'a'.repeat(43)}`],
    ['its name', 'The conformance test'],
  ])('(%s) every request gets 401 and nothing else', async (_, wrong) => {
    const visitor = scimClient(base, wrong)
    const id = randomUUID()
    for (const answer of [
      await visitor.get('/Users'),
      await visitor.get(`/Users/${id}`),
      await visitor.get('/Groups'),
      await visitor.post('/Users', '{'),
      await visitor.put(`/Users/${id}`, {}),
      await visitor.patch(`/Users/${id}`, []),
      await visitor.delete(`/Users/${id}`),
    ]) {
      expect(answer).toMatchObject(refused(401))
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
  })

  test('a revoked token is refused', async () => {
    const client = scimClient(base, await makeToken('To be revoked'))
    expect(await client.get('/Users')).toMatchObject({ status: 200 })
    expect(await revokeScimToken(database.as().db, 'To be revoked')).toBe(true)
    expect(await client.get('/Users')).toMatchObject(refused(401))
    expect(await client.post('/Users', user())).toMatchObject(refused(401))
  })

  test('neither the database nor the log contains the token', async () => {
    const secret = await makeToken('Kept nowhere')
    await scimClient(base, secret).get('/Users')
    await scimClient(base, `${secret}x`).get('/Users')
    const { rows } = await database.as().pool.query('select t::text as row from scim_token t')
    expect(JSON.stringify(rows)).not.toContain(secret)
    expect(desk.log.join('\n')).not.toContain(secret)
  })
})

describe('a user', () => {
  test('is created with its location and version, and reads as it was returned', async () => {
    const phone = nextPhone()
    const made = await scim.post(
      '/Users',
      user({
        externalId: 'e-1',
        phoneNumbers: [{ type: 'work', value: phone, primary: true }],
        [enterprise]: { department: 'Neuvonta' },
      }),
    )
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      schemas: [core, enterprise],
      externalId: 'e-1',
      name: { formatted: 'Maija Meri', givenName: 'Maija', familyName: 'Meri' },
      displayName: 'Maija Meri',
      active: true,
      phoneNumbers: [{ type: 'work', value: phone }],
      [enterprise]: { department: 'Neuvonta' },
      groups: [{ display: 'Neuvonta' }],
      meta: { resourceType: 'User' },
    })
    expect(made.headers.get('location')).toBe(made.body.meta.location)
    expect(made.headers.get('etag')).toBe(made.body.meta.version)
    const again = await fetch(new URL(made.body.meta.location, base), {
      headers: { authorization: `Bearer ${await makeToken()}` },
    })
    expect(await again.json()).toEqual(made.body)
  })

  test('stores no attribute that the register does not use, such as a password (R10)', async () => {
    const made = await create({
      password: 'Secret-password-1',
      title: 'Ylitarkastaja',
      emails: [{ value: 'maija@agency.example', type: 'work' }],
      addresses: [{ streetAddress: 'Kotikatu 1' }],
      phoneNumbers: [
        { type: 'mobile', value: '+358401234567' },
        { type: 'home', value: '+358912345' },
      ],
      [enterprise]: { employeeNumber: '12345', department: 'Neuvonta' },
      'urn:example:other': { anything: true },
    })
    const { rows } = await database
      .as()
      .pool.query(
        'select p::text as a, n::text as b from person p join person_name n on n.person_id = p.id left join person_phone f on f.person_id = p.id where p.id = $1 and f.person_id is null',
        [made.id],
      )
    expect(rows).toHaveLength(1)
    for (const stored of [JSON.stringify(made), JSON.stringify(rows)])
      expect(stored).not.toMatch(/Ylitarkastaja|Kotikatu|12345|Secret|maija@/)
    const signIn = await desk.visitor.fetch('/api/session', {
      json: { userId: made.userName, password: 'Secret-password-1' },
    })
    expect(signIn.status).toBe(401)
  })

  test.each([
    ['no userName', { userName: undefined }, 400, 'invalidValue'],
    ['an invalid userName', { userName: 'two words' }, 400, 'invalidValue'],
    ['no name', { name: undefined }, 400, 'invalidValue'],
    ['another schema', { schemas: ['urn:example'] }, 400, 'invalidSyntax'],
    ['an invalid number', { phoneNumbers: [{ value: 'n/a', type: 'work' }] }, 400, 'invalidValue'],
    ['an unknown manager', { [enterprise]: { manager: { value: randomUUID() } } }, 400, 'invalidValue'],
    ['a name that cannot be stored', { displayName: 'a\u0000b' }, 400, 'invalidValue'],
    ['active that is neither true nor false', { active: 'maybe' }, 400, 'invalidValue'],
    ['a name that is a number', { displayName: 7 }, 400, 'invalidValue'],
  ])('with %s is refused, and nobody is entered', async (_, more, status, scimType) => {
    const before = (await scim.get('/Users?count=0')).body.totalResults
    expect(await scim.post('/Users', user(more))).toMatchObject(refused(status, scimType))
    expect((await scim.get('/Users?count=0')).body.totalResults).toBe(before)
  })

  test('with another user’s userName or number is refused as not unique', async () => {
    const phone = nextPhone()
    const first = await create({ phoneNumbers: [{ value: phone }] })
    expect(await scim.post('/Users', user({ userName: first.userName.toUpperCase() }))).toMatchObject(
      refused(409, 'uniqueness'),
    )
    expect(await scim.post('/Users', user({ phoneNumbers: [{ value: phone }] }))).toMatchObject(
      refused(409, 'uniqueness'),
    )
  })

  test('an unknown id gets 404, whatever its form', async () => {
    for (const id of [randomUUID(), 'x', '%00', '..%2fGroups'])
      expect(await scim.get(`/Users/${id}`), id).toMatchObject(refused(404))
    expect(await scim.get('/Nothing')).toMatchObject(refused(404))
    expect(await scim.patch(`/Users/${randomUUID()}`, [{ op: 'replace', value: { active: false } }])).toMatchObject(
      refused(404),
    )
  })

  test('invalid JSON gets a SCIM error', async () => {
    expect(await scim.post('/Users', '{"schemas":')).toMatchObject(refused(400, 'invalidSyntax'))
    expect(await scim.post('/Users', '[]')).toMatchObject(refused(400))
    expect(await scim.post('/Users', 'null')).toMatchObject(refused(400))
    expect(await scim.post('/Users', `"${'x'.repeat(70_000)}"`)).toMatchObject(refused(413))
  })
})

describe('replacing a user (PUT)', () => {
  test('replaces the whole user: missing attributes are removed and stay in the history', async () => {
    const { id, userName: name } = await create({
      phoneNumbers: [{ value: nextPhone() }],
      [enterprise]: { department: 'Neuvonta' },
    })
    const next = nextPhone()
    const given = await scim.put(`/Users/${id}`, {
      schemas: [core],
      id,
      userName: name,
      displayName: 'Maija Niemi',
      phoneNumbers: [{ value: next, type: 'work' }],
      meta: { resourceType: 'Group' },
    })
    expect(given.status).toBe(200)
    expect(given.body).toMatchObject({ id, displayName: 'Maija Niemi', active: true, phoneNumbers: [{ value: next }] })
    expect(given.body).not.toHaveProperty(enterprise)
    const { rows } = await database
      .as()
      .pool.query('select name, valid_to is null as holds from person_name where person_id = $1 order by valid_from', [
        id,
      ])
    expect(rows).toEqual([
      { name: 'Maija Meri', holds: false },
      { name: 'Maija Niemi', holds: true },
    ])
  })

  test('builds the name from its parts, and is refused without any name', async () => {
    const made = await create({ displayName: 'Maija M.' })
    const parts = { givenName: 'Maija', familyName: 'Niemi' }
    const { userName: name } = made
    expect(await scim.put(`/Users/${made.id}`, { schemas: [core], userName: name, name: parts })).toMatchObject({
      status: 200,
      body: { displayName: 'Maija Niemi', name: parts },
    })
    expect(await scim.put(`/Users/${made.id}`, { schemas: [core], userName: name })).toMatchObject(
      refused(400, 'invalidValue'),
    )
  })

  test('changes nothing if the attributes are sent as they were read', async () => {
    const made = await create({ phoneNumbers: [{ value: nextPhone() }], [enterprise]: { department: 'Neuvonta' } })
    expect((await scim.put(`/Users/${made.id}`, made)).body).toEqual(made)
  })

  test('does not change the userName: it is the personal user id (R20)', async () => {
    const made = await create()
    expect(await scim.put(`/Users/${made.id}`, { ...made, userName: newUserName() })).toMatchObject(
      refused(400, 'mutability'),
    )
    expect(await scim.put(`/Users/${made.id}`, { ...made, userName: made.userName.toUpperCase() })).toMatchObject({
      status: 200,
    })
  })
})

describe('changing a user (PATCH)', () => {
  test('accepts a path, no path, and several operations', async () => {
    const { id } = await create()
    const chief = await create()
    const given = await scim.patch(`/Users/${id}`, [
      { op: 'replace', path: 'name.familyName', value: 'Niemi' },
      { op: 'add', value: { externalId: 'e-2', [enterprise]: { department: 'Perintä' } } },
      { op: 'add', path: `${enterprise}:manager`, value: { value: chief.id } },
    ])
    expect(given.body).toMatchObject({
      displayName: 'Maija Niemi',
      externalId: 'e-2',
      [enterprise]: { department: 'Perintä', manager: { value: chief.id, displayName: 'Maija Meri' } },
    })
    const removed = await scim.patch(`/Users/${id}`, [
      { op: 'remove', path: `${enterprise}:manager` },
      { op: 'remove', path: 'externalId' },
    ])
    expect(removed.body).toMatchObject({ [enterprise]: { department: 'Perintä' } })
    expect(removed.body).not.toHaveProperty('externalId')
    expect(JSON.stringify(removed.body)).not.toContain('manager')
  })

  test('adds, replaces and removes numbers', async () => {
    const [a, b, c] = [nextPhone(), nextPhone(), nextPhone()]
    const { id } = await create({ phoneNumbers: [{ value: a, type: 'work' }] })
    const numbers = async (operation: object) => {
      const { body, text } = await scim.patch(`/Users/${id}`, [operation])
      const { phoneNumbers = [] } = body as unknown as { phoneNumbers?: { value: string }[] }
      return text.includes('Error') ? text : phoneNumbers.map(({ value }) => value)
    }
    expect(await numbers({ op: 'add', path: 'phoneNumbers', value: [{ value: b, type: 'work' }] })).toEqual([a, b])
    // Sends the same addition again.
    expect(await numbers({ op: 'add', path: 'phoneNumbers', value: [{ value: b, type: 'work' }] })).toEqual([a, b])
    expect(await numbers({ op: 'remove', path: `phoneNumbers[value eq "${a}"]` })).toEqual([b])
    expect(await numbers({ op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: c })).toEqual([c])
    expect(await numbers({ op: 'replace', path: 'phoneNumbers', value: [{ value: a }, { value: b }] })).toEqual([a, b])
    expect(await numbers({ op: 'remove', path: 'phoneNumbers' })).toEqual([])
    expect(await numbers({ op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '029 512 7999' })).toEqual([
      '+358295127999',
    ])
  })

  test.each([
    ['an unknown attribute', [{ op: 'replace', path: 'nonsense', value: 1 }], 'invalidPath'],
    ['an invalid path', [{ op: 'replace', path: 'phoneNumbers[type eq', value: 1 }], 'invalidPath'],
    ['a removal of everything', [{ op: 'remove' }], 'noTarget'],
    ['an unknown number', [{ op: 'replace', path: 'phoneNumbers[value sw "+1"].value', value: '+35840' }], 'noTarget'],
    ['another operation', [{ op: 'move', path: 'displayName' }], 'invalidSyntax'],
    ['no operation', [], 'invalidSyntax'],
    ['no userName', [{ op: 'remove', path: 'userName' }], 'mutability'],
    ['another userName', [{ op: 'replace', path: 'userName', value: 'another' }], 'mutability'],
  ])('to %s is refused, and nothing before it in the request stays', async (_, operations, scimType) => {
    const made = await create()
    const given = await scim.patch(
      `/Users/${made.id}`,
      operations.length === 0 ? [] : [{ op: 'replace', path: 'displayName', value: 'Ei koskaan' }, ...operations],
    )
    expect(given).toMatchObject(refused(400, scimType))
    expect(await read(made.id)).toEqual(made)
  })

  test('must name its schema', async () => {
    const { id } = await create()
    expect(await scim.put(`/Users/${id}`, { schemas: [patchOp] })).toMatchObject(refused(400, 'invalidSyntax'))
  })
})

describe('versions (RFC 7644 section 3.14)', () => {
  test('a change is refused if the user has changed since it was read', async () => {
    const made = await create()
    const rename = (name: string) => [{ op: 'replace', path: 'displayName', value: name }]
    const changed = await scim.patch(`/Users/${made.id}`, rename('Yksi'), { 'if-match': made.meta.version })
    expect(changed.status).toBe(200)
    expect(changed.body.meta.version).not.toBe(made.meta.version)
    expect(await scim.patch(`/Users/${made.id}`, rename('Kaksi'), { 'if-match': made.meta.version })).toMatchObject(
      refused(412),
    )
    expect(await scim.put(`/Users/${made.id}`, made, { 'if-match': made.meta.version })).toMatchObject(refused(412))
    expect(await scim.delete(`/Users/${made.id}`, { 'if-match': made.meta.version })).toMatchObject(refused(412))
    expect(await read(made.id)).toMatchObject({ displayName: 'Yksi' })
  })

  test('an unchanged user is not returned again', async () => {
    const made = await create()
    const again = await scim.get(`/Users/${made.id}`, { 'if-none-match': made.meta.version })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect((await scim.get(`/Users/${made.id}`, { 'if-none-match': 'W/"other"' })).status).toBe(200)
  })
})

describe('deactivation', () => {
  test('active false: ends the employment, frees the number and keeps the person; reactivation starts a new period', async () => {
    const phone = nextPhone()
    const made = await create({ phoneNumbers: [{ value: phone }], [enterprise]: { department: 'Neuvonta' } })
    const left = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'active', value: false }])
    expect(left.body).toMatchObject({ active: false, [enterprise]: { department: 'Neuvonta' } })
    const heir = await create({ phoneNumbers: [{ value: phone }] })
    const back = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'active', value: true }])
    expect(back.body).toMatchObject({ id: made.id, active: true, [enterprise]: { department: 'Neuvonta' } })
    expect(back.body).not.toHaveProperty('phoneNumbers')
    expect(await read(heir.id)).toMatchObject({ phoneNumbers: [{ value: phone }] })
  })

  test('a user created inactive is not yet an official', async () => {
    const made = await create({ active: false, phoneNumbers: [{ value: nextPhone() }] })
    expect(made.active).toBe(false)
    expect(made).not.toHaveProperty('phoneNumbers')
    const phone = nextPhone()
    const given = await scim.patch(`/Users/${made.id}`, [
      { op: 'replace', value: { active: true, phoneNumbers: [{ type: 'work', value: phone }] } },
    ])
    expect(given.body).toMatchObject({ active: true, phoneNumbers: [{ value: phone }] })
  })

  test('changes of an inactive user are accepted and change the name', async () => {
    const made = await create()
    const given = await scim.patch(`/Users/${made.id}`, [
      { op: 'replace', value: { active: false, displayName: 'Maija Niemi', [enterprise]: { department: 'X' } } },
    ])
    expect(given).toMatchObject({ status: 200, body: { active: false, displayName: 'Maija Niemi' } })
    expect(given.body).not.toHaveProperty(enterprise)
  })

  test('DELETE: later requests for the user get 404, and the employment has ended in the directory (R20)', async () => {
    const made = await create({ externalId: 'e-3', phoneNumbers: [{ value: nextPhone() }] })
    const gone = await scim.delete(`/Users/${made.id}`)
    expect(gone).toMatchObject({ status: 204, text: '' })
    for (const answer of [
      await scim.get(`/Users/${made.id}`),
      await scim.delete(`/Users/${made.id}`),
      await scim.put(`/Users/${made.id}`, made),
      await scim.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: true } }]),
    ])
      expect(answer).toMatchObject(refused(404))
    for (const filter of [`userName eq "${made.userName}"`, 'externalId eq "e-3"', `id eq "${made.id}"`])
      expect((await scim.find(filter)).totalResults).toBe(0)
    const { rows } = await database.as().pool.query(
      `select (employed_to at time zone 'Europe/Helsinki')::date = (now() at time zone 'Europe/Helsinki')::date as today,
          (select count(*)::int from person_name where person_id = id) as names from person where id = $1`,
      [made.id],
    )
    expect(rows).toEqual([{ today: true, names: 1 }])

    // The user id is never reused; a returning user is the same person.
    expect(await scim.post('/Users', user({ userName: made.userName }))).toMatchObject(refused(409, 'uniqueness'))
    expect(await scim.post('/Users', user({ userName: made.userName, externalId: 'e-4' }))).toMatchObject(
      refused(409, 'uniqueness'),
    )
    const back = await scim.post(
      '/Users',
      user({ userName: made.userName, externalId: 'e-3', displayName: 'Maija Niemi' }),
    )
    expect(back).toMatchObject({ status: 201, body: { id: made.id, active: true, displayName: 'Maija Niemi' } })
    expect((await scim.find('externalId eq "e-3"')).totalResults).toBe(1)
  })

  test('ends the person’s rights, which do not return with the person (R36)', async () => {
    const made = await create()
    const approver = await create()
    const requester = await create()
    await database.as().pool.query(
      `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
         values (gen_random_uuid(), $1, 'MAINTENANCE', '{MAINTENANCE}', 'all', now(), $2, $3)`,
      [made.id, requester.id, approver.id],
    )
    const countRights = async () =>
      (
        await database
          .as()
          .pool.query('select count(*)::int as n from access_right where person_id = $1 and revoked_at is null', [
            made.id,
          ])
      ).rows[0] as unknown
    expect(await countRights()).toEqual({ n: 1 })
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', value: { displayName: 'Sama' } }])
    expect(await countRights()).toEqual({ n: 1 })
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: false } }])
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: true } }])
    expect(await countRights()).toEqual({ n: 0 })
  })
})

describe('every view and change', () => {
  test('is in the audit log, with the token that was used and without a name or a number (R21)', async () => {
    const made = await create({ phoneNumbers: [{ value: nextPhone() }] })
    await read(made.id)
    await scim.delete(`/Users/${made.id}`)
    const { rows } = await database.as().pool.query<{ action: string; client: string; row: string }>(
      `select action, a.detail ->> 'scimClient' as client, a::text as row from audit_entry a
         join scim_token t on t.id::text = a.detail ->> 'scimClient' and t.name = 'The conformance test'
         where object_id = $1 order by seq`,
      [made.id],
    )
    expect(rows.map(({ action }) => action).filter((action) => action === 'directory.changed')).toHaveLength(2)
    expect(rows.map(({ action }) => action)).toContain('directory.read')
    expect(JSON.stringify(rows)).not.toMatch(/Meri|29512/)
  })
})
