import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { termZone } from '#description/terms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { recordProhibition } from '#test/register/destroy-recordings.ts'
import { openSearch } from '#test/register/open-search.ts'
import { phone, recordingFacts } from '#test/database/people.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { InvalidCursor, listContacts, type ContactSearch } from './list-contacts.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, now, aino, grant, ainos, search, idsOf, found, official, call } = await openSearch(database)
const daysAgo = (days: number) =>
  now()
    .subtract({ hours: 24 * days })
    .round('second')

describe('a search by time', () => {
  test('finds a call across midnight on both days, once each (AC6)', async () => {
    const first = Temporal.Now.zonedDateTimeISO(termZone).with({ day: 1 }).startOfDay().subtract({ months: 1 })
    const [before, midnight, after] = [-1, 0, 1].map((days) => first.add({ days }).toInstant()) as [
      Temporal.Instant,
      Temporal.Instant,
      Temporal.Instant,
    ]
    const { contactId, caller } = await call({
      startedAt: midnight.subtract({ minutes: 2 }),
      answeredAt: midnight.subtract({ minutes: 1 }),
      endedAt: midnight.add({ minutes: 3 }),
    })
    expect(await found({ caller, from: before, to: midnight })).toEqual([contactId])
    expect(await found({ caller, from: midnight, to: after })).toEqual([contactId])
    expect(await found({ caller, from: after })).toEqual([])
    expect(await found({ caller, to: before })).toEqual([])
  })

  test('is exact to the microsecond: from includes the call’s last moment, to excludes its first', async () => {
    const startedAt = daysAgo(80)
    const endedAt = startedAt.add({ minutes: 5 })
    const { contactId, caller } = await call({ startedAt, endedAt })
    expect(await found({ caller, from: endedAt })).toEqual([contactId])
    expect(await found({ caller, from: endedAt.add({ microseconds: 1 }) })).toEqual([])
    expect(await found({ caller, to: startedAt })).toEqual([])
    expect(await found({ caller, to: startedAt.add({ microseconds: 1 }) })).toEqual([contactId])
  })

  test('finds a call in progress', async () => {
    const { contactId, caller } = await call({ startedAt: now().subtract({ minutes: 90 }), endedAt: undefined })
    expect(await found({ caller, from: now().subtract({ minutes: 1 }) })).toEqual([contactId])
  })

  test('finds nothing if from is after to', async () => {
    expect(await found({ from: now(), to: daysAgo(1) })).toEqual([])
  })
})

describe('a search by number', () => {
  test('finds the caller in every written form of the number', async () => {
    const key = phone('040 777 1234')
    const { contactId } = await call({ caller: { kind: 'e164', key, raw: '0407771234' } })
    const forms = [
      '0407771234',
      '040 777 1234',
      '+358 40 777 1234',
      '00358407771234',
      '040-7771234',
      'tel:+358407771234',
    ]
    for (const caller of forms) expect(await found({ caller }), caller).toEqual([contactId])
  })

  test('finds the service number in every written form, and only calls to it', async () => {
    const { caller, contactId } = await call({ numberCalled: { key: phone('029 497 010'), kind: 'REGIONAL_SERVICE' } })
    for (const number of ['029497010', '029 497 010', '+358 29 497010']) {
      expect(await found({ caller, number })).toEqual([contactId])
    }
    expect(await found({ caller, number: '029 497 000' })).toEqual([])
  })

  test('finds nothing, rather than everything, for an unreadable number', async () => {
    for (const text of ['hello', '%', "' or 1=1 --", '12345678901234567890', '\u202e123']) {
      expect(await found({ caller: text }), text).toEqual([])
      expect(await found({ number: text }), text).toEqual([])
    }
  })

  test('a blank field is no filter', async () => {
    const all = (await search()).items.length
    expect((await search({ caller: '  ', number: '', official: ' ' })).items).toHaveLength(all)
  })

  test('finds callers with a withheld number by the words for that', async () => {
    const { contactId } = await call({ caller: { kind: 'withheld', key: null, raw: null } })
    for (const caller of ['anonymous', 'salattu', 'Dolt nummer']) {
      const { items } = await search({ caller })
      expect(items.map(({ id }) => id)).toEqual([contactId])
      expect(items[0]?.caller).toEqual({ kind: 'withheld' })
    }
  })
})

