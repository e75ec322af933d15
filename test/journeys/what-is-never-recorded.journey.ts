// AC3, AC4, AC8 and AC9 (R7-R10, R12, R13, R16, R17), with real SIPREC sessions: the switchboard, unanswered calls,
// calls outside the register, forwarded calls, sound outside the call, and a withheld number.
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall, type PlaceCallOptions } from '#test/simulator/place-call.ts'
import { eventually, signInAt, type ContactShape } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { changeDescription } from './change-description.ts'
import { withOwnDatabase, reportPastCalls } from './past-calls.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()

test.describe.configure({ timeout: 180_000 })

let placed = 0

/** Places a call. Returns its caller and whether any of it was recorded. */
async function place(
  seloste: RunningSeloste,
  plan: Omit<PlaceCallOptions, 'seed' | 'server' | 'caller'> & { caller?: string },
) {
  const caller = plan.caller ?? `+3584020${String(10_000 + placed)}`
  const recorded: boolean[] = []
  await placeCall({
    seed: `never ${placed++}`,
    server: seloste.sip,
    ...plan,
    caller,
    onEvent: (event) => {
      if (event.kind === 'answered') recorded.push(event.recording)
    },
  })
  return { caller, recorded }
}

/** Returns a caller's contact, as a person of the security unit, who sees every call. */
async function findContact(seloste: RunningSeloste, caller: string): Promise<ContactShape | undefined> {
  const tuula = await signInAt(seloste.url, 'tuula', seloste.password)
  const [contact] = await tuula.contacts({ caller, purpose: 'CRIME_OR_MISUSE', reference: 'TU-2026-7' })
  return contact && tuula.contact(contact.id, 'CRIME_OR_MISUSE', 'TU-2026-7')
}

test('a call to the Swedish switchboard is in the history, with its language, and never recorded', async ({
  page,
  seloste,
}) => {
  const calls = await Promise.all(
    Array.from({ length: 12 }, () =>
      place(seloste, { number: numbersCalled.switchboardSwedish, official: officialByKey('monica'), seconds: 1 }),
    ),
  )
  expect(calls.flatMap(({ recorded }) => recorded)).toEqual(calls.map(() => false))
  await signInOn(page, seloste, 'monica', {
    path: '/contacts',
    purpose: 'Asiakaspalvelun kehittäminen',
  })
  // The operator sees the call that she answered (R12).
  await expect(page.locator('a[data-contact]')).toHaveCount(12)
  await page.locator('a[data-contact]').first().click()
  const content = page.locator('#content')
  await expect(content).toContainText('029 512 001')
  await expect(content).toContainText('Monica Westerback')
  await expect(content).toContainText('Puhelua ei tallennettu.')
  await expect(content.locator('.why')).toContainText('Vaihteen puheluja ei tallenneta koskaan.')
})

test('a call abandoned in the queue is in the history without an official', async ({ page, seloste }) => {
  const startedAt = Temporal.Now.instant().subtract({ minutes: 9 })
  const caller = '+358402099901'
  await reportPastCalls(seloste, [
    {
      startedAt,
      endedAt: startedAt.add({ minutes: 4 }),
      caller,
      numberCalled: numbersCalled.national,
      segments: [],
    },
  ])
  await signInOn(page, seloste, 'eero', {
    path: `/contacts?caller=${encodeURIComponent(caller)}`,
    purpose: 'Laadun arviointi',
  })
  await page.locator('a[data-contact]').click()
  const content = page.locator('#content')
  await expect(content).toContainText('029 497 000')
  await expect(content).toContainText('Ei vastattu')
  await expect(content).toContainText('Puhelua ei tallennettu.')
})

test('the register keeps nothing of an outgoing call or of a call between officials', async ({ seloste }) => {
  const [aino, bertil] = [officialByKey('aino'), officialByKey('bertil')]
  const customer = { name: 'Asiakas', phone: '+358402077777', language: 'fi' } as const
  const outgoing = await place(seloste, {
    caller: aino.phone,
    number: customer.phone,
    official: customer,
    saysWhoCalls: true,
    seconds: 1,
  })
  const between = await place(seloste, { caller: aino.phone, number: bertil.phone, official: bertil, seconds: 1 })
  expect([...outgoing.recorded, ...between.recorded]).toEqual([false, false])
  await wait(3_000)
  expect(await findContact(seloste, aino.phone)).toBeUndefined()
  expect(await findContact(seloste, customer.phone)).toBeUndefined()
})

