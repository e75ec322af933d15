import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import { makeAuthenticator } from '#test/sign-in/authenticator.ts'
import type { SafeguardTables } from '../tables.ts'
import { storeSecondFactorDemand } from './accounts.ts'
import { passwordProof } from './own-account.ts'
import { createPasskeys } from './passkeys.ts'
import { createSecondFactors } from './second-factor.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()
const factors = createSecondFactors(custodian, { totp: randomBytes(32), recovery: randomBytes(32) }, now)
const passkeys = createPasskeys({
  db: custodian,
  now,
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: factors,
})

let aino: TestPerson
let session: string
let proof: string
beforeEach(async () => {
  await storeSecondFactorDemand(custodian, 'optional')
  aino = await enterTestPerson(database.as().db, desk, { name: 'Aino' })
  session = (await aino.signIn()).token
  proof = (await passwordProof(desk, aino.id, password)).toString('base64url')
})

function accepted<T extends object>(answer: T | { refused: string }): Exclude<T, { refused: string }> {
  if ('refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<T, { refused: string }>
}
const newToken = () => randomBytes(32).toString('base64url')
const begin = () => factors.beginTotp({ session, proof, issuer: 'Seloste', userId: 'aino' })

test('a person with an authenticator needs an unused code of it to add their first passkey', async () => {
  const { id, secret } = accepted(await begin())
  const code = (seconds: number) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now().add({ seconds }).epochMilliseconds })
  const newSession = newToken()
  const used = code(0)
  accepted(await factors.confirmTotp({ session, newSession, id, otp: used }))
  session = newSession
  expect(await passkeys.requestAddition({ session, proof })).toEqual({ refused: 'confirm.code' })
  expect(await passkeys.requestAddition({ session, proof, otp: used })).toEqual({ refused: 'session.code-used' })
  accepted(await passkeys.requestAddition({ session, proof, otp: code(30) }))
})

test('a person with a passkey must confirm the enrolment of an authenticator with it', async () => {
  const authenticator = makeAuthenticator(origin)
  const newSession = newToken()
  const response = authenticator.create(accepted(await passkeys.requestAddition({ session, proof })))
  accepted(await passkeys.add({ session, newSession, name: 'Kannettava', response }))
  session = newSession
  expect(await begin()).toEqual({ refused: 'confirm.passkey' })
  const act = { session, act: 'passkey.add', id: aino.id, revision: 0 } as const
  accepted(
    await passkeys.confirm({ ...act, response: authenticator.get(accepted(await passkeys.requestConfirmation(act))) }),
  )
  accepted(await begin())
})
