import { beforeEach, describe, expect, test } from 'vitest'
import { password } from '#test/database/people.ts'
import { validPassword, openAccounts, type Browser } from '#test/sign-in/open-accounts.ts'

const { enter, browse, codeOf, signer, enrol, isSignedIn } = await openAccounts()

describe('one’s own account', () => {
  let browser: Browser
  beforeEach(async () => {
    browser = browse({ 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })
    await browser.signIn(signer.aino)
  })
  const change = (json: { current: string; password: string }) => browser.request('POST', '/api/account/password', json)

  test('returns the methods of signing in', async () => {
    expect((await browser.request('GET', '/api/account')).body).toMatchObject({
      userId: signer.aino.userId,
      name: 'Aino Virtanen',
      method: 'password',
      password: { set: true, rules: { least: 15, greatest: 256 } },
      secondFactor: { demand: 'optional', mayEnrol: true, mayRemove: false, recoveryCodesLeft: 0 },
    })
  })

  test('changes the password: the other sessions end, this one continues under a new token', async () => {
    const other = browse()
    await other.signIn(signer.aino)
    const before = browser.cookies.get('seloste')
    expect((await change({ current: password, password: validPassword })).status).toBe(204)
    expect(browser.cookies.get('seloste')).not.toBe(before)
    expect(await isSignedIn(browser)).toBe(true)
    expect(await isSignedIn(other)).toBe(false)
    expect(await browse().signIn(signer.aino)).toMatchObject({ code: 'session.credentials' })
    expect(await browse().signIn(signer.aino, validPassword)).toMatchObject({ status: 200 })
    expect((await browser.request('GET', '/api/account')).body).toMatchObject({
      password: { setAt: expect.any(String) as string },
    })
  })

  test('refuses an unfit password, with the reason', async () => {
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
    expect(await change({ current: 'guess', password: validPassword })).toMatchObject({
      status: 401,
      code: 'session.credentials',
      field: 'current',
    })
    expect(await browser.request('POST', '/api/password-check', { password: 'passwordpassword' })).toMatchObject({
      status: 200,
      body: { problems: [{ code: 'common' }] },
    })
    expect(await browse().request('POST', '/api/password-check', { password: 'x' })).toMatchObject({ status: 401 })
  })

  test('limits guesses of the present password in a stolen session', async () => {
    for (let i = 0; i < 5; i += 1) {
      expect(await change({ current: `guess ${i}`, password: validPassword })).toMatchObject({
        code: 'session.credentials',
      })
    }
    expect(await change({ current: password, password: validPassword })).toMatchObject({
      status: 429,
      code: 'session.wait',
    })
  })

  test('accepts a shorter password with a second factor, which must then stay until the password is longer', async () => {
    const { secret } = await enrol(browser)
    expect((await browser.request('GET', '/api/account')).body).toMatchObject({ password: { rules: { least: 8 } } })
    expect((await change({ current: password, password: 'hanhi tu' })).status).toBe(204)
    const otp = codeOf(secret)
    const remove = (json: object) => browser.request('POST', '/api/account/totp/removal', json)
    expect(await remove({ password: 'hanhi tu', otp })).toMatchObject({
      status: 409,
      code: 'password.too-short-alone',
    })
    expect((await change({ current: 'hanhi tu', password: validPassword })).status).toBe(204)
    expect((await remove({ password: validPassword, otp })).status).toBe(204)
    expect(await browse().signIn(signer.aino, validPassword)).toMatchObject({ status: 200 })
  })

  test('lists one’s open sessions by browser and system, and ends one or all', async () => {
    const other = browse({ 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0' })
    await other.signIn(signer.aino)
    const stranger = browse()
    await stranger.signIn(await enter('Outo'))
    const list = async () =>
      (await browser.request('GET', '/api/account/sessions')).body['items'] as {
        id: string
        current: boolean
        device: string
      }[]
    const items = await list()
    // The fixture's own sign-in is first, if there is one; these two sessions are from a browser.
    expect(items.map(({ device, current }) => [device, current])).toEqual(
      expect.arrayContaining([
        ['Firefox, Linux', true],
        ['Edge, Windows', false],
      ]),
    )
    const otherSession = items.find(({ current }) => !current)?.id ?? ''
    expect(await stranger.request('DELETE', `/api/account/sessions/${otherSession}`)).toMatchObject({ status: 404 })
    expect(await isSignedIn(other)).toBe(true)
    expect((await browser.request('DELETE', `/api/account/sessions/${otherSession}`)).status).toBe(204)
    expect(await isSignedIn(other)).toBe(false)
    await other.signIn(signer.aino)
    expect(await browser.request('DELETE', '/api/account/sessions?keep=this')).toMatchObject({ body: { ended: 1 } })
    expect([await isSignedIn(browser), await isSignedIn(other), await isSignedIn(stranger)]).toEqual([
      true,
      false,
      true,
    ])
    expect(await browser.request('DELETE', '/api/account/sessions')).toMatchObject({ status: 200 })
    expect(await isSignedIn(browser)).toBe(false)
    expect(browser.cookies.has('seloste')).toBe(false)
  })
})
