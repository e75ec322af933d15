/**
 * Single-use credentials are used once, however many requests come at once (R20, R36): sign-ins, links, and the
 * directory by SCIM.
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { addScimToken } from '#safeguards/people/scim-tokens.ts'
import { core, scimClient } from '#test/conformance/scim/client.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { publicUrl } from '#test/register/open-desk.ts'
import { makeAuthenticator } from '#test/sign-in/authenticator.ts'
import { openAccounts } from '#test/sign-in/open-accounts.ts'

const { database, desk, admin, browse, codeOf, signer, enrol, isSignedIn } = await openAccounts()
const nothing = { kind: 'none' as const, units: [], numbers: [] }

/** Sends five requests at once. @returns the statuses, lowest first */
async function sendFive(request: (which: number) => Promise<{ status: number }>): Promise<number[]> {
  const all = await Promise.all(Array.from({ length: 5 }, (_none, which) => request(which)))
  return all.map(({ status }) => status).toSorted((one, other) => one - other)
}

describe('of five simultaneous uses of a second factor', () => {
  test('one code completes one sign-in', async () => {
    const { secret } = await enrol(await signedIn())
    const otp = codeOf(secret)
    const browsers = Array.from({ length: 5 }, () => browse())
    for (const browser of browsers) expect((await browser.signIn(signer.aino)).status).toBe(401)
    const statuses = await sendFive((which) => browsers[which]!.request('POST', '/api/session/second-factor', { otp }))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect((await Promise.all(browsers.map(isSignedIn))).filter(Boolean)).toHaveLength(1)
  })

  test('one recovery code completes one sign-in', async () => {
    const { recoveryCodes } = await enrol(await signedIn())
    const browsers = Array.from({ length: 5 }, () => browse())
    for (const browser of browsers) expect((await browser.signIn(signer.aino)).status).toBe(401)
    const body = { recoveryCode: recoveryCodes[0] }
    await sendFive((which) => browsers[which]!.request('POST', '/api/session/second-factor', body))
    expect((await Promise.all(browsers.map(isSignedIn))).filter(Boolean)).toHaveLength(1)
  })

  test('one passkey response opens one session', async () => {
    const browser = await signedIn()
    const authenticator = makeAuthenticator(publicUrl)
    const request = await browser.request('POST', '/api/account/passkeys/challenge', { password })
    const response = authenticator.create(request.body as never)
    expect((await browser.request('POST', '/api/account/passkeys', { name: 'Avain', response })).status).toBe(201)
    const challenge = await browse().request('POST', '/api/session/passkey/challenge', {})
    const answer = authenticator.get(challenge.body as never)
    const statuses = await sendFive(() => browse().request('POST', '/api/session/passkey', { response: answer }))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })
})

test('a one-time link used five times at once sets one password', async () => {
  const enter = (name: string, role: 'ADMINISTRATOR' | 'ACCESS_APPROVER') =>
    enterTestPerson(admin, database.as('seloste_desk').db, { name, right: { role, purposes: [], scope: nothing } })
  const [anssi, paula] = [await enter('Anssi', 'ADMINISTRATOR'), await enter('Paula', 'ACCESS_APPROVER')]
  const [requester, releaser] = [browse(), browse()]
  await requester.signIn(anssi)
  await releaser.signIn(paula)
  const { path } = (await requester.request('POST', `/api/people/${signer.aino.id}/links`, {})).body as unknown as {
    path: string
  }
  const changes = await releaser.request('GET', `/api/directory-changes?person=${signer.aino.id}`)
  const [change] = changes.body['items'] as { id: string }[]
  const released = await releaser.request('POST', `/api/directory-changes/${change!.id}/decision`, { confirm: true })
  const token = path.replace('/welcome#', '')
  const passwords = Array.from({ length: 5 }, (_none, which) => `kolme harmaata hanhea ${which}`)
  const statuses = await sendFive((which) =>
    browse().request('POST', '/api/links/use', { token, code: released.body['code'], password: passwords[which] }),
  )
  expect(statuses).toEqual([200, 404, 404, 404, 404])
  const opened = []
  for (const secret of passwords) opened.push((await browse().signIn(signer.aino, secret)).status)
  expect(opened.filter((status) => status === 200)).toHaveLength(1)
})

