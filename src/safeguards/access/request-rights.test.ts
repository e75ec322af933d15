import { describe, expect, test } from 'vitest'
import { daysAhead, now, number, openProcedure, ownCalls } from '#test/access/open-procedure.ts'
import { enterUnit } from '../people/units.ts'
import { rightsOf } from './grant.ts'
import { decideRightRequest, requestRights, type RequestedRights } from './procedure.ts'

const { admin, desk, anssi, anneli, sari, outsider, as, enterOfficial, applyFor, actions } = await openProcedure()

describe('a request for a right', () => {
  test('grants nothing until another person approves it, and then at once', async () => {
    const aino = await enterOfficial()
    const request = await applyFor(aino.session, ownCalls([aino.id]))
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    const decided = await decideRightRequest(desk, as(anneli), request, { approve: true, note: 'Kyllä' })
    const [right] = await rightsOf(desk, aino.id, now())
    expect(right).toMatchObject({ role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own' } })
    expect(decided).toEqual({ right: right?.id })
    expect(await actions(request)).toEqual([['right.requested', 'ok', aino.id, null]])
    expect(await actions(right?.id ?? '')).toEqual([['right.granted', 'ok', anneli.id, 'ACCESS_APPROVER']])
  })

  test('can be made for oneself, by a supervisor for the officials of their unit, and by an administrator for anyone', async () => {
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

  test('for several people is accepted for all of them or none', async () => {
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

  test('that repeats a pending one is refused', async () => {
    const aino = await enterOfficial()
    await applyFor(aino.session, ownCalls([aino.id]))
    expect(await requestRights(desk, as(anssi), ownCalls([aino.id]))).toEqual({
      refused: 'right.already-requested',
      of: aino.id,
    })
  })

  test('logs its refusal', async () => {
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

  test.each<[string, Partial<RequestedRights>, string]>([
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
    ['a duty for a role without duties', { duty: 'QUALITY' }, 'right.role-unknown'],
    ['units for a right to one’s own calls', { units: ['11111111-1111-4111-8111-111111111111'] }, 'right.scope-wrong'],
    ['numbers for a right to one’s own calls', { numbers: [number] }, 'right.scope-wrong'],
    ['an expert without numbers', { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'] }, 'right.number-missing'],
    [
      'a number that is not in the registry',
      { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: [number, '+358401234567'] },
      'right.number-unknown',
    ],
    ['a supervisor without units', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'] }, 'right.unit-missing'],
    ['more than twelve months', { until: now().add({ hours: 24 * 367 }) }, 'right.until-wrong'],
    ['an end in the past', { until: now().subtract({ hours: 1 }) }, 'right.until-wrong'],
    ['an end before the beginning', { from: daysAhead(20), until: daysAhead(10) }, 'right.until-wrong'],
    ['a beginning in the past', { from: now().subtract({ hours: 30 }) }, 'right.from-wrong'],
  ])('is refused with %s', async (_, overrides, refused) => {
    const aino = await enterOfficial()
    expect(await requestRights(desk, as(anssi), ownCalls([aino.id], overrides))).toMatchObject({ refused })
  })

  test('may last twelve months to the day, and lists the numbers of an expert', async () => {
    const aino = await enterOfficial()
    const today = now().toZonedDateTimeISO('Europe/Helsinki').startOfDay()
    const until = today.add({ months: 12 }).add({ days: 1 }).toInstant()
    expect(await applyFor(as(anssi), ownCalls([aino.id], { from: today.toInstant(), until }))).toBeTruthy()
    expect(
      await applyFor(
        as(anssi),
        ownCalls([aino.id], { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: [number] }),
      ),
    ).toBeTruthy()
  })
})

describe('an administrator', () => {
  const officeRight = (people: string[], role: 'ADMINISTRATOR' | 'ACCESS_APPROVER') =>
    ownCalls(people, { role, purposes: [], units: [] })

  test('can never be an access approver too, because they could then give a second account of theirs any right', async () => {
    const refused = (of: string) => ({ refused: 'right.incompatible', of })
    expect(await requestRights(desk, as(anssi), officeRight([anneli.id], 'ADMINISTRATOR'))).toEqual(refused(anneli.id))
    const person = await enterOfficial()
    const [one, other] = [
      await applyFor(as(anssi), officeRight([person.id], 'ACCESS_APPROVER')),
      await applyFor(as(anssi), officeRight([person.id], 'ADMINISTRATOR')),
    ]
    const decided = await Promise.all(
      [one, other].map((request) => decideRightRequest(desk, as(anneli), request, { approve: true })),
    )
    expect(decided).toContainEqual({ right: expect.any(String) as string })
    expect(decided).toContainEqual(refused(person.id))
  })
})

describe('a supervisor', () => {
  const supervisorRight = (people: string[], units: string[]) =>
    ownCalls(people, { role: 'SUPERVISOR', purposes: ['QUALITY'], units })

  test('must have officials in every unit of the requested right', async () => {
    const chief = await enterOfficial({ unit: 'Johto', phone: false })
    const [one, other] = [await enterUnit(admin, 'Ykkönen'), await enterUnit(admin, 'Kakkonen')]
    expect(await requestRights(desk, as(anssi), supervisorRight([chief.id], [one]))).toEqual({
      refused: 'right.no-officials',
      of: one,
    })
    await enterOfficial({ unit: 'Ykkönen', supervisorId: chief.id })
    // A person who answers no calls is not an official.
    await enterOfficial({ unit: 'Kakkonen', supervisorId: chief.id, phone: false })
    expect(await requestRights(desk, as(anssi), supervisorRight([chief.id], [one, other]))).toEqual({
      refused: 'right.no-officials',
      of: other,
    })
    expect(await applyFor(as(anssi), supervisorRight([chief.id], [one]))).toBeTruthy()
  })

  test('who lost the officials between request and approval is refused', async () => {
    const chief = await enterOfficial({ unit: 'Johto', phone: false })
    const unit = await enterUnit(admin, 'Kolmonen')
    const official = await enterOfficial({ unit: 'Kolmonen', supervisorId: chief.id })
    const request = await applyFor(as(anssi), supervisorRight([chief.id], [unit]))
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
