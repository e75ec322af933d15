import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import { proofOf } from '../people/password.ts'
import { sessionHolds, sessionObject, useSession } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { storeSecondFactorDemand } from './accounts.ts'
import { passwordProof, readSignInMethods } from './own-account.ts'
import { createSecondFactors } from './second-factor.ts'
import { signIn } from './sign-in.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const pool = database.as().pool
const keys = { totp: randomBytes(32), recovery: randomBytes(32) }
const now = () => Temporal.Now.instant()
/**
 * Clock of codes, moved only by the tests, so that each code is of another step and none expires while a password is
 * verified.
 */
const began = now()
let ahead = 0
const codeClock = () => began.add({ seconds: ahead })
const factors = createSecondFactors(custodian, keys, codeClock)

let aino: TestPerson
beforeEach(async () => {
  await storeSecondFactorDemand(custodian, 'optional')
  aino = await enterTestPerson(admin, desk, { name: 'Aino' })
})

const newToken = () => randomBytes(32).toString('base64url')
const proof = async (secret = password) => (await passwordProof(desk, aino.id, secret)).toString('base64url')

/** Returns the code of the next time step. */
function code(secret: string): string {
  ahead += 30
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: codeClock().epochMilliseconds })
}

function wrongCode(secret: string): string {
  const validCodes = [-60, -30, 0, 30, 60].map((off) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: codeClock().epochMilliseconds + off * 1000 }),
  )
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((candidate) => !validCodes.includes(candidate)) ??
    ''
  )
}

async function begin(token: string, secret = password) {
  const begun = await factors.beginTotp({
    session: token,
    proof: await proof(secret),
    issuer: 'Seloste',
    userId: aino.userId,
  })
  if ('refused' in begun) throw new Error(begun.refused)
  return begun
}

async function enrol(): Promise<{ secret: string; recoveryCodes: string[]; session: string }> {
  const { token } = await aino.signIn()
  const begun = await begin(token)
  const newSession = newToken()
  const done = await factors.confirmTotp({ session: token, newSession, id: begun.id, otp: code(begun.secret) })
  if ('refused' in done) throw new Error(done.refused)
  return { secret: begun.secret, recoveryCodes: done.recoveryCodes, session: newSession }
}

async function signInWithPassword() {
  const begun = await signIn(desk, { userId: aino.userId, password }, now())
  if (typeof begun === 'string' || !('awaits' in begun)) throw new Error('no second factor was asked for')
  return begun
}

