import { describe, expect, test } from 'vitest'
import { password } from '#test/database/people.ts'
import { openAccounts } from '#test/sign-in/open-accounts.ts'
import { storeSecondFactorDemand } from '#safeguards/sign-in/accounts.ts'

const { admin, enter, browse, codeOf, signer, enrol, isSignedIn } = await openAccounts()

describe('signing in', () => {
  test('without a second factor takes one step', async () => {
    const browser = browse()
    expect(await browser.signIn(signer.aino)).toMatchObject({ status: 200, body: { userId: signer.aino.userId } })
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('with a second factor takes two steps, and each step sets a new token', async () => {
    const browser = browse()
    await browser.signIn(signer.aino)
    const tokens = [browser.cookies.get('seloste')]
    const { secret, recoveryCodes } = await enrol(browser)
    tokens.push(browser.cookies.get('seloste'))

    const other = browse()
    const first = await other.signIn(signer.aino)
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
      expect((await other.request(method, path)).status, path).toBe(401)
    }
    expect((await other.request('GET', '/api/session')).code).toBe('session.second-factor')
    expect(await other.request('POST', '/api/session/second-factor', { otp: '000 000' })).toMatchObject({
      status: 401,
      code: 'session.second-factor-wrong',
    })
    expect(await other.request('POST', '/api/session/second-factor', { otp: codeOf(secret) })).toMatchObject({
      status: 200,
      body: { userId: signer.aino.userId },
    })
    tokens.push(other.cookies.get('seloste'))
    expect(other.cookies.has('seloste-device')).toBe(true)
    expect(new Set(tokens).size).toBe(tokens.length)

    const third = browse()
    await third.signIn(signer.aino)
    expect(
      await third.request('POST', '/api/session/second-factor', { recoveryCode: recoveryCodes[0]?.toUpperCase() }),
    ).toMatchObject({ status: 200 })
    expect(await third.request('GET', '/api/account')).toMatchObject({
      body: { method: 'password+totp', secondFactor: { recoveryCodesLeft: 9 } },
    })
  })

  test('with the code in the same request takes one step', async () => {
    const browser = browse()
    await browser.signIn(signer.aino)
    const { secret } = await enrol(browser)
    const other = browse()
    expect(await other.signIn(signer.aino, password, codeOf(secret))).toMatchObject({ status: 200 })
    const third = browse()
    expect(await third.signIn(signer.aino, password, '000000')).toMatchObject({ code: 'session.second-factor-wrong' })
    expect(await isSignedIn(third)).toBe(false)
  })

  test('refuses a second step with two factors, and with none', async () => {
    for (const json of [{}, { otp: '123456', recoveryCode: 'x' }]) {
      expect(await browse().request('POST', '/api/session/second-factor', json)).toMatchObject({
        code: 'input.invalid',
      })
    }
  })

  test('ends a session that was planted or open before (session fixation)', async () => {
    const attacker = browse()
    await attacker.signIn(await enter('Outo'))
    const planted = attacker.cookies.get('seloste') ?? ''
    const browser = browse()
    browser.cookies.set('seloste', planted)
    expect(await browser.signIn(signer.aino)).toMatchObject({ status: 200, body: { userId: signer.aino.userId } })
    expect(browser.cookies.get('seloste')).not.toBe(planted)
    expect(await isSignedIn(attacker)).toBe(false)
  })

  test('over TLS sets cookies that neither another host nor a plain connection can plant', async () => {
    const browser = browse({ 'x-forwarded-proto': 'https' })
    const { headers } = await browser.signIn(signer.aino)
    const lines = headers.getSetCookie()
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-seloste(-device)?=[\w-]{43}; /)
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) expect(line).toContain(attribute)
      expect(line).not.toContain('Domain')
    }
    expect(await isSignedIn(browser)).toBe(true)
    // The same token under the name without the prefix is ignored.
    const planted = browse({ 'x-forwarded-proto': 'https' })
    planted.cookies.set('seloste', browser.cookies.get('__Host-seloste') ?? '')
    expect(await isSignedIn(planted)).toBe(false)
  })

  test('has no delay at first, then reports how long to wait, and admits the person’s own browser meanwhile', async () => {
    const own = browse()
    await own.signIn(signer.aino)
    await own.request('DELETE', '/api/session')
    const stranger = browse()
    for (let i = 0; i < 5; i += 1) {
      expect(await stranger.signIn(signer.aino, 'guess')).toMatchObject({ status: 401, code: 'session.credentials' })
    }
    const waiting = await stranger.signIn(signer.aino)
    expect(waiting).toMatchObject({ status: 429, code: 'session.wait', body: { error: { waitSeconds: 1 } } })
    expect(waiting.headers.get('retry-after')).toBe('1')
    expect(await own.signIn(signer.aino)).toMatchObject({ status: 200 })
  })
})

describe('with a required second factor', () => {
  test('a person must enrol a second factor before anything else, also after reloading the page', async () => {
    await storeSecondFactorDemand(admin, 'required')
    const browser = browse()
    expect(await browser.signIn(signer.aino)).toMatchObject({ status: 401, code: 'session.enrolment' })
    expect(await browser.request('GET', '/api/session')).toMatchObject({ status: 401, code: 'session.enrolment' })
    expect(await browser.request('GET', '/api/people')).toMatchObject({ status: 401, code: 'session.none' })
    const begun = await browser.request('POST', '/api/account/totp', {})
    expect(begun).toMatchObject({ status: 201 })
    const { id, secret } = begun.body as unknown as { id: string; secret: string }
    expect(await browser.request('POST', '/api/account/totp/confirmation', { id, otp: '000000' })).toMatchObject({
      code: 'session.second-factor-wrong',
    })
    const confirmed = await browser.request('POST', '/api/account/totp/confirmation', { id, otp: codeOf(secret) })
    expect(confirmed.body['recoveryCodes']).toHaveLength(10)
    expect(await isSignedIn(browser)).toBe(true)
    expect(await browser.request('GET', '/api/account')).toMatchObject({
      body: { secondFactor: { demand: 'required', mayEnrol: false, mayRemove: false } },
    })
  })
})