describe('a search by official', () => {
  test('finds part of the name in any case, and the phone number', async () => {
    const { contactId } = await call({ official: official('Tuulikki Ääri-Åberg', '029 512 1444') })
    for (const part of ['tuulikki', 'ÄÄRI', 'åberg', 'ki Ää', '0295121444', '029 512 1444']) {
      expect(await found({ official: part }), part).toEqual([contactId])
    }
  })

  test('takes %, _ and \ literally', async () => {
    const { contactId } = await call({ official: official('Sata%_\\Nimi', '029 512 1445') })
    for (const part of ['%', '_', '\\', 'a%_', '_\\N'])
      expect(await found({ official: part }), part).toEqual([contactId])
    for (const part of ['Sata%Nimi', '__', '%%', '\\\\']) expect(await found({ official: part }), part).toEqual([])
  })

  test('takes a name literally, even if it looks like a search operator', async () => {
    for (const name of ['Kaarina {seen}', "Kaarina ' or true --", 'Kaarina {at} $1 \\']) {
      const { contactId } = await call({ official: official(name, '029 512 1446', aino.id) })
      for (const [person, recorded] of [
        [ainos, 'any'],
        [ainos, 'none'],
        [grant, 'any'],
      ] as const)
        expect(idsOf(await search({ official: name, recorded }, person)), name).toEqual([contactId])
    }
  })

  test('does not find by official what the viewer may not see', async () => {
    const id = `ucid:${randomUUID()}`
    const startedAt = now().subtract({ hours: 2 })
    await call({ callIds: [id], startedAt, official: official('Aino Oma', '029 512 1500', aino.id) })
    const { contactId } = await call({
      callIds: [id],
      startedAt,
      official: official('Bertil Salainen', '029 512 1501'),
    })
    expect(idsOf(await search({ official: 'Bertil Salainen' }, ainos))).toEqual([])
    expect(idsOf(await search({ official: '029 512 1501' }, ainos))).toEqual([])
    const [contact] = (await search({ official: 'Aino Oma' }, ainos)).items
    expect(contact?.id).toBe(contactId)
    expect(contact?.segments.map((segment) => segment.official?.name)).toEqual(['Aino Oma'])
    expect(JSON.stringify(contact)).not.toContain('Bertil')
  })
})

describe('a search by recording', () => {
  test('distinguishes available, destroyed and none, and restricted is not available', async () => {
    const made: Record<string, string> = {}
    for (const state of ['none', 'capturing', 'available', 'restricted', 'destroyed', 'expired']) {
      const recording = recordingFacts()
      const old = { startedAt: now().subtract({ hours: 24 * 200 }), endedAt: now().subtract({ hours: 24 * 199 }) }
      const facts = state === 'expired' ? { ...old, recording: { ...recording, ...old, months: 2 } } : { recording }
      const { contactId } = await call(state === 'none' ? {} : facts)
      made[state] = contactId
      if (state === 'none' || state === 'capturing') continue
      await admin.updateTable('recording').set({ kept_at: now() }).where('id', '=', recording.id).execute()
      const set =
        state === 'restricted'
          ? { state: 'RESTRICTED' as const }
          : { state: 'DESTROYED' as const, destroyed_at: now(), cause: 'caller' as const }
      if (state === 'destroyed') await recordProhibition(database, recording.id)
      if (state === 'restricted' || state === 'destroyed') {
        await admin.updateTable('recording').set(set).where('id', '=', recording.id).execute()
      }
    }
    const mine = new Set(Object.values(made))
    const foundAs = async (recorded: ContactSearch['recorded']) =>
      new Set((await found({ recorded })).filter((id) => mine.has(id)))
    expect(await foundAs('available')).toEqual(new Set([made['available']]))
    expect(await foundAs('destroyed')).toEqual(new Set([made['destroyed'], made['expired']]))
    expect(await foundAs('none')).toEqual(new Set([made['none']]))
    expect(await foundAs('any')).toEqual(mine)
    const { items } = await search()
    const stateOf = (id?: string) => items.find((item) => item.id === id)?.segments[0]?.recording.state
    expect(stateOf(made['restricted'])).toBe('restricted')
    expect(stateOf(made['capturing'])).toBe('capturing')
    expect(stateOf(made['expired'])).toBe('expired')
  })
})

