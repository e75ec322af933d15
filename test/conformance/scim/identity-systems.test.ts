// Requests that Entra ID and Okta send in reality, one by one.
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { addScimToken } from '#safeguards/people/scim-tokens.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../../database/create-test-database.ts'
import { enterTestPerson } from '../../database/people.ts'
import { makeTestRegister } from '../../register/make-register.ts'
import { openTestDesk } from '../../register/open-desk.ts'
import { core, enterprise, scimClient, type Json } from './client.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = await openTestDesk(database, await makeTestRegister(database))
const made = await addScimToken(admin, 'Entra ID')
if ('refused' in made) throw new Error(made.refused)
const scim = scimClient(new URL('/scim/v2', desk.url).toString(), made.token)

const nextUserName = () => `u${randomUUID().slice(0, 8)}@agency.example`
const create = async (more: object = {}): Promise<Json> =>
  (await scim.post('/Users', { schemas: [core], userName: nextUserName(), displayName: 'Maija Meri', ...more })).body
const patch = async (id: string, ...operations: object[]) => {
  const given = await scim.patch(`/Users/${id}`, operations)
  expect(given, given.text).toMatchObject({ status: 200 })
  return given.body
}

describe('Entra ID', () => {
  test('tests the connection with an unknown user, and gets an empty list', async () => {
    expect(await scim.find(`userName eq "${randomUUID()}"`)).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    })
  })

  test('takes over a person entered by hand, found by userName', async () => {
    const known = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Kalle', unit: 'Neuvonta' })
    const { Resources } = await scim.find(`userName eq "${known.userId.toUpperCase()}"`)
    expect(Resources).toMatchObject([{ id: known.id, [enterprise]: { department: 'Neuvonta' } }])
    await patch(known.id, { op: 'Add', path: 'externalId', value: 'object-1' })
    expect((await scim.find('externalId eq "object-1"')).Resources).toMatchObject([{ id: known.id }])
    // Attributes that the identity system does not send stay.
    expect((await scim.get(`/Users/${known.id}`)).body).toMatchObject({ [enterprise]: { department: 'Neuvonta' } })
  })

  test('creates a user with every mapped attribute, and capture then knows the user as an official', async () => {
    const body = {
      schemas: [core, enterprise],
      externalId: 'object-2',
      userName: nextUserName(),
      active: true,
      displayName: 'Öhman Åke',
      emails: [{ primary: true, type: 'work', value: 'ake@agency.example' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'Åke Öhman', familyName: 'Öhman', givenName: 'Åke' },
      phoneNumbers: [
        { type: 'work', value: '029 512 7101' },
        { type: 'mobile', value: '040 123 4567' },
        { type: 'fax', value: '029 512 7102' },
      ],
      preferredLanguage: 'sv-FI',
      [enterprise]: { employeeNumber: '1', department: 'Neuvonta' },
    }
    const given = await scim.post('/Users', body)
    expect(given.status).toBe(201)
    const entries = (await readDirectory(database.as('seloste_capture').db)).filter(
      ({ personId }) => personId === given.body.id,
    )
    expect(entries).toMatchObject([{ name: 'Öhman Åke', phoneKey: '+358295127101', to: null }])
  })

  test('disables a user with a string instead of a boolean, and the operation in capitals', async () => {
    const { id } = await create()
    expect(await patch(id, { op: 'Replace', path: 'active', value: 'False' })).toMatchObject({ active: false })
    expect(await patch(id, { op: 'Replace', path: 'active', value: 'True' })).toMatchObject({ active: true })
    expect(await patch(id, { op: 'Replace', value: { active: 'False' } })).toMatchObject({ active: false })
  })

  test('replaces attributes by an operation without a path, whose value has the paths as keys', async () => {
    const { id } = await create()
    const chief = await create()
    const given = await patch(id, {
      op: 'replace',
      value: {
        displayName: 'Maija Niemi',
        'name.givenName': 'Maija',
        'name.familyName': 'Niemi',
        [`${enterprise}:department`]: 'Perintä',
        [`${enterprise}:manager`]: chief.id,
        'emails[type eq "work"].value': 'maija@agency.example',
      },
    })
    expect(given).toMatchObject({
      displayName: 'Maija Niemi',
      name: { givenName: 'Maija', familyName: 'Niemi' },
      [enterprise]: { department: 'Perintä', manager: { value: chief.id } },
    })
  })

  test('sets a manager by id only, and removes the manager', async () => {
    const [{ id }, chief] = [await create(), await create()]
    expect(await patch(id, { op: 'Add', path: `${enterprise}:manager`, value: chief.id })).toMatchObject({
      [enterprise]: { manager: { value: chief.id } },
    })
    expect(await patch(id, { op: 'Remove', path: `${enterprise}:manager` })).not.toHaveProperty(enterprise)
    await patch(id, { op: 'Replace', path: `${enterprise}:manager.value`, value: chief.id })
    expect(await patch(id, { op: 'Replace', path: `${enterprise}:manager`, value: '' })).not.toHaveProperty(enterprise)
  })

  test('adds and replaces a number by its type, whether the number exists or not, and sends attributes that are not stored', async () => {
    const { id } = await create()
    const number = (value: string) => ({ op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value })
    await patch(
      id,
      { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '029 512 7201' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '040 123 4567' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'x@agency.example' },
      { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'Katu 1' },
      { op: 'Add', path: 'title', value: 'Tarkastaja' },
    )
    const given = await patch(id, number('029 512 7202'))
    expect(given).toMatchObject({ phoneNumbers: [{ type: 'work', value: '+358295127202' }] })
    // Long enough not to occur in an id or an instant by chance.
    expect(JSON.stringify(given)).not.toMatch(/40\s?123|Katu|Tarkastaja/)
  })

  test('requests only a few attributes', async () => {
    const { id, userName } = await create({ externalId: 'object-3' })
    const query = `&attributes=userName,name.givenName,${encodeURIComponent(`${enterprise}:manager`)}`
    expect((await scim.find('externalId eq "object-3"', query)).Resources).toEqual([
      { schemas: [core], id, userName, name: {} },
    ])
    const without = (await scim.get(`/Users/${id}?excludedAttributes=meta,name`)).body
    expect(Object.keys(without).sort()).toEqual(['active', 'displayName', 'externalId', 'id', 'schemas', 'userName'])
  })
})

