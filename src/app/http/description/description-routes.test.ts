import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Draft, DryRun, Version } from '../contract/description.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db

async function enter(name: string, role: Role): Promise<Browser> {
  const right = { role, purposes: [], scope: { kind: 'none' as const, units: [], numbers: [] } }
  return desk.signIn(await enterTestPerson(admin, database.as('seloste_desk').db, { name, right }))
}
const anssi = await enter('Anssi Aalto', 'ADMINISTRATOR')
const bea = await enter('Bea Berg', 'ADMINISTRATOR')
const riitta = await enter('Riitta Rantala', 'DECISION_MAKER')
const paula = await enter('Paula Palo', 'ACCESS_APPROVER')

const drafts = '/api/description/drafts'
const call = async <Body>(by: Browser, path: string, json?: unknown, method?: string) => {
  const { body, ...status } = await answer(
    by.fetch(path, { ...(json !== undefined && { json }), ...(method && { method }) }),
  )
  return { ...status, body: body as unknown as Body & { error?: { rows?: { row: number; code: string }[] } } }
}
const begin = async (by = anssi) => (await call<Draft>(by, drafts, undefined, 'POST')).body
const change = (draft: Pick<Draft, 'id' | 'revision'>, more: object, by = anssi) =>
  call<Draft>(by, `${drafts}/${draft.id}`, { revision: draft.revision, ...more }, 'PATCH')
const submit = ({ id, revision }: Draft, by = anssi) => call<Draft>(by, `${drafts}/${id}/submission`, { revision })
const decide = ({ id, revision }: Draft, decision: 'approve' | 'reject', by = riitta) =>
  call<Draft>(by, `${drafts}/${id}/decision`, { revision, decision })
const soon = (seconds: number) => Temporal.Now.instant().add({ seconds }).toString()
const months = (value: number) => [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value }]
const name = (en: string) => [{ path: ['controller', 'name', 'en'], value: en }]