describe('enrolling an authenticator', () => {
  test('needs the password, then a code, continues the session under a new token, and ends the others', async () => {
    const [session, other] = [await aino.signIn(), await aino.signIn()]
    const begun = await begin(session.token)
    expect(begun.uri).toContain(`secret=${begun.secret}`)
    const newSession = newToken()
    const confirm = (otp: string) => factors.confirmTotp({ session: session.token, newSession, id: begun.id, otp })
    expect(await confirm(wrongCode(begun.secret))).toEqual({ refused: 'session.second-factor-wrong' })
    const done = await confirm(code(begun.secret))
    expect(done).toMatchObject({ recoveryCodes: expect.any(Array) as string[] })
    expect(await sessionHolds(desk, newSession, now())).toBe(true)
    expect(await sessionHolds(desk, session.token, now())).toBe(false)
    expect(await sessionHolds(desk, other.token, now())).toBe(false)
  })

  test('does not start with a stolen session alone, whose guesses at the password are counted', async () => {
    const { token } = await aino.signIn()
    const request = async (secret?: string) =>
      factors.beginTotp({
        session: token,
        ...(secret !== undefined && { proof: await proof(secret) }),
        issuer: 'x',
        userId: 'x',
      })
    expect(await request()).toEqual({ refused: 'session.credentials' })
    for (let i = 0; i < 4; i += 1) expect(await request('guess')).toEqual({ refused: 'session.credentials' })
    expect(await request(password)).toMatchObject({ refused: 'session.wait' })
  })

  test('is possible once, and offered to everybody, whatever the description requires', async () => {
    const { session } = await enrol()
    expect(await factors.beginTotp({ session, proof: await proof(), issuer: 'x', userId: 'x' })).toEqual({
      refused: 'factor.enrolled',
    })
    aino = await enterTestPerson(admin, desk, { name: 'Toinen' })
    await storeSecondFactorDemand(custodian, 'off')
    const { token } = await aino.signIn()
    expect(await factors.beginTotp({ session: token, proof: await proof(), issuer: 'x', userId: 'x' })).toMatchObject({
      id: expect.any(String) as string,
    })
  })

  test('ends after a quarter of an hour if unfinished, and cannot be confirmed by anybody else', async () => {
    const { token } = await aino.signIn()
    const begun = await begin(token)
    const stranger = await (await enterTestPerson(admin, desk, { name: 'Outo' })).signIn()
    const confirm = (session: string) =>
      factors.confirmTotp({ session, newSession: newToken(), id: begun.id, otp: code(begun.secret) })
    expect(await confirm(stranger.token)).toEqual({ refused: 'factor.enrolment-over' })
    await pool.query("update totp set begun_at = begun_at - interval '16 minutes' where id = $1", [begun.id])
    expect(await confirm(token)).toEqual({ refused: 'factor.enrolment-over' })
  })

  test('stores neither the secret nor a recovery code in the clear', async () => {
    const { secret, recoveryCodes } = await enrol()
    const { rows } = await pool.query<{ row: string }>(
      'select to_jsonb(t)::text as row from totp t where person_id = $1 union all select to_jsonb(r)::text from recovery_code r where person_id = $1',
      [aino.id],
    )
    const stored = rows.map(({ row }) => row).join()
    expect(rows).toHaveLength(11)
    const hex = Buffer.from(Secret.fromBase32(secret).bytes).toString('hex')
    for (const word of [secret, hex, ...recoveryCodes]) expect(stored).not.toContain(word)
  })

  test('encrypts the secret for one person, so that it does not work in the row of another', async () => {
    await enrol()
    const mine = aino.id
    aino = await enterTestPerson(admin, desk, { name: 'Toinen' })
    const { secret } = await enrol()
    await pool.query('update totp set sealed = (select sealed from totp where person_id = $1) where person_id = $2', [
      mine,
      aino.id,
    ])
    const { token } = await signInWithPassword()
    await expect(factors.give({ session: token, newSession: newToken(), otp: code(secret) })).rejects.toThrow()
  })
})