describe('Okta', () => {
  test('finds, creates, updates by PUT, deactivates, and creates a deactivated user again', async () => {
    const userName = nextUserName()
    expect(
      (await scim.get(`/Users?filter=userName%20eq%20%22${userName}%22&startIndex=1&count=100`)).body.totalResults,
    ).toBe(0)
    const body = {
      schemas: [core],
      userName,
      name: { givenName: 'Maija', familyName: 'Meri' },
      emails: [{ primary: true, value: userName, type: 'work' }],
      displayName: 'Maija Meri',
      locale: 'fi-FI',
      externalId: '00u1',
      groups: [],
      password: 'x1Y2z3!!',
      active: true,
    }
    const { body: created } = await scim.post('/Users', body)
    const renamed = {
      ...created,
      ...body,
      displayName: 'Maija Niemi',
      name: { givenName: 'Maija', familyName: 'Niemi' },
    }
    expect(await scim.put(`/Users/${created.id}`, renamed)).toMatchObject({
      status: 200,
      body: { displayName: 'Maija Niemi' },
    })
    const deactivated = await patch(created.id, { op: 'replace', value: { active: false } })
    expect(deactivated).toMatchObject({ active: false, displayName: 'Maija Niemi' })
    expect((await scim.find(`userName eq "${userName}"`)).Resources).toMatchObject([{ id: created.id, active: false }])
    expect(await scim.put(`/Users/${created.id}`, { ...renamed, active: true })).toMatchObject({
      body: { active: true },
    })
  })

  test('reads the units as groups with their members, which it cannot change', async () => {
    const member = await create({ [enterprise]: { department: 'Ryhmä' }, schemas: [core, enterprise] })
    const gone = await create({ [enterprise]: { department: 'Ryhmä' }, schemas: [core, enterprise] })
    await patch(gone.id, { op: 'replace', path: 'active', value: false })
    const { body } = await scim.get('/Groups?filter=displayName%20eq%20%22Ryhmä%22')
    expect(body.Resources).toMatchObject([
      { displayName: 'Ryhmä', members: [{ value: member.id, display: 'Maija Meri' }] },
    ])
    const [group] = body.Resources
    expect((await scim.get(`/Groups/${group?.id}`)).body).toEqual(group)
    expect((await scim.get(`/Groups/${group?.id}?excludedAttributes=members`)).body).not.toHaveProperty('members')
    expect(await scim.post('/Groups', { displayName: 'X' })).toMatchObject({ status: 403, body: { status: '403' } })
    expect(await scim.delete(`/Groups/${group?.id}`)).toMatchObject({ status: 403 })
  })
})

