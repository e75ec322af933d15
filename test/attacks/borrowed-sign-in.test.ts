// R20: the database's owner replaces a person's password, passkey or second factor, signs in as that person, and restores
// the old one. The log has no entry that introduces the substitute for that person.
import { createHash, randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { hashPassword } from '#safeguards/people/password.ts'
import { setPassword } from '#safeguards/people/enter-person.ts'
import { changePassword } from '#safeguards/sign-in/own-account.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const { check, tamper, colleague, matti } = await makeTestPromises(database)

const ownersPassword = await hashPassword('the owner’s own password', { memoryCost: 64, timeCost: 2, parallelism: 1 })
const replacePassword = (personId: string, { salt, check: hash } = ownersPassword) =>
  tamper(
    `update person set password_salt = '${salt}', password_check = '\\x${hash.toString('hex')}' where id = '${personId}'`,
  )
const signInWith = (userId: string, password: string) => signIn(desk, { userId, password }, Temporal.Now.instant())

async function storedPassword(personId: string) {
  const { rows } = await pool.query<{ salt: string; check: Buffer }>(
    'select password_salt as salt, password_check as check from person where id = $1',
    [personId],
  )
  return rows[0]!
}

const broken = (example: string, strangeVerifiers: unknown = expect.toSatisfy((count: number) => count > 0)) => [
  { promise: 'access.personal', facts: { strangeVerifiers, strangeSessions: 0, example } },
]

afterEach(async () => {
  expect((await check()).broken).toEqual([])
})

test('a sign-in with a password that the owner substituted is found after the old one was restored', async () => {
  const before = await storedPassword(colleague.id)
  await replacePassword(colleague.id)
  expect((await check()).broken).toMatchObject(broken(colleague.id, 1))
  const session = await signInWith(colleague.userId, 'the owner’s own password')
  expect(session).toHaveProperty('expiresAt')
  await replacePassword(colleague.id, before)
  expect((await check()).broken).toMatchObject(broken(colleague.id, 1))
  // It is found in later rounds too, also by a new process.
  expect((await check()).broken).toMatchObject(broken(colleague.id, 1))
  expect((await check({ afresh: true })).broken).toMatchObject(broken(colleague.id, 1))
  await tamper(
    `update session set ended_at = now() where person_id = '${colleague.id}'`,
    `delete from audit_entry where person_id = '${colleague.id}' and action = 'session.started'`,
  )
})

test('a former password that the owner restores is found', async () => {
  const former = await storedPassword(matti.id)
  await setPassword(admin, matti.id, 'a new password of the person')
  expect((await check()).broken).toEqual([])
  const current = await storedPassword(matti.id)
  await replacePassword(matti.id, former)
  expect((await check()).broken).toMatchObject(broken(matti.id, 1))
  await replacePassword(matti.id, current)
})

test('a password that its person changed is not reported, nor are the sessions before and after', async () => {
  await setPassword(admin, matti.id, 'the second password of the person')
  const session = await signInWith(matti.userId, 'the second password of the person')
  if (typeof session === 'string' || !('expiresAt' in session)) throw new Error('sign-in refused')
  const changed = await changePassword(desk, session, {
    current: 'the second password of the person',
    password: 'the third password of the person',
  })
  expect(changed).toHaveProperty('token')
  expect(await signInWith(matti.userId, 'the third password of the person')).toHaveProperty('expiresAt')
})

test.each([
  [
    'passkey',
    `insert into passkey (person_id, credential_id, public_key, counter, backed_up, name) values ('PERSON', sha256('planted'), 'x', 0, false, 'planted')`,
  ],
  [
    'authenticator',
    `insert into totp (id, person_id, sealed, confirmed_at) values ('${randomUUID()}', 'PERSON', 'x', now())`,
  ],
  ['recovery code', `insert into recovery_code (person_id, hash) values ('PERSON', sha256('planted'))`],
  [
    'account of the identity provider',
    `insert into provider_subject (issuer, subject, person_id) values ('https://idp.example', 'planted', 'PERSON')`,
  ],
])('a planted %s is found while it is there', async (_, statement) => {
  await tamper(statement.replace('PERSON', colleague.id))
  expect((await check()).broken).toMatchObject(broken(colleague.id, 1))
  await tamper(
    ...['passkey', 'totp', 'recovery_code', 'provider_subject'].map(
      (table) => `delete from ${table} where person_id = '${colleague.id}'`,
    ),
  )
})

test('the log’s digest of a password includes its random salt, so it differs between two people with the same password', async () => {
  const { rows } = await pool.query<{ detail: { verifiers: string[] } }>(
    `select detail from audit_entry where action = 'password.set' and object_id = any ($1)`,
    [[colleague.id, matti.id]],
  )
  const { salt, check: hash } = await storedPassword(colleague.id)
  const digests = rows.flatMap(({ detail }) => detail.verifiers)
  expect(new Set(digests).size).toBe(digests.length)
  const text = `${colleague.id}:${salt}:${hash.toString('hex')}`
  expect(digests).toContain(`password:${createHash('sha256').update(text).digest('hex')}`)
})