describe('signing in with a second factor', () => {
  test('the password alone opens no session, and the code completes the sign-in under a new token', async () => {
    const { secret } = await enrol()
    const begun = await signInWithPassword()
    expect(begun).toMatchObject({ awaits: 'second-factor', factors: ['totp', 'recovery-code'] })
    expect(await useSession(desk, begun.token, now())).toBeUndefined()
    const newSession = newToken()
    expect(await factors.give({ session: begun.token, newSession, otp: code(secret) })).toEqual({ done: true })
    expect(await useSession(desk, newSession, now())).toMatchObject({ personId: aino.id })
    expect(await useSession(desk, begun.token, now())).toBeUndefined()
    expect(await factors.give({ session: begun.token, newSession: newToken(), otp: code(secret) })).toEqual({
      refused: 'session.none',
    })
  })

  test('is required of a person who has one, even if the description has switched it off since', async () => {
    await enrol()
    await storeSecondFactorDemand(custodian, 'off')
    expect(await signInWithPassword()).toMatchObject({ awaits: 'second-factor' })
  })

  test('accepts a code once, and no earlier one', async () => {
    const { secret } = await enrol()
    const used = code(secret)
    const give = async (otp: string) =>
      factors.give({ session: (await signInWithPassword()).token, newSession: newToken(), otp })
    expect(await give(used)).toEqual({ done: true })
    expect(await give(used)).toEqual({ refused: 'session.code-used' })
    const before = new TOTP({ secret: Secret.fromBase32(secret) }).generate({
      timestamp: codeClock().epochMilliseconds - 30_000,
    })
    expect(await give(before)).toEqual({ refused: 'session.code-used' })
    expect(await give(code(secret))).toEqual({ done: true })
  })

  test('completes one of two simultaneous sign-ins with one code', async () => {
    const { secret } = await enrol()
    const both = [await signInWithPassword(), await signInWithPassword()]
    const otp = code(secret)
    const answers = await Promise.all(
      both.map(({ token }) => factors.give({ session: token, newSession: newToken(), otp })),
    )
    expect(answers.map((answer) => ('done' in answer ? 'done' : answer.refused)).sort()).toEqual([
      'done',
      'session.code-used',
    ])
  })

  test('ends after five wrong codes, and a sixth waits in any sign-in', async () => {
    const { secret } = await enrol()
    const { token } = await signInWithPassword()
    const give = (session: string, otp: string) => factors.give({ session, newSession: newToken(), otp })
    for (let i = 0; i < 5; i += 1) {
      expect(await give(token, wrongCode(secret))).toEqual({ refused: 'session.second-factor-wrong' })
    }
    expect(await give(token, code(secret))).toEqual({ refused: 'session.none' })
    const next = await signInWithPassword()
    expect(await give(next.token, code(secret))).toMatchObject({ refused: 'session.wait' })
    await pool.query("update totp set failed_at = failed_at - interval '1 hour'")
    expect(await give(next.token, code(secret))).toEqual({ done: true })
  })

  test('invalidates the authenticator after a hundred wrong codes in a row, and still accepts a recovery code', async () => {
    const { secret, recoveryCodes } = await enrol()
    await pool.query('update totp set failures = 100, failed_at = null where person_id = $1', [aino.id])
    const { token } = await signInWithPassword()
    expect(await factors.give({ session: token, newSession: newToken(), otp: code(secret) })).toEqual({
      refused: 'session.factor-blocked',
    })
    expect(await factors.give({ session: token, newSession: newToken(), recoveryCode: recoveryCodes[0] })).toEqual({
      done: true,
    })
  })

  test('accepts a recovery code once, and no replaced one', async () => {
    const { secret, recoveryCodes, session } = await enrol()
    const give = async (recoveryCode = '') =>
      factors.give({ session: (await signInWithPassword()).token, newSession: newToken(), recoveryCode })
    expect(await give(recoveryCodes[3]?.toUpperCase())).toEqual({ done: true })
    expect(await give(recoveryCodes[3])).toEqual({ refused: 'session.second-factor-wrong' })
    expect(await give('abcde-abcde-abcde')).toEqual({ refused: 'session.second-factor-wrong' })
    const renewed = await factors.renewRecoveryCodes({ session, otp: code(secret) })
    if ('refused' in renewed) throw new Error(renewed.refused)
    expect(await give(recoveryCodes[4])).toEqual({ refused: 'session.second-factor-wrong' })
    expect(await give(renewed.recoveryCodes[4])).toEqual({ done: true })
  })

  test('waits ten minutes for the factor', async () => {
    const { secret } = await enrol()
    const { token } = await signInWithPassword()
    await pool.query(
      "update session set created_at = created_at - interval '10 minutes', expires_at = expires_at - interval '10 minutes' where awaits_second_factor",
    )
    expect(await factors.give({ session: token, newSession: newToken(), otp: code(secret) })).toEqual({
      refused: 'session.none',
    })
  })

  test('logs every step', async () => {
    const { secret } = await enrol()
    const { token } = await signInWithPassword()
    await factors.give({ session: token, newSession: newToken(), otp: wrongCode(secret) })
    const newSession = newToken()
    await factors.give({ session: token, newSession, otp: code(secret) })
    const { rows } = await pool.query<{ action: string; result: string; object_id: string | null }>(
      'select action, result, object_id from audit_entry where person_id = $1 order by seq',
      [aino.id],
    )
    expect(rows.map(({ action, result }) => `${action} ${result}`)).toEqual([
      'session.started ok',
      'credential.added ok',
      // The log's entry about the session's new token.
      'session.proved ok',
      'session.started refused:session.second-factor',
      'session.second-factor refused:session.second-factor-wrong',
      'session.started ok',
    ])
    expect(rows.at(-1)).toMatchObject({ object_id: (await sessionObject(desk, newSession)).id })
  })
})