describe('the procedure over HTTP', () => {
  test('goes from a draft to a version in force, visible to everybody', async () => {
    const draft = await begin()
    expect(draft).toMatchObject({
      basedOn: 1,
      state: 'DRAFT',
      author: { name: 'Anssi Aalto' },
      changes: [],
      mayEdit: true,
    })
    const written = await change(draft, { edits: name('Customs'), reason: 'A new name', effectiveFrom: soon(8) })
    expect(written.body).toMatchObject({ problems: [], reason: 'A new name' })
    expect(written.body.changes.map(({ text }) => text.en).join()).toContain('Customs')
    const sent = await submit(written.body)
    expect(sent.body).toMatchObject({ state: 'SUBMITTED', mayDecide: false })
    expect((await call<Draft>(riitta, `${drafts}/${draft.id}`)).body.mayDecide).toBe(true)
    const approved = await decide(sent.body, 'approve')
    expect(approved).toMatchObject({
      status: 200,
      body: { state: 'APPROVED', decision: { by: { name: 'Riitta Rantala' } } },
    })

    const { items } = (await call<{ items: Version[] }>(desk.visitor, '/api/description/versions')).body
    expect(items.map(({ version }) => version)).toEqual([2, 1])
    expect(items[0]).toMatchObject({ state: 'coming', changes: written.body.changes })
    expect(items[0]).not.toHaveProperty('author')
    await wait(Temporal.Instant.from(items[0]!.effectiveFrom).since(Temporal.Now.instant()).total('milliseconds') + 200)
    const { items: later } = (await call<{ items: Version[] }>(anssi, '/api/description/versions')).body
    expect(later.map(({ state }) => state)).toEqual(['in-force', 'past'])
    expect(later[0]).toMatchObject({ author: { name: 'Anssi Aalto' }, approver: { name: 'Riitta Rantala' } })
    const { body } = await call<{ text: string; document: object }>(paula, '/api/description/versions/2')
    expect(body.text).toContain('en: Customs')
    expect(body.document).toMatchObject({ version: 2, controller: { name: { en: 'Customs' } } })
    expect((await call(paula, '/api/description/versions/99')).status).toBe(404)
  })

  test('refuses with the code and the status of each reason', async () => {
    const draft = await begin()
    expect(await call(paula, drafts, undefined, 'POST')).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await call(desk.visitor, drafts)).toMatchObject({ status: 401, code: 'session.none' })
    expect(await change(draft, { reason: 'mine' }, bea)).toMatchObject({ status: 409, code: 'draft.not-editable' })
    expect(await submit(draft)).toMatchObject({ status: 400, code: 'draft.not-future', field: 'effectiveFrom' })
    const { body } = await change(draft, { edits: months(9), effectiveFrom: soon(3600) })
    expect(body.problems).toMatchObject([{ field: 'recordingPlan.rules[0].recordingMonths' }])
    expect(body.changes).toEqual([])
    expect(await change(draft, { reason: 'old' })).toMatchObject({ status: 409, code: 'draft.changed-meanwhile' })
    const refused = await submit(body)
    expect(refused).toMatchObject({
      status: 400,
      code: 'draft.problems',
      field: 'recordingPlan.rules[0].recordingMonths',
    })
    expect(await change(body, { edits: [{ path: ['numbers', 999], value: {} }] })).toMatchObject({
      status: 400,
      code: 'draft.problems',
      field: 'numbers[999]',
    })
    expect(await call(anssi, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')).toMatchObject({
      status: 400,
      code: 'draft.problems',
    })
    const right = (await change(body, { edits: months(4) })).body
    const sent = (await submit(right)).body
    expect(await decide(sent, 'approve', anssi)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await decide(right, 'approve')).toMatchObject({ status: 409, code: 'draft.changed-meanwhile' })
    expect(await call(anssi, `${drafts}/${draft.id}`, undefined, 'DELETE')).toMatchObject({
      status: 200,
      body: { state: 'WITHDRAWN' },
    })
    expect(await decide(sent, 'approve')).toMatchObject({ status: 409, code: 'draft.changed-meanwhile' })
  })

  test('stores text that is not YAML with its problems, and refuses to submit it', async () => {
    const draft = await begin()
    const { status, body } = await change(draft, { text: `${draft.text}\n: [` })
    expect(status).toBe(200)
    expect(body.problems.length).toBeGreaterThan(0)
    expect(body).not.toHaveProperty('document')
    expect(await submit((await change(body, { effectiveFrom: soon(3600) })).body)).toMatchObject({
      code: 'draft.problems',
    })
  })

  test('accepts numbers from a file, or lists the wrong rows', async () => {
    const draft = await begin()
    const send = (rows: string[]) =>
      call<Draft>(anssi, `${drafts}/${draft.id}/numbers`, {
        revision: draft.revision,
        content: Buffer.from(['number,kind,language,name_fi,name_sv,name_en,valid_from', ...rows].join('\n')).toString(
          'base64',
        ),
      })
    const wrong = await send([
      '029 497 020,NATIONAL_SERVICE,fi,a,b,c,2027-01-01',
      '029 497 021,SERVICE,fi,a,b,c,2027-01-01',
    ])
    expect(wrong).toMatchObject({ status: 422, code: 'import.refused' })
    expect(wrong.body.error?.rows).toMatchObject([{ row: 3, code: 'number.kind' }])
    const right = await send(['029 497 020,NATIONAL_SERVICE,fi,a,b,c,2027-01-01'])
    expect(right).toMatchObject({ status: 200, body: { revision: draft.revision + 1 } })
    expect(right.body.changes.map(({ text }) => text.en).join()).toContain('029 497 020')
  })
})

