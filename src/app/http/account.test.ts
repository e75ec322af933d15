import { Secret, TOTP } from 'otpauth'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { noteDemand } from '#safeguards/sign-in/keep-accounts.ts'
import { makeFirstLinks } from '#safeguards/sign-in/links.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const pool = database.as().pool
const good = 'kolme harmaata hanhea'

/** A browser that keeps its cookies. */
class Browser {
  readonly cookies = new Map<string, string>()
  readonly #headers: Record<string, string>
  constructor(headers: Record<string, string> = {}) {
    this.#headers = headers
  }

  async ask(method: string, path: string, json?: unknown) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, desk.url), {
      method,
      headers: {
        ...this.#headers,
        ...(cookie && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return { ...(await answer(response)), headers: response.headers }
  }

  signIn = (person: { userId: string }, secret = password, otp?: string) =>
    this.ask('POST', '/api/session', { userId: person.userId, password: secret, ...(otp !== undefined && { otp }) })
}

let address = 0
/** Each from an address of its own, so that no test waits for another's attempts. */
function browse(headers: Record<string, string> = {}): Browser {
  address += 1
  return new Browser({ 'x-forwarded-for': `10.${address >> 8}.${address & 255}.1`, ...headers })
}

let ahead = 0
function codeOf(secret: string): string {
  ahead += 30
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + ahead * 1000 })
}

let aino: TestPerson
beforeEach(async () => {
  await noteDemand(admin, 'optional')
  ahead = 0
  aino = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Aino Virtanen' })
})

async function enrol(browser: Browser) {
  const begun = await browser.ask('POST', '/api/account/totp', { password })
  const { id, secret } = begun.body as unknown as { id: string; secret: string }
  const otp = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  const confirmed = await browser.ask('POST', '/api/account/totp/confirmation', { id, otp })
  return { begun, confirmed, secret, recoveryCodes: confirmed.body['recoveryCodes'] as string[] }
}

const isWhole = (browser: Browser) => browser.ask('GET', '/api/session').then(({ status }) => status === 200)