describe('pages', () => {
  test('neither lose nor repeat anything, even if many calls began at the same instant', async () => {
    const number = { key: phone('029 497 055'), kind: 'REGIONAL_SERVICE' as const }
    const startedAt = daysAgo(120).add({ microseconds: 123_456 })
    const all: string[] = []
    for (let i = 0; i < 23; i++) {
      const begun = i % 5 === 0 ? startedAt.add({ microseconds: i }) : startedAt
      all.push(
        (await call({ numberCalled: number, startedAt: begun, endedAt: startedAt.add({ minutes: 1 }) })).contactId,
      )
    }
    // Without an index rows come in any order, so the search must specify the order.
    await database.as().pool.query(`alter role seloste_desk in database ${database.name} set enable_indexscan = off`)
    const unordered = connectDatabase<RegisterTables>({
      url: database.url('seloste_desk'),
      applicationName: 'unordered',
      onIdleError: () => undefined,
    })
    onTestFinished(() => unordered.close())
    const newestFirst = idsOf(await search({ number: '029 497 055' }))
    for (const [limit, order] of [1, 2, 7, 22, 23].flatMap((n) => [[n, 'newest'] as const, [n, 'oldest'] as const])) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listContacts(unordered.db, grant, { number: '029 497 055', order, limit, cursor })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        expect(page.approximateTotal).toBe(23)
        seen.push(...idsOf(page))
        cursor = page.next
      } while (cursor !== undefined)
      expect(new Set(seen)).toEqual(new Set(all))
      expect(seen, `${limit} at a time`).toEqual(order === 'newest' ? newestFirst : newestFirst.toReversed())
    }
  })

  test('do not repeat anything when new calls arrive in between', async () => {
    const number = { key: phone('029 497 056'), kind: 'REGIONAL_SERVICE' as const }
    const add = (minutes: number) => {
      const startedAt = daysAgo(119).add({ minutes })
      return call({ numberCalled: number, startedAt, endedAt: startedAt.add({ minutes: 1 }) })
    }
    for (let i = 0; i < 4; i++) await add(i)
    const first = await search({ number: '029 497 056', limit: 2 })
    await add(100)
    const second = await search({ number: '029 497 056', limit: 2, cursor: first.next })
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(4)
    const oldest = await search({ number: '029 497 056', order: 'oldest', limit: 2 })
    await add(-100)
    await add(101)
    const rest = await search({ number: '029 497 056', order: 'oldest', cursor: oldest.next })
    expect([...idsOf(oldest), ...idsOf(rest)], 'those that begin later are read, too').toHaveLength(6)
    expect(new Set([...idsOf(oldest), ...idsOf(rest)]).size).toBe(6)
  })

  test('oldest first begin with the calls that are kept longest, and continue across months', async () => {
    const number = { key: phone('029 497 057'), kind: 'REGIONAL_SERVICE' as const }
    const made: string[] = []
    for (const days of [400, 200, 199, 100, 31, 0]) {
      const startedAt = days === 0 ? now().subtract({ minutes: 5 }) : daysAgo(days)
      made.push((await call({ numberCalled: number, startedAt, endedAt: startedAt.add({ minutes: 1 }) })).contactId)
    }
    expect(await found({ number: '029 497 057', order: 'oldest' })).toEqual(made)
    expect(await found({ number: '029 497 057', order: 'oldest', limit: 1 })).toEqual(made.slice(0, 1))
    expect(await found({ number: '029 497 057', order: 'oldest', from: daysAgo(199), to: daysAgo(30) })).toEqual(
      made.slice(2, 5),
    )
  })

  test('of one order are not continued in the other', async () => {
    const { next } = await search({ limit: 1 })
    const { next: ofOldest } = await search({ limit: 1, order: 'oldest' })
    await expect(search({ cursor: next, order: 'oldest' })).rejects.toThrow(InvalidCursor)
    await expect(search({ cursor: ofOldest })).rejects.toThrow(InvalidCursor)
    expect((await search({ cursor: ofOldest, order: 'oldest', limit: 1 })).items).toHaveLength(1)
  })

  test('refuse a cursor that did not come from a page', async () => {
    const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const id = randomUUID()
    const garbage = [
      '',
      'x',
      '%',
      b64(null),
      b64({}),
      b64([]),
      b64(['2026-01-01T00:00:00Z', '-'.repeat(36), 1]),
      b64(['2026-01-01T00:00:00Z', id, '1']),
      b64(['2026-01-01T00:00:00Z', id, -1]),
      b64(['2026-01-01T00:00:00Z', id, 1.5]),
      Buffer.from(`["2026-01-01T00:00:00Z","${id}",1e999]`).toString('base64url'),
      b64(['0000-01-01T00:00:00Z', id, 1]),
      b64(['-200000-01-01T00:00:00Z', id, 1]),
      b64(['yesterday', id, 1]),
      b64([1, id, 1]),
      b64(["'; drop table contact; --", id, 1]),
    ]
    for (const cursor of garbage) await expect(search({ cursor }), cursor).rejects.toThrow(InvalidCursor)
  })
})
