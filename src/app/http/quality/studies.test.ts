import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { admit } from '#register/admit.ts'
import { countStudies } from '#register/history/count-studies.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { Study, Today } from '../contract/studies.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const [admin, capture] = [database.as().db, database.as('seloste_capture').db]
const custodian = database.as('seloste_custodian').db
const [national, swedish, regional] = [phone('029 497 000'), phone('029 497 001'), phone('029 497 010')]

const enter = (name: string, unit: string, right?: Parameters<typeof enterTestPerson>[2]['right'], number?: string) =>
  enterTestPerson(admin, database.as('seloste_desk').db, {
    name,
    unit,
    ...(right && { right }),
    ...(number && { phone: number }),
  })
const own = { kind: 'own' as const, units: [], numbers: [] }
const aino = await enter('Aino', 'Oulu', { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: own }, '029 512 1001')
const bertil = await enter('Bertil', 'Vasa', undefined, '029 512 1002')
const others: TestPerson[] = []
for (const index of [3, 4, 5]) others.push(await enter(`Kolmas ${index}`, 'Oulu', undefined, `029 512 100${index}`))
const oulu = [aino, ...others]
const phones = new Map(
  [aino, bertil, ...others].map((official, index) => [official.id, phone(`029 512 100${index + 1}`)]),
)
const sari = await enter('Sari', 'Oulu', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
const vera = await enter('Vera', 'Vasa', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
const enterExpert = (name: string, numbers: PhoneNumberKey[], purposes: ('QUALITY' | 'SERVICE_LEVEL_STUDY')[]) =>
  enter(name, 'Laatu', { role: 'EXPERT', duty: 'QUALITY', purposes, scope: { kind: 'numbers', units: [], numbers } })
const eero = await enterExpert('Eero', [national, swedish, regional], ['SERVICE_LEVEL_STUDY'])
const ilona = await enterExpert('Ilona', [regional], ['SERVICE_LEVEL_STUDY'])
const quality = await enterExpert('Laura', [national], ['QUALITY'])

/** The day of the calls, three days ago in Finland. */
const day = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ days: 3 }).toPlainDate()
const at = (hour: number, minute: number, daysBefore = 0) =>
  day
    .subtract({ days: daysBefore })
    .toZonedDateTime({ timeZone: 'Europe/Helsinki', plainTime: { hour, minute } })
    .toInstant()

/** Enters calls within one hour, answered by the people in turn, or unanswered if there are no people. */
async function enterCalls(
  count: number,
  number: PhoneNumberKey,
  by: readonly TestPerson[],
  hour: number,
  daysBefore = 0,
) {
  for (let index = 0; index < count; index++) {
    const person = by[index % by.length]
    const startedAt = at(hour, index % 60, daysBefore)
    const isDrawn = person !== undefined && index % 4 === 0
    await admit(
      capture,
      callFacts({
        startedAt,
        answeredAt: person && startedAt.add({ seconds: 15 }),
        endedAt: startedAt.add({ seconds: person ? 225 : 40 }),
        numberCalled: { key: number, kind: 'NATIONAL_SERVICE' },
        numberReached: { key: number },
        ...(person && {
          official: { personId: person.id, unitId: person.unitId, name: 'X', phone: phones.get(person.id)! },
        }),
        decision: { record: isDrawn, reason: 'x', ...(person && { share: 0.25, draw: 0.1 }) },
        ...(isDrawn && { recording: recordingFacts({ startedAt, endedAt: startedAt.add({ seconds: 225 }) }) }),
      }),
    )
  }
}

let browsers: Record<'aino' | 'sari' | 'vera' | 'eero' | 'ilona' | 'quality', Browser>
beforeAll(async () => {
  await enterCalls(40, national, oulu, 9)
  await enterCalls(20, national, [bertil], 10)
  await enterCalls(12, national, [], 10)
  await enterCalls(3, swedish, [bertil], 11)
  await enterCalls(25, regional, [aino], 9)
  await enterCalls(10, regional, [bertil], 14, 30)
  await countStudies(custodian)
  const [a, s, v, e, i, q] = await Promise.all(
    [aino, sari, vera, eero, ilona, quality].map((person) => desk.signIn(person)),
  )
  browsers = { aino: a!, sari: s!, vera: v!, eero: e!, ilona: i!, quality: q! }
}, 120_000)