test('media sent before the answer and after the end are removed before anybody can play them', async ({
  page,
  seloste,
}) => {
  const start = Temporal.Now.instant()
  const { caller } = await place(seloste, {
    number: numbersCalled.testLine,
    official: officialByKey('aino'),
    seconds: 8,
    answeredAfterMs: 4_000,
    continuesForMs: 4_000,
  })
  const contact = await eventually(async () => {
    const contact = await findContact(seloste, caller)
    return contact?.segments[0]?.recording.state === 'available' ? contact : undefined
  }, 'the recording is ingested')
  const row = await withOwnDatabase(seloste, (db) =>
    db
      .selectFrom('recording')
      .select(['duration_ms', 'cut_ms'])
      .where('id', '=', contact.segments[0]?.recording.id ?? '')
      .executeTakeFirstOrThrow(),
  )
  expect(row.cut_ms).toBeGreaterThan(4_000)
  expect(row.duration_ms).toBeLessThan(7_000)
  const incidents = await withOwnDatabase(seloste, (db) =>
    db
      .selectFrom('audit_entry')
      .select('object_id')
      .where('action', '=', 'recording.cut')
      .where('at', '>=', start)
      .execute(),
  )
  expect(incidents.map(({ object_id }) => object_id)).toEqual([contact.segments[0]?.recording.id])
  await signInOn(page, seloste, 'sari', { path: `/contacts/${contact.id}`, purpose: 'Laadun arviointi' })
  await page.getByRole('button', { name: 'Kuuntele' }).click()
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  await expect(position).toBeVisible()
  await expect(page.locator('#content')).toContainText(/0\.0[3-6]/)
})

test('a withheld number is stored nowhere, even if the trunk reported it beside the request to withhold it', async ({
  page,
  seloste,
}) => {
  const { caller } = await place(seloste, {
    number: numbersCalled.testLine,
    official: officialByKey('aino'),
    withheld: true,
    seconds: 1,
  })
  const contact = await eventually(() => findContact(seloste, 'anonymous'), 'the contact is in the history')
  expect(await findContact(seloste, caller)).toBeUndefined()
  expect(contact.caller).toEqual({ kind: 'withheld' })
  await signInOn(page, seloste, 'tuula', { path: `/contacts/${contact.id}`, reference: 'TU-2026-7' })
  const content = page.locator('#content')
  await expect(content).toContainText('Salattu numero')
  await expect(content).not.toContainText(caller.slice(-6))
})

/**
 * Forwards calls from the switchboard to the number of northern Finland, in batches of twelve, until one is recorded.
 */
async function forward(seloste: RunningSeloste, batches: number) {
  const calls: { caller: string; recorded: boolean[] }[] = []
  for (let batch = 0; batch < batches; batch++) {
    calls.push(
      ...(await Promise.all(
        Array.from({ length: 12 }, () =>
          place(seloste, {
            number: numbersCalled.switchboard,
            official: officialByKey('raija'),
            transferTo: {
              official: officialByKey('bertil'),
              afterMs: 1_500,
              number: numbersCalled.northern,
              seconds: 2,
            },
          }),
        ),
      )),
    )
    if (calls.some(({ recorded }) => recorded[1])) break
  }
  return calls
}

test('only the part of a forwarded call after the answer at the service number is recorded', async ({
  page,
  seloste,
}) => {
  const calls = await forward(seloste, 20)
  expect(calls.every(({ recorded }) => recorded[0] === false)).toBe(true)
  const drawn = calls.find(({ recorded }) => recorded[1])
  expect(drawn).toBeDefined()
  const caller = drawn?.caller ?? ''
  const contact = await eventually(async () => {
    const contact = await findContact(seloste, caller)
    return contact?.segments[1]?.recording.state === 'available' ? contact : undefined
  }, 'the recording is ingested')
  expect(contact.number).toBe(numbersCalled.switchboard)
  expect(contact.segments.map(({ numberReached, official }) => [numberReached, official?.name])).toEqual([
    [numbersCalled.switchboard, 'Raija Hietala'],
    [numbersCalled.northern, 'Bertil Lindqvist'],
  ])
  expect(contact.segments[0]?.recording.state).toBe('none')
  await signInOn(page, seloste, 'tuula', { path: `/contacts/${contact.id}`, reference: 'TU-2026-7' })
  await expect(page.locator('#content')).toContainText('Raija Hietala')
  await expect(page.locator('#content')).toContainText('Bertil Lindqvist')
})

test('if the description switches the recording of forwarded calls off, none of them is recorded', async ({
  seloste,
}) => {
  const { changes } = await changeDescription(seloste, (text) =>
    text.replace('recordForwarded: true', 'recordForwarded: false'),
  )
  expect(changes.length).toBeGreaterThan(0)
  const calls = await forward(seloste, 3)
  expect(calls).toHaveLength(36)
  expect(calls.flatMap(({ recorded }) => recorded)).not.toContain(true)
  const contact = await eventually(() => findContact(seloste, calls[0]?.caller ?? ''), 'the contact is in the history')
  expect(contact.segments[1]?.decision).toMatchObject({ record: false, reason: 'forwarded' })
})