describe('a filter', () => {
  let aki: Json
  let bea: Json
  beforeAll(async () => {
    aki = await create({
      schemas: [core, enterprise],
      userName: 'filter.aki@agency.example',
      displayName: 'Aki "Åke" Öhman',
      externalId: 'Case-A',
      phoneNumbers: [{ value: '029 512 7301', type: 'work' }],
      [enterprise]: { department: 'Suodatin' },
    })
    bea = await create({ userName: 'filter.bea@agency.example', displayName: 'Bea Back', active: false })
  })
  const namesFound = async (filter: string) =>
    (await scim.find(`userName sw "filter." and (${filter})`)).Resources.map(({ id }) =>
      id === aki.id ? 'aki' : 'bea',
    )

  test.each([
    ['userName eq "FILTER.AKI@agency.example"', ['aki']],
    ['username EQ "filter.aki@agency.example"', ['aki']],
    [`${core}:userName eq "filter.bea@agency.example"`, ['bea']],
    ['externalId eq "Case-A"', ['aki']],
    ['externalId eq "case-a"', []],
    ['displayName co "öhman"', ['aki']],
    ['displayName eq "Aki \\"Åke\\" Öhman"', ['aki']],
    ['displayName ew "back"', ['bea']],
    ['active eq true', ['aki']],
    ['active eq "False"', ['bea']],
    ['active ne true', ['bea']],
    ['externalId pr', ['aki']],
    ['not (externalId pr)', ['bea']],
    ['externalId eq null', ['bea']],
    ['phoneNumbers.value eq "+358295127301"', ['aki']],
    ['phoneNumbers[type eq "work" and value sw "+358"]', ['aki']],
    ['phoneNumbers[type eq "work"].value eq "+358295127301"', ['aki']],
    ['emails[type eq "work"].value eq "x@y"', []],
    [`${enterprise}:department eq "suodatin"`, ['aki']],
    ['displayName eq "nobody" or displayName sw "bea" and active eq false', ['bea']],
    ['(displayName sw "aki" or displayName sw "bea") and active eq false', ['bea']],
    ['meta.lastModified gt "2020-01-01T00:00:00+02:00" and meta.created lt "2120-01-01T00:00:00Z"', ['aki', 'bea']],
    ['nickName eq "x"', []],
  ])('%s', async (filter, expected) => {
    expect(await namesFound(filter)).toEqual(expected)
  })

  test.each([
    ' ',
    'userName',
    'userName eq',
    'userName is "x"',
    'userName eq x',
    '(userName pr',
    'userName pr)',
    'eq "x"',
    'userName eq "x',
    '"x" eq userName',
    'phoneNumbers[type eq "work"',
    `${'('.repeat(500)}userName pr${')'.repeat(500)}`,
    `userName eq "${'x'.repeat(3000)}"`,
  ])('that cannot be parsed is refused: %s', async (filter) => {
    expect(await scim.get(`/Users?filter=${encodeURIComponent(filter)}`)).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter', status: '400' },
    })
  })

  test('can be sent in a search request', async () => {
    const search = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'externalId eq "Case-A"',
      attributes: ['displayName'],
    }
    const { status, body } = await scim.post('/Users/.search', search)
    expect(status).toBe(200)
    expect(body.Resources).toEqual([{ schemas: [core, enterprise], id: aki.id, displayName: 'Aki "Åke" Öhman' }])
    expect(bea.active).toBe(false)
  })
})

describe('pages', () => {
  test('show each user once, with the total', async () => {
    await Promise.all(Array.from({ length: 5 }, () => create({ displayName: 'Sivu' })))
    const whole = (await scim.get('/Users?count=200')).body
    const seen: string[] = []
    for (let startIndex = 1; startIndex <= whole.totalResults; startIndex += 3) {
      const page = (await scim.get(`/Users?startIndex=${startIndex}&count=3`)).body
      expect(page).toMatchObject({ totalResults: whole.totalResults, startIndex })
      seen.push(...page.Resources.map(({ id }) => id))
    }
    expect(seen).toEqual(whole.Resources.map(({ id }) => id))
  })

  test('replace a start or size out of range by the nearest valid value, and refuse one that is not a number', async () => {
    const page = async (query: string) => (await scim.get(`/Users?${query}`)).body
    expect(await page('count=0')).toMatchObject({ itemsPerPage: 0, Resources: [] })
    expect(await page('count=-5')).toMatchObject({ itemsPerPage: 0 })
    expect(await page('startIndex=-3&count=1')).toMatchObject({ startIndex: 1, itemsPerPage: 1 })
    expect(await page('startIndex=100000')).toMatchObject({ itemsPerPage: 0, Resources: [] })
    expect(await page('count=many')).toMatchObject({ status: '400', scimType: 'invalidValue' })
    expect(await page('filter=displayName%20eq%20%22Sivu%22&startIndex=4&count=10')).toMatchObject({
      totalResults: 5,
      startIndex: 4,
      itemsPerPage: 2,
    })
  })
})
