import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import type { Role } from '#description/roles.ts'
import { enterPerson } from '../people/enter-person.ts'
import { sessionHash, type Session } from '../people/session.ts'
import { enterUnit } from '../people/units.ts'
import type { SafeguardTables } from '../tables.ts'
import { rightsOf } from './grant.ts'
import {
  decideRightRequest,
  installRight,
  requestRights,
  reviewRight,
  revokeRight,
  withdrawRightRequest,
  type RightsAskedFor,
} from './procedure.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const fresh = await createTestDatabase<SafeguardTables>()
const empty = fresh.as().db
const now = () => Temporal.Now.instant()
const daysAhead = (days: number) => now().add({ hours: 24 * days })
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const number = '+35829497000'

const withRole = (name: string, role: Role) =>
  enterTestPerson(admin, desk, { name, right: { role, purposes: [], scope: nothing } })
const anssi = await withRole('Anssi', 'ADMINISTRATOR')
const anneli = await withRole('Anneli', 'ACCESS_APPROVER')
const sari = await enterTestPerson(admin, desk, {
  name: 'Sari',
  unit: 'Neuvonta',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const outsider = await enterTestPerson(admin, desk, { name: 'Olli', unit: 'Muualla' })

/** A session of somebody, however they signed in. */
async function open({ id }: { id: string }): Promise<Session> {
  const session = { token: randomUUID(), personId: id, expiresAt: now().add({ hours: 1 }) }
  await sql`
    insert into session (token_hash, person_id, created_at, expires_at)
    values (${sessionHash(session.token)}, ${id}, ${now()}, ${session.expiresAt})`.execute(admin)
  return session
}

const sessions = new Map<TestPerson, Session>()
beforeAll(async () => {
  for (const person of [anssi, anneli, sari, outsider]) sessions.set(person, await open(person))
})
const as = (person: TestPerson): Session => {
  const session = sessions.get(person)
  if (!session) throw new Error(`${person.userId} has no session`)
  return session
}

let count = 0
/** An official placed under somebody, with a number of their own. */
async function enterOfficial(
  given: { unit?: string; supervisorId?: string; employedTo?: Temporal.Instant; phone?: false } = {},
) {
  const entered = await enterPerson(admin, {
    userId: `official.${++count}.${Date.now()}`,
    name: `Virkailija ${count}`,
    unitId: await enterUnit(admin, given.unit ?? 'Neuvonta'),
    ...(given.supervisorId && { supervisorId: given.supervisorId }),
    ...(given.phone !== false && { phoneKey: `+35829512${5000 + count}` as never }),
    employedFrom: now().subtract({ hours: 24 * 100 }),
    ...(given.employedTo && { employedTo: given.employedTo }),
  })
  if ('refused' in entered) throw new Error(entered.refused)
  return { id: entered.id, session: await open(entered) }
}

const ownCalls = (people: string[], given: Partial<RightsAskedFor> = {}): RightsAskedFor => ({
  people,
  role: 'OFFICIAL',
  purposes: ['DEVELOPMENT'],
  units: [],
  numbers: [],
  reason: 'Vastaa puheluihin',
  until: daysAhead(100),
  ...given,
})

async function ask(who: Session, asked: RightsAskedFor): Promise<string> {
  const made = await requestRights(desk, who, asked)
  if ('refused' in made) throw new Error(`${made.refused} ${made.of ?? ''}`)
  return made.requests[0] ?? ''
}
async function grant(who: Session, asked: RightsAskedFor): Promise<string> {
  const decided = await decideRightRequest(desk, as(anneli), await ask(who, asked), { approve: true })
  if ('refused' in decided) throw new Error(`${decided.refused} ${decided.of ?? ''}`)
  return decided.right ?? ''
}
const actions = async (objectId: string) =>
  (
    await admin
      .selectFrom('audit_entry')
      .select(['action', 'result', 'person_id', 'role'])
      .where('object_id', '=', objectId)
      .orderBy('seq')
      .execute()
  ).map(({ action, result, person_id, role }) => [action, result, person_id, role])

describe('asking for a right', () => {
  test('gives nothing until another has approved it, and then at once', async () => {
    const aino = await enterOfficial()
    const request = await ask(aino.session, ownCalls([aino.id]))
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    const decided = await decideRightRequest(desk, as(anneli), request, { approve: true, note: 'Kyllä' })
    const [right] = await rightsOf(desk, aino.id, now())
    expect(right).toMatchObject({ role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own' } })
    expect(decided).toEqual({ right: right?.id })
    expect(await actions(request)).toEqual([['right.requested', 'ok', aino.id, null]])
    expect(await actions(right?.id ?? '')).toEqual([['right.granted', 'ok', anneli.id, 'ACCESS_APPROVER']])
  })

  test('is for oneself; a supervisor asks for the unit’s officials, an administrator for anyone', async () => {
    const [mine, placed, elsewhere] = [
      await enterOfficial(),
      await enterOfficial({ unit: 'Sivupiste', supervisorId: sari.id }),
      await enterOfficial({ unit: 'Muualla' }),
    ]
    expect(await requestRights(desk, as(sari), ownCalls([mine.id, placed.id]))).toMatchObject({
      requests: [expect.any(String), expect.any(String)],
    })
    expect(await requestRights(desk, as(sari), ownCalls([elsewhere.id]))).toEqual({
      refused: 'right.not-yours',
      of: elsewhere.id,
    })
    expect(await requestRights(desk, as(outsider), ownCalls([mine.id]))).toEqual({
      refused: 'right.not-yours',
      of: mine.id,
    })
    expect(await requestRights(desk, as(anneli), ownCalls([mine.id]))).toEqual({
      refused: 'right.not-yours',
      of: mine.id,
    })
    expect(await requestRights(desk, as(anssi), ownCalls([elsewhere.id]))).toHaveProperty('requests')
    expect(
      await requestRights(
        desk,
        elsewhere.session,
        ownCalls([elsewhere.id], { until: daysAhead(50), purposes: ['DEVELOPMENT', 'INSPECTION'] }),
      ),
    ).toHaveProperty('requests')
  })

  test('for several people is one thing: all of them or none', async () => {
    const [one, leaving] = [await enterOfficial(), await enterOfficial({ employedTo: daysAhead(10) })]
    expect(await requestRights(desk, as(anssi), ownCalls([one.id, leaving.id]))).toEqual({
      refused: 'right.beyond-employment',
      of: leaving.id,
    })
    const { n } = await admin
      .selectFrom('right_request')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('person_id', 'in', [one.id, leaving.id])
      .executeTakeFirstOrThrow()
    expect(n).toBe(0)
  })

  test('of what is asked for already is refused', async () => {
    const aino = await enterOfficial()
    await ask(aino.session, ownCalls([aino.id]))
    expect(await requestRights(desk, as(anssi), ownCalls([aino.id]))).toEqual({
      refused: 'right.already-requested',
      of: aino.id,
    })
  })

  test('leaves its refusal in the log', async () => {
    const mine = await enterOfficial({ unit: 'Muualla' })
    await requestRights(desk, as(outsider), ownCalls([mine.id]))
    const last = await admin
      .selectFrom('audit_entry')
      .select(['action', 'result', 'person_id', 'detail'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    expect(last).toEqual({
      action: 'right.requested',
      result: 'refused:right.not-yours',
      person_id: outsider.id,
      detail: { of: mine.id },
    })
  })

  test.each<[string, Partial<RightsAskedFor>, string]>([
    ['no reason', { reason: '  ' }, 'right.reason-missing'],
    ['nobody', { people: [] }, 'right.person-missing'],
    ['no purpose', { purposes: [] }, 'right.purpose-missing'],
    ['a purpose beyond the role', { purposes: ['DEVELOPMENT', 'MAINTENANCE'] }, 'right.purpose-unknown'],
    ['the security unit’s purpose', { role: 'SUPERVISOR', purposes: ['CRIME_OR_MISUSE'] }, 'right.purpose-unknown'],
    ['an expert without a duty', { role: 'EXPERT', purposes: ['QUALITY'] }, 'right.duty-missing'],
    [
      'an expert’s purpose that the duty does not bound',
      { role: 'EXPERT', duty: 'TRAINING', purposes: ['QUALITY'] },
      'right.purpose-unknown',
    ],
    ['a duty for a role that has none', { duty: 'QUALITY' }, 'right.role-unknown'],
    ['units for a right to one’s own calls', { units: ['11111111-1111-4111-8111-111111111111'] }, 'right.scope-wrong'],
    ['numbers for a right to one’s own calls', { numbers: [number] }, 'right.scope-wrong'],
    ['an expert without numbers', { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'] }, 'right.number-missing'],
    [
      'a number beyond the registry',
      { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: [number, '+358401234567'] },
      'right.number-unknown',
    ],
    ['a supervisor without units', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'] }, 'right.unit-missing'],
    ['more than twelve months', { until: now().add({ hours: 24 * 367 }) }, 'right.until-wrong'],
    ['an end that is over', { until: now().subtract({ hours: 1 }) }, 'right.until-wrong'],
    ['an end before the beginning', { from: daysAhead(20), until: daysAhead(10) }, 'right.until-wrong'],
    ['a beginning that is over', { from: now().subtract({ hours: 30 }) }, 'right.from-wrong'],
  ])('is refused with %s', async (_, given, refused) => {
    const aino = await enterOfficial()
    expect(await requestRights(desk, as(anssi), ownCalls([aino.id], given))).toMatchObject({ refused })
  })

  test('takes twelve months to the day, and an expert’s numbers', async () => {
    const aino = await enterOfficial()
    const today = now().toZonedDateTimeISO('Europe/Helsinki').startOfDay()
    const until = today.add({ months: 12 }).add({ days: 1 }).toInstant()
    expect(await ask(as(anssi), ownCalls([aino.id], { from: today.toInstant(), until }))).toBeTruthy()
    expect(
      await ask(
        as(anssi),
        ownCalls([aino.id], { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: [number] }),
      ),
    ).toBeTruthy()
  })
})

describe('a supervisor', () => {
  const reaching = (people: string[], units: string[]) =>
    ownCalls(people, { role: 'SUPERVISOR', purposes: ['QUALITY'], units })

  test('has officials of their own in every unit that the right reaches', async () => {
    const chief = await enterOfficial({ unit: 'Johto', phone: false })
    const [one, other] = [await enterUnit(admin, 'Ykkönen'), await enterUnit(admin, 'Kakkonen')]
    expect(await requestRights(desk, as(anssi), reaching([chief.id], [one]))).toEqual({
      refused: 'right.no-officials',
      of: one,
    })
    await enterOfficial({ unit: 'Ykkönen', supervisorId: chief.id })
    // Somebody who answers no calls is no official.
    await enterOfficial({ unit: 'Kakkonen', supervisorId: chief.id, phone: false })
    expect(await requestRights(desk, as(anssi), reaching([chief.id], [one, other]))).toEqual({
      refused: 'right.no-officials',
      of: other,
    })
    expect(await ask(as(anssi), reaching([chief.id], [one]))).toBeTruthy()
  })

  test('who lost them between request and approval is not approved', async () => {
    const chief = await enterOfficial({ unit: 'Johto', phone: false })
    const unit = await enterUnit(admin, 'Kolmonen')
    const official = await enterOfficial({ unit: 'Kolmonen', supervisorId: chief.id })
    const request = await ask(as(anssi), reaching([chief.id], [unit]))
    await admin.updateTable('person_placement').set({ valid_to: now() }).where('person_id', '=', official.id).execute()
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({
      refused: 'right.no-officials',
      of: unit,
    })
    expect(await rightsOf(desk, chief.id, now())).toEqual([])
    // Nothing was decided: it can still be rejected.
    expect(await decideRightRequest(desk, as(anneli), request, { approve: false, note: 'Ei enää alaisia' })).toEqual({
      right: null,
    })
  })
})

describe('deciding', () => {
  test('is an approver’s, and neither the requester’s nor the subject’s', async () => {
    const aino = await enterOfficial()
    const second = await withRole('Toinen', 'ACCESS_APPROVER')
    const request = await ask(as(anssi), ownCalls([aino.id]))
    for (const who of [as(anssi), as(sari), aino.session]) {
      expect(await decideRightRequest(desk, who, request, { approve: true })).toEqual({ refused: 'deny.role' })
    }
    const own = await ask(as(anneli), ownCalls([anneli.id]))
    expect(await decideRightRequest(desk, as(anneli), own, { approve: true })).toEqual({ refused: 'right.own' })
    const forOther = await ask(as(anssi), ownCalls([second.id]))
    expect(await decideRightRequest(desk, await open(second), forOther, { approve: true })).toEqual({
      refused: 'right.own',
    })
    expect(await decideRightRequest(desk, await open(second), own, { approve: true })).toHaveProperty('right')
  })

  test('an administrator who also approves cannot approve what they asked for', async () => {
    const both = await withRole('Kaksoisrooli', 'ADMINISTRATOR')
    const whom = await enterOfficial()
    const session = await open(both)
    await grant(as(anssi), ownCalls([both.id], { role: 'ACCESS_APPROVER', purposes: [] }))
    const request = await ask(session, ownCalls([whom.id]))
    expect(await decideRightRequest(desk, session, request, { approve: true })).toEqual({ refused: 'right.own' })
  })

  test('a rejection says why, gives nothing, and is once and for all', async () => {
    const aino = await enterOfficial()
    const request = await ask(aino.session, ownCalls([aino.id]))
    expect(await decideRightRequest(desk, as(anneli), request, { approve: false })).toEqual({
      refused: 'right.note-missing',
    })
    expect(
      await decideRightRequest(desk, as(anneli), request, { approve: false, note: 'Ei vastaa puheluihin' }),
    ).toEqual({ right: null })
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({ refused: 'right.decided' })
    expect(await withdrawRightRequest(desk, aino.session, request)).toEqual({ refused: 'right.decided' })
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
  })

  test('by two approvers at once gives one right', async () => {
    const aino = await enterOfficial()
    const second = await open(await withRole('Kolmas', 'ACCESS_APPROVER'))
    const request = await ask(aino.session, ownCalls([aino.id]))
    const decided = await Promise.all(
      [as(anneli), second, as(anneli), second].map((who) => decideRightRequest(desk, who, request, { approve: true })),
    )
    expect(decided.filter((one) => 'right' in one)).toHaveLength(1)
    expect(await rightsOf(desk, aino.id, now())).toHaveLength(1)
  })

  test('is refused for who has left since the request', async () => {
    const leaver = await enterOfficial()
    const request = await ask(leaver.session, ownCalls([leaver.id]))
    await admin.updateTable('person').set({ employed_to: now() }).where('id', '=', leaver.id).execute()
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({
      refused: 'right.not-employed',
      of: leaver.id,
    })
  })

  test('an ended session decides nothing', async () => {
    const aino = await enterOfficial()
    const request = await ask(aino.session, ownCalls([aino.id]))
    const stranger = { ...as(anneli), token: 'guessed' }
    expect(await decideRightRequest(desk, stranger, request, { approve: true })).toEqual({ refused: 'deny.role' })
  })

  test('a right that begins later holds from its day on', async () => {
    const aino = await enterOfficial()
    await grant(aino.session, ownCalls([aino.id], { from: daysAhead(5) }))
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    expect(await rightsOf(desk, aino.id, daysAhead(6))).toHaveLength(1)
  })

  test('withdrawing is the requester’s and the subject’s, and nobody else learns of the request', async () => {
    const aino = await enterOfficial()
    const request = await ask(as(anssi), ownCalls([aino.id]))
    expect(await withdrawRightRequest(desk, as(sari), request)).toEqual({ refused: 'not-found' })
    expect(await withdrawRightRequest(desk, aino.session, request)).toEqual({ withdrawn: true })
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({ refused: 'right.decided' })
  })
})

describe('revoking', () => {
  test('is immediate, by the approver, the supervisor or the holder, and says in which part', async () => {
    const cause = async (right: string) =>
      admin
        .selectFrom('access_right')
        .select(['revoke_cause', 'revoke_reason', 'revoked_by'])
        .where('id', '=', right)
        .executeTakeFirst()
    const aino = await enterOfficial()
    const fresh = () => grant(aino.session, ownCalls([aino.id]))
    const right = await fresh()
    expect(await revokeRight(desk, as(anneli), right, ' ')).toEqual({ refused: 'right.note-missing' })
    expect(await revokeRight(desk, as(anneli), right, 'Tehtävä vaihtui')).toEqual({ revoked: true })
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    expect(await cause(right)).toEqual({
      revoke_cause: 'approver',
      revoke_reason: 'Tehtävä vaihtui',
      revoked_by: anneli.id,
    })
    expect(await revokeRight(desk, as(anneli), right, 'Uudestaan')).toEqual({ refused: 'right.over' })
    const second = await fresh()
    await revokeRight(desk, as(sari), second, 'Ei vastaa enää')
    expect(await cause(second)).toMatchObject({ revoke_cause: 'supervisor' })
    const third = await fresh()
    expect(await revokeRight(desk, aino.session, third, undefined)).toEqual({ revoked: true })
    expect(await cause(third)).toMatchObject({ revoke_cause: 'own', revoke_reason: null })
    const fourth = await fresh()
    expect(await revokeRight(desk, as(outsider), fourth, 'Kiusa')).toEqual({ refused: 'not-found' })
    expect(await revokeRight(desk, as(anssi), fourth, 'Ei minun')).toEqual({ refused: 'deny.role' })
  })

  test('what is revoked stays so, whoever asks the database', async () => {
    const aino = await enterOfficial()
    const right = await grant(aino.session, ownCalls([aino.id]))
    await revokeRight(desk, aino.session, right, undefined)
    await expect(
      admin.updateTable('access_right').set({ revoked_at: null }).where('id', '=', right).execute(),
    ).rejects.toThrow('stays so')
  })

  test('the end of the employment ends the right in the name of the employment', async () => {
    const aino = await enterOfficial()
    const right = await grant(aino.session, ownCalls([aino.id]))
    await admin.updateTable('access_right').set({ revoked_at: now() }).where('id', '=', right).execute()
    expect(
      await admin.selectFrom('access_right').select('revoke_cause').where('id', '=', right).executeTakeFirst(),
    ).toEqual({ revoke_cause: 'employment' })
  })
})

describe('reviewing', () => {
  const doubts = async (right: string) =>
    (
      await sql<{ doubts: string[] }>`select doubts_about(r) as doubts from access_right r where id = ${right}`.execute(
        desk,
      )
    ).rows[0]?.doubts

  test('keeps a right or ends it, and is not its holder’s', async () => {
    const aino = await enterOfficial()
    const right = await grant(aino.session, ownCalls([aino.id]))
    expect(await reviewRight(desk, aino.session, right, { keep: true })).toEqual({ refused: 'right.own' })
    expect(await reviewRight(desk, as(outsider), right, { keep: true })).toEqual({ refused: 'not-found' })
    expect(await reviewRight(desk, as(sari), right, { keep: true })).toEqual({ reviewed: true })
    expect(await rightsOf(desk, aino.id, now())).toHaveLength(1)
    expect(await reviewRight(desk, as(anneli), right, { keep: false })).toEqual({ refused: 'right.note-missing' })
    expect(await reviewRight(desk, as(anneli), right, { keep: false, note: 'Ei tarvita' })).toEqual({ reviewed: true })
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    expect((await actions(right)).filter(([, result]) => result === 'ok').map(([action]) => action)).toEqual([
      'right.granted',
      'right.reviewed',
      'right.reviewed',
      'right.revoked',
    ])
  })

  test('finds the supervisor who lost the officials, and asks for a note', async () => {
    const chief = await enterOfficial({ unit: 'Johto', phone: false })
    const unit = await enterUnit(admin, 'Nelonen')
    const official = await enterOfficial({ unit: 'Nelonen', supervisorId: chief.id })
    const right = await grant(
      as(anssi),
      ownCalls([chief.id], { role: 'SUPERVISOR', purposes: ['QUALITY'], units: [unit] }),
    )
    expect(await doubts(right)).toEqual([])
    await admin.updateTable('person_placement').set({ valid_to: now() }).where('person_id', '=', official.id).execute()
    expect(await doubts(right)).toEqual(['no-officials'])
    expect(await reviewRight(desk, as(anneli), right, { keep: true })).toEqual({ refused: 'right.note-missing' })
    expect(await reviewRight(desk, as(anneli), right, { keep: true, note: 'Uudet alaiset ensi viikolla' })).toEqual({
      reviewed: true,
    })
  })

  test('finds the expert who has another place now, or answers calls', async () => {
    const expert = await enterOfficial({ unit: 'Laatu', phone: false })
    const right = await grant(
      as(anssi),
      ownCalls([expert.id], { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: [number] }),
    )
    expect(await doubts(right)).toEqual([])
    const moved = now().add({ seconds: 1 })
    await admin.updateTable('person_placement').set({ valid_to: moved }).where('person_id', '=', expert.id).execute()
    await admin
      .insertInto('person_placement')
      .values({
        person_id: expert.id,
        unit_id: await enterUnit(admin, 'Uusi'),
        supervisor_id: null,
        valid_from: moved,
        valid_to: null,
      })
      .execute()
    await admin
      .insertInto('person_phone')
      .values({
        person_id: expert.id,
        phone_key: '+358295129999' as never,
        valid_from: now().subtract({ hours: 1 }),
        valid_to: null,
      })
      .execute()
    await new Promise((done) => setTimeout(done, 1_100))
    expect(await doubts(right)).toEqual(['answers-calls', 'place-changed'])
  })
})

describe('no process gives a right by itself', () => {
  test.each(['seloste_desk', 'seloste_custodian', 'seloste_capture'])(
    '%s writes none of the procedure’s tables',
    async (role) => {
      const db = database.as(role).db
      for (const table of ['access_right', 'right_request', 'right_review'] as const) {
        await expect(sql`insert into ${sql.table(table)} default values`.execute(db)).rejects.toThrow(
          'permission denied',
        )
        await expect(sql`delete from ${sql.table(table)}`.execute(db)).rejects.toThrow('permission denied')
      }
      await expect(sql`update access_right set valid_to = null`.execute(db)).rejects.toThrow('permission denied')
      await expect(sql`update right_request set state = 'APPROVED'`.execute(db)).rejects.toThrow('permission denied')
      await expect(sql`select install_right(${outsider.id}::uuid, 'ADMINISTRATOR')`.execute(db)).rejects.toThrow(
        'permission denied',
      )
      await expect(
        sql`select note_procedure('right.granted', null, 'right', ${outsider.id}::uuid, '{}')`.execute(db),
      ).rejects.toThrow('permission denied')
    },
  )

  test('requests are read by those they concern, those who decide, and the supervisor', async () => {
    const aino = await enterOfficial()
    const request = await ask(aino.session, ownCalls([aino.id]))
    const seen = async (who: Session) =>
      desk.transaction().execute(async (tx) => {
        await sql`select set_config('seloste.session', ${who.token}, true)`.execute(tx)
        return (await tx.selectFrom('right_request').select('id').where('id', '=', request).execute()).length
      })
    expect(await Promise.all([aino.session, as(anneli), as(anssi), as(sari)].map(seen))).toEqual([1, 1, 1, 1])
    expect(await Promise.all([as(outsider), { ...as(anneli), token: 'x' }].map(seen))).toEqual([0, 0])
  })

  test('the installation gives its two rights while nobody holds them', async () => {
    const first = await enterPerson(empty, { userId: 'eka', name: 'Eka', employedFrom: now().subtract({ hours: 1 }) })
    if ('refused' in first) throw new Error(first.refused)
    const right = await installRight(empty, first.id, 'ACCESS_APPROVER')
    expect(right).toBeTruthy()
    expect(await installRight(empty, first.id, 'ACCESS_APPROVER')).toBeUndefined()
    expect(await rightsOf(empty, first.id, now())).toMatchObject([{ role: 'ACCESS_APPROVER', purposes: [] }])
    await expect(installRight(empty, first.id, 'SECURITY' as never)).rejects.toThrow('gives no right')
    await empty.updateTable('person').set({ employed_to: now() }).where('id', '=', first.id).execute()
    const next = await enterPerson(empty, { userId: 'toka', name: 'Toka', employedFrom: now().subtract({ hours: 1 }) })
    if ('refused' in next) throw new Error(next.refused)
    expect(await installRight(empty, next.id, 'ACCESS_APPROVER')).toBeTruthy()
  })
})
