import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { newToken } from '#platform/links/link-token.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password, type TestPerson } from '#test/database/people.ts'
import { decideDirectoryChange, listDirectoryChanges } from '../people/directory-changes.ts'
import { sessionHolds, type Session } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { requestFactorRemoval, decideFactorRemoval, listFactorRemovals, removeFactors } from './factor-removals.ts'
import { removeAccessOfLeavers } from './accounts.ts'
import { makeLink, useLink } from './links.ts'
import { rememberDevice, signIn } from './sign-in.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const pool = database.as().pool
const now = () => Temporal.Now.instant()

const signInWithRole = (name: string, role: 'ADMINISTRATOR' | 'ACCESS_APPROVER') =>
  enterTestPerson(admin, desk, {
    name,
    right: { role, purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
  }).then((person) => person.signIn())

let anssi: Session
let anneli: Session
let aino: TestPerson
beforeEach(async () => {
  ;[anssi, anneli] = [await signInWithRole('Anssi', 'ADMINISTRATOR'), await signInWithRole('Anneli', 'ACCESS_APPROVER')]
  aino = await enterTestPerson(admin, desk, { name: 'Aino' })
  await giveFactor(aino.id)
})

async function giveFactor(personId: string): Promise<void> {
  await pool.query(
    "insert into totp (id, person_id, sealed, confirmed_at) values (gen_random_uuid(), $1, 'x', now())",
    [personId],
  )
  await pool.query("insert into recovery_code (person_id, hash) values ($1, 'x')", [personId])
}

async function requestRemoval(by = anssi): Promise<string> {
  const removal = await requestFactorRemoval(desk, by, aino.id, 'Puhelin katosi; tunnistettu käynnillä')
  if ('refused' in removal) throw new Error(removal.refused)
  return removal.id
}

describe('removing somebody’s second factors', () => {
  test('needs a new proof of presence if the last one is too old', async () => {
    const setProvedAt = (ago: string) =>
      pool.query('update session set proved_at = now() - $2::interval where person_id = $1', [anssi.personId, ago])
    await setProvedAt('16 minutes')
    expect(await requestFactorRemoval(desk, anssi, aino.id, 'x')).toEqual({ refused: 'confirm.fresh' })
    expect(await listFactorRemovals(desk, anneli)).not.toContainEqual(expect.objectContaining({ personId: aino.id }))
    await setProvedAt('1 minute')
    expect(await requestFactorRemoval(desk, anssi, aino.id, 'x')).toMatchObject({ personId: aino.id })
  })

  test('is requested by an administrator and confirmed by an approver, and ends the person’s sessions, after which the password suffices', async () => {
    const { rows } = await pool.query<{ id: string }>(
      "insert into session (token_hash, person_id, created_at, expires_at) values (sha256('open'), $1, now(), now() + interval '1 hour') returning id",
      [aino.id],
    )
    expect(rows).toHaveLength(1)
    const id = await requestRemoval()
    expect(await listFactorRemovals(desk, anneli)).toContainEqual(expect.objectContaining({ id, personId: aino.id }))
    expect(await decideFactorRemoval(desk, anneli, id, true)).toBe('done')
    expect(await sessionHolds(desk, 'open', now())).toBe(false)
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({
      personId: aino.id,
      expiresAt: expect.anything() as object,
    })
    expect(await decideFactorRemoval(desk, anneli, id, true)).toEqual({ refused: 'not-found' })
    expect((await listFactorRemovals(desk, anneli)).map((removal) => removal.id)).not.toContain(id)
  })

  test('removes a password that is too short to be the only factor', async () => {
    await pool.query('update person set password_alone = false where id = $1', [aino.id])
    await decideFactorRemoval(desk, anneli, await requestRemoval(), true)
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toBe('refused')
  })

  test('removes the password of an approver, which an administrator may have set by a link', async () => {
    await pool.query(
      `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
       values (gen_random_uuid(), $1, 'ACCESS_APPROVER', '{}', 'none', now(), $2, $3)`,
      [aino.id, anssi.personId, anneli.personId],
    )
    // As the person has a second factor, an administrator may make the link.
    const link = await makeLink(desk, anssi, aino.id)
    if ('refused' in link) throw new Error(link.refused)
    const [change] = await listDirectoryChanges(desk, anneli, aino.id)
    const released = await decideDirectoryChange(desk, anneli, change?.id ?? '', true)
    const code = 'code' in released ? released.code : undefined
    expect(await useLink(desk, link.token, 'kolme harmaata hanhea', code)).toEqual({ used: true })
    expect(await decideFactorRemoval(desk, anneli, await requestRemoval(), true)).toBe('done')
    expect(await signIn(desk, { userId: aino.userId, password: 'kolme harmaata hanhea' }, now())).toBe('refused')
    expect(await makeLink(desk, anssi, aino.id)).toEqual({ refused: 'link.needs-operator' })
  })

  test('that is refused changes nothing', async () => {
    expect(await decideFactorRemoval(desk, anneli, await requestRemoval(), false)).toBe('done')
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({ awaits: 'second-factor' })
  })

  test('needs two people, neither of them the person, each with their role', async () => {
    expect(await requestFactorRemoval(desk, anneli, aino.id, 'x')).toEqual({ refused: 'deny.role' })
    expect(await decideFactorRemoval(desk, anssi, await requestRemoval(), true)).toEqual({ refused: 'deny.role' })
    await giveFactor(anssi.personId)
    expect(await requestFactorRemoval(desk, anssi, anssi.personId, 'x')).toEqual({ refused: 'removal.own' })
    await giveFactor(anneli.personId)
    const own = await requestFactorRemoval(desk, anssi, anneli.personId, 'x')
    if ('refused' in own) throw new Error(own.refused)
    expect(await decideFactorRemoval(desk, anneli, own.id, true)).toEqual({ refused: 'removal.own' })
    // A person with both roles requests or confirms, not both.
    await pool.query(
      `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
       values (gen_random_uuid(), $1, 'ADMINISTRATOR', '{}', 'none', now(), $1, $2)`,
      [anneli.personId, aino.id],
    )
    const both = await requestRemoval(anneli)
    expect(await decideFactorRemoval(desk, anneli, both, true)).toEqual({ refused: 'removal.own' })
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({ awaits: 'second-factor' })
  })

  test('is refused for a person without second factors, and a repeated request returns the first', async () => {
    const without = await enterTestPerson(admin, desk, { name: 'Ilman' })
    expect(await requestFactorRemoval(desk, anssi, without.id, 'x')).toEqual({ refused: 'removal.nothing' })
    expect(await requestFactorRemoval(desk, anssi, randomUUID(), 'x')).toEqual({ refused: 'removal.nothing' })
    expect(await requestRemoval()).toBe(await requestRemoval())
  })

  test('is not visible to officials', async () => {
    await requestRemoval()
    const bertil = await (await enterTestPerson(admin, desk, { name: 'Bertil' })).signIn()
    expect(await listFactorRemovals(desk, bertil)).toEqual([])
  })

  test('by the operator needs no confirmation', async () => {
    expect(await removeFactors(admin, aino.id)).toBe(true)
    expect(await removeFactors(admin, aino.id)).toBe(false)
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({ personId: aino.id })
  })

  test('is logged, refused requests too', async () => {
    await requestFactorRemoval(desk, anneli, aino.id, 'x')
    await decideFactorRemoval(desk, anneli, await requestRemoval(), true)
    const { rows } = await pool.query<{ entry: string }>(
      `select action || ' ' || result as entry from audit_entry
       where person_id in ($1, $2) and action like 'credential.%' order by seq`,
      [anssi.personId, anneli.personId],
    )
    expect(rows.map(({ entry }) => entry)).toEqual([
      'credential.removal-asked refused:deny.role',
      'credential.removal-asked ok',
      'credential.removed ok',
    ])
  })
})

describe('a person who left (R20, R36)', () => {
  test('has no access from that instant on, and their sessions, rights and factors are removed within seconds', async () => {
    const leaver = await signInWithRole('Lähtijä', 'ADMINISTRATOR')
    await rememberDevice(desk, leaver, newToken())
    await giveFactor(leaver.personId)
    await pool.query('update person set employed_to = now() where id = $1', [leaver.personId])
    expect(await sessionHolds(desk, leaver.token, now())).toBe(false)
    expect(await removeAccessOfLeavers(custodian)).toBe(1)
    expect(await removeAccessOfLeavers(custodian)).toBe(0)
    const { rows } = await pool.query(
      `select (select count(*)::int from session where person_id = $1 and ended_at is null) as sessions,
        (select count(*)::int from access_right where person_id = $1 and revoked_at is null) as rights,
        (select count(*)::int from known_device where person_id = $1) as devices,
        (select count(*)::int from totp where person_id = $1) as totp,
        (select password_check is null from person where id = $1) as no_password`,
      [leaver.personId],
    )
    expect(rows).toEqual([{ sessions: 0, rights: 0, devices: 0, totp: 0, no_password: true }])
    const { rows: logged } = await pool.query<{ action: string; cause: string }>(
      "select action, detail ->> 'cause' as cause from audit_entry where detail ->> 'person' = $1 or object_id = $1::uuid order by seq",
      [leaver.personId],
    )
    expect(logged).toContainEqual({ action: 'right.revoked', cause: 'employment-ended' })
    expect(logged).toContainEqual({ action: 'sessions.ended', cause: 'employment-ended' })
  })

  test('has no earlier password and no earlier right after coming back', async () => {
    const leaver = await enterTestPerson(admin, desk, {
      name: 'Palaaja',
      right: { role: 'ADMINISTRATOR', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
    })
    await pool.query('update person set employed_to = now() where id = $1', [leaver.id])
    await removeAccessOfLeavers(custodian)
    await pool.query('update person set employed_to = null where id = $1', [leaver.id])
    const { rows } = await pool.query('select id from access_right where person_id = $1 and revoked_at is null', [
      leaver.id,
    ])
    expect(rows).toEqual([])
    expect(await signIn(desk, { userId: leaver.userId, password }, now())).toBe('refused')
  })

  test('loses access only once the employment has ended', async () => {
    await pool.query("update person set employed_to = now() + interval '1 hour' where id = $1", [aino.id])
    expect(await removeAccessOfLeavers(custodian)).toBe(0)
    expect(await signIn(desk, { userId: aino.userId, password }, now())).toMatchObject({ awaits: 'second-factor' })
  })
})
