import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import { makeAuthenticator, type Authenticator } from '#test/sign-in/authenticator.ts'
import { noAuthenticators } from '#test/sign-in/no-authenticators.ts'
import { proofOf } from '../people/password.ts'
import { sessionHash, sessionObject, useSession } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import type { PasskeyRefusal } from './passkey-context.ts'
import { createPasskeys } from './passkeys.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
let now: () => Temporal.Instant
const passkeys = createPasskeys({
  db: database.as('seloste_custodian').db,
  now: () => now(),
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: noAuthenticators,
})

let person: TestPerson
let token: string

beforeEach(async () => {
  now = () => Temporal.Now.instant()
  person = await enterTestPerson(admin, desk, { name: 'Aino' })
  token = (await person.signIn()).token
})

function accepted<T extends object>(answer: T | PasskeyRefusal): T {
  if ('refused' in answer) throw new Error(answer.refused)
  return answer
}

async function passwordProof(secret = password): Promise<string> {
  const row = await admin.selectFrom('person').select('password_salt').where('id', '=', person.id).executeTakeFirst()
  return (await proofOf(secret, row?.password_salt)).toString('base64url')
}

async function addPasskey(authenticator: Authenticator = makeAuthenticator(origin), name = 'Kannettava') {
  const request = accepted(await passkeys.requestAddition({ session: token, proof: await passwordProof() }))
  const newSession = newToken()
  const { id } = accepted(
    await passkeys.add({ session: token, newSession, name, response: authenticator.create(request) }),
  )
  token = newSession
  return { id, authenticator }
}

/** Opens another session of the person, as if they had signed in elsewhere. */
async function anotherSession({ awaiting = false } = {}): Promise<string> {
  const made = newToken()
  await admin
    .insertInto('session')
    .values({
      token_hash: sessionHash(made),
      person_id: person.id,
      created_at: Temporal.Now.instant(),
      expires_at: Temporal.Now.instant().add({ minutes: 10 }),
      ended_at: null,
      method: 'password',
      awaits_second_factor: awaiting,
      device: null,
    })
    .execute()
  return made
}

