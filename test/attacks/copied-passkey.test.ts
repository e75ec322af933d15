/**
 * A passkey whose counter went backwards has a copy (R20): it stays refused, however often and with whatever count it is
 * tried.
 */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { makeAuthenticator } from '#test/sign-in/authenticator.ts'
import { noAuthenticators } from '#test/sign-in/no-authenticators.ts'
import { proofOf } from '#safeguards/people/password.ts'
import { createPasskeys } from '#safeguards/sign-in/passkeys.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const [admin, desk] = [database.as().db, database.as('seloste_desk').db]
const passkeys = createPasskeys({
  db: database.as('seloste_custodian').db,
  now: () => Temporal.Now.instant(),
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: noAuthenticators,
})
const token = () => randomBytes(32).toString('base64url')

test('a copied passkey stays refused, also with a higher count', async () => {
  const person = await enterTestPerson(admin, desk, { name: 'Aino' })
  const session = (await person.signIn()).token
  const row = await admin.selectFrom('person').select('password_salt').where('id', '=', person.id).executeTakeFirst()
  const proof = (await proofOf(password, row?.password_salt)).toString('base64url')
  const request = await passkeys.requestAddition({ session, proof })
  if ('refused' in request) throw new Error(request.refused)
  const authenticator = makeAuthenticator(origin)
  const response = authenticator.create(request, { counter: 1 })
  await passkeys.add({ session, newSession: token(), name: 'Avain', response })
  const signIn = async (counter: number) =>
    passkeys.signIn({ response: authenticator.get(await passkeys.requestSignIn(), { counter }), newSession: token() })
  expect(await signIn(6)).toHaveProperty('personId')
  // The copy was made at count 1; the last counts are those of the owner, who is refused too.
  for (const counter of [2, 3, 7, 8, 2 ** 32 - 1]) expect(await signIn(counter)).toEqual({ refused: 'passkey.counter' })
})
