// R20: strangers' sign-in attempts lock out nobody who is signed in, and a browser holds one session.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { openAccounts } from '#test/sign-in/open-accounts.ts'
import { password } from '../database/people.ts'

const { database, enter, browse, codeOf, signer, enrol, isSignedIn } = await openAccounts()
const desk = database.as('seloste_desk').db

test('a two-step sign-in ends the browser’s previous session', async () => {
  const shared = browse()
  await shared.signIn(await enter('Eilinen'))
  const before = shared.cookies.get('seloste') ?? ''
  const own = browse()
  await own.signIn(signer.aino)
  const { secret } = await enrol(own)
  expect(await shared.signIn(signer.aino)).toMatchObject({ status: 401, code: 'session.second-factor' })
  expect(await shared.request('POST', '/api/session/second-factor', { otp: codeOf(secret) })).toMatchObject({
    status: 200,
  })
  const left = browse()
  left.cookies.set('seloste', before)
  expect(await isSignedIn(left)).toBe(false)
})

describe('a signed-in person', () => {
  test('can prove their identity and change their password, however often strangers have failed', async () => {
    const person = await enter('Kohde')
    const own = browse()
    await own.signIn(person)
    const stranger = () => ({ userId: person.userId, password: 'guess', from: { network: randomUUID() } })
    for (let i = 0; i < 100; i += 1) await signIn(desk, stranger(), Temporal.Now.instant())
    expect(await signIn(desk, stranger(), Temporal.Now.instant())).toMatchObject({ refused: 'session.closed' })
    expect((await own.request('POST', '/api/session/proof', { password })).status).toBe(204)
    const changed = await own.request('POST', '/api/account/password', {
      current: password,
      password: 'kolme harmaata hanhea',
    })
    expect(changed.status).toBe(204)
  })

  test('is refused after five wrong guesses in a row, which do not affect their other browsers', async () => {
    const person = await enter('Arvaaja')
    const [found, own] = [browse(), browse()]
    for (const browser of [found, own]) await browser.signIn(person)
    const prove = async (browser: typeof own, secret: string) =>
      (await browser.request('POST', '/api/session/proof', { password: secret })).status
    const guesses: number[] = []
    for (let i = 0; i < 7; i += 1) guesses.push(await prove(found, 'guess'))
    expect(guesses.slice(-2)).toContain(429)
    expect(await prove(found, password)).toBe(429)
    expect(await prove(own, password)).toBe(204)
  })
})
