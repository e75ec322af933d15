// AC5 (R17, R39, R48): each official sees and plays only their own segment of a transferred call. The other segment
// does not exist for them, whatever URL they guess, and the attempt is logged. A supervisor plays the segment of their
// own unit.
import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { eventually, signInAt, type ContactShape } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { logOf } from './log-of.ts'
import { test } from './shared-register.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const caller = '+358401239905'
let call: ContactShape

/** Returns the contact with both segments, as the security unit sees it. */
function readWholeContact(seloste: RunningSeloste): Promise<ContactShape> {
  return eventually(async () => {
    const tuula = await signInAt(seloste.url, 'tuula', seloste.password)
    const under = { purpose: 'CRIME_OR_MISUSE', reference: 'TU-2026-7' }
    const [found] = await tuula.contacts({ caller, ...under })
    const contact = found && (await tuula.contact(found.id, under.purpose, under.reference))
    return contact?.segments.length === 2 && contact.segments.every(({ recording }) => recording.state === 'available')
      ? contact
      : undefined
  }, 'both recordings are ingested')
}

test('a call that Aino transfers to Bertil is one contact with a recording of each official', async ({ seloste }) => {
  await placeCall({
    seed: 'transferred',
    caller,
    number: numbersCalled.testLine,
    official: officialByKey('aino'),
    seconds: 2,
    waitedMs: 0,
    transferTo: { official: officialByKey('bertil'), afterMs: 2000, seconds: 2 },
    server: seloste.sip,
  })
  call = await readWholeContact(seloste)
  expect(call.segments.map(({ official }) => official?.name)).toEqual(['Aino Virtanen', 'Bertil Lindqvist'])
})

for (const [userId, own, others] of [
  ['aino', 0, 1],
  ['bertil', 1, 0],
] as const) {
  test(`${userId} finds one segment, and the other segment does not exist for them`, async ({ page, seloste }) => {
    const start = Temporal.Now.instant()
    await signInOn(page, seloste, userId, {
      path: `/contacts?caller=${encodeURIComponent(caller)}`,
      purpose: 'Asiakaspalvelun kehittäminen',
    })
    await expect(page.locator('a[data-contact]')).toHaveCount(1)
    await page.locator('a[data-contact]').click()
    const content = page.locator('#content')
    await expect(content).toContainText(call.segments[own]?.official?.name ?? '-')
    await expect(content).not.toContainText(call.segments[others]?.official?.name ?? '-')
    await expect(page.getByRole('button', { name: 'Kuuntele' })).toHaveCount(1)

    const api = await signInAt(seloste.url, userId, seloste.password)
    const recordings = [call.segments[others]?.recording.id ?? '', randomUUID()]
    for (const id of recordings) {
      const answer = await api.call('POST', `/api/recordings/${id}/listenings`, { purpose: 'DEVELOPMENT' })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { code: 'not-found' } })
    }
    // A segment's id opens nothing: neither a contact nor a recording has that id.
    const segment = call.segments[others]?.id ?? ''
    expect((await api.call('GET', `/api/contacts/${segment}?purpose=DEVELOPMENT`)).status).toBe(404)
    const refused = (await logOf(seloste, userId, start)).filter(({ result }) => result === 'refused:not-found')
    expect(refused.map(({ objectId }) => objectId)).toEqual([...recordings, segment])
    // Counts do not reveal the other segment either.
    expect(
      await api.contacts({
        purpose: 'DEVELOPMENT',
        official: officialByKey(userId === 'aino' ? 'bertil' : 'aino').name,
      }),
    ).toEqual([])
  })
}

test('the supervisor of Aino’s unit may play Aino’s segment and not Bertil’s', async ({ page, seloste }) => {
  await signInOn(page, seloste, 'sari', { path: `/contacts/${call.id}`, purpose: 'Laadun arviointi' })
  await expect(page.locator('#content')).toContainText('Aino Virtanen')
  await expect(page.locator('#content')).not.toContainText('Bertil Lindqvist')
  await page.getByRole('button', { name: 'Kuuntele' }).click()
  await expect(page.getByRole('slider', { name: 'Kohta tallenteessa' })).toBeVisible()
  const api = await signInAt(seloste.url, 'sari', seloste.password)
  const answer = await api.call('POST', `/api/recordings/${call.segments[1]?.recording.id ?? ''}/listenings`, {
    purpose: 'QUALITY',
  })
  expect(answer.status).toBe(404)
})
