import { verify } from '@node-rs/argon2'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { hashPassword, proofOf } from './password.ts'
import { enterPerson, setPassword } from './enter-person.ts'
import { enterUnit } from './units.ts'
import { signIn } from '../sign-in/sign-in.ts'
import { sessionHash, sessionHolds, signOut, useSession } from './session.ts'
import type { SafeguardTables } from '../tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
/** Whole milliseconds: the database keeps microseconds and rounds. */
const now = () => Temporal.Now.instant().round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
const from = Temporal.Instant.from('2020-01-01T00:00:00Z')
const aino = await enterTestPerson(admin, desk, { name: 'Aino Virtanen', ownHash: true })

/** Processor time, without other load on the machine. */
async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 9; i++) {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    times.push((user + system) / 1_000)
  }
  return times.sort((a, b) => a - b)[4]!
}

/** The PHC string of salt and proof, as the library verifies it: base64 without padding. */
const phcOf = (salt: string, proof: Buffer) => `${salt}$${proof.toString('base64')}`.replace(/=+(?=\$|$)/g, '')

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

describe('a password', () => {
  test('is stored as argon2id with OWASP’s parameters, each with its own salt', async () => {
    const [one, other] = await Promise.all([hashPassword('same'), hashPassword('same')])
    expect(one.salt).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one.salt).not.toBe(other.salt)
    expect(one.check).not.toEqual(other.check)
    expect(await verify(phcOf(one.salt, await proofOf('same', one.salt)), 'same')).toBe(true)
  })

  test('is verified at the cost of its hash, whatever new ones cost', async () => {
    const { salt, check } = await hashPassword('same', { memoryCost: 64, timeCost: 3, parallelism: 1 })
    expect(salt).toMatch(/^\$argon2id\$v=19\$m=64,t=3,p=1\$/)
    const proof = await proofOf('same', salt)
    expect(sha256(proof)).toEqual(check)
    expect(await verify(phcOf(salt, proof), 'same')).toBe(true)
    const others = [salt.replace('argon2id', 'argon2i'), salt.replace('v=19', 'v=16'), salt.slice(0, -4), '']
    for (const other of others) expect(() => proofOf('same', other), other).toThrow('does not know')
  })

  test('is verified in any Unicode normalisation form, but only in its own letter case', async () => {
    const { salt, check } = await hashPassword('Äiti-åker')
    expect(sha256(await proofOf('Äiti-åker'.normalize('NFD'), salt))).toEqual(check)
    for (const wrong of ['äiti-åker', 'Äiti-åker ', '', 'Aiti-aker'])
      expect(sha256(await proofOf(wrong, salt))).not.toEqual(check)
  })

  test('cannot be replaced by its stored form: reading the person table lets nobody sign in', async () => {
    const { password_check: check } = await admin
      .selectFrom('person')
      .select('password_check')
      .where('id', '=', aino.id)
      .executeTakeFirstOrThrow()
    const open = (proof: Buffer | null) =>
      database
        .as('seloste_desk')
        .pool.query('select outcome from open_session($1, $2, $3, null, $4, null, now())', [
          aino.userId,
          proof,
          randomUUID(),
          randomBytes(32),
        ])
        .then(({ rows }) => rows[0]?.outcome as unknown)
    for (const proof of [check, Buffer.alloc(0), Buffer.alloc(32), null]) expect(await open(proof)).toBe('refused')
  })

  test('that is missing or empty does not sign in a person who has none', async () => {
    const userId = `none.${randomUUID()}`
    await enterPerson(admin, { userId, name: 'Tyhjä', employedFrom: from })
    for (const proof of [await proofOf('', undefined), Buffer.alloc(0), null]) {
      const { rows } = await database
        .as('seloste_desk')
        .pool.query("select outcome from open_session($1, $2, 'x', null, $3, null, now())", [
          userId,
          proof,
          randomBytes(32),
        ])
      expect(rows).toEqual([{ outcome: 'refused' }])
    }
  })
})

describe('signing in', () => {
  test('gives the same answer to a wrong user id, a wrong password and a missing password', async () => {
    const without = `none.${randomUUID()}`
    await enterPerson(admin, { userId: without, name: 'Ei Salasanaa', employedFrom: from })
    const answers = await Promise.all([
      signIn(desk, { userId: 'nobody', password }, now()),
      signIn(desk, { userId: aino.userId, password: 'wrong' }, now()),
      signIn(desk, { userId: without, password }, now()),
    ])
    expect(answers).toEqual(['refused', 'refused', 'refused'])
    const { rows } = await database
      .as()
      .pool.query("select distinct result, action from audit_entry where result like 'refused%'")
    expect(rows).toEqual([{ result: 'refused:credentials', action: 'session.started' }])
  })

  test('takes as long for an unknown user id as for a known one', async () => {
    // From another network each time, so that there is no wait.
    const wrong = (userId: string) => () =>
      signIn(desk, { userId, password: 'wrong', from: { network: randomUUID() } }, now())
    const known = await medianMs(wrong(aino.userId))
    const unknown = await medianMs(wrong('nobody'))
    // Without hashing, an unknown user id would take a hundredth of the time; load on the machine changes it by a factor below two.
    expect(Math.min(known, unknown) / Math.max(known, unknown)).toBeGreaterThan(0.25)
    // One hash takes longer than this on any machine; a look-up without hashing does not.
    expect(unknown).toBeGreaterThan(5)
  })

  test('accepts the user id in any case and with blanks around it, and the password exactly', async () => {
    const typed = ` ${aino.userId.toUpperCase()} `
    expect(await signIn(desk, { userId: typed, password }, now())).toMatchObject({ personId: aino.id })
    expect(await signIn(desk, { userId: typed, password: ` ${password}` }, now())).toBe('refused')
  })

  test('is possible only during the employment', async () => {
    const person = await enterTestPerson(admin, desk, { name: 'Lähtijä' })
    const end = now().add({ hours: 24 })
    await admin.updateTable('person').set({ employed_to: end }).where('id', '=', person.id).execute()
    const credentials = { userId: person.userId, password }
    expect(await signIn(desk, credentials, end.subtract({ milliseconds: 1 }))).toMatchObject({ personId: person.id })
    expect(await signIn(desk, credentials, end)).toBe('refused')
    expect(await signIn(desk, credentials, from.subtract({ seconds: 1 }))).toBe('refused')
  })

  test('returns a token that the database does not store', async () => {
    const session = await aino.signIn()
    expect(Buffer.from(session.token, 'base64url')).toHaveLength(32)
    const { rows } = await database.as().pool.query('select to_jsonb(session)::text as row from session')
    expect(rows.map(({ row }) => row).join()).not.toContain(session.token)
  })

  test('with the old password is refused once a new one is set, and the earlier sessions end', async () => {
    const person = await enterTestPerson(admin, desk, { name: 'Vaihtaja' })
    const session = await person.signIn()
    await setPassword(admin, person.id, 'another long password')
    expect(await signIn(desk, { userId: person.userId, password }, now())).toBe('refused')
    expect(await sessionHolds(desk, session.token, now())).toBe(false)
  })
})

