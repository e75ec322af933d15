import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, describe, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { submitChange, acceptedDraft } from '#test/database/drafts.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import { makeAuthenticator } from '#test/sign-in/authenticator.ts'
import { noAuthenticators } from '#test/sign-in/no-authenticators.ts'
import type { Role } from '#description/roles.ts'
import { decideRightRequest, requestRights } from '../access/procedure.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { reopenDraft } from '../versions/change-draft.ts'
import { approveDraft, rejectDraft } from '../versions/decide.ts'
import { readDraft } from '../versions/draft.ts'
import { requestFactorRemoval, decideFactorRemoval } from './factor-removals.ts'
import { passwordProof } from './own-account.ts'
import type { Act } from './confirmations.ts'
import type { PasskeyRefusal } from './passkey-context.ts'
import { createPasskeys } from './passkeys.ts'

const origin = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()
const passkeys = createPasskeys({
  db: database.as('seloste_custodian').db,
  now,
  relyingParty: { origin, host: 'seloste.example' },
  service: () => 'Seloste',
  secondFactors: noAuthenticators,
})

const enter = (name: string, role: Role) =>
  enterTestPerson(admin, desk, { name, right: { role, purposes: [], scope: { kind: 'none', units: [], numbers: [] } } })
const anssi = await (await enter('Anssi', 'ADMINISTRATOR')).signIn()
const tuula = await (await enter('Tuula', 'ADMINISTRATOR')).signIn()
const riitta = await withPasskey(await enter('Riitta', 'DECISION_MAKER'))
const anneli = await withPasskey(await enter('Anneli', 'ACCESS_APPROVER'))

function accepted<T extends object>(answer: T | PasskeyRefusal): T {
  if ('refused' in answer) throw new Error(answer.refused)
  return answer
}

/** Signs somebody in and adds a passkey. Returns how they confirm an act with it. */
async function withPasskey(person: TestPerson) {
  const before = await person.signIn()
  const proof = (await passwordProof(desk, person.id, 'a good long password')).toString('base64url')
  const authenticator = makeAuthenticator(origin)
  const request = accepted(await passkeys.requestAddition({ session: before.token, proof }))
  const token = randomBytes(32).toString('base64url')
  accepted(
    await passkeys.add({
      session: before.token,
      newSession: token,
      name: 'Avain',
      response: authenticator.create(request),
    }),
  )
  const session: Session = { ...before, token }
  return {
    session,
    async confirm(act: Act['act'], id: string, revision = 0) {
      const request = { session: token, act, id, revision }
      const challenge = accepted(await passkeys.requestConfirmation(request))
      accepted(await passkeys.confirm({ ...request, response: authenticator.get(challenge) }))
    },
  }
}

let ahead = now().add({ hours: 1 })
const draft = async () => {
  ahead = ahead.add({ minutes: 1 }).round({ smallestUnit: 'second' })
  const title = `REGISTER DESCRIPTION ${ahead.epochMilliseconds}`
  return submitChange(desk, anssi, ahead, { edits: [{ path: ['title', 'en'], value: title }] })
}

const unconfirmed = { refused: 'confirm.passkey' }

describe('a decision on a draft by a person with a passkey needs their confirmation', () => {
  test('for this decision on this revision, once', async () => {
    const { id, revision } = await draft()
    const approve = () => approveDraft(desk, riitta.session, id, { revision }, now())
    expect(await approve()).toEqual(unconfirmed)
    await riitta.confirm('draft.reject', id, revision)
    await riitta.confirm('draft.approve', id, revision + 1)
    await riitta.confirm('draft.approve', (await draft()).id, revision)
    expect(await approve()).toEqual(unconfirmed)
    await riitta.confirm('draft.approve', id, revision)
    expect(acceptedDraft(await approve())).toMatchObject({ state: 'APPROVED' })
  })

  test('for a rejection too', async () => {
    const { id, revision } = await draft()
    const reject = () => rejectDraft(desk, riitta.session, id, { revision, note: 'Ei näin' }, now())
    expect(await reject()).toEqual(unconfirmed)
    expect(acceptedDraft(await readDraft(desk, riitta.session, id, now()))).toMatchObject({ state: 'SUBMITTED' })
    await riitta.confirm('draft.reject', id, revision)
    expect(acceptedDraft(await reject())).toMatchObject({ state: 'REJECTED' })
  })

  test('an author’s own act needs no confirmation', async () => {
    const { id } = await draft()
    expect(acceptedDraft(await reopenDraft(desk, anssi, id, now()))).toMatchObject({ state: 'DRAFT' })
  })
})

