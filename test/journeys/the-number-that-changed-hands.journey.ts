// AC23 (R11, R20, R39, R48): a number and a name change; old calls keep the former number, name and official. A person
// who left cannot sign in, and their calls keep the name for people who may still see these calls.
import { expect } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { inFinland, withOwnDatabase, reportPastCalls } from './past-calls.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ mode: 'serial', timeout: 120_000 })

const ainosNumber = '029 512 1001'
const ainosNumberE164 = '+358295121001'
const early = '+358401230001'
const late = '+358401230006'
/** Returns a day of the month that began this many months ago. */
const dayOf = (monthsAgo: number, day: number) =>
  Temporal.Now.plainDateISO('Europe/Helsinki').with({ day: 1 }).subtract({ months: monthsAgo }).with({ day })
const from = (monthsAgo: number, day: number) => dayOf(monthsAgo, day).toString()

function callOf(caller: string, official: string, day: string) {
  const startedAt = inFinland(`${day}T10:00`)
  const endedAt = startedAt.add({ minutes: 4 })
  return {
    startedAt,
    endedAt,
    caller,
    numberCalled: '+35829497000',
    segments: [{ official, number: '+35829497000', answeredAt: startedAt.add({ seconds: 20 }), endedAt }],
  }
}

/** Changes a person's entry in the directory, from a day on. */
async function change(seloste: RunningSeloste, userId: string, change: Record<string, unknown>): Promise<void> {
  const anssi = await signInAt(seloste.url, 'anssi', seloste.password)
  const { items } = (await (await anssi.call('GET', `/api/people?q=${userId}`)).json()) as {
    items: { id: string; userId: string }[]
  }
  const id = items.find((person) => person.userId === userId)?.id ?? ''
  const answer = await anssi.call('POST', `/api/people/${id}/changes`, change)
  expect(answer.ok, await answer.clone().text()).toBe(true)
  if (answer.status === 202) await confirmChanges(seloste, id)
}

/** Confirms a change as the second person: only then is another person's number moved. */
async function confirmChanges(seloste: RunningSeloste, person: string): Promise<void> {
  const anneli = await signInAt(seloste.url, 'anneli', seloste.password)
  const { items } = (await (await anneli.call('GET', `/api/directory-changes?person=${person}`)).json()) as {
    items: { id: string }[]
  }
  for (const { id } of items) {
    const decided = await anneli.call('POST', `/api/directory-changes/${id}/decision`, { confirm: true })
    expect(decided.ok, await decided.clone().text()).toBe(true)
  }
}

const officialsOf = async (seloste: RunningSeloste, userId: string, caller: string, purpose = 'DEVELOPMENT') => {
  const contacts = await (await signInAt(seloste.url, userId, seloste.password)).contacts({ purpose, caller })
  return contacts.flatMap(({ segments }) => segments.map(({ official }) => official))
}

test('calls of ten months ago keep the old name and number, and stay Aino’s after Bertil gets the number', async ({
  page,
  seloste,
}) => {
  await reportPastCalls(seloste, [callOf(early, ainosNumberE164, from(10, 14))])
  await change(seloste, 'aino', { from: from(9, 1), endPhone: ainosNumber, addPhone: '029 512 1999' })
  await change(seloste, 'aino', { from: from(8, 1), name: 'Aino Rinne' })
  await change(seloste, 'bertil', { from: from(9, 15), addPhone: ainosNumber })
  await reportPastCalls(seloste, [callOf(late, ainosNumberE164, from(5, 10))])

  expect(await officialsOf(seloste, 'aino', early)).toEqual([{ name: 'Aino Virtanen', phone: ainosNumberE164 }])
  expect(await officialsOf(seloste, 'bertil', early)).toEqual([])
  expect(await officialsOf(seloste, 'bertil', late)).toEqual([{ name: 'Bertil Lindqvist', phone: ainosNumberE164 }])
  expect(await officialsOf(seloste, 'aino', late)).toEqual([])

  await signInOn(page, seloste, 'aino', {
    path: `/contacts?from=${from(10, 1)}&to=${dayOf(9, 1).subtract({ days: 1 }).toString()}`,
    purpose: 'Asiakaspalvelun kehittäminen',
  })
  await expect(page.locator('.session-name, header')).toContainText(['Aino Rinne'])
  await page.locator('a[data-contact]').click()
  await expect(page.locator('#content')).toContainText('Aino Virtanen')
  await expect(page.locator('#content')).toContainText(ainosNumber)
})

test('a person who left is signed out at once and cannot sign in again, and the calls keep the name', async ({
  page,
  seloste,
}) => {
  await signInOn(page, seloste, 'aino', { purpose: 'Asiakaspalvelun kehittäminen' })
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  // Simulates the end of the day, announced in the directory, on which the employment ends.
  await withOwnDatabase(seloste, (db) =>
    db.updateTable('person').set({ employed_to: Temporal.Now.instant() }).where('user_id', '=', 'aino').execute(),
  )
  await page.reload()
  await expect(page.locator('#signin-userId')).toBeVisible()
  const again = await fetch(`${seloste.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'aino', password: seloste.password }),
  })
  expect(again.status).toBe(401)
  expect(await officialsOf(seloste, 'sari', early, 'QUALITY')).toEqual([
    { name: 'Aino Virtanen', phone: ainosNumberE164 },
  ])

  const anssi = await signInAt(seloste.url, 'anssi', seloste.password)
  const refused = await anssi.call('POST', '/api/people', {
    userId: 'aino',
    name: 'Aino Toinen',
    employedFrom: from(0, 1),
  })
  expect(await refused.json()).toMatchObject({ error: { code: 'person.user-id-taken' } })
})
