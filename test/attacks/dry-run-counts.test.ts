// Promise: call records are for those with a right to them (R41). The attack: an administrator tries a draft's shares again and again.
import { expect, test } from 'vitest'
import type { TextEdit } from '#description/edit/edit-description.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange } from '../database/drafts.ts'
import { callFacts } from '../database/people.ts'
import { openResearch } from '../disclosure/open-research.ts'

const database = await createTestDatabase<RegisterTables>()
const { people, send } = await openResearch(database)
const capture = database.as('seloste_capture').db

test('the dry run of shares counts whole days, in fives, and no call as it is answered', async () => {
  const from = Temporal.Now.instant()
    .add({ hours: 24 * 30 })
    .round({ smallestUnit: 'second', roundingMode: 'ceil' })
  const edits: TextEdit[] = [{ path: ['recordingPlan', 'rules', 0, 'share'], value: 0.2 }]
  const draft = await submitChange(database.as('seloste_desk').db, await people.anssi.signIn(), from, { edits })
  const tried = async () => {
    const { body } = await send('anssi', 'POST', `/api/description/drafts/${draft.id}/dry-run`, {})
    const all = body['consequences'] as { kind: string; text: { en: string } }[]
    return all.filter(({ kind }) => kind === 'recorded-share').map(({ text }) => text.en)
  }
  const answered = async (answeredAt: Temporal.Instant) =>
    admit(capture, callFacts({ startedAt: answeredAt, answeredAt, endedAt: answeredAt.add({ seconds: 10 }) }))
  const before = await tried()
  expect(before).not.toEqual([])
  for (let n = 0; n < 6; n++) await answered(Temporal.Now.instant().subtract({ seconds: 20 }))
  expect(await tried()).toEqual(before)
  const yesterday = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ days: 1 }).withPlainTime('12:00')
  for (let n = 0; n < 6; n++) await answered(yesterday.toInstant())
  expect(await tried()).toContainEqual(expect.stringContaining(' 5 '))
})