describe('signing in', () => {
  test('without a second factor is one step; the demo’s way of old', async () => {
    const browser = browse()
    expect(await browser.signIn(aino)).toMatchObject({ status: 200, body: { userId: aino.userId } })
    expect(await isWhole(browser)).toBe(true)
  })

  test('with one is two steps, or one with the code at hand; each gives a fresh token', async () => {
    const browser = browse()
    await browser.signIn(aino)
    const tokens = [browser.cookies.get('seloste')]
    const { secret, recoveryCodes } = await enrol(browser)
    tokens.push(browser.cookies.get('seloste'))

    const other = browse()
    const first = await other.signIn(aino)
    expect(first).toMatchObject({
      status: 401,
      code: 'session.second-factor',
      body: { error: { factors: ['totp', 'recovery-code'] } },
    })
    tokens.push(other.cookies.get('seloste'))
    expect(other.cookies.has('seloste-device')).toBe(false)
    for (const [method, path] of [
      ['GET', '/api/session'],
      ['GET', '/api/account'],
      ['GET', '/api/people'],
      ['GET', '/api/account/sessions'],
    ] as const) {
      expect((await other.ask(method, path)).status, path).toBe(401)
    }
    expect((await other.ask('GET', '/api/session')).code).toBe('session.second-factor')
    expect(await other.ask('POST', '/api/session/second-factor', { otp: '000 000' })).toMatchObject({
      status: 401,
      code: 'session.second-factor-wrong',
    })
    expect(await other.ask('POST', '/api/session/second-factor', { otp: codeOf(secret) })).toMatchObject({
      status: 200,
      body: { userId: aino.userId },
    })
    tokens.push(other.cookies.get('seloste'))
    expect(other.cookies.has('seloste-device')).toBe(true)
    expect(new Set(tokens).size).toBe(tokens.length)

    const third = browse()
    await third.signIn(aino)
    expect(
      await third.ask('POST', '/api/session/second-factor', { recoveryCode: recoveryCodes[0]?.toUpperCase() }),
    ).toMatchObject({ status: 200 })
    expect(await third.ask('GET', '/api/account')).toMatchObject({
      body: { method: 'password+totp', secondFactor: { recoveryCodesLeft: 9 } },
    })
  })

  test('with the code in the same request', async () => {
    const browser = browse()
    await browser.signIn(aino)
    const { secret } = await enrol(browser)
    const other = browse()
    expect(await other.signIn(aino, password, codeOf(secret))).toMatchObject({ status: 200 })
    const third = browse()
    expect(await third.signIn(aino, password, '000000')).toMatchObject({ code: 'session.second-factor-wrong' })
    ahead += 30
    expect(await isWhole(third)).toBe(false)
  })

  test('neither two factors at once nor none', async () => {
    for (const json of [{}, { otp: '123456', recoveryCode: 'x' }]) {
      expect(await browse().ask('POST', '/api/session/second-factor', json)).toMatchObject({ code: 'input.invalid' })
    }
  })

  test('is not in a session that was planted or open before: that one ends (session fixation)', async () => {
    const attacker = browse()
    await attacker.signIn(await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Outo' }))
    const planted = attacker.cookies.get('seloste') ?? ''
    const browser = browse()
    browser.cookies.set('seloste', planted)
    expect(await browser.signIn(aino)).toMatchObject({ status: 200, body: { userId: aino.userId } })
    expect(browser.cookies.get('seloste')).not.toBe(planted)
    expect(await isWhole(attacker)).toBe(false)
  })

  test('over TLS has cookies that no other host and no plain connection can plant', async () => {
    const browser = browse({ 'x-forwarded-proto': 'https' })
    const { headers } = await browser.signIn(aino)
    const lines = headers.getSetCookie()
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-seloste(-device)?=[\w-]{43}; /)
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) expect(line).toContain(attribute)
      expect(line).not.toContain('Domain')
    }
    expect(await isWhole(browser)).toBe(true)
    // The same token under the name without the prefix is of no use there.
    const planted = browse({ 'x-forwarded-proto': 'https' })
    planted.cookies.set('seloste', browser.cookies.get('__Host-seloste') ?? '')
    expect(await isWhole(planted)).toBe(false)
  })

  test('fails at first without delay, then says how long to wait; the person’s own browser is let in meanwhile', async () => {
    const own = browse()
    await own.signIn(aino)
    await own.ask('DELETE', '/api/session')
    const stranger = browse()
    for (let i = 0; i < 5; i += 1) {
      expect(await stranger.signIn(aino, 'guess')).toMatchObject({ status: 401, code: 'session.credentials' })
    }
    const waiting = await stranger.signIn(aino)
    expect(waiting).toMatchObject({ status: 429, code: 'session.wait', body: { error: { waitSeconds: 1 } } })
    expect(waiting.headers.get('retry-after')).toBe('1')
    expect(await own.signIn(aino)).toMatchObject({ status: 200 })
  })
})

describe('where a second factor is required', () => {
  test('one enrols before anything opens, also after the page is loaded again', async () => {
    await noteDemand(admin, 'required')
    const browser = browse()
    expect(await browser.signIn(aino)).toMatchObject({ status: 401, code: 'session.enrolment' })
    expect(await browser.ask('GET', '/api/session')).toMatchObject({ status: 401, code: 'session.enrolment' })
    expect(await browser.ask('GET', '/api/people')).toMatchObject({ status: 401, code: 'session.none' })
    const begun = await browser.ask('POST', '/api/account/totp', {})
    expect(begun).toMatchObject({ status: 201 })
    const { id, secret } = begun.body as unknown as { id: string; secret: string }
    expect(await browser.ask('POST', '/api/account/totp/confirmation', { id, otp: '000000' })).toMatchObject({
      code: 'session.second-factor-wrong',
    })
    const confirmed = await browser.ask('POST', '/api/account/totp/confirmation', { id, otp: codeOf(secret) })
    expect(confirmed.body['recoveryCodes']).toHaveLength(10)
    expect(await isWhole(browser)).toBe(true)
    expect(await browser.ask('GET', '/api/account')).toMatchObject({
      body: { secondFactor: { demand: 'required', mayEnrol: false, mayRemove: false } },
    })
  })
})

