import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson, recordRight } from '#test/database/people.ts'
import { rightsOf } from '../access/grant.ts'
import { decideDirectoryChange, listDirectoryChanges } from '../people/directory-changes.ts'
import { sessionHolds, type Session } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { readLink, makeFirstLinks, makeLink, makeOperatorsLink, useFirstLink, useLink } from './links.ts'
import { readSignInMethods } from './own-account.ts'
import { signIn } from './sign-in.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const pool = database.as().pool
const now = () => Temporal.Now.instant()
const newPassword = 'kolme harmaata hanhea'

const right = (role: 'ADMINISTRATOR' | 'ACCESS_APPROVER' | 'DECISION_MAKER') => ({
  role,
  purposes: [],
  scope: { kind: 'none' as const, units: [], numbers: [] },
})

describe('the first links of an installation', () => {
  const linkFor = async (role: string) => (await makeFirstLinks(admin)).find((link) => link.role === role)?.token ?? ''
  const first = { userId: 'Virtanen.Aino', name: 'Aino Virtanen', password: newPassword }

  test('are two, and are made anew at each start, which invalidates earlier ones', async () => {
    const [earlier, later] = [await makeFirstLinks(admin), await makeFirstLinks(admin)]
    expect(earlier.map(({ role }) => role)).toEqual(['ADMINISTRATOR', 'ACCESS_APPROVER'])
    expect(await readLink(desk, earlier[0]?.token ?? '', now())).toBeUndefined()
    expect(await readLink(desk, later[0]?.token ?? '', now())).toMatchObject({
      kind: 'first-person',
      role: 'ADMINISTRATOR',
    })
  })

  test('give their user the role, once, by a right whose origin is the installation', async () => {
    const token = await linkFor('ADMINISTRATOR')
    expect(await useFirstLink(desk, token, first)).toEqual({ used: true })
    const session = await signIn(desk, { userId: first.userId, password: newPassword }, now())
    if (typeof session === 'string' || !('expiresAt' in session)) throw new Error('not signed in')
    expect(await rightsOf(desk, session.personId, now())).toMatchObject([{ role: 'ADMINISTRATOR' }])
    const { rows } = await pool.query(
      'select origin, requested_by, approved_by from access_right where person_id = $1',
      [session.personId],
    )
    expect(rows).toEqual([{ origin: 'installation', requested_by: null, approved_by: null }])
    expect(await useFirstLink(desk, token, { ...first, userId: 'toinen' })).toEqual({ refused: 'link.none' })
    expect((await makeFirstLinks(admin)).map(({ role }) => role)).toEqual(['ACCESS_APPROVER'])
  })

  test('cannot both be used by the same person', async () => {
    const token = await linkFor('ACCESS_APPROVER')
    for (const same of [
      first,
      { ...first, userId: 'virtanen.a' },
      { ...first, userId: 'virtanen.a', name: ' aino  VIRTANEN' },
    ]) {
      expect(await useFirstLink(desk, token, same)).toEqual({ refused: 'link.same-person' })
    }
    // The refused attempts have not used up the link.
    expect(
      await useFirstLink(desk, token, { userId: 'koski.matti', name: 'Matti Koski', password: newPassword }),
    ).toEqual({
      used: true,
    })
    expect(await makeFirstLinks(admin)).toEqual([])
  })

  test('recognise a person in the directory by their own password only', async () => {
    await pool.query("update access_right set revoked_at = now() where role = 'ACCESS_APPROVER'")
    const person = await enterTestPerson(admin, desk, { name: 'Liisa Lahti' })
    const token = await linkFor('ACCESS_APPROVER')
    const named = { userId: person.userId, name: 'Liisa Lahti' }
    expect(await useFirstLink(desk, token, { ...named, password: newPassword })).toEqual({
      refused: 'person.user-id-taken',
    })
    expect(await useFirstLink(desk, token, { ...named, password })).toEqual({ used: true })
    expect(await rightsOf(desk, person.id, now())).toMatchObject([{ role: 'ACCESS_APPROVER' }])
  })

  test('cannot be used by a person who has the other role, whatever the origin of that right', async () => {
    const both = await enterTestPerson(admin, desk, { name: 'Kaisa', right: right('ADMINISTRATOR') })
    await pool.query("update access_right set revoked_at = now() where role = 'ACCESS_APPROVER' and revoked_at is null")
    const token = await linkFor('ACCESS_APPROVER')
    const kaisa = { userId: both.userId, name: 'Kaisa', password }
    expect(await useFirstLink(desk, token, kaisa)).toEqual({ refused: 'link.same-person' })
    expect(await useFirstLink(desk, token, { ...kaisa, userId: 'kaisa.k', password: newPassword })).toEqual({
      refused: 'link.same-person',
    })
    expect(await useFirstLink(desk, token, { userId: 'niemi.n', name: 'Niina Niemi', password: newPassword })).toEqual({
      used: true,
    })
    await pool.query('update access_right set revoked_at = now() where person_id = $1', [both.id])
  })

  test('are made again when nobody employed holds the role any more', async () => {
    expect(await makeFirstLinks(admin)).toEqual([])
    await pool.query(
      "update person set employed_to = now() where id in (select person_id from access_right where role = 'ADMINISTRATOR')",
    )
    expect((await makeFirstLinks(admin)).map(({ role }) => role)).toEqual(['ADMINISTRATOR'])
  })

  test('are invalid once somebody was given the role by the procedure', async () => {
    const token = await linkFor('ADMINISTRATOR')
    await enterTestPerson(admin, desk, { name: 'Anssi', right: right('ADMINISTRATOR') })
    expect(await readLink(desk, token, now())).toBeUndefined()
    expect(await useFirstLink(desk, token, { userId: 'x.y', name: 'X', password: newPassword })).toEqual({
      refused: 'link.none',
    })
  })
})