describe('the dry run', () => {
  const monthsBack = (count: number) =>
    Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months: count }).toInstant()
  const recorded = async (endedAt: Temporal.Instant, number = '029 497 000') => {
    const startedAt = endedAt.subtract({ minutes: 5 })
    await admit(database.as('seloste_capture').db, {
      ...callFacts({ startedAt, answeredAt: startedAt, endedAt, numberReached: { key: phone(number) } }),
      decision: { record: true, reason: 'drawn' },
      recording: recordingFacts({ startedAt, endedAt, months: 6 }),
    })
  }

  test('lists in words what would be destroyed, shortened, recorded and narrowed', async () => {
    for (const monthsAgo of [1, 2, 4, 5]) await recorded(monthsBack(monthsAgo))
    // The dry run counts whole days, in fives.
    const yesterday = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
      .subtract({ days: 1 })
      .withPlainTime('12:00')
      .toInstant()
    const times = { startedAt: yesterday, answeredAt: yesterday, endedAt: yesterday.add({ minutes: 4 }) }
    for (const draw of Array.from({ length: 5 }, () => [0.05, 0.15, 0.5]).flat()) {
      const decision = {
        record: draw < 0.1,
        reason: 'drawn',
        ruleId: 'service-numbers',
        ruleVersion: 3,
        share: 0.1,
        draw,
      }
      await admit(database.as('seloste_capture').db, callFacts({ decision, ...times }))
    }
    const purposes: Purpose[] = ['DEVELOPMENT']
    const right = { role: 'SUPERVISOR' as const, purposes, scope: 'their unit' as const }
    await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Sari', right })
    const draft = await begin()
    const { body: written } = await change(draft, {
      edits: [
        ...months(3),
        { path: ['recordingPlan', 'rules', 0, 'share'], value: 0.2 },
        { path: ['roles', 1, 'purposes', 0] },
      ],
    })
    expect(written.problems.map(({ code }) => code)).toEqual(['version.not-later'])
    const { status, body } = await call<DryRun>(riitta, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')
    expect(status).toBe(200)
    const reported = (kind: DryRun['consequences'][number]['kind'], field: string) =>
      body.consequences.filter((consequence) => consequence.kind === kind && consequence.field === field)
    const field = 'recordingPlan.rules[0].recordingMonths'
    expect(reported('recordings-destroyed', field).map(({ count }) => count)).toEqual([5, 0, 0])
    expect(reported('recordings-destroyed', field)[0]?.text).toEqual({
      fi: 'Numeron 029 497 000 säilytysaika 6 kuukaudesta 3 kuukauteen: enintään 5 tallennetta tuhottaisiin ensi yönä.',
      sv: 'Lagringstiden på 029 497 000 från 6 till 3 månader: högst 5 inspelningar skulle förstöras i natt.',
      en: 'Retention on 029 497 000 from 6 to 3 months: at most 5 recordings would be destroyed tonight.',
    })
    expect(reported('recordings-destroyed', field)[1]?.text.en).toMatch(/: no recording would be destroyed tonight\.$/)
    expect(reported('recordings-shortened', field).map(({ count, text }) => [count, text.sv])).toEqual([
      [
        5,
        'Lagringstiden på 029 497 000 från 6 till 3 månader: dessutom skulle högst 5 inspelningar förstöras tidigare än vad som nu är bestämt.',
      ],
    ])
    const [rights] = reported('rights-narrowed', 'roles[1]')
    expect(rights).toMatchObject({ count: 1, text: { en: '1 right to the role “supervisor” would be narrowed.' } })
    const [share] = reported('recorded-share', 'recordingPlan.rules[0].share')
    expect(share?.text.en).toMatch(
      /^Share on 029 497 000 from 10 to 20 per cent: of about 15 calls last week, about 5 were recorded; about 10 would be\.$/,
    )
  })

  test('describes in one sentence what would only be destroyed earlier', async () => {
    await recorded(monthsBack(1), '029 497 010')
    const draft = await begin()
    await change(draft, { edits: months(5) })
    const { body } = await call<DryRun>(riitta, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')
    const reported = body.consequences.filter(({ text }) => text.en.includes('029 497 010'))
    expect(reported).toMatchObject([{ kind: 'recordings-shortened' }])
    expect(reported[0]?.text.fi).toMatch(
      /: enintään \d+ (tallenne|tallennetta) tuhottaisiin aiemmin kuin nyt on määrä, ensi yönä ei vielä yhtään\.$/,
    )
    expect(reported[0]?.text.sv).toMatch(/ skulle förstöras tidigare än vad som nu är bestämt, i natt ännu ingen\.$/)
    expect(reported[0]?.text.en).toMatch(/ would be destroyed earlier than is due now, none of them tonight\.$/)
  })

  test('counts to the end of a day and in steps of five, so that it does not show when a call ended', async () => {
    const day = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay().add({ days: 40 })
    const noon = day.subtract({ months: 3 }).add({ hours: 12 })
    const record = () => recorded(noon.toInstant(), '029 497 001')
    for (let count = 0; count < 4; count++) await record()
    const draft = await begin()
    let { revision } = draft
    const counts = async (hour: number) => {
      const effectiveFrom = day.add({ hours: hour }).toInstant().toString()
      revision = (await change({ ...draft, revision }, { edits: months(3), effectiveFrom })).body.revision
      const { body } = await call<DryRun>(anssi, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')
      return body.consequences
        .filter(({ text }) => text.en.includes('029 497 001'))
        .map(({ kind, count }) => [kind, count])
    }
    const morning = await counts(6)
    expect(morning[0]).toEqual(['recordings-destroyed', 5])
    expect(await counts(18)).toEqual(morning)
    await record()
    expect(await counts(18)).toEqual(morning)
  })

  test('is refused to people who neither draft nor decide', async () => {
    const draft = await begin()
    expect(await call(paula, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')).toMatchObject({
      status: 403,
      code: 'deny.role',
    })
  })

  test('of a withdrawn draft is refused', async () => {
    const draft = await begin()
    await call(anssi, `${drafts}/${draft.id}`, undefined, 'DELETE')
    expect(await call(anssi, `${drafts}/${draft.id}/dry-run`, undefined, 'POST')).toMatchObject({
      code: 'draft.not-editable',
    })
  })
})
