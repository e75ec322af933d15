// AC13, AC19, R30, R32, R50, over the network: released items are returned or destroyed one by one, and overdue ones
// are reported.
import { Registry } from 'prom-client'
import { sql } from 'kysely'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { reportBacklog } from '#app/custodian/jobs/report-backlog.ts'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { listBlockedDestructions } from '#use/retention/blockers.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openResearch } from './open-research.ts'

const database = await createTestDatabase<RegisterTables>()
const research = await openResearch(database)
const {
  ends,
  admin,
  custodian,
  send,
  act,
  read,
  enterInstitute,
  day,
  decidedDisclosure,
  release,
  releasedDisclosure,
  confirm,
  makeOverdue,
} = research
const { changeDisclosureRules } = research

beforeAll(() => ends.startCustodian())

const extend = (id: string, dueOn: string, name: 'eero' | 'kaisa' = 'eero') =>
  act(name, 'POST', id, '/extensions', { dueOn, reasons: 'Tutkimus jatkuu.' })
const decideExtension = (id: string, outcome = 'GRANTED', name: 'riitta' | 'eero' = 'riitta') =>
  send(name, 'POST', `/api/research-extensions/${id}/decision`, { outcome })
const close = (id: string) => act('riitta', 'POST', id, '/close')
async function countLinks(id: string) {
  const { rows } = await sql<{ ties: number }>`
    select (select count(*) from research_item where disclosure_id = d.id and (recording_id is not null or contact_id is not null))
      + (select count(*) from disclosed_copy where disclosure = d.number and recording_id is not null) as ties
    from research_disclosure d where d.id = ${id}`.execute(admin)
  return Number(rows[0]!.ties)
}

describe('a released copy', () => {
  test('of a forbidden recording is recalled, and the disclosure can be closed only when the recall is confirmed', async () => {
    const { id, recordings } = await releasedDisclosure({ items: 2 })
    expect((await ends.forbidByCaller(recordings[0]!)).status).toBe(200)
    await ends.until(recordings[0]!, 'DESTROYED')
    const found = await read(id)
    expect(found.itemList).toMatchObject([{ outcome: 'recalled', recording: 'destroyed' }, { outcome: 'out' }])
    expect(found.notices).toEqual([
      {
        kind: 'destroy-now',
        item: 1,
        language: 'sv',
        text: expect.stringContaining('förstör kopian genast') as string,
      },
    ])
    expect(found.notices[0]!.text).not.toMatch(/\d{2}:\d{2}|\+358|Aino|[0-9a-f]{8}-/)
    expect((await confirm(id, 2)).status).toBe(204)
    expect(await close(id)).toMatchObject({ status: 409, code: 'research.unconfirmed', field: '1' })
    expect(await countLinks(id)).toBe(2)
    expect((await confirm(id, 1, 'destroyed', 'riitta')).status).toBe(204)
    expect(await countLinks(id)).toBe(0)
    expect((await close(id)).status).toBe(204)
    expect(await read(id)).toMatchObject({
      state: 'CLOSED',
      open: 0,
      notices: [{ kind: 'closed' }],
      itemList: [{ outcome: 'destroyed' }, { outcome: 'destroyed' }],
    })
    expect(JSON.stringify((await read(id)).itemList)).not.toMatch(/recordingId|contactId/)
  })

  test('that was recalled can also be confirmed on the page of recalls', async () => {
    const { id, recordings } = await releasedDisclosure()
    await ends.forbidByCaller(recordings[0]!)
    const { body } = await send('riitta', 'GET', '/api/recalls')
    const { number } = await read(id)
    const recall = (body['items'] as { id: string; disclosure: string }[]).find(
      ({ disclosure }) => disclosure === number,
    )!
    expect((await send('riitta', 'POST', `/api/recalls/${recall.id}/confirm`, { outcome: 'returned' })).status).toBe(
      204,
    )
    expect(await countLinks(id)).toBe(0)
    expect((await read(id)).itemList).toMatchObject([{ outcome: 'returned' }])
    expect(await confirm(id, 1)).toMatchObject({ status: 409, code: 'recall.confirmed' })
    expect((await close(id)).status).toBe(204)
  })

  test('is confirmed once, with the reference of the confirmation, and only if something was released', async () => {
    const before = await decidedDisclosure()
    expect(await confirm(before.id, 1)).toMatchObject({ status: 409, code: 'research.not-released' })
    expect(await close(before.id)).toMatchObject({ code: 'research.not-released' })
    const { id } = await releasedDisclosure()
    expect(await confirm(id, 2)).toMatchObject({ status: 404 })
    expect(await confirm(id, 1, 'kept')).toMatchObject({ status: 400, code: 'input.invalid' })
    expect((await confirm(id, 1, 'returned')).status).toBe(204)
    expect(await confirm(id, 1)).toMatchObject({ code: 'recall.confirmed' })
    expect(await act('eero', 'DELETE', id, '')).toMatchObject({ status: 409, code: 'research.released' })
  })

  test('needs a new proof of identity for its confirmation, or for a later due day, at an unattended desk', async () => {
    const { id } = await releasedDisclosure()
    const extension = (await extend(id, day(60))).body['id'] as string
    const proveIdentity = (ago: string) =>
      sql`update session set proved_at = now() - ${ago}::interval where person_id = ${ends.people.riitta.id}`.execute(
        admin,
      )
    await proveIdentity('16 minutes')
    const stale = { status: 403, code: 'confirm.fresh' }
    expect(await decideExtension(extension)).toMatchObject(stale)
    expect(await confirm(id, 1, 'destroyed', 'riitta')).toMatchObject(stale)
    await proveIdentity('1 minute')
    expect((await decideExtension(extension)).status).toBe(204)
    expect((await confirm(id, 1, 'destroyed', 'riitta')).status).toBe(204)
  })

  test('is due at once when the study ends, on its due day or before', async () => {
    const { id } = await releasedDisclosure()
    expect(await act('eero', 'POST', id, '/study-end', { endedOn: day(1) })).toMatchObject({
      code: 'research.day-ahead',
    })
    expect(await act('eero', 'POST', id, '/study-end', { endedOn: day(-1) })).toMatchObject({
      code: 'research.day-before',
    })
    expect((await act('eero', 'POST', id, '/study-end', { endedOn: day(0) })).status).toBe(204)
    const found = await read(id)
    expect(found).toMatchObject({ state: 'STUDY_ENDED', studyEndedOn: day(0), notices: [{ kind: 'study-ended' }] })
    expect(await release(id)).toBe('research.study-ended')
    expect(await extend(id, day(60))).toMatchObject({ code: 'research.study-ended' })
    await sql`update research_disclosure set study_ended_on = ${day(-9)}::date where id = ${id}`.execute(admin)
    expect(await read(id)).toMatchObject({ isOverdue: true, notices: [{ kind: 'overdue' }] })
  })
})