describe('if the description requires a second factor', () => {
  beforeEach(() => storeSecondFactorDemand(custodian, 'required'))

  test('a person without a second factor can enrol one with the password, and can do nothing else before', async () => {
    const begun = await signInWithPassword()
    expect(begun).toMatchObject({ awaits: 'enrolment', factors: [] })
    expect(await useSession(desk, begun.token, now())).toBeUndefined()
    expect(await factors.give({ session: begun.token, newSession: newToken(), otp: '123456' })).toEqual({
      refused: 'session.none',
    })
    const enrolling = await factors.beginTotp({ session: begun.token, issuer: 'Seloste', userId: aino.userId })
    if ('refused' in enrolling) throw new Error(enrolling.refused)
    const newSession = newToken()
    await factors.confirmTotp({ session: begun.token, newSession, id: enrolling.id, otp: code(enrolling.secret) })
    expect(await useSession(desk, newSession, now())).toMatchObject({ personId: aino.id })
    expect(await useSession(desk, begun.token, now())).toBeUndefined()
  })

  test('a person with a second factor cannot avoid it by enrolling another with the password', async () => {
    await storeSecondFactorDemand(custodian, 'optional')
    await enrol()
    await storeSecondFactorDemand(custodian, 'required')
    const { token } = await signInWithPassword()
    expect(await factors.beginTotp({ session: token, issuer: 'x', userId: 'x' })).toEqual({ refused: 'session.none' })
    expect(await factors.beginTotp({ session: token, proof: await proof(), issuer: 'x', userId: 'x' })).toEqual({
      refused: 'session.none',
    })
  })

  test('nobody can remove their own second factor', async () => {
    await storeSecondFactorDemand(custodian, 'optional')
    const { session, secret } = await enrol()
    await storeSecondFactorDemand(custodian, 'required')
    expect(await factors.removeTotp({ session, proof: await proof(), otp: code(secret) })).toEqual({
      refused: 'factor.required',
    })
  })
})

describe('removing one’s own authenticator', () => {
  test('needs the password and a code', async () => {
    const { session, secret } = await enrol()
    const remove = async (secrets: { password?: string; otp: string }) =>
      factors.removeTotp({ session, proof: await proof(secrets.password ?? password), otp: secrets.otp })
    expect(await remove({ password: 'guess', otp: code(secret) })).toEqual({ refused: 'session.credentials' })
    expect(await remove({ otp: wrongCode(secret) })).toEqual({ refused: 'session.second-factor-wrong' })
    expect(await remove({ otp: code(secret) })).toEqual({ done: true })
    const own = await readSignInMethods(desk, { token: session, personId: aino.id, expiresAt: now() }, aino.id)
    expect(own).toMatchObject({ totpAddedAt: null, recoveryCodes: 0, factors: [] })
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({ personId: aino.id })
  })

  test('is refused while the password is too short to be the only factor', async () => {
    const { session, secret } = await enrol()
    await pool.query('update person set password_alone = false where id = $1', [aino.id])
    expect(await factors.removeTotp({ session, proof: await proof(), otp: code(secret) })).toEqual({
      refused: 'password.too-short-alone',
    })
  })
})

test('the custodian accepts only argon2id’s output of the password as a proof', async () => {
  const { token } = await aino.signIn()
  for (const wrongProof of [
    undefined,
    '',
    Buffer.alloc(32).toString('base64url'),
    (await proofOf('x', null)).toString('base64url'),
  ]) {
    const request = { session: token, issuer: 'x', userId: 'x', ...(wrongProof !== undefined && { proof: wrongProof }) }
    expect(await factors.beginTotp(request)).toEqual({ refused: 'session.credentials' })
  }
})