describe('a decision on a right by a person with a passkey needs their confirmation', () => {
  async function request(): Promise<string> {
    const person = await enterTestPerson(admin, desk, { name: 'Aino', phone: `029 512 ${++number}` })
    const made = await requestRights(desk, await person.signIn(), {
      people: [person.id],
      role: 'OFFICIAL',
      purposes: ['DEVELOPMENT'],
      units: [],
      numbers: [],
      reason: 'Vastaa puheluihin',
      until: now().add({ hours: 24 * 30 }),
    })
    if ('refused' in made) throw new Error(made.refused)
    return made.requests[0] ?? ''
  }
  let number = 5100

  test('for an approval', async () => {
    const id = await request()
    const approve = () => decideRightRequest(desk, anneli.session, id, { approve: true })
    expect(await approve()).toEqual(unconfirmed)
    expect(await admin.selectFrom('access_right').select('id').where('request_id', '=', id).execute()).toEqual([])
    await anneli.confirm('right.approve', await request())
    expect(await approve()).toEqual(unconfirmed)
    await anneli.confirm('right.approve', id)
    expect(await approve()).toHaveProperty('right')
  })

  test('for a rejection', async () => {
    const id = await request()
    const reject = () => decideRightRequest(desk, anneli.session, id, { approve: false, note: 'Ei tarvita' })
    expect(await reject()).toEqual(unconfirmed)
    await anneli.confirm('right.reject', id)
    expect(await reject()).not.toHaveProperty('refused')
  })
})

describe('the decision to remove somebody’s second factors needs confirmation by passkey', () => {
  test('once it is confirmed, that person’s passkeys and sessions are gone', async () => {
    const tiina = await enterTestPerson(admin, desk, { name: 'Tiina' })
    const { session } = await withPasskey(tiina)
    const request = await requestFactorRemoval(desk, tuula, tiina.id, 'Avain on kadonnut')
    if ('refused' in request) throw new Error(request.refused)
    const confirm = () => decideFactorRemoval(desk, anneli.session, request.id, true)
    expect(await confirm()).toEqual(unconfirmed)
    await anneli.confirm('removal.approve', request.id)
    expect(await confirm()).toBe('done')
    expect(await admin.selectFrom('passkey').select('id').where('person_id', '=', tiina.id).execute()).toEqual([])
    expect(await passkeys.requestAddition({ session: session.token })).toEqual({ refused: 'session.none' })
  })
})

test('a person without a passkey decides without a confirmation', async () => {
  const paavo = await (await enter('Paavo', 'DECISION_MAKER')).signIn()
  const { id, revision } = await draft()
  expect(acceptedDraft(await rejectDraft(desk, paavo, id, { revision, note: 'Ei näin' }, now()))).toMatchObject({
    state: 'REJECTED',
  })
})

describe('a compromised desk', () => {
  const deskAttempts: [string, () => Promise<unknown>][] = [
    ['reads no keys', () => desk.selectFrom('passkey').select('public_key').execute()],
    ['enters no passkey', () => sql`insert into passkey (person_id) values (${anneli.session.personId})`.execute(desk)],
    ['removes no passkey', () => desk.deleteFrom('passkey').execute()],
    ['changes no counter', () => sql`update passkey set counter = 0`.execute(desk)],
    ['confirms nothing', () => sql`insert into act_confirmation default values`.execute(desk)],
    ['reads no confirmation', () => desk.selectFrom('act_confirmation').select('act').execute()],
    [
      'uses up no confirmation',
      () =>
        sql`select spend_confirmation(${anneli.session.personId}, ''::bytea, 'passkey.add', ${anneli.session.personId}, 0)`.execute(
          desk,
        ),
    ],
    [
      'opens no session without proof',
      () =>
        sql`select open_proven_session(${anneli.session.personId}::uuid, ${createHash('sha256').digest()}::bytea, 'passkey', now())`.execute(
          desk,
        ),
    ],
    ['reads no ID token of the provider', () => desk.selectFrom('provider_session').select('id_token').execute()],
  ]
  for (const [title, attempt] of deskAttempts) {
    test(title, async () => {
      await expect(attempt()).rejects.toThrow('permission denied')
    })
  }

  test('sees its viewer’s own passkeys by name only', async () => {
    const names = (session: string) =>
      desk.transaction().execute(async (tx) => {
        await sql`select set_config('seloste.session', ${session}, true)`.execute(tx)
        return tx.selectFrom('passkey').select(['person_id', 'name']).execute()
      })
    expect(await names(anneli.session.token)).toEqual([{ person_id: anneli.session.personId, name: 'Avain' }])
    expect(await names(anssi.token)).toEqual([])
    expect(await names('')).toEqual([])
  })
})
