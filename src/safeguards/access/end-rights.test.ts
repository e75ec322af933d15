import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { now, number, openProcedure, ownCalls } from '#test/access/open-procedure.ts'
import { enterUnit } from '../people/units.ts'
import { rightsOf } from './grant.ts'
import { reviewRight, revokeRight } from './procedure.ts'

const { admin, desk, anssi, anneli, sari, outsider, as, enterOfficial, grant, actions } = await openProcedure()

describe('revoking', () => {
  test('is immediate, by the approver, the supervisor or the holder, and stores which of them', async () => {
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

  test('cannot be undone by any statement', async () => {
    const aino = await enterOfficial()
    const right = await grant(aino.session, ownCalls([aino.id]))
    await revokeRight(desk, aino.session, right, undefined)
    await expect(
      admin.updateTable('access_right').set({ revoked_at: null }).where('id', '=', right).execute(),
    ).rejects.toThrow('stays so')
  })

  test('outside a session has the cause `employment`', async () => {
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
      await sql<{ doubts: string[] }>`select right_doubts(r) as doubts from access_right r where id = ${right}`.execute(
        desk,
      )
    ).rows[0]?.doubts

  test('keeps a right or ends it, and is refused to its holder', async () => {
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

  test('doubts a supervisor’s right whose officials have left the unit, and then keeps it only with a note', async () => {
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

  test('doubts the right of an expert who has moved or answers calls', async () => {
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