const ofTheDay = `from=${day.toString()}&to=${day.toString()}`
async function study(browser: Browser, query: string): Promise<Study> {
  const response = await browser.fetch(`/api/studies?${query}`)
  expect(response.status, query).toBe(200)
  return (await response.json()) as Study
}

describe('a study', () => {
  test('counts calls, answered and unanswered, by number, and suppresses a count of three (R4)', async () => {
    const { rows, total } = await study(browsers.eero, `${ofTheDay}&by=number&measure=calls`)
    expect(rows.map(({ key, figures }) => [key, figures])).toEqual([
      [national, { calls: 70, answered: 60, unanswered: 10, answeredShare: 0.83 }],
      [regional, { calls: 25, answered: 25, unanswered: 0, answeredShare: 1 }],
      [swedish, { calls: null, answered: null, unanswered: 0, answeredShare: null }],
    ])
    expect(total.figures).toEqual({ calls: 100, answered: 90, unanswered: 10, answeredShare: 0.88 })
    expect(rows[0]?.number).toMatchObject({ display: '029 497 000', name: { fi: 'Henkilöverotuksen palvelunumero' } })
  })

  test('of a unit in which fewer than three officials answer reports nothing, because it would be about one of them (R6)', async () => {
    const totals = async (browser: Browser) =>
      Promise.all(
        (['calls', 'talk'] as const).map(
          async (measure) => (await study(browser, `${ofTheDay}&by=hour&measure=${measure}`)).total.figures,
        ),
      )
    expect(await totals(browsers.sari)).toMatchObject([{ answered: 65 }, { answered: 65 }])
    // Bertil is alone in Vasa: counts by the hour and lengths would be his.
    expect(await totals(browsers.vera)).toMatchObject([{ answered: 0 }, { answered: 0, median: null }])
  })

  test('of a number, hour or week that fewer than three officials answered reports no lengths, and its supervisor no counts (R6)', async () => {
    const regionals = `${ofTheDay}&numbers=${encodeURIComponent(regional)}`
    // Of four officials of Oulu only Aino answers the regional number.
    for (const measure of ['calls', 'talk', 'wait', 'recorded'] as const) {
      const { rows, total, notes } = await study(browsers.sari, `${regionals}&by=hour&measure=${measure}`)
      expect(
        Object.values(rows[0]!.figures).every((figure) => figure === null),
        measure,
      ).toBe(true)
      expect(
        Object.values(total.figures).every((figure) => figure === 0 || figure === null),
        measure,
      ).toBe(true)
      expect(notes).toEqual({ isOfFew: true })
    }
    const ilonas = await study(browsers.ilona, `${ofTheDay}&by=hour&measure=talk`)
    expect(ilonas.total.figures).toEqual({ answered: 25, median: null, ninetieth: null })
    expect(ilonas.notes).toEqual({ isOfFew: true })
    expect((await study(browsers.ilona, `${ofTheDay}&by=hour&measure=calls`)).notes).toEqual({})
    // Only Bertil answers at ten; the total covers the reported hour only.
    const hours = await study(browsers.eero, `${ofTheDay}&by=hour&measure=talk&numbers=${encodeURIComponent(national)}`)
    expect(hours.rows.map(({ key, figures }) => [key, figures.answered, figures.median?.seconds])).toEqual([
      ['9', 40, 210],
      ['10', 20, undefined],
    ])
    expect(hours.total.figures).toMatchObject({ answered: 60, median: { seconds: 210 } })
    // The same for every breakdown.
    const expected = {
      weekday: [true, true],
      month: [true, true],
      number: [true, false],
      region: [true, false],
      language: [true, true],
    }
    for (const [by, answers] of Object.entries(expected)) {
      const { rows } = await study(browsers.eero, `${ofTheDay}&by=${by}&measure=wait`)
      const answered = rows.filter(({ figures }) => (figures.answered ?? 0) >= 20)
      expect(
        answered.map(({ figures }) => typeof figures.median?.seconds === 'number'),
        by,
      ).toEqual(answers.slice(0, answered.length))
    }
  })

  test('of somebody who supervises a unit and studies numbers as well reports the count of a single official for those numbers only (R6)', async () => {
    const both = await enter('Sonja', 'Oulu', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
    await sql`
      insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
        valid_to, requested_by, approved_by, origin, request_id)
      select gen_random_uuid(), ${both.id}::uuid, role, duty, purposes, scope_kind, scope_units, ${[swedish]}::text[], valid_from,
        valid_to, requested_by, approved_by, origin, null
      from access_right where person_id = ${eero.id}::uuid`.execute(admin)
    const browser = await desk.signIn(both)
    const numbers = `numbers=${encodeURIComponent(regional)}`
    for (const query of [`${numbers}&by=hour`, `${numbers},${encodeURIComponent(swedish)}&by=month`]) {
      const { rows, notes } = await study(browser, `${ofTheDay}&${query}&measure=calls`)
      expect(
        rows.flatMap(({ figures }) => Object.values(figures)).every((figure) => figure === null),
        query,
      ).toBe(true)
      expect(notes).toEqual({ isOfFew: true })
    }
    const { rows } = await study(browser, `${ofTheDay}&by=number&measure=calls`)
    expect(rows.map(({ key, figures }) => [key, figures.unanswered])).toEqual([
      [national, 0],
      [regional, null],
      [swedish, 0],
    ])
  })

  test('distinguishes hours, weekdays, months, regions and languages, by the numbers at the time (R7)', async () => {
    const by = async (breakdown: string) =>
      (await study(browsers.eero, `${ofTheDay}&by=${breakdown}&measure=calls`)).rows.map(({ key, figures }) => [
        key,
        figures.calls,
      ])
    expect(await by('hour')).toEqual([
      ['9', 65],
      ['10', 30],
      ['11', null],
    ])
    expect((await by('weekday')).filter(([, count]) => count !== 0)).toEqual([[String(day.dayOfWeek), 100]])
    expect(await by('month')).toEqual([[day.toPlainYearMonth().toString(), 100]])
    expect(await by('region')).toEqual([
      ['', 75],
      ['Pohjois-Suomi', 25],
    ])
    expect(await by('language')).toEqual([
      ['fi', 95],
      ['sv', null],
    ])
  })

  test('is filtered by numbers, a region and a language', async () => {
    const totalOf = async (more: string) =>
      (await study(browsers.eero, `${ofTheDay}&by=month&measure=calls&${more}`)).total
    expect(
      (await totalOf(`numbers=${encodeURIComponent(regional)},${encodeURIComponent(swedish)}`)).figures.calls,
    ).toBe(30)
    expect((await totalOf('region=Pohjois-Suomi')).figures.calls).toBe(25)
    expect((await totalOf('language=sv')).figures.calls).toBeNull()
  })

  test('reports lengths, waiting, and the recorded share beside the share expected from the plan (R15)', async () => {
    const query = `${ofTheDay}&by=number&numbers=${encodeURIComponent(national)}`
    expect((await study(browsers.eero, `${query}&measure=talk`)).total.figures).toEqual({
      answered: 60,
      median: { seconds: 210 },
      ninetieth: { seconds: 234 },
    })
    expect((await study(browsers.eero, `${query}&measure=wait`)).total.figures).toMatchObject({
      median: { seconds: 15 },
    })
    expect((await study(browsers.eero, `${query}&measure=recorded`)).total.figures).toEqual({
      judged: 60,
      recorded: 15,
      recordedShare: 0.25,
      plannedShare: 0.25,
    })
  })

  test('compares two periods', async () => {
    const before = day.subtract({ days: 30 }).toString()
    const { rows, total, comparedNotes } = await study(
      browsers.eero,
      `${ofTheDay}&compareFrom=${before}&compareTo=${before}&by=number&measure=calls`,
    )
    expect(rows.find(({ key }) => key === regional)).toMatchObject({ figures: { calls: 25 }, compared: { calls: 10 } })
    expect(total.compared?.calls).toBe(10)
    expect(comparedNotes).toEqual({})
  })

  test('covers what the right covers: a number’s calls, a unit’s answered ones, and nobody else’s (R37, R38)', async () => {
    const ilonas = await study(browsers.ilona, `${ofTheDay}&by=number&measure=calls`)
    expect(ilonas.rows.map(({ key }) => key)).toEqual([regional])
    expect(ilonas.choices).toMatchObject({ numbers: [{ number: regional }], reachesNumbers: true })
    const saris = await study(browsers.sari, `${ofTheDay}&by=number&measure=calls`)
    expect(saris.rows.map(({ key, figures }) => [key, figures.calls, figures.unanswered])).toEqual([
      [national, 40, 0],
      [regional, null, null],
    ])
    expect(saris.choices.reachesNumbers).toBe(false)
  })

  test('is refused to officials, whose right is their own calls, and under any other purpose (R3)', async () => {
    for (const browser of [browsers.aino, browsers.quality]) {
      expect(await answer(browser.fetch(`/api/studies?${ofTheDay}&by=hour&measure=calls`))).toMatchObject({
        status: 403,
        code: 'deny.purpose',
      })
      expect((await browser.fetch('/api/calls-today')).status).toBe(403)
    }
  })

  test('logs what was requested, and no count of calls', async () => {
    await study(browsers.ilona, `${ofTheDay}&by=hour&measure=wait`)
    const entry = await admin
      .selectFrom('audit_entry')
      .select(['action', 'person_id', 'purpose', 'detail'])
      .where('person_id', '=', ilona.id)
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow()
    expect(entry).toMatchObject({ action: 'study.read', purpose: 'SERVICE_LEVEL_STUDY' })
    expect(entry.detail).toEqual({
      ...{ from: day.toString(), to: day.toString(), by: 'hour', measure: 'wait', numbers: 0, rows: 1 },
    })
  })

  test('is refused for a time that ends before it begins, is too long, or overlaps the compared one', async () => {
    const wrong = (query: string) => answer(browsers.eero.fetch(`/api/studies?${query}&by=hour&measure=calls`))
    expect(await wrong('from=2026-02-01&to=2026-01-01')).toMatchObject({ field: 'to' })
    expect(await wrong('from=2010-02-01&to=2026-01-01')).toMatchObject({ field: 'to' })
    expect(await wrong('from=2026-02-01&to=2026-03-01&compareFrom=2026-01-15&compareTo=2026-02-01')).toMatchObject({
      status: 400,
      code: 'input.invalid',
      field: 'compareFrom',
    })
    expect(await wrong('from=2026-02-01&to=2026-03-01&compareFrom=2026-01-15')).toMatchObject({ status: 400 })
  })

  test('states which part of the period is past its term and left out, and counts all of the rest', async () => {
    const old = day.subtract({ months: 16 }).with({ day: 1 })
    await admin
      .insertInto('study_month' as never)
      .values(
        Object.fromEntries([
          ['month', old.toString()],
          ['number', national],
          ['is_rounded', true],
          ...['calls', 'answered'].map((name) => [name, 500]),
          ...['talk_seconds', 'judged', 'expected_ppm', 'recorded'].map((name) => [name, 0]),
          ...Array.from({ length: 13 }, (_, bin) => [`talk_${bin}`, 0]),
          ...Array.from({ length: 10 }, (_, bin) => [`wait_${bin}`, 0]),
        ]) as never,
      )
      .execute()
    const query = `from=${old.toString()}&to=${day.toString()}&measure=calls`
    const months = await study(browsers.eero, `${query}&by=month`)
    expect(months.rows[0]).toMatchObject({ key: old.toPlainYearMonth().toString(), figures: { calls: 500 } })
    expect(months.total.figures.calls).toBe(610)
    expect(months.notes.wholeMonthsBefore).toBeDefined()
    const hours = await study(browsers.eero, `${query}&by=hour`)
    expect(hours.total.figures.calls).toBe(110)
    expect(hours.notes.leftOut).toMatchObject([{ from: old.toString(), why: 'no-hours' }])
    const part = await study(
      browsers.eero,
      `${query.replace(old.toString(), old.add({ days: 4 }).toString())}&by=month`,
    )
    expect(part.total.figures.calls).toBe(110)
    expect(part.notes.leftOut).toMatchObject([{ from: old.add({ days: 4 }).toString(), why: 'part-of-month' }])
    // A supervisor's right covers units only, and counts past the term have no units.
    expect((await study(browsers.sari, `${query}&by=month`)).notes.leftOut).toMatchObject([{ why: 'no-units' }])
  })
})

describe('calls of the day', () => {
  test('are reported by number and unit during the day, without callers, and without units of fewer than three officials', async () => {
    const startedAt = Temporal.Now.instant().subtract({ seconds: 30 })
    const ongoingCall = (person: TestPerson | undefined, number = regional) =>
      callFacts({
        startedAt,
        answeredAt: person && startedAt.add({ seconds: 5 }),
        endedAt: undefined,
        numberCalled: { key: number, kind: 'REGIONAL_SERVICE' },
        numberReached: { key: number },
        ...(person && {
          official: { personId: person.id, unitId: person.unitId, name: 'X', phone: phones.get(person.id)! },
        }),
      })
    const callsToday = async (browser: Browser): Promise<Today> => {
      const response = await browser.fetch('/api/calls-today')
      const reader = response.body!.getReader()
      let text = ''
      while (!text.includes('\n\n')) text += new TextDecoder().decode((await reader.read()).value)
      await reader.cancel()
      expect(text).not.toMatch(/40123|0401/)
      return JSON.parse(/data: (.*)/.exec(text)![1]!) as Today
    }
    const regionalNow = ({ byNumber }: Today) => byNumber.find(({ number }) => number === regional)
    // Four officials of Oulu answer the national number, and one of them also the regional number. The unit is reported. The
    // national number is not: the unit's count minus that of the national number would be the count of that one official.
    await admit(capture, ongoingCall(aino, national))
    expect((await callsToday(browsers.sari)).byNumber).toMatchObject([{ number: national, talking: 1, calls: 1 }])
    for (const person of [aino, bertil, undefined]) await admit(capture, ongoingCall(person))
    await vi.waitFor(async () => {
      expect(regionalNow(await callsToday(browsers.eero))).toMatchObject({
        talking: 2,
        waiting: 1,
        calls: 3,
        answered: 2,
      })
    }, 10_000)
    const saris = await callsToday(browsers.sari)
    expect(saris.byNumber).toEqual([])
    expect(saris.byUnit).toEqual([{ unit: 'Oulu', calls: 2, answered: 2, talking: 2, waiting: 0 }])
    // A number's count minus that of Oulu would be Bertil's own, because he is alone in Vasa and there is no third unit.
    expect((await callsToday(browsers.eero)).byUnit).toEqual([])
    expect(await callsToday(browsers.vera)).toMatchObject({ byNumber: [], byUnit: [] })
    for (const index of [6, 7]) await enter(`Vasa ${index}`, 'Raahe', undefined, `029 512 100${index}`)
    await vi.waitFor(async () => {
      expect((await callsToday(browsers.eero)).byUnit.map(({ unit }) => unit)).toEqual(['Oulu'])
    }, 10_000)
  })
})
