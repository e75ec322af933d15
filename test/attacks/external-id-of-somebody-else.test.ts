/**
 * An attacker has the identity system's token and an ordinary account of the provider (R8, R20, R36), and writes the
 * account's id into somebody else's entry. That must open no session of a person who has rights, a factor or an open
 * session, and SCIM must still maintain the directory.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { runSmallProvider } from '#test/sign-in/small-provider.ts'
import { changePerson, enterIntoDirectory } from '#safeguards/people/change-people.ts'
import { confirmExternalId } from '#safeguards/people/external-id.ts'
import { addScimToken } from '#safeguards/people/scim-tokens.ts'
import { createIdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const [admin, desk] = [database.as().db, database.as('seloste_desk').db]
const provider = await runSmallProvider()
afterAll(() => provider.stop())
const identityProvider = createIdentityProvider({
  db: database.as('seloste_custodian').db,
  now: () => Temporal.Now.instant(),
  settings: {
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecretFile: '',
    name: '',
    claim: 'sub',
    match: 'externalId',
    acr: [],
  },
  secret: 'only-for-tests-and-long-enough',
  publicUrl: 'https://seloste.example',
  onFault: () => undefined,
})
const made = await addScimToken(admin, 'Entra ID')
if ('refused' in made) throw new Error(made.refused)
const scim = { scimToken: made.token }
const now = () => Temporal.Now.instant().round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
const nobody = { refused: 'identity-provider.unknown-person' }

const others = [
  await enterTestPerson(admin, desk, { name: 'Pyytäjä' }),
  await enterTestPerson(admin, desk, { name: 'Päättäjä' }),
]
const signIn = (sub: string) => provider.signIn(identityProvider, randomUUID(), { sub, amr: ['pwd', 'mfa'] })
async function setExternalId(personId: string, externalId: string | null) {
  const change = { from: now(), externalId, source: 'scim' } as const
  expect(await changePerson(desk, scim, personId, change, {})).toMatchObject({ externalId, source: 'scim' })
}

describe('the provider signs nobody in by an external id that SCIM gave to', () => {
  const possessions: Record<string, (person: Awaited<ReturnType<typeof enterTestPerson>>) => Promise<unknown>> = {
    'a person with an open session': (person) => person.signIn(),
    'a person with a passkey': (person) =>
      admin
        .insertInto('passkey')
        .values({
          ...{ person_id: person.id, credential_id: randomBytes(32), public_key: randomBytes(32) },
          ...{ counter: 0, transports: [], backed_up: false, name: 'Kannettava' },
        })
        .execute(),
    'a person with a right': (person) =>
      database.as().pool.query(
        `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
         values (gen_random_uuid(), $1, 'MAINTENANCE', '{MAINTENANCE}', 'all', now(), $2, $3)`,
        [person.id, others[0]?.id, others[1]?.id],
      ),
  }
  for (const [title, addPossession] of Object.entries(possessions)) {
    for (const source of ['manual', 'scim'] as const) {
      test(`${title}, entered by ${source}`, async () => {
        const person = await enterTestPerson(admin, desk, { name: 'Anneli' })
        if (source === 'scim') await setExternalId(person.id, randomUUID())
        await addPossession(person)
        const sub = randomUUID()
        await setExternalId(person.id, null)
        await setExternalId(person.id, sub)
        expect(await signIn(sub)).toEqual(nobody)
        expect(await confirmExternalId(admin, person.id, randomUUID())).toBe(false)
        expect(await signIn(sub)).toEqual(nobody)
        expect(await confirmExternalId(admin, person.id, sub)).toBe(true)
        expect(await signIn(sub)).toMatchObject({ personId: person.id })
      })
    }
  }
})

test('people whom SCIM enters, and people without rights, factors and sessions, sign in by it without a confirmation', async () => {
  const [entered, known] = [randomUUID(), randomUUID()]
  const userId = `maija.${entered.slice(0, 8)}`
  const person = { userId, name: 'Maija', employedFrom: now(), source: 'scim', externalId: entered } as const
  expect(await enterIntoDirectory(desk, scim, person, {})).toMatchObject({ externalId: entered })
  expect(await signIn(entered)).toHaveProperty('personId')
  const byHand = await enterTestPerson(admin, desk, { name: 'Kalle' })
  await setExternalId(byHand.id, known)
  expect(await signIn(known)).toMatchObject({ personId: byHand.id })
})