describe('one’s own account', () => {
  let browser: Browser
  beforeEach(async () => {
    browser = browse({ 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })
    await browser.signIn(aino)
  })
  const change = (json: { current: string; password: string }) => browser.ask('POST', '/api/account/password', json)

  test('tells how one signs in', async () => {
    expect((await browser.ask('GET', '/api/account')).body).toMatchObject({
      userId: aino.userId,
      name: 'Aino Virtanen',
      method: 'password',
      password: { set: true, rules: { least: 15, greatest: 256 } },
      secondFactor: { demand: 'optional', mayEnrol: true, mayRemove: false, recoveryCodesLeft: 0 },
    })
  })

  test('changes the password: the other sessions end, this one goes on under a fresh token', async () => {
    const other = browse()
    await other.signIn(aino)
    const before = browser.cookies.get('seloste')
    expect((await change({ current: password, password: good })).status).toBe(204)
    expect(browser.cookies.get('seloste')).not.toBe(before)
    expect(await isWhole(browser)).toBe(true)
    expect(await isWhole(other)).toBe(false)
    expect(await browse().signIn(aino)).toMatchObject({ code: 'session.credentials' })
    expect(await browse().signIn(aino, good)).toMatchObject({ status: 200 })
    expect((await browser.ask('GET', '/api/account')).body).toMatchObject({
      password: { setAt: expect.any(String) as string },
    })
  })

  test('takes no password that is unfit, and says why', async () => {
    expect(await change({ current: password, password: 'virtanen' })).toMatchObject({
      status: 400,
      code: 'password.unfit',
      field: 'password',
      body: {
        error: {
          problems: [
            { code: 'too-short', least: 15 },
            { code: 'context', word: 'virtanen' },
          ],
        },
      },
    })
    expect(await change({ current: password, password })).toMatchObject({
      body: { error: { problems: [{ code: 'same' }] } },
    })
    expect(await change({ current: 'guess', password: good })).toMatchObject({
      status: 401,
      code: 'session.credentials',
      field: 'current',
    })
    expect(await browser.ask('POST', '/api/password-check', { password: 'passwordpassword' })).toMatchObject({
      status: 200,
      body: { problems: [{ code: 'common' }] },
    })
    expect(await browse().ask('POST', '/api/password-check', { password: 'x' })).toMatchObject({ status: 401 })
  })

  test('guesses at the present password in a stolen session are counted', async () => {
    for (let i = 0; i < 5; i += 1) {
      expect(await change({ current: `guess ${i}`, password: good })).toMatchObject({ code: 'session.credentials' })
    }
    expect(await change({ current: password, password: good })).toMatchObject({ status: 429, code: 'session.wait' })
  })

  test('a shorter password is enough with a second factor, which then stays until the password is longer', async () => {
    const { secret } = await enrol(browser)
    expect((await browser.ask('GET', '/api/account')).body).toMatchObject({ password: { rules: { least: 8 } } })
    expect((await change({ current: password, password: 'hanhi tu' })).status).toBe(204)
    const otp = codeOf(secret)
    const remove = (json: object) => browser.ask('POST', '/api/account/totp/removal', json)
    expect(await remove({ password: 'hanhi tu', otp })).toMatchObject({
      status: 409,
      code: 'password.too-short-alone',
    })
    expect((await change({ current: 'hanhi tu', password: good })).status).toBe(204)
    expect((await remove({ password: good, otp })).status).toBe(204)
    expect(await browse().signIn(aino, good)).toMatchObject({ status: 200 })
  })

  test('lists one’s open sessions by browser and system, and ends one or all', async () => {
    const other = browse({ 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0' })
    await other.signIn(aino)
    const stranger = browse()
    await stranger.signIn(await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Outo' }))
    const list = async () =>
      (await browser.ask('GET', '/api/account/sessions')).body['items'] as {
        id: string
        current: boolean
        device: string
      }[]
    const items = await list()
    // The first is that of the fixture's own sign-in, if any; these two are from a browser.
    expect(items.map(({ device, current }) => [device, current])).toEqual(
      expect.arrayContaining([
        ['Firefox, Linux', true],
        ['Edge, Windows', false],
      ]),
    )
    const theirs = items.find(({ current }) => !current)?.id ?? ''
    expect(await stranger.ask('DELETE', `/api/account/sessions/${theirs}`)).toMatchObject({ status: 404 })
    expect(await isWhole(other)).toBe(true)
    expect((await browser.ask('DELETE', `/api/account/sessions/${theirs}`)).status).toBe(204)
    expect(await isWhole(other)).toBe(false)
    await other.signIn(aino)
    expect(await browser.ask('DELETE', '/api/account/sessions?keep=this')).toMatchObject({ body: { ended: 1 } })
    expect([await isWhole(browser), await isWhole(other), await isWhole(stranger)]).toEqual([true, false, true])
    expect(await browser.ask('DELETE', '/api/account/sessions')).toMatchObject({ status: 200 })
    expect(await isWhole(browser)).toBe(false)
    expect(browser.cookies.has('seloste')).toBe(false)
  })
})

describe('one-time links', () => {
  test('first an administrator and an approver, who then brings in everybody else', async () => {
    const [administrator, approver] = await makeFirstLinks(admin)
    const visitor = browse()
    const token = administrator?.token ?? ''
    expect(await visitor.ask('POST', '/api/links/look', { token })).toMatchObject({
      status: 200,
      body: { kind: 'first-person', role: 'ADMINISTRATOR', rules: { least: 15, greatest: 256 } },
    })
    const use = (json: object) => visitor.ask('POST', '/api/links/use', { token, password: good, ...json })
    expect(await use({})).toMatchObject({ status: 400, field: 'userId' })
    expect(await use({ userId: 'admin', name: 'Pää Käyttäjä' })).toMatchObject({
      code: 'person.not-personal',
      field: 'userId',
    })
    expect(await use({ userId: 'koivu.kaisa', name: '  ' })).toMatchObject({
      code: 'person.name-missing',
      field: 'name',
    })
    expect(await use({ userId: 'koivu.kaisa', name: 'Kaisa Koivu', password: 'koivu.kaisa.123' })).toMatchObject({
      code: 'password.unfit',
      body: { error: { problems: [{ code: 'context' }] } },
    })
    expect(
      await visitor.ask('POST', '/api/password-check', {
        password: 'koivu.kaisa.123',
        link: token,
        userId: 'koivu.kaisa',
      }),
    ).toMatchObject({ body: { problems: [{ code: 'context' }] } })
    expect(await use({ userId: 'Koivu.Kaisa', name: 'Kaisa Koivu' })).toMatchObject({
      status: 200,
      body: { userId: 'koivu.kaisa' },
    })
    expect(await use({ userId: 'x.y', name: 'X' })).toMatchObject({ status: 404, code: 'link.none' })
    expect(
      await browse().ask('POST', '/api/links/use', {
        token: approver?.token,
        password: good,
        userId: 'koivu.k',
        name: 'Kaisa Koivu',
      }),
    ).toMatchObject({ status: 409, code: 'link.same-person' })

    const kaisa = browse()
    expect(await kaisa.signIn({ userId: 'koivu.kaisa' }, good)).toMatchObject({
      status: 200,
      body: { rights: [{ role: 'ADMINISTRATOR' }] },
    })
    const entered = await kaisa.ask('POST', '/api/people', {
      userId: 'salo.sami',
      name: 'Sami Salo',
      employedFrom: '2026-01-01',
    })
    const id = entered.body['id'] as string
    expect(await kaisa.ask('GET', `/api/people/${id}/account`)).toMatchObject({
      body: { password: false, totp: false, passkeys: 0, mayMakeLink: true, mayAskRemoval: false },
    })
    const made = await kaisa.ask('POST', `/api/people/${id}/links`)
    expect(made).toMatchObject({ status: 201, body: { kind: 'first-password' } })
    const sami = browse()
    const link = { token: (made.body['path'] as string).replace('/welcome#', '') }
    expect(await sami.ask('POST', '/api/links/look', link)).toMatchObject({
      body: { kind: 'first-password', userId: 'salo.sami', name: 'Sami Salo' },
    })
    expect((await sami.ask('POST', '/api/links/use', { ...link, password: good })).status).toBe(200)
    expect(await sami.signIn({ userId: 'salo.sami' }, good)).toMatchObject({ status: 200 })
    expect(await sami.ask('GET', `/api/people/${id}/account`)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await sami.ask('POST', `/api/people/${id}/links`)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(
      await kaisa.ask('POST', '/api/people', { userId: 'info', name: 'I', employedFrom: '2026-01-01' }),
    ).toMatchObject({
      status: 400,
      code: 'person.not-personal',
      field: 'userId',
    })
  })

  test('nothing of a password, a code, a link or a token is in the log or the audit log', async () => {
    const browser = browse()
    await browser.signIn(aino)
    const { secret, recoveryCodes } = await enrol(browser)
    const { rows } = await pool.query<{ row: string }>('select to_jsonb(a)::text as row from audit_entry a')
    const written = desk.log.join() + rows.map(({ row }) => row).join()
    for (const word of [
      password,
      good,
      secret,
      ...recoveryCodes,
      ...browser.cookies.values(),
      aino.userId,
      'Virtanen',
    ]) {
      expect(written).not.toContain(word)
    }
  })
})