describe('the working days within which a copy must be destroyed or returned (AC13)', () => {
  afterEach(() => changeDisclosureRules({}))
  /** Returns the working days of a recall, from its making to its due time. */
  async function daysOf(id: string) {
    const { rows } = await sql<{ days: number }>`
      select n as days from generate_series(1, 12) n, disclosed_copy c join research_disclosure d on d.number = c.disclosure
      where d.id = ${id} and working_days_after(c.recalled_at, n) = c.due_at`.execute(admin)
    return rows.map(({ days }) => days)
  }

  test('are those of the description when a recall is made, and three by default', async () => {
    const [usual, longer, later] = [await releasedDisclosure(), await releasedDisclosure(), await releasedDisclosure()]
    await ends.forbidByCaller(usual.recordings[0]!)
    await changeDisclosureRules({ returnWorkingDays: 5 })
    await ends.forbidByCaller(longer.recordings[0]!)
    await changeDisclosureRules({ returnWorkingDays: 1 })
    await ends.forbidByCaller(later.recordings[0]!)
    expect([await daysOf(usual.id), await daysOf(longer.id), await daysOf(later.id)]).toEqual([[3], [5], [1]])
    expect((await read(longer.id)).isOverdue).toBe(false)
    await sql`update disclosed_copy set due_at = working_days_after(now() - interval '30 days', 5)
      where disclosure = (select number from research_disclosure where id = ${longer.id})`.execute(admin)
    expect((await read(longer.id)).isOverdue).toBe(true)
  })

  test('are those of the description when the end of a study is entered', async () => {
    const [usual, longer] = [await releasedDisclosure(), await releasedDisclosure()]
    const endStudy = async (id: string) =>
      expect((await act('eero', 'POST', id, '/study-end', { endedOn: day(0) })).status).toBe(204)
    const start = (id: string, days: number) =>
      sql`update research_disclosure set study_ended_on = ${day(-days)}::date where id = ${id}`.execute(admin)
    await endStudy(usual.id)
    await changeDisclosureRules({ returnWorkingDays: 10 })
    await endStudy(longer.id)
    await changeDisclosureRules({ returnWorkingDays: 1 })
    for (const { id } of [usual, longer]) await start(id, 9)
    expect([(await read(usual.id)).isOverdue, (await read(longer.id)).isOverdue]).toEqual([true, false])
    await start(longer.id, 30)
    expect(await read(longer.id)).toMatchObject({ isOverdue: true, notices: [{ kind: 'overdue' }] })
  })
})