test('a unit that is entered several times at once is stored once', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => enterUnit(admin, 'Uusi yksikkö')))
  expect(new Set(ids).size).toBe(1)
})

describe('a user id', () => {
  test('is never reused, not even in another letter case or after its person has left', async () => {
    const userId = `once.${randomUUID().slice(0, 8)}`
    const person = { userId, name: 'Ensimmäinen', employedFrom: from }
    const first = await enterPerson(admin, person)
    if ('refused' in first) throw new Error(first.refused)
    await admin.updateTable('person').set({ employed_to: now() }).where('id', '=', first.id).execute()
    for (const again of [userId, userId.toUpperCase(), ` ${userId} `]) {
      expect(await enterPerson(admin, { ...person, userId: again, name: 'Toinen' })).toEqual({
        refused: 'user-id-taken',
      })
    }
    const { rows } = await database.as().pool.query("select name from person_name where name = 'Toinen'")
    expect(rows).toEqual([])
  })
})

describe('a session', () => {
  test('ends an hour after its last use, and every use extends it', async () => {
    const start = now()
    const session = await aino.signIn()
    const later = start.add({ minutes: 50 })
    expect(await useSession(desk, session.token, later)).toMatchObject({ personId: aino.id })
    expect(await useSession(desk, session.token, later.add({ minutes: 59 }))).toBeDefined()
    expect(await useSession(desk, session.token, later.add({ minutes: 59 + 60 }))).toBeUndefined()
    expect(await sessionHolds(desk, session.token, later.add({ minutes: 59 + 60 }))).toBe(false)
  })

  test('is not extended by background requests', async () => {
    const session = await aino.signIn()
    expect(await sessionHolds(desk, session.token, now().add({ minutes: 50 }))).toBe(true)
    expect(await useSession(desk, session.token, now().add({ minutes: 61 }))).toBeUndefined()
  })

  test('is over at once when its person signs out, and the person’s other sessions continue', async () => {
    const [one, other] = [await aino.signIn(), await aino.signIn()]
    await signOut(desk, one, now())
    expect(await useSession(desk, one.token, now())).toBeUndefined()
    expect(await sessionHolds(desk, one.token, now())).toBe(false)
    expect(await useSession(desk, other.token, now())).toBeDefined()
  })

  test('is over twelve hours after it began, however much it is used', async () => {
    const session = await aino.signIn()
    let at = now()
    for (let half = 0; half < 23; half++) {
      at = at.add({ minutes: 30 })
      expect(await useSession(desk, session.token, at)).toBeDefined()
    }
    const last = await useSession(desk, session.token, at.add({ minutes: 29 }))
    expect(last && last.expiresAt.since(at).total('minutes')).toBeLessThanOrEqual(31)
    expect(await useSession(desk, session.token, at.add({ minutes: 32 }))).toBeUndefined()
  })

  test('that has ended or expired cannot be restored by the desk’s process', async () => {
    const [ended, expired] = [await aino.signIn(), await aino.signIn()]
    await signOut(desk, ended, now())
    await admin
      .updateTable('session')
      .set({ expires_at: now().subtract({ seconds: 1 }) })
      .where('token_hash', '=', sessionHash(expired.token))
      .execute()
    await database
      .as('seloste_desk')
      .pool.query("update session set ended_at = null, expires_at = now() + interval '10 years'")
    for (const { token } of [ended, expired]) expect(await sessionHolds(desk, token, now())).toBe(false)
  })

  test('of a person who left stops at that instant, in the background too', async () => {
    const person = await enterTestPerson(admin, desk, { name: 'Lähtijä' })
    const session = await person.signIn()
    expect(await sessionHolds(desk, session.token, now())).toBe(true)
    const end = now()
    await admin.updateTable('person').set({ employed_to: end }).where('id', '=', person.id).execute()
    expect(await useSession(desk, session.token, end)).toBeUndefined()
    expect(await sessionHolds(desk, session.token, end)).toBe(false)
  })

  test('with an unknown token does not exist', async () => {
    for (const token of ['', 'x', 'a'.repeat(10_000), '%00'])
      expect(await useSession(desk, token, now())).toBeUndefined()
  })
})
