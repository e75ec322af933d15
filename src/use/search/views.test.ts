import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openSearch } from '#test/register/open-search.ts'
import { callFacts, colleagueOf, phone, recordingFacts } from '#test/database/people.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readContact, revealCaller } from './read-contact.ts'
import { watchCalls } from './watch-calls.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, desk, capture, now, matti, aino, grant, ainos, search, found, official, call } =
  await openSearch(database)

const lastEntry = () =>
  admin.selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()

describe('the caller’s number', () => {
  test('is masked in every view, and revealing it is logged', async () => {
    const key = phone('050 123 9876')
    const caller = { kind: 'e164' as const, key, raw: '0501239876' }
    const facts = callFacts({ caller, official: colleagueOf(matti), endedAt: undefined })
    const { contactId } = await admit(capture, facts)
    const views = [
      await search({ caller: '050 123 9876' }),
      await readContact(desk, grant, contactId),
      await watchCalls(desk, grant, new Set(), now()),
    ]
    for (const view of views) {
      expect(JSON.stringify(view)).toContain('***')
      expect(JSON.stringify(view).replaceAll(/[\s-]/g, '')).not.toContain('1239876')
      expect(JSON.stringify(view)).not.toContain(key)
    }
    expect(await revealCaller(desk, grant, contactId)).toEqual({ number: '050 123 9876' })
    expect(await lastEntry()).toMatchObject({
      action: 'caller.revealed',
      result: 'ok',
      object_id: contactId,
      person_id: matti.id,
      purpose: 'DEVELOPMENT',
    })
  })

  test('cannot be revealed if it was withheld', async () => {
    const { contactId } = await call({ caller: { kind: 'withheld', key: null, raw: null } })
    expect(await revealCaller(desk, grant, contactId)).toBe('not-found')
  })
})

describe('one contact', () => {
  test('shows only the viewer’s own segment of a transferred call (AC5)', async () => {
    const id = `ucid:${randomUUID()}`
    const startedAt = now().subtract({ hours: 2 })
    const first = await call({
      callIds: [id],
      startedAt,
      official: official('Aino Oma', '029 512 1500', aino.id),
      recording: recordingFacts(),
    })
    await call({
      callIds: [id],
      startedAt,
      official: official('Bertil Muu', '029 512 1501'),
      recording: recordingFacts(),
    })
    const whole = await readContact(desk, grant, first.contactId)
    const part = await readContact(desk, ainos, first.contactId)
    if (whole === 'not-found' || part === 'not-found') throw new Error('not found')
    expect(whole.segments).toHaveLength(2)
    expect(part.segments.map(({ id: segment }) => segment)).toEqual([first.segmentId])
    expect(JSON.stringify(part)).not.toContain('Bertil')
  })

  test('reports since when the caller waited in the queue, if a feed has reported that', async () => {
    const startedAt = now().subtract({ hours: 2 })
    const waited = await call({ startedAt, answeredAt: startedAt })
    const other = await call()
    const from = startedAt.subtract({ seconds: 45 }).round('second')
    await admin.updateTable('contact').set({ waited_from: from }).where('id', '=', waited.contactId).execute()
    expect(await readContact(desk, grant, waited.contactId)).toMatchObject({ waitedFrom: from.toString() })
    expect(await readContact(desk, grant, other.contactId)).not.toHaveProperty('waitedFrom')
  })

  test('reports if the viewer may forbid use of its recording: only of their own recorded call', async () => {
    const mine = await call({ official: official('Aino Oma', '029 512 1500', aino.id), recording: recordingFacts() })
    const unrecorded = await call({ official: official('Aino Oma', '029 512 1500', aino.id) })
    const mayForbid = async (by: typeof grant, id: string) => {
      const seen = await readContact(desk, by, id)
      return seen === 'not-found' ? seen : seen.segments[0]?.mayForbid
    }
    expect(await mayForbid(ainos, mine.contactId)).toBe('official')
    expect(await mayForbid(ainos, unrecorded.contactId)).toBeUndefined()
    expect(await mayForbid(grant, mine.contactId), 'a viewer who sees every call').toBeUndefined()
  })

  test('of another official is not found, like a nonexistent one, and logged as refused', async () => {
    const { contactId } = await call({ official: official('Bertil Muu') })
    for (const id of [contactId, randomUUID()]) {
      expect(await readContact(desk, ainos, id)).toBe('not-found')
      expect(await lastEntry()).toMatchObject({
        action: 'contact.read',
        result: 'refused:not-found',
        object_id: id,
        person_id: aino.id,
      })
      expect(await revealCaller(desk, ainos, id)).toBe('not-found')
      expect(await lastEntry()).toMatchObject({ action: 'caller.revealed', result: 'refused:not-found', object_id: id })
    }
  })
})

describe('history past its 14 months', () => {
  test('is hidden from everyone, even before the sweep', async () => {
    const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
      .subtract({ months: 14 })
      .subtract({ minutes: 1 })
      .toInstant()
    const { contactId, caller } = await call({ startedAt: endedAt.subtract({ minutes: 5 }), endedAt })
    expect(await admin.selectFrom('contact').select('id').where('id', '=', contactId).execute()).toHaveLength(1)
    expect(await found({ caller })).toEqual([])
    expect(await readContact(desk, grant, contactId)).toBe('not-found')
    expect(await revealCaller(desk, grant, contactId)).toBe('not-found')
  })

  test('is also hidden if the end of the call was never reported', async () => {
    const startedAt = Temporal.Now.zonedDateTimeISO('UTC').subtract({ months: 14 }).subtract({ days: 2 }).toInstant()
    const { contactId } = await call({ startedAt, answeredAt: startedAt, endedAt: undefined })
    expect(await readContact(desk, grant, contactId)).toBe('not-found')
  })

  test('is hidden only then: a call of almost 14 months ago is visible', async () => {
    const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
      .subtract({ months: 14 })
      // In some years the history of the last four days of December ends on one day, the last of February.
      .add({ days: 4 })
      .toInstant()
    const { contactId, caller } = await call({ startedAt: endedAt.subtract({ minutes: 5 }), endedAt })
    expect(await found({ caller })).toEqual([contactId])
  })
})

describe('calls in progress', () => {
  test('are shown to those who may see them while they last, and each new call is logged once', async () => {
    const ongoing = await call({ endedAt: undefined, official: official('Aino Oma', '029 512 1500', aino.id) })
    const other = await call({ endedAt: undefined, official: official('Bertil Muu') })
    const shown = new Set<string>()
    const first = await watchCalls(desk, ainos, shown, now())
    expect(first.items.map(({ segmentId }) => segmentId)).toEqual([ongoing.segmentId])
    const entry = await lastEntry()
    expect(entry).toMatchObject({ action: 'calls.watched', detail: { segments: [ongoing.segmentId], opened: true } })
    const next = await call({ endedAt: undefined, official: official('Aino Oma', '029 512 1500', aino.id) })
    await watchCalls(desk, ainos, shown, now())
    expect((await lastEntry()).detail).toEqual({ segments: [next.segmentId] })
    const logged = await lastEntry()
    await watchCalls(desk, ainos, shown, now())
    expect((await lastEntry()).seq).toBe(logged.seq)
    const everyone = await watchCalls(desk, grant, new Set(), now())
    expect(everyone.items.map(({ segmentId }) => segmentId)).toEqual(
      expect.arrayContaining([ongoing.segmentId, other.segmentId]),
    )
  })
})
