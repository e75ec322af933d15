import { randomBytes, randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { newToken } from '#platform/links/link-token.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import type { SafeguardTables } from '../tables.ts'
import { deleteExpiredSignInData } from './accounts.ts'
import { makeOperatorsLink, useLink } from './links.ts'
import { rememberDevice, signIn, type AttemptFrom } from './sign-in.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const pool = database.as().pool
const now = () => Temporal.Now.instant()

let aino: TestPerson
beforeEach(async () => {
  aino = await enterTestPerson(admin, desk, { name: 'Aino' })
})

const attempt = (secret: string, from: AttemptFrom, userId = aino.userId) =>
  signIn(desk, { userId, password: secret, from }, now())
const wrong = (from: AttemptFrom, userId = aino.userId) => attempt('wrong', from, userId)

async function fail(times: number, from: () => AttemptFrom): Promise<void> {
  for (let i = 0; i < times; i += 1) expect(await wrong(from())).toBe('refused')
}

/** Simulates this much elapsed time. */
async function later(minutes: number): Promise<void> {
  await pool.query('update sign_in_failure set last_at = last_at - make_interval(mins => $1)', [minutes])
}

async function knownBrowser(): Promise<AttemptFrom> {
  const session = await aino.signIn()
  const knownDevice = newToken()
  expect(await rememberDevice(desk, session, knownDevice)).toBe(true)
  return { network: '198.51.100.0/24', knownDevice }
}

const elsewhere = (): AttemptFrom => ({ network: randomUUID() })

describe('failures from one network', () => {
  const from = { network: '192.0.2.0/24' }

  test('cause no wait until the fifth, and then each wait is twice the one before, up to 15 minutes, for the right password too', async () => {
    await fail(5, () => from)
    expect(await attempt(password, from)).toEqual({ refused: 'session.wait', seconds: 1 })
    const waits: number[] = []
    for (let i = 0; i < 13; i += 1) {
      await later(16)
      await fail(1, () => from)
      const { rows } = await pool.query<{ seconds: number }>('select sign_in_wait($1, $2, null) as seconds', [
        aino.userId,
        from.network,
      ])
      waits.push(rows[0]?.seconds ?? 0)
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
    await later(16)
    expect(await attempt(password, from)).toMatchObject({ personId: aino.id })
  })

  test('are reset by a success, and delay nobody else', async () => {
    await fail(4, () => from)
    expect(await attempt(password, from)).toMatchObject({ personId: aino.id })
    await fail(5, () => from)
    expect(await wrong(from)).toMatchObject({ refused: 'session.wait' })
    expect(await attempt(password, elsewhere())).toMatchObject({ personId: aino.id })
    const other = await enterTestPerson(admin, desk, { name: 'Toinen' })
    expect(await attempt(password, from, other.userId)).toMatchObject({ personId: other.id })
  })

  test('are counted even if many arrive at once', async () => {
    const began = performance.now()
    const answers = await Promise.all(Array.from({ length: 20 }, () => wrong(from)))
    const refused = answers.filter((answer) => answer === 'refused').length
    expect(refused).toBeGreaterThanOrEqual(5)
    // The first wait is a second: on a busy machine it may be over before the last arrives.
    expect(refused).toBeLessThanOrEqual(5 + Math.floor((performance.now() - began) / 1_000))
  })

  test('an attempt during a wait is neither checked nor counted', async () => {
    await fail(5, () => from)
    for (let i = 0; i < 10; i += 1) expect(await wrong(from)).toMatchObject({ refused: 'session.wait' })
    const { rows } = await pool.query(
      "select failures from sign_in_failure where source = $1 and account = sha256(convert_to($2, 'UTF8'))",
      [`network:${from.network}`, aino.userId],
    )
    expect(rows).toEqual([{ failures: 5 }])
  })

  test('cause the same waits for an unknown user id', async () => {
    const nobody = randomUUID()
    for (let i = 0; i < 5; i += 1) expect(await wrong(from, nobody)).toBe('refused')
    expect(await wrong(from, nobody)).toEqual({ refused: 'session.wait', seconds: 1 })
  })
})

describe('strangers, from all networks together,', () => {
  test('are locked out after a hundred failures in a row, while the person can sign in in their own browser and ends the lock', async () => {
    const own = await knownBrowser()
    await fail(100, elsewhere)
    expect(await attempt(password, elsewhere())).toEqual({ refused: 'session.closed' })
    await later(60 * 24 * 30)
    expect(await attempt(password, elsewhere())).toEqual({ refused: 'session.closed' })
    expect(await attempt(password, own)).toMatchObject({ personId: aino.id })
    expect(await attempt(password, elsewhere())).toMatchObject({ personId: aino.id })
  })

  test('are no longer locked out after a new one-time link', async () => {
    await fail(100, elsewhere)
    const token = await makeOperatorsLink(admin, { personId: aino.id })
    await useLink(desk, token, 'uusi salasana on tämä')
    expect(await attempt('uusi salasana on tämä', elsewhere())).toMatchObject({ personId: aino.id })
  })

  test('stay locked out across a restart and a cleanup', async () => {
    await fail(100, elsewhere)
    await later(60 * 24 * 2)
    await deleteExpiredSignInData(database.as('seloste_custodian').db)
    expect(await attempt(password, elsewhere())).toEqual({ refused: 'session.closed' })
    const { rows } = await pool.query("select source from sign_in_failure where source <> '*'")
    expect(rows).toEqual([])
  })
})

describe('a browser in which the person has signed in', () => {
  test('is admitted even if strangers fail from the same network at the same time', async () => {
    const own = await knownBrowser()
    await fail(5, () => ({ network: own.network }))
    expect(await wrong({ network: own.network })).toMatchObject({ refused: 'session.wait' })
    expect(await attempt(password, own)).toMatchObject({ personId: aino.id })
  })

  test('waits for its own failures, and after ten counts as a stranger', async () => {
    const own = await knownBrowser()
    await fail(5, () => own)
    expect(await attempt(password, own)).toMatchObject({ refused: 'session.wait' })
    for (let i = 0; i < 5; i += 1) {
      await later(16)
      await fail(1, () => own)
    }
    const { rows } = await pool.query('select from known_device where person_id = $1', [aino.id])
    expect(rows).toEqual([])
  })

  test('is known for its own person, and for nobody else', async () => {
    const own = await knownBrowser()
    const other = await enterTestPerson(admin, desk, { name: 'Toinen' })
    for (let i = 0; i < 5; i += 1) await wrong(own, other.userId)
    expect(await wrong({ network: own.network }, other.userId)).toMatchObject({ refused: 'session.wait' })
    expect(await rememberDevice(desk, await other.signIn(), own.knownDevice ?? '')).toBe(false)
  })

  test('is remembered while it is among the twenty used last', async () => {
    const session = await aino.signIn()
    const tokens = Array.from({ length: 22 }, newToken)
    for (const token of tokens) await rememberDevice(desk, session, token)
    const { rows } = await pool.query<{ count: number }>('select count(*) from known_device where person_id = $1', [
      aino.id,
    ])
    expect(rows).toEqual([{ count: 20 }])
  })
})

describe('a compromised desk', () => {
  test('guesses no faster directly in the database, and reads nothing for its guesses', async () => {
    const own = database.as('seloste_desk').pool
    const outcomes: string[] = []
    for (let i = 0; i < 101; i += 1) {
      const { rows } = await own.query<{ outcome: string }>(
        'select outcome from open_session($1, $2, $3, null, $4, null, now())',
        [aino.userId, randomBytes(32), randomUUID(), randomBytes(32)],
      )
      outcomes.push(rows[0]?.outcome ?? '')
    }
    expect(outcomes.slice(0, 100)).toEqual(Array(100).fill('refused'))
    expect(outcomes[100]).toBe('wait')
    for (const table of ['sign_in_failure', 'known_device', 'totp', 'recovery_code', 'one_time_link']) {
      await expect(own.query(`select from ${table}`), table).rejects.toThrow('permission denied')
    }
    for (const call of [
      "end_attempt('x', 'x', true)",
      "save_password(gen_random_uuid(), 'x', 'x', true)",
      `drop_factors('${aino.id}')`,
      `end_sessions_of('${aino.id}', null)`,
      `complete_session('x', 'x', 'password+totp')`,
      `open_proven_session('${aino.id}', 'x', 'passkey', now())`,
      'end_access_of_leavers()',
    ]) {
      await expect(own.query(`select ${call}`), call).rejects.toThrow('permission denied')
    }
    await expect(own.query("update sign_in_demand set second_factor = 'off'")).rejects.toThrow('permission denied')
    await expect(own.query('update session set awaits_second_factor = false')).rejects.toThrow('permission denied')
    await expect(own.query('update person set password_check = null')).rejects.toThrow('permission denied')
  })
})