describe('an overdue disclosure', () => {
  test('becomes overdue; its institute gets nothing else until the copies are confirmed, and it stays overdue until it is closed', async () => {
    const instituteId = await enterInstitute()
    const { id } = await releasedDisclosure({ instituteId, items: 2 })
    const next = await decidedDisclosure({ instituteId })
    await confirm(id, 1)
    await makeOverdue(id)
    expect(await read(id)).toMatchObject({
      isOverdue: true,
      open: 1,
      state: 'RELEASED',
      notices: [{ kind: 'overdue' }],
    })
    const isBlocked = async () =>
      ((await send('riitta', 'GET', '/api/institutes')).body['items'] as { id: string; isBlocked: boolean }[]).find(
        (one) => one.id === instituteId,
      )!.isBlocked
    expect(await isBlocked()).toBe(true)
    expect(await release(next.id)).toBe('research.institute-blocked')
    expect((await confirm(id, 2)).status).toBe(204)
    expect(await isBlocked()).toBe(false)
    expect(await release(next.id)).toBeUndefined()
    expect((await read(id)).isOverdue).toBe(true)
    await close(id)
    expect((await read(id)).isOverdue).toBe(false)
  })

  test('also counts as overdue if a recall is overdue, and blocks its institute', async () => {
    const instituteId = await enterInstitute()
    const { id, recordings } = await releasedDisclosure({ instituteId })
    await ends.forbidByCaller(recordings[0]!)
    const next = await decidedDisclosure({ instituteId })
    await sql`update disclosed_copy set due_at = now() - interval '1 minute'
      where disclosure = (select number from research_disclosure where id = ${id})`.execute(admin)
    expect(await release(next.id)).toBe('research.institute-blocked')
    expect(await read(id)).toMatchObject({ isOverdue: true, notices: [{ kind: 'destroy-now' }] })
  })

  test('gets a later due day only by another person’s decision, and never past the destruction of an item', async () => {
    const { id, recordings } = await releasedDisclosure()
    await makeOverdue(id)
    expect(await extend(id, day(-2))).toMatchObject({ code: 'research.day-not-later' })
    const request = await extend(id, day(10))
    expect(request.status).toBe(201)
    const extension = request.body['id'] as string
    expect(await extend(id, day(11), 'kaisa')).toMatchObject({ status: 409, code: 'research.extension-waits' })
    expect((await read(id, 'riitta')).may.decide).toBe(true)
    expect(await decideExtension(extension, 'GRANTED', 'eero')).toMatchObject({ code: 'deny.role' })
    await ends.setDay(recordings[0]!, Temporal.Now.instant().add({ hours: 24 * 9 }))
    expect(await decideExtension(extension)).toMatchObject({ status: 409, code: 'research.due-date-late' })
    expect((await decideExtension(extension, 'REFUSED')).status).toBe(204)
    expect(await decideExtension(extension)).toMatchObject({ code: 'research.decided' })
    expect((await read(id)).isOverdue).toBe(true)
    const again = (await extend(id, day(7))).body['id'] as string
    expect((await decideExtension(again)).status).toBe(204)
    expect(await read(id)).toMatchObject({ isOverdue: false, dueOn: day(7) })
    expect(await extend(id, day(10))).toMatchObject({ code: 'research.due-date-late' })
  })

  test('cannot get a later due day from the person who requested it or took part in the disclosure', async () => {
    const { id } = await releasedDisclosure()
    const extension = (await extend(id, day(60))).body['id'] as string
    const { riitta, eero } = research.people
    const requestedBy = (person: string) =>
      sql`update research_extension set asked_by = ${person} where id = ${extension}`.execute(admin)
    const own = { status: 403, code: 'research.own' }
    await requestedBy(riitta.id)
    expect(await decideExtension(extension)).toMatchObject(own)
    await requestedBy(eero.id)
    const setHands = (people: string[]) =>
      sql`update research_disclosure set hands = ${people}::uuid[] where id = ${id}`.execute(admin)
    await setHands([riitta.id])
    expect(await decideExtension(extension)).toMatchObject(own)
    await setHands([])
    expect((await decideExtension(extension)).status).toBe(204)
  })

  test('is reported each day by a log line of the custodian, a metric, an audit entry and the status', async () => {
    const { id } = await releasedDisclosure()
    await makeOverdue(id, 2)
    expect(await listBlockedDestructions(custodian)).toContainEqual(
      expect.objectContaining({ kind: 'disclosure-overdue', id }),
    )
    const [registry, text]: [Registry, string[]] = [new Registry(), []]
    const lines = () => text.filter((line) => line.includes(id)).length
    const { pool } = database.as('seloste_custodian')
    const log = makeLog({ name: 'custodian', write: (line) => text.push(line), pretty: false })
    const blockers = createBlockers({ now: () => Temporal.Now.instant(), log })
    const reporting = reportBacklog({ db: custodian, pool, log, blockers, registry, intervalMs: 20 })
    try {
      await expect.poll(lines, { timeout: 5_000 }).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(lines()).toBe(1)
      await sql`update research_disclosure set overdue_told_on = overdue_told_on - 1 where id = ${id}`.execute(admin)
      await expect.poll(lines, { timeout: 5_000 }).toBe(2)
    } finally {
      await reporting.stop()
    }
    expect(await registry.metrics()).toMatch(/seloste_disclosures_overdue [1-9]/)
    const { rows } = await sql`select from audit_entry where action = 'research.overdue' and object_id = ${id}`.execute(
      admin,
    )
    expect(rows).toHaveLength(2)
    expect(text.join('')).not.toMatch(/Tutkimus Oy|Laatu/)
  })
})