describe('a link made by an administrator', () => {
  let anssi: Session
  let paula: Session
  let aino: TestPerson
  beforeEach(async () => {
    paula = await (await enterTestPerson(admin, desk, { name: 'Paula', right: right('ACCESS_APPROVER') })).signIn()
    anssi = await (await enterTestPerson(admin, desk, { name: 'Anssi', right: right('ADMINISTRATOR') })).signIn()
    aino = await enterTestPerson(admin, desk, { name: 'Aino' })
  })

  async function makeToken(personId = aino.id, by = anssi): Promise<string> {
    const link = await makeLink(desk, by, personId)
    if ('refused' in link) throw new Error(link.refused)
    return link.token
  }

  /** Makes a link, and has it released. Returns it with the code that its releaser got. */
  async function makeReleased(): Promise<{ token: string; code: string }> {
    const token = await makeToken()
    const [change] = await listDirectoryChanges(desk, paula, aino.id)
    const done = await decideDirectoryChange(desk, paula, change?.id ?? '', true)
    if ('refused' in done) throw new Error(done.refused)
    return { token, code: done.code ?? '' }
  }

  test('sets a password once, and ends the person’s sessions', async () => {
    const before = await aino.signIn()
    const { token, code } = await makeReleased()
    expect(await readLink(desk, token, now())).toMatchObject({
      kind: 'new-password',
      person: { id: aino.id, userId: aino.userId },
    })
    expect(await useLink(desk, token, newPassword, code)).toEqual({ used: true })
    expect(await sessionHolds(desk, before.token, now())).toBe(false)
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toBe('refused')
    expect(await signIn(desk, { userId: aino.userId, password: newPassword }, now())).toMatchObject({
      personId: aino.id,
    })
    expect(await useLink(desk, token, newPassword)).toEqual({ refused: 'link.none' })
    expect(await readLink(desk, token, now())).toBeUndefined()
  })

  test('used twice at once sets one password', async () => {
    const { token, code } = await makeReleased()
    const answers = await Promise.all([
      useLink(desk, token, newPassword, code),
      useLink(desk, token, `${newPassword} ja yksi`, code),
    ])
    expect(answers.filter((answer) => 'used' in answer)).toHaveLength(1)
  })

  test('ends after 24 hours, when another is made, and when the person leaves', async () => {
    const [first, second] = [await makeToken(), await makeToken()]
    expect(await useLink(desk, first, newPassword)).toEqual({ refused: 'link.none' })
    await pool.query(
      "update one_time_link set made_at = made_at - interval '24 hours', expires_at = expires_at - interval '24 hours'",
    )
    expect(await useLink(desk, second, newPassword)).toEqual({ refused: 'link.none' })
    const third = await makeToken()
    await pool.query('update person set employed_to = now() where id = $1', [aino.id])
    expect(await useLink(desk, third, newPassword)).toEqual({ refused: 'link.none' })
    expect(await makeLink(desk, anssi, aino.id)).toEqual({ refused: 'not-found' })
  })

  test('is made by an administrator only, and never for oneself', async () => {
    const bertil = await (await enterTestPerson(admin, desk, { name: 'Bertil' })).signIn()
    expect(await makeLink(desk, bertil, aino.id)).toEqual({ refused: 'deny.role' })
    expect(await makeLink(desk, anssi, anssi.personId)).toEqual({ refused: 'link.own' })
    expect(await makeLink(desk, anssi, randomUUID())).toEqual({ refused: 'not-found' })
  })

  test('is made by the operator for a person who decides on others and has no second factor', async () => {
    for (const role of ['ACCESS_APPROVER', 'DECISION_MAKER', 'ADMINISTRATOR'] as const) {
      const decider = await enterTestPerson(admin, desk, { name: 'Päättäjä', right: right(role) })
      expect(await makeLink(desk, anssi, decider.id)).toEqual({ refused: 'link.needs-operator' })
      const token = await makeOperatorsLink(admin, { personId: decider.id })
      expect(await useLink(desk, token, newPassword)).toEqual({ used: true })
      await pool.query(
        "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
        [decider.id],
      )
      expect(await makeLink(desk, anssi, decider.id)).toMatchObject({ kind: 'new-password' })
    }
  })

  test('is made by the operator for a person who sees everybody’s calls and has no second factor', async () => {
    const matti = await enterTestPerson(admin, desk, {
      name: 'Matti',
      right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: { kind: 'all', units: [], numbers: [] } },
    })
    expect(await makeLink(desk, anssi, matti.id)).toEqual({ refused: 'link.needs-operator' })
  })

  test('is invalid once the person decides on others, and after the loss of the second factor that it depended on', async () => {
    const early = await makeToken()
    await recordRight(admin, {
      ...right('ACCESS_APPROVER'),
      personId: aino.id,
      requestedBy: anssi.personId,
      approvedBy: (await enterTestPerson(admin, desk, { name: 'Anneli' })).id,
      from: now(),
    })
    expect(await readLink(desk, early, now())).toBeUndefined()
    expect(await useLink(desk, early, newPassword)).toEqual({ refused: 'link.none' })
    await pool.query(
      "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
      [aino.id],
    )
    const backed = await makeToken()
    expect(await readLink(desk, backed, now())).toMatchObject({ kind: 'new-password' })
    await pool.query('delete from totp where person_id = $1', [aino.id])
    expect(await readLink(desk, backed, now())).toBeUndefined()
    expect(await useLink(desk, backed, newPassword)).toEqual({ refused: 'link.none' })
    expect(await useLink(desk, await makeOperatorsLink(admin, { personId: aino.id }), newPassword)).toEqual({
      used: true,
    })
  })

  test('is stored as a hash only, and is logged by its own id', async () => {
    const { token, code } = await makeReleased()
    await useLink(desk, token, newPassword, code)
    const { rows } = await pool.query<{ row: string }>(
      'select to_jsonb(l)::text as row from one_time_link l union all select to_jsonb(a)::text from audit_entry a',
    )
    for (const secret of [token, code]) expect(rows.map(({ row }) => row).join()).not.toContain(secret)
    const { rows: logged } = await pool.query<{ action: string; person_id: string }>(
      `select action, person_id from audit_entry
       where object_id = (select id from one_time_link where person_id = $1 order by made_at desc limit 1) order by seq`,
      [aino.id],
    )
    expect(logged).toEqual([
      { action: 'link.made', person_id: anssi.personId },
      { action: 'link.released', person_id: paula.personId },
      { action: 'link.used', person_id: aino.id },
    ])
  })

  test('is shown on the person’s page while it is pending, and only to an administrator', async () => {
    await makeToken()
    expect(await readSignInMethods(desk, anssi, aino.id)).toMatchObject({
      hasPassword: true,
      linkUntil: expect.anything() as object,
    })
    const bertil = await (await enterTestPerson(admin, desk, { name: 'Bertil' })).signIn()
    expect(await readSignInMethods(desk, bertil, aino.id)).toBeUndefined()
  })

  test('refuses a password too short to be the only factor, whatever the desk reports, unless there is a second factor', async () => {
    const { token, code } = await makeReleased()
    expect(await useLink(desk, token, 'kahdeksan', code)).toEqual({ refused: 'password.unfit' })
    await pool.query(
      "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
      [aino.id],
    )
    expect(await useLink(desk, token, 'kahdeksan', code)).toEqual({ used: true })
  })
})
