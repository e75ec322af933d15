import { describe, expect, test } from 'vitest'
import { daysAhead, now, openProcedure, ownCalls } from '#test/access/open-procedure.ts'
import { rightsOf } from './grant.ts'
import { decideRightRequest, withdrawRightRequest } from './procedure.ts'

const {
  admin,
  desk,
  anssi,
  anneli,
  sari,
  withRole,
  open,
  as,
  enterOfficial,
  applyFor: requestRights,
  grant,
} = await openProcedure()

describe('a decision on a right', () => {
  test('is an approver’s, and neither the requester’s nor the subject’s', async () => {
    const aino = await enterOfficial()
    const second = await withRole('Toinen', 'ACCESS_APPROVER')
    const request = await requestRights(as(anssi), ownCalls([aino.id]))
    for (const person of [as(anssi), as(sari), aino.session]) {
      expect(await decideRightRequest(desk, person, request, { approve: true })).toEqual({ refused: 'deny.role' })
    }
    const own = await requestRights(as(anneli), ownCalls([anneli.id]))
    expect(await decideRightRequest(desk, as(anneli), own, { approve: true })).toEqual({ refused: 'right.own' })
    const forOther = await requestRights(as(anssi), ownCalls([second.id]))
    expect(await decideRightRequest(desk, await open(second), forOther, { approve: true })).toEqual({
      refused: 'right.own',
    })
    expect(await decideRightRequest(desk, await open(second), own, { approve: true })).toHaveProperty('right')
  })

  test('is refused to an administrator who has become an approver since they requested it', async () => {
    const both = await withRole('Kaksoisrooli', 'ADMINISTRATOR')
    const recipient = await enterOfficial()
    const session = await open(both)
    const request = await requestRights(session, ownCalls([recipient.id]))
    await admin.updateTable('access_right').set({ revoked_at: now() }).where('person_id', '=', both.id).execute()
    await grant(as(anssi), ownCalls([both.id], { role: 'ACCESS_APPROVER', purposes: [] }))
    expect(await decideRightRequest(desk, session, request, { approve: true })).toEqual({ refused: 'right.own' })
  })

  test('that rejects needs a reason, grants nothing, and is final', async () => {
    const aino = await enterOfficial()
    const request = await requestRights(aino.session, ownCalls([aino.id]))
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

  test('by two approvers at once grants one right', async () => {
    const aino = await enterOfficial()
    const second = await open(await withRole('Kolmas', 'ACCESS_APPROVER'))
    const request = await requestRights(aino.session, ownCalls([aino.id]))
    const decided = await Promise.all(
      [as(anneli), second, as(anneli), second].map((person) =>
        decideRightRequest(desk, person, request, { approve: true }),
      ),
    )
    expect(decided.filter((result) => 'right' in result)).toHaveLength(1)
    expect(await rightsOf(desk, aino.id, now())).toHaveLength(1)
  })

  test('is refused for a person who has left since the request', async () => {
    const leaver = await enterOfficial()
    const request = await requestRights(leaver.session, ownCalls([leaver.id]))
    await admin.updateTable('person').set({ employed_to: now() }).where('id', '=', leaver.id).execute()
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({
      refused: 'right.not-employed',
      of: leaver.id,
    })
  })

  test('is refused in an unknown session', async () => {
    const aino = await enterOfficial()
    const request = await requestRights(aino.session, ownCalls([aino.id]))
    const stranger = { ...as(anneli), token: 'guessed' }
    expect(await decideRightRequest(desk, stranger, request, { approve: true })).toEqual({ refused: 'deny.role' })
  })

  test('for a later start is in force from its day on', async () => {
    const aino = await enterOfficial()
    await grant(aino.session, ownCalls([aino.id], { from: daysAhead(5) }))
    expect(await rightsOf(desk, aino.id, now())).toEqual([])
    expect(await rightsOf(desk, aino.id, daysAhead(6))).toHaveLength(1)
  })

  test('is refused once the requester or the subject has withdrawn the request, which nobody else can find', async () => {
    const aino = await enterOfficial()
    const request = await requestRights(as(anssi), ownCalls([aino.id]))
    expect(await withdrawRightRequest(desk, as(sari), request)).toEqual({ refused: 'not-found' })
    expect(await withdrawRightRequest(desk, aino.session, request)).toEqual({ withdrawn: true })
    expect(await decideRightRequest(desk, as(anneli), request, { approve: true })).toEqual({ refused: 'right.decided' })
  })
})