describe('the log of disclosures', () => {
  test('shows oversight and decision makers to whom, how many and by whose decision items were released, without calls, and the view is logged', async () => {
    const { id, recordings } = await releasedDisclosure({ items: 2 })
    await confirm(id, 1)
    const year = Temporal.Now.plainDateISO('Europe/Helsinki').year
    for (const name of ['dora', 'riitta'] as const) {
      const { body } = await send(name, 'GET', `/api/disclosures?year=${year}`)
      const entry = (body['items'] as { id: string }[]).find((one) => one.id === id)
      expect(entry).toMatchObject({
        kind: 'RESEARCH',
        state: 'RELEASED',
        about: 'Laatu 2027',
        items: 2,
        unconfirmed: 1,
        decidedBy: { name: 'Riitta' },
        releases: [],
      })
      expect(JSON.stringify(body)).not.toContain(recordings[0])
    }
    for (const name of ['eero', 'tuula', 'aino', 'anssi'] as const) {
      expect(await send(name, 'GET', '/api/disclosures')).toMatchObject({ status: 403, code: 'deny.role' })
    }
    const empty = await send('dora', 'GET', '/api/disclosures?year=2001')
    expect(empty.body['items']).toEqual([])
    const { rows } = await sql`
      select from audit_entry where action = 'disclosures.read' and result = 'ok' and person_id = ${research.people.dora.id}`.execute(
      admin,
    )
    expect(rows).toHaveLength(2)
  })

  test('counts a year without naming anybody', async () => {
    const year = Temporal.Now.plainDateISO('Europe/Helsinki').year
    const readStatistics = async () => {
      const { status, body } = await send('dora', 'GET', `/api/disclosures/statistics?year=${year}`)
      expect(status).toBe(200)
      return body['research'] as Record<string, number>
    }
    const before = await readStatistics()
    const { id } = await releasedDisclosure({ items: 2 })
    await confirm(id, 1, 'returned')
    const after = await readStatistics()
    const changed = Object.entries(after).filter(([name, value]) => value !== before[name])
    expect(Object.fromEntries(changed.map(([name, value]) => [name, value - before[name]!]))).toEqual({
      begun: 1,
      released: 1,
      items: 2,
      returned: 1,
    })
  })
})

test('a release at the same time as a prohibition either comes after it and is refused, or before it and is recalled', async () => {
  const { id, recordings } = await decidedDisclosure({ items: 1 })
  const [refused] = await Promise.all([release(id), ends.forbidByCaller(recordings[0]!)])
  const { rows } = await sql<{ state: string }>`
    select c.state from disclosed_copy c join research_disclosure d on d.number = c.disclosure where d.id = ${id}`.execute(
    admin,
  )
  expect(refused === undefined ? rows : refused).toEqual(
    refused === undefined ? [{ state: 'RECALLED' }] : 'research.item-destroyed',
  )
})

test('released items can be released again while the institute may have them, except recalled ones', async () => {
  const { id, recordings } = await releasedDisclosure({ items: 2 })
  await ends.forbidByCaller(recordings[0]!)
  expect(await release(id)).toBeUndefined()
  const { rows } = await sql`select item from research_items_to_release(${id})`.execute(admin)
  expect(rows).toEqual([{ item: 2 }])
})
