/**
 * A right that a person's move makes doubtful (R37, R38) is due for review at once, not only at the quarterly review.
 * Otherwise the person could listen to the unit they left until then.
 */
import { describe, expect, test } from 'vitest'
import { now, openProcedure, ownCalls } from '#test/access/open-procedure.ts'
import { reviewRight } from '#safeguards/access/procedure.ts'
import { listReview } from '#safeguards/access/read-procedure.ts'
import { enterUnit } from '#safeguards/people/units.ts'

const { admin, desk, anssi, anneli, as, enterOfficial, grant } = await openProcedure()

async function readReview(right: string) {
  const found = await listReview(desk, as(anneli), now())
  if ('refused' in found) throw new Error(found.refused)
  return { overdue: found.overdue, left: found.left, right: found.rights.find(({ id }) => id === right) }
}

/** Enters a supervisor of one official of a unit. */
async function enterSupervisor(name: string) {
  const chief = await enterOfficial({ unit: `${name}, johto`, phone: false })
  const unit = await enterUnit(admin, name)
  const official = await enterOfficial({ unit: name, supervisorId: chief.id })
  const request = ownCalls([chief.id], { role: 'SUPERVISOR', purposes: ['QUALITY'], units: [unit] })
  return { chief, official, right: await grant(as(anssi), request) }
}
async function move(person: string, placement: { unit?: string; supervisorId?: string }, at = now()) {
  await admin
    .updateTable('person_placement')
    .set({ valid_to: at })
    .where('person_id', '=', person)
    .where('valid_to', 'is', null)
    .execute()
  await admin
    .insertInto('person_placement')
    .values({
      ...{ person_id: person, unit_id: placement.unit ? await enterUnit(admin, placement.unit) : null },
      ...{ supervisor_id: placement.supervisorId ?? null, valid_from: at, valid_to: null },
    })
    .execute()
}

describe('the right of a supervisor', () => {
  test('whose officials have moved to another supervisor is overdue for review at once, until somebody gives the reason for keeping it', async () => {
    const { right, official } = await enterSupervisor('Ykkönen')
    const before = await readReview(right)
    expect(before.right).toBeUndefined()
    const next = await enterOfficial({ unit: 'Kakkonen', phone: false })
    await move(official.id, { unit: 'Ykkönen', supervisorId: next.id })
    expect(await readReview(right)).toMatchObject({
      ...{ overdue: before.overdue + 1, left: before.left + 1 },
      right: { review: 'overdue', doubts: ['no-officials'] },
    })
    expect(await reviewRight(desk, as(anneli), right, { keep: true, note: 'Palaa viikon päästä' })).toEqual({
      reviewed: true,
    })
    expect(await readReview(right)).toEqual(before)
  })

  test('who moved to another unit is overdue for review, also if the move is entered late, for a day before the approval', async () => {
    const { right, chief } = await enterSupervisor('Yksitoista')
    await move(chief.id, { unit: 'Kahdentoista johto' }, now().subtract({ hours: 72 }))
    expect((await readReview(right)).right).toMatchObject({ review: 'overdue', doubts: ['place-changed'] })
  })

  test('who moved to another unit is overdue for review after each move', async () => {
    const { right, chief } = await enterSupervisor('Kolmonen')
    for (const unit of ['Neljänkymmenen johto', 'Viidenkymmenen johto']) {
      await move(chief.id, { unit })
      expect((await readReview(right)).right).toMatchObject({ review: 'overdue', doubts: ['place-changed'] })
      await reviewRight(desk, as(anneli), right, { keep: true, note: 'Sijaistaa' })
      expect((await readReview(right)).right).toBeUndefined()
    }
  })
})