describe('SCIM requests of the identity system', async () => {
  const added = await addScimToken(admin, 'Entra ID')
  if ('refused' in added) throw new Error(added.refused)
  const scim = scimClient(new URL('/scim/v2', desk.url).toString(), added.token)
  const body = () => ({ schemas: [core], userName: `u.${randomUUID().slice(0, 8)}`, displayName: 'Maija Meri' })

  test('enter one of five people whose simultaneous requests have the same user id', async () => {
    const user = body()
    expect(await sendFive(() => scim.post('/Users', user))).toEqual([201, 409, 409, 409, 409])
  })

  test('change a user once for the version that was read', async () => {
    const { id, meta } = (await scim.post('/Users', body())).body
    const statuses = await sendFive((which) =>
      scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'displayName', value: `Maija ${which}` }], {
        'if-match': meta.version,
      }),
    )
    expect(statuses).toEqual([200, 412, 412, 412, 412])
  })

  test('assign one number to one of five people', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await scim.post('/Users', body())).body.id))
    const statuses = await sendFive((which) =>
      scim.patch(`/Users/${ids[which]}`, [
        { op: 'add', path: 'phoneNumbers', value: [{ type: 'work', value: '029 512 6611' }] },
      ]),
    )
    expect(statuses).toEqual([200, 409, 409, 409, 409])
  })

  test.each([
    ['another user id', [{ op: 'replace', path: 'userName', value: 'somebody.else' }], 400],
    ['another user id by its whole name', [{ op: 'add', path: `${core}:USERNAME`, value: 'somebody.else' }], 400],
    ['another user id without a path', [{ op: 'replace', value: { UserName: 'somebody.else' } }], 400],
    ['no user id', [{ op: 'remove', path: 'userName' }], 400],
    ['roles', [{ op: 'add', path: 'roles', value: [{ value: 'ADMINISTRATOR' }] }], 200],
    ['entitlements', [{ op: 'add', value: { entitlements: ['DECISION_MAKER'], groups: [{ value: 'x' }] } }], 200],
    ['a password', [{ op: 'add', path: 'password', value: 'kolme harmaata hanhea' }], 200],
    ['an id', [{ op: 'replace', path: 'id', value: randomUUID() }], 200],
    ['a prototype', [{ op: 'add', path: '__proto__', value: { employed: true } }], 400],
    ['a member that every JavaScript object has', [{ op: 'add', path: 'constructor', value: 'x' }], 400],
    ['a hundred and one operations', Array.from({ length: 101 }, () => ({ op: 'remove', path: 'title' })), 400],
  ])('cannot give a person %s', async (_what, operations, status) => {
    const user = body()
    const { id } = (await scim.post('/Users', user)).body
    expect((await scim.patch(`/Users/${id}`, operations)).status).toBe(status)
    const after = (await scim.get(`/Users/${id}`)).body
    expect(after).toMatchObject({ id, userName: user.userName, displayName: 'Maija Meri' })
    for (const name of ['roles', 'entitlements', 'groups', 'password', 'employed'])
      expect(after).not.toHaveProperty(name)
    const { rows } = await database.as().pool.query(
      `select from access_right where person_id = $1
       union all select from person where id = $1 and password_check is not null`,
      [id],
    )
    expect(rows).toEqual([])
  })

  test('cannot change a person’s unit by a group, and are refused if too large', async () => {
    const { id } = (await scim.post('/Users', body())).body
    const members = [{ op: 'add', path: 'members', value: [{ value: id }] }]
    expect((await scim.patch(`/Groups/${randomUUID()}`, members)).status).toBe(403)
    expect((await scim.post('/Users', { ...body(), title: 'x'.repeat(70_000) })).status).toBe(413)
  })

  test('need the token before they reveal whether a person exists', async () => {
    const { id } = (await scim.post('/Users', body())).body
    for (const token of [undefined, 'x', added.token.toUpperCase(), `${added.token} `.slice(1)]) {
      const stranger = scimClient(new URL('/scim/v2', desk.url).toString(), token)
      const answers = [
        await stranger.get(`/Users/${id}`),
        await stranger.get(`/Users/${randomUUID()}`),
        await stranger.get('/Groups'),
        await stranger.patch(`/Users/${id}`, []),
      ]
      for (const answer of answers) expect([answer.status, answer.text]).toEqual([401, answers[0]!.text])
    }
  })

  test('leave no token and no name in the process’s log', () => {
    expect(desk.log.join('')).not.toMatch(/seloste-scim|Maija/)
  })
})

async function signedIn() {
  const browser = browse()
  expect((await browser.signIn(signer.aino)).status).toBe(200)
  return browser
}
