import { describe, expect, test } from 'vitest'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { admit } from './admit.ts'
import type { RegisterTables } from './tables.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const capture = database.as('seloste_capture').db

async function contactsWithId(id: string) {
  return admin.selectFrom('contact').selectAll().where('id', '=', id).execute()
}

describe('admit', () => {
  test('a call is entered with its five fields and its terms', async () => {
    const endedAt = Temporal.Instant.from('2025-03-03T08:05:00Z')
    const facts = callFacts({ startedAt: endedAt.subtract({ minutes: 5 }), endedAt })
    const { contactId } = await admit(capture, facts)
    const [contact] = await contactsWithId(contactId)
    expect(contact).toMatchObject({ caller_key: phone('040 123 4567'), number_called: phone('029 497 000') })
    expect(contact?.ended_at?.toString()).toBe('2025-03-03T08:05:00Z')
    expect(contact?.history_ends_at?.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString()).toBe(
      '2026-05-03T10:05:00',
    )
  })

  test('of a caller only the number is entered, and unparsable text is truncated (R10)', async () => {
    const readable = callFacts({
      caller: { kind: 'e164', key: phone('040 123 4567'), raw: 'sip:matti.meikalainen;+358401234567@x' },
    })
    const unreadable = callFacts({ caller: { kind: 'unparsed', key: null, raw: 'x'.repeat(8000) } })
    const cutWithin = callFacts({ caller: { kind: 'unparsed', key: null, raw: `${'x'.repeat(63)}\u{1f4de}` } })
    const entered = []
    for (const facts of [readable, unreadable, cutWithin]) {
      const { contactId } = await admit(capture, facts)
      entered.push(...(await contactsWithId(contactId)).map((contact) => contact.caller_raw))
    }
    expect(entered).toEqual([null, 'x'.repeat(64), `${'x'.repeat(63)}\ufffd`])
  })

  test('the same facts twice are one contact and one segment', async () => {
    const facts = callFacts()
    const first = await admit(capture, facts)
    const second = await admit(capture, facts)
    expect(second).toEqual(first)
    const segments = await admin.selectFrom('segment').select('id').where('contact_id', '=', first.contactId).execute()
    expect(segments).toHaveLength(1)
  })

  test('a call that a later report shows as ongoing loses its end and the terms counted from it', async () => {
    const endedAt = Temporal.Now.instant().subtract({ minutes: 2 }).round('second')
    const startedAt = endedAt.subtract({ minutes: 5 })
    const first = callFacts({ callIds: ['ucid:goes-on'], startedAt, endedAt })
    const { contactId } = await admit(capture, first)
    const { endedAt: _endedAt, ...ongoing } = callFacts({ callIds: ['ucid:goes-on'], startedAt })
    await admit(capture, ongoing)
    expect((await contactsWithId(contactId))[0]).toMatchObject({ ended_at: null, history_ends_at: null })
    const ended = endedAt.add({ minutes: 1 })
    await admit(capture, { ...ongoing, endedAt: ended })
    expect((await contactsWithId(contactId))[0]?.ended_at).toEqual(ended)
  })

  test('two segments that share one of their call ids are one contact, even if they arrive at once', async () => {
    const one = callFacts({ callIds: ['ucid:7', 'sipCallId:a'] })
    const other = callFacts({ callIds: ['sipCallId:b', 'ucid:7'], startedAt: one.startedAt })
    const [first, second] = await Promise.all([admit(capture, one), admit(capture, other)])
    expect(second.contactId).toBe(first.contactId)
    const segments = await admin
      .selectFrom('segment')
      .select('seq')
      .where('contact_id', '=', first.contactId)
      .orderBy('seq')
      .execute()
    expect(segments.map(({ seq }) => seq)).toEqual([1, 2])
  })

  test('a call id repeated days later is another call', async () => {
    const later = Temporal.Now.instant()
    const earlier = later.subtract({ hours: 72 })
    const first = await admit(
      capture,
      callFacts({ callIds: ['refci:12'], startedAt: earlier, endedAt: earlier.add({ minutes: 1 }) }),
    )
    const second = await admit(capture, callFacts({ callIds: ['refci:12'], startedAt: later }))
    expect(second.contactId).not.toBe(first.contactId)
  })

  test('a call in progress has no end and no term until it ends', async () => {
    const { endedAt, ...ongoing } = callFacts()
    const { contactId } = await admit(capture, ongoing)
    expect((await contactsWithId(contactId))[0]).toMatchObject({ ended_at: null, history_ends_at: null })
    await admit(capture, { ...ongoing, endedAt })
    expect((await contactsWithId(contactId))[0]?.ended_at).not.toBeNull()
  })

  test('the minimum term and the destruction of a recording count from the end of its call', async () => {
    const endedAt = Temporal.Instant.from('2026-08-31T09:00:00Z')
    const startedAt = endedAt.subtract({ minutes: 3 })
    const recording = recordingFacts({ months: 6, startedAt, endedAt })
    await admit(capture, callFacts({ startedAt, endedAt, recording }))
    const row = await admin.selectFrom('recording').selectAll().where('id', '=', recording.id).executeTakeFirstOrThrow()
    expect(row.state).toBe('STORED')
    expect(row.min_keep_until?.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString()).toBe(
      '2026-10-31T12:00:00',
    )
    // 24 hours before 28 February 12.00: at six months it is destroyed in any case (R24).
    expect(row.destroy_at?.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString()).toBe(
      '2027-02-27T12:00:00',
    )
  })

  test('later reports complete contact and segment, and nothing known becomes unknown again', async () => {
    const { endedAt: _endedAt, official, ...rest } = callFacts()
    const unreported = {
      caller: { kind: 'unparsed', key: null, raw: null },
      numberCalled: { key: 'unknown' as PhoneNumberKey, kind: 'UNKNOWN' },
      numberReached: { key: 'unknown' as PhoneNumberKey },
      decision: { record: false, reason: 'unknown-number', descriptionVersion: 1 },
      marks: ['unknown-number'],
    } as const
    const first = { ...rest, ...unreported, marks: [...unreported.marks] }
    const { contactId } = await admit(capture, first)
    const recording = recordingFacts()
    const complete = {
      ...rest,
      official,
      decision: { ...rest.decision, record: true, reason: 'drawn' },
      recording,
      marks: [],
    }
    await admit(capture, complete)
    await admit(capture, { ...complete, ...unreported, marks: [] })
    const now = async () => ({
      contacts: await admin.selectFrom('contact').selectAll().where('id', '=', contactId).execute(),
      segments: await admin.selectFrom('segment').selectAll().where('contact_id', '=', contactId).execute(),
    })
    const { contacts, segments } = await now()
    expect(contacts).toHaveLength(1)
    expect(contacts[0]).toMatchObject({
      ...{ caller_kind: 'e164', caller_key: phone('040 123 4567') },
      ...{ number_called: phone('029 497 000'), number_kind: 'NATIONAL_SERVICE' },
    })
    expect(segments).toHaveLength(1)
    expect(segments[0]).toMatchObject({
      ...{ number_reached: phone('029 497 000'), decision_record: true, decision_reason: 'drawn' },
    })
    // A decision is final: no later report changes it.
    await admit(capture, { ...complete, decision: { record: false, reason: 'not-drawn' } })
    expect((await now()).segments[0]).toMatchObject({ decision_record: true, decision_reason: 'drawn' })
  })

  test('the caller of a contact is the one reported by the session that opened it, while its call continues', async () => {
    const { endedAt, ...ongoing } = callFacts({ callIds: ['ucid:caller-told'] })
    const { contactId } = await admit(capture, ongoing)
    const other = { kind: 'e164' as const, key: phone('050 111 2222'), raw: null }
    await admit(capture, {
      ...callFacts({ callIds: ['ucid:caller-told'], startedAt: ongoing.startedAt }),
      caller: other,
    })
    expect((await contactsWithId(contactId))[0]?.caller_key).toBe(phone('040 123 4567'))
    await admit(capture, { ...ongoing, caller: other })
    expect((await contactsWithId(contactId))[0]?.caller_key).toBe(phone('050 111 2222'))
    await admit(capture, { ...ongoing, endedAt, caller: other })
    await admit(capture, { ...ongoing, endedAt })
    expect((await contactsWithId(contactId))[0]?.caller_key).toBe(phone('050 111 2222'))
  })

  test('capture can insert and not select or delete', async () => {
    await expect(capture.selectFrom('contact').selectAll().execute()).rejects.toThrow(/permission denied/)
    await expect(capture.selectFrom('segment').select('official_name').execute()).rejects.toThrow(/permission denied/)
    await expect(capture.deleteFrom('contact').execute()).rejects.toThrow(/permission denied/)
  })

  test('a withheld caller leaves no number, whatever the facts contain', async () => {
    const facts = callFacts({ caller: { kind: 'withheld', key: phone('040 123 4567'), raw: null } })
    await expect(admit(capture, facts)).rejects.toThrow(/check constraint/)
  })
})
