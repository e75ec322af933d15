/**
 * A browser left alone that is still signed in at the identity provider (R20): the provider answers silently with an
 * authentication of hours ago. Such a session must not add its owner's first passkey, because a passkey proves presence
 * everywhere and for good.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { noAuthenticators } from '#test/sign-in/no-authenticators.ts'
import { runSmallProvider } from '#test/sign-in/small-provider.ts'
import { createIdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import { createPasskeys } from '#safeguards/sign-in/passkeys.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const [admin, desk, custodian] = [database.as().db, database.as('seloste_desk').db, database.as('seloste_custodian').db]
const provider = await runSmallProvider()
afterAll(() => provider.stop())
const identityProvider = createIdentityProvider({
  db: custodian,
  now: () => Temporal.Now.instant(),
  settings: {
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecretFile: '',
    name: '',
    claim: 'preferred_username',
    match: 'userId',
    acr: [],
  },
  secret: 'only-for-tests-and-long-enough',
  publicUrl: origin,
  onFault: () => undefined,
})
const passkeys = createPasskeys({
  db: custodian,
  now: () => Temporal.Now.instant(),
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: noAuthenticators,
})

test.for([
  { hoursAgo: 8, result: { refused: 'confirm.fresh' } },
  { hoursAgo: undefined, result: { refused: 'confirm.fresh' } },
  { hoursAgo: 0, result: { rp: { name: 'Seloste' } } },
])('a first passkey needs a recent authentication: $hoursAgo hours ago', async ({ hoursAgo, result }) => {
  const person = await enterTestPerson(admin, desk, { name: 'Aino' })
  await sql`update person set password_salt = null, password_check = null where id = ${person.id}`.execute(admin)
  const session = randomUUID()
  const opened = await provider.signIn(identityProvider, session, {
    sub: person.id,
    preferred_username: person.userId,
    ...(hoursAgo !== undefined && { auth_time: Math.floor(Date.now() / 1000) - hoursAgo * 3600 }),
  })
  expect(opened).toMatchObject({ personId: person.id })
  expect(await passkeys.requestAddition({ session })).toMatchObject(result)
})
