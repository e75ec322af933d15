// A person who has a passkey confirms the clock with it: a compromised desk holds sessions, but no passkeys.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { advanceClock, confirmClock } from '#destruction/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { passwordProof } from '#safeguards/sign-in/own-account.ts'
import type { PasskeyRefusal } from '#safeguards/sign-in/passkey-context.ts'
import { createPasskeys } from '#safeguards/sign-in/passkeys.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, password } from '../database/people.ts'
import { makeAuthenticator } from '../sign-in/authenticator.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()
const passkeys = createPasskeys({
  db: custodian,
  now,
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: { prove: () => Promise.resolve({ refused: 'factor.none' as const }) },
})
/** Object id of the clock in the API: there is only one clock. */
const theClock = '00000000-0000-0000-0000-000000000000'

function unlessRefused<T extends object>(answer: T | PasskeyRefusal): T {
  if ('refused' in answer) throw new Error(answer.refused)
  return answer
}

test('a session alone cannot confirm the clock for a person who has a passkey', async () => {
  const right = {
    role: 'DECISION_MAKER' as const,
    purposes: [],
    scope: { kind: 'none' as const, units: [], numbers: [] },
  }
  const riitta = await enterTestPerson(admin, desk, { name: 'Riitta', right })
  const before = await riitta.signIn()
  const proof = (await passwordProof(desk, riitta.id, password)).toString('base64url')
  const authenticator = makeAuthenticator(origin)
  const request = unlessRefused(await passkeys.requestAddition({ session: before.token, proof }))
  const token = randomBytes(32).toString('base64url')
  const response = authenticator.create(request)
  unlessRefused(await passkeys.add({ session: before.token, newSession: token, name: 'Avain', response }))
  const session = { ...before, token }

  await database.as().pool.query(`update clock_mark set at = now() - interval '200 days'`)
  expect(await advanceClock(custodian)).toBe('ahead')
  expect(await confirmClock(desk, session, now())).toEqual({ refused: 'confirm.passkey' })
  const confirmation = { session: token, act: 'clock.confirm' as const, id: theClock, revision: 0 }
  const question = unlessRefused(await passkeys.requestConfirmation(confirmation))
  unlessRefused(await passkeys.confirm({ ...confirmation, response: authenticator.get(question) }))
  expect(await confirmClock(desk, session, now())).toEqual({ isRight: false })
})