async function confirmWith(
  authenticator: Authenticator,
  act: Parameters<typeof passkeys.confirm>[0]['act'],
  id: string,
) {
  const request = { session: token, act, id, revision: 0 }
  return passkeys.confirm({
    ...request,
    response: authenticator.get(accepted(await passkeys.requestConfirmation(request))),
  })
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

async function lastEntry() {
  return (
    admin
      .selectFrom('audit_entry')
      .select(['action', 'result', 'person_id', 'object_kind', 'object_id', 'detail'])
      // Other sessions that end with a change follow it.
      .where('action', '<>', 'session.ended')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
  )
}

describe('a passkey signs its owner in', () => {
  test('without a user id or a password, in a session of its own', async () => {
    const { authenticator } = await addPasskey()
    const newSession = newToken()
    const response = authenticator.get(await passkeys.requestSignIn())
    expect(accepted(await passkeys.signIn({ response, newSession })).personId).toBe(person.id)
    expect((await useSession(desk, newSession, Temporal.Now.instant()))?.personId).toBe(person.id)
    expect(await lastEntry()).toMatchObject({
      action: 'session.started',
      result: 'ok',
      person_id: person.id,
      object_id: (await sessionObject(desk, newSession)).id,
      detail: { method: 'passkey' },
    })
  })

  test('even if it does not count its uses', async () => {
    const { authenticator } = await addPasskey(makeAuthenticator(origin, { counting: false }))
    for (const _ of [1, 2]) {
      const response = authenticator.get(await passkeys.requestSignIn())
      accepted(await passkeys.signIn({ response, newSession: newToken() }))
    }
  })

  test('once for each challenge', async () => {
    const { authenticator } = await addPasskey()
    const response = authenticator.get(await passkeys.requestSignIn())
    accepted(await passkeys.signIn({ response, newSession: newToken() }))
    expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({ refused: 'passkey.late' })
  })

  test('while they are employed', async () => {
    const { authenticator } = await addPasskey()
    await admin.updateTable('person').set({ employed_to: Temporal.Now.instant() }).where('id', '=', person.id).execute()
    const response = authenticator.get(await passkeys.requestSignIn())
    expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({ refused: 'passkey.refused' })
    expect(await lastEntry()).toMatchObject({ result: 'refused:not-employed', person_id: person.id })
  })
})

describe('a signature is refused, with the reason in the log', () => {
  const cases: [string, Parameters<Authenticator['get']>[1], string][] = [
    ['of another site', { origin: 'https://seloste.example.org' }, 'signature'],
    ['in another site’s frame', { crossOrigin: true }, 'signature'],
    ['for another host', { rpId: 'example' }, 'signature'],
    ['without the person verified', { verified: false }, 'signature'],
    ['with an unchanged counter', { counter: 1 }, 'counter'],
    ['whose counter goes back to 0', { counter: 0 }, 'counter'],
  ]
  for (const [title, faults, fault] of cases) {
    test(title, async () => {
      const { authenticator } = await addPasskey()
      const response = authenticator.get(await passkeys.requestSignIn(), faults)
      expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({
        refused: fault === 'counter' ? 'passkey.counter' : 'passkey.refused',
      })
      expect(await lastEntry()).toMatchObject({ result: `refused:passkey-${fault}`, person_id: person.id })
    })
  }

  test('of an unknown passkey', async () => {
    const { authenticator, id } = await addPasskey()
    await admin.deleteFrom('passkey').where('id', '=', id).execute()
    const response = authenticator.get(await passkeys.requestSignIn())
    expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({ refused: 'passkey.refused' })
    expect(await lastEntry()).toMatchObject({ result: 'refused:passkey-unknown', person_id: null })
  })

  test('with one changed bit', async () => {
    const first = await addPasskey()
    const response = first.authenticator.get(await passkeys.requestSignIn())
    const bytes = Buffer.from(response.response.signature, 'base64url')
    bytes[bytes.length - 1]! ^= 1
    response.response.signature = bytes.toString('base64url')
    expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({ refused: 'passkey.refused' })
  })

  test('five minutes after the challenge', async () => {
    const { authenticator } = await addPasskey()
    const response = authenticator.get(await passkeys.requestSignIn())
    now = () => Temporal.Now.instant().add({ minutes: 5 })
    expect(await passkeys.signIn({ response, newSession: newToken() })).toEqual({ refused: 'passkey.late' })
  })
})

describe('a passkey is the second factor of a password', () => {
  beforeEach(async () => {
    await addPasskey()
  })

  test('the session continues under a new token', async () => {
    await admin.deleteFrom('passkey').where('person_id', '=', person.id).execute()
    const { authenticator } = await addPasskey()
    const pending = await anotherSession({ awaiting: true })
    const response = authenticator.get(accepted(await passkeys.requestSecondFactor({ session: pending })))
    const newSession = newToken()
    accepted(await passkeys.giveSecondFactor({ session: pending, response, newSession }))
    expect(await useSession(desk, pending, Temporal.Now.instant())).toBeUndefined()
    expect((await useSession(desk, newSession, Temporal.Now.instant()))?.personId).toBe(person.id)
    expect(await lastEntry()).toMatchObject({
      action: 'session.started',
      result: 'ok',
      person_id: person.id,
      object_id: (await sessionObject(desk, newSession)).id,
      detail: { method: 'password+passkey' },
    })
  })

  test('only for its owner’s password', async () => {
    const pending = await anotherSession({ awaiting: true })
    const other = await enterTestPerson(admin, desk, { name: 'Bertil' })
    const mine = { person, token }
    ;[person, token] = [other, (await other.signIn()).token]
    const { authenticator } = await addPasskey()
    ;({ person, token } = mine)
    const response = authenticator.get(accepted(await passkeys.requestSecondFactor({ session: pending })))
    expect(await passkeys.giveSecondFactor({ session: pending, response, newSession: newToken() })).toEqual({
      refused: 'passkey.refused',
    })
    expect(await lastEntry()).toMatchObject({ action: 'session.second-factor', result: 'refused:passkey-unknown' })
  })

  test('until five wrong responses have ended the sign-in', async () => {
    const pending = await anotherSession({ awaiting: true })
    const request = accepted(await passkeys.requestSecondFactor({ session: pending }))
    const stranger = makeAuthenticator(origin)
    stranger.create({ rp: { id: 'seloste.example', name: '' }, user: { id: '', name: '', displayName: '' } } as never)
    for (let index = 0; index < 5; index++) {
      const response = stranger.get(request)
      await passkeys.giveSecondFactor({ session: pending, response, newSession: newToken() })
    }
    expect(await passkeys.requestSecondFactor({ session: pending })).toEqual({ refused: 'session.none' })
  })

  test('not in a session that needs none, and a session that needs one cannot do anything else', async () => {
    expect(await passkeys.requestSecondFactor({ session: token })).toEqual({ refused: 'session.none' })
    const pending = await anotherSession({ awaiting: true })
    const none = { refused: 'session.none' }
    expect(await passkeys.requestAddition({ session: pending, proof: await passwordProof() })).toEqual(none)
    expect(await passkeys.remove({ session: pending, id: randomUUID() })).toEqual(none)
    const request = { session: pending, act: 'passkey.add', id: person.id, revision: 0 } as const
    expect(await passkeys.requestConfirmation(request)).toEqual(none)
  })
})

describe('a session alone adds no passkey', () => {
  test('the password is verified', async () => {
    expect(await passkeys.requestAddition({ session: token })).toEqual({ refused: 'confirm.password' })
    const wrong = await passwordProof('not the password')
    expect(await passkeys.requestAddition({ session: token, proof: wrong })).toEqual({
      refused: 'session.credentials',
    })
  })

  test('a person without a password must have proved their presence within 15 minutes', async () => {
    await sql`update person set password_salt = null, password_check = null where id = ${person.id}`.execute(admin)
    accepted(await passkeys.requestAddition({ session: token }))
    await sql`update session set proved_at = now() - interval '16 minutes' where person_id = ${person.id}`.execute(
      admin,
    )
    expect(await passkeys.requestAddition({ session: token })).toEqual({ refused: 'confirm.fresh' })
  })

  test('a person with a passkey confirms the next one with it, once', async () => {
    const { authenticator } = await addPasskey()
    const password = await passwordProof()
    expect(await passkeys.requestAddition({ session: token, proof: password })).toEqual({
      refused: 'confirm.passkey',
    })
    accepted(await confirmWith(authenticator, 'passkey.add', person.id))
    accepted(await passkeys.requestAddition({ session: token }))
    expect(await passkeys.requestAddition({ session: token })).toEqual({ refused: 'confirm.passkey' })
  })

  test('a passkey requested in another session, or made for another site, is refused', async () => {
    const request = accepted(await passkeys.requestAddition({ session: token, proof: await passwordProof() }))
    const authenticator = makeAuthenticator(origin)
    const add = (session: string, faults: Parameters<Authenticator['create']>[1]) =>
      passkeys.add({ session, newSession: newToken(), name: 'a', response: authenticator.create(request, faults) })
    const wrong = { refused: 'passkey.refused' }
    expect(await add(await anotherSession(), {})).toEqual(wrong)
    expect(await add(token, { origin: 'https://elsewhere.example' })).toEqual(wrong)
    expect(await add(token, { verified: false })).toEqual(wrong)
    expect(await add(token, { rpId: 'elsewhere.example' })).toEqual(wrong)
    expect(await add(token, {})).toHaveProperty('id')
  })

  test('ten passkeys are the maximum, and an existing one is not offered again', async () => {
    const { authenticator } = await addPasskey()
    accepted(await confirmWith(authenticator, 'passkey.add', person.id))
    const request = accepted(await passkeys.requestAddition({ session: token }))
    expect(request.excludeCredentials).toHaveLength(1)
    const mine = admin.selectFrom('passkey').selectAll().where('person_id', '=', person.id)
    const held = await mine.executeTakeFirstOrThrow()
    const others = Array.from({ length: 9 }, () => ({ ...held, id: randomUUID(), credential_id: randomBytes(32) }))
    await admin.insertInto('passkey').values(others).execute()
    const response = makeAuthenticator(origin).create(request)
    expect(await passkeys.add({ session: token, newSession: newToken(), name: 'a', response })).toEqual({
      refused: 'passkey.too-many',
    })
  })

  test('the same passkey is not stored twice', async () => {
    const { authenticator, id } = await addPasskey()
    accepted(await confirmWith(authenticator, 'passkey.add', person.id))
    const response = makeAuthenticator(origin).create(accepted(await passkeys.requestAddition({ session: token })))
    await admin
      .updateTable('passkey')
      .set({ credential_id: Buffer.from(response.id, 'base64url') })
      .where('id', '=', id)
      .execute()
    expect(await passkeys.add({ session: token, newSession: newToken(), name: 'b', response })).toEqual({
      refused: 'passkey.known',
    })
  })

  test('the first passkey ends the owner’s other sessions', async () => {
    const other = await anotherSession()
    await addPasskey()
    expect(await useSession(desk, other, Temporal.Now.instant())).toBeUndefined()
    expect((await useSession(desk, token, Temporal.Now.instant()))?.personId).toBe(person.id)
  })

  test('a sign-in that needs the enrolment of a second factor is completed by it', async () => {
    token = await anotherSession({ awaiting: true })
    expect(await useSession(desk, token, Temporal.Now.instant())).toBeUndefined()
    const request = accepted(await passkeys.requestAddition({ session: token }))
    const newSession = newToken()
    const response = makeAuthenticator(origin).create(request)
    accepted(await passkeys.add({ session: token, newSession, name: 'a', response }))
    expect((await useSession(desk, newSession, Temporal.Now.instant()))?.personId).toBe(person.id)
    expect(await lastEntry()).toMatchObject({ action: 'session.started', detail: { method: 'password+passkey' } })
  })
})

describe('removing a passkey', () => {
  test('needs its owner’s confirmation for that passkey', async () => {
    const { authenticator, id } = await addPasskey()
    expect(await passkeys.remove({ session: token, id })).toEqual({ refused: 'confirm.passkey' })
    accepted(await confirmWith(authenticator, 'passkey.remove', randomUUID()))
    expect(await passkeys.remove({ session: token, id })).toEqual({ refused: 'confirm.passkey' })
    accepted(await confirmWith(authenticator, 'passkey.remove', id))
    accepted(await passkeys.remove({ session: token, id }))
    expect(await lastEntry()).toMatchObject({ action: 'credential.removed', object_id: id, person_id: person.id })
    expect(await passkeys.remove({ session: token, id })).toEqual({ refused: 'not-found' })
  })

  test('is refused for the last factor beside a password that cannot be the only one', async () => {
    const { authenticator, id } = await addPasskey()
    const needed = { refused: 'passkey.needed' }
    await admin.updateTable('sign_in_demand').set({ second_factor: 'required' }).execute()
    expect(await passkeys.remove({ session: token, id })).toEqual(needed)
    await admin.updateTable('sign_in_demand').set({ second_factor: 'off' }).execute()
    await sql`update person set password_alone = false where id = ${person.id}`.execute(admin)
    expect(await passkeys.remove({ session: token, id })).toEqual(needed)
    accepted(await confirmWith(authenticator, 'passkey.add', person.id))
    const request = accepted(await passkeys.requestAddition({ session: token }))
    const newSession = newToken()
    accepted(
      await passkeys.add({
        session: token,
        newSession,
        name: 'b',
        response: makeAuthenticator(origin).create(request),
      }),
    )
    token = newSession
    accepted(await confirmWith(authenticator, 'passkey.remove', id))
    accepted(await passkeys.remove({ session: token, id }))
  })

  test('is refused to anybody else', async () => {
    const { id } = await addPasskey()
    const other = await enterTestPerson(admin, desk, { name: 'Bertil' })
    expect(await passkeys.remove({ session: (await other.signIn()).token, id })).toEqual({ refused: 'not-found' })
  })
})

describe('a confirmation', () => {
  test('is valid for two minutes', async () => {
    const { authenticator, id } = await addPasskey()
    accepted(await confirmWith(authenticator, 'passkey.remove', id))
    await sql`update act_confirmation set confirmed_at = confirmed_at - interval '121 seconds'`.execute(admin)
    expect(await passkeys.remove({ session: token, id })).toEqual({ refused: 'confirm.passkey' })
  })

  test('is valid in the session in which it was given', async () => {
    const { authenticator, id } = await addPasskey()
    accepted(await confirmWith(authenticator, 'passkey.remove', id))
    expect(await passkeys.remove({ session: await anotherSession(), id })).toEqual({ refused: 'confirm.passkey' })
  })

  test('is not given by a signature for something else', async () => {
    const { authenticator, id } = await addPasskey()
    const signature = authenticator.get(await passkeys.requestSignIn())
    const request = { session: token, act: 'passkey.remove', id, revision: 0 } as const
    expect(await passkeys.confirm({ ...request, response: signature })).toEqual({ refused: 'passkey.refused' })
    const forOther = accepted(await passkeys.requestConfirmation({ ...request, revision: 1 }))
    expect(await passkeys.confirm({ ...request, response: authenticator.get(forOther) })).toEqual({
      refused: 'passkey.refused',
    })
    expect(await lastEntry()).toMatchObject({ action: 'act.confirmed', result: 'refused:passkey-signature' })
  })
})
