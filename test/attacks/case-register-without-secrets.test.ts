/**
 * The case register shows each kind of decision only to those whose other screens show it, preservation orders only to those who may
 * know of them (L37), and never a call, caller or requester.
 */
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkPdfA } from '../conformance/pdf/check-pdf-a.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, post, as, people } = ends
type Name = Parameters<typeof as>[0]

interface Entry {
  identifier: string
  kind: string
  title: { fi: string }
  facts: Record<string, unknown>
}
const today = Temporal.Now.plainDateISO('Europe/Helsinki')
const query = (given: Record<string, string> = {}) =>
  new URLSearchParams({
    from: today.subtract({ days: 400 }).toString(),
    to: today.add({ days: 1 }).toString(),
    ...{ format: 'json', language: 'fi' },
    ...given,
  }).toString()
const ask = async (name: Name, given?: Record<string, string>) => (await as(name)).fetch(`/api/records?${query(given)}`)
const textOf = async (name: Name, given?: Record<string, string>) => {
  const answered = await ask(name, given)
  expect(answered.status).toBe(200)
  return answered.text()
}
const entriesOf = async (name: Name, given?: Record<string, string>) =>
  (JSON.parse(await textOf(name, given)) as { entries: Entry[] }).entries
const logged = async (name: Name) => {
  const { rows } = await sql<{ result: string; role: string | null; detail: object }>`
    select result, role, detail from audit_entry where action = 'records.read' and person_id = ${people[name].id}::uuid
    order by seq desc limit 1`.execute(admin)
  return rows[0]
}

const countReads = async () => {
  const { rows } = await sql<{ reads: number }>`
    select count(*)::integer as reads from audit_entry where action = 'records.read' and result = 'ok'`.execute(admin)
  return rows[0]!.reads
}

let contactId: string
let held: string
let number: string
const police = '=HYPERLINK("http://x";"Poliisi")'
const enterOrder = async () => {
  const { status, body } = await post('tuula', '/api/holds', {
    contactId,
    covers: 'both',
    provision: '806/2011 8:24',
    authority: 'Helsingin poliisilaitos',
    orderReference: 'R/77/26',
    until: Temporal.Now.instant().add({ hours: 240 }).toString(),
    reference: 'TURVA-1',
  })
  expect(status).toBe(201)
  return body['id'] as string
}

beforeAll(async () => {
  const rules = ends.versions.at(Temporal.Now.instant()).description.disclosure
  await storeDisclosureRules(custodian, rules)
  ;({ contactId } = await ends.makeRecording())
  number = (await ends.serve([contactId])).number
  const { status } = await post('tuula', '/api/authority-disclosures', {
    ...{ origin: 'REQUEST', authority: police, officer: 'M. Malli', caseNumber: '5560/R/1/26', aim: 'INVESTIGATION' },
    ...{ provisionId: rules.provisions[0]!.id, receivedAt: Temporal.Now.instant().subtract({ minutes: 1 }).toString() },
  })
  expect(status).toBe(201)
  const { status: requestStatus } = await post('asta', '/api/rights/requests', {
    people: [people.bertil.id],
    ...{ role: 'MAINTENANCE', purposes: ['MAINTENANCE'], until: today.add({ days: 30 }).toString() },
    reason: 'Salainen peruste',
  })
  expect(requestStatus).toBeLessThan(300)
})

describe('the case register', () => {
  test('does not change for the data protection officer when an order is entered', async () => {
    const withoutTime = (text: string) => text.replace(/"made":"[^"]+"/, '')
    const before = [withoutTime(await textOf('dora')), await textOf('dora', { format: 'csv' })]
    held = await enterOrder()
    expect([withoutTime(await textOf('dora')), await textOf('dora', { format: 'csv' })]).toEqual(before)
    expect(before.join()).not.toMatch(/R\/77\/26|preservation/)
  })

  test('does not say when a requester was erased, which depends on what keeps their recording', async () => {
    expect(await textOf('dora')).not.toContain('requesterErasedAt')
  })

  test('shows orders to the decision maker, without their calls', async () => {
    const orders = (await entriesOf('riitta')).filter(({ kind }) => kind === 'ORDER')
    expect(orders).toMatchObject([{ identifier: `order:${held}`, title: { fi: 'Säilyttämismääräys R/77/26' } }])
    expect(JSON.stringify(orders)).not.toContain(contactId)
    // The order ends after the period: the day on which it was entered counts.
    const later = { from: today.add({ days: 1 }).toString(), to: today.add({ days: 30 }).toString() }
    expect(await entriesOf('riitta', later)).toEqual([])
  })

  test('refuses the kind of orders to the data protection officer, and the kind of rights to the decision maker', async () => {
    for (const [name, kinds] of [
      ['dora', 'ORDER'],
      ['dora', 'REQUEST,ORDER'],
      ['riitta', 'RIGHT'],
    ] as const) {
      const answered = await ask(name, { kinds })
      expect(answered.status).toBe(403)
      expect(await answered.text()).toContain('deny.role')
    }
  })

  test('is refused to everybody else, and the refusal is logged', async () => {
    for (const name of ['aino', 'paula', 'tuula', 'matti', 'asta'] as const) {
      expect((await ask(name)).status).toBe(403)
    }
    const { rows } = await sql`
      select from audit_entry where result = 'refused:deny.role' and person_id = ${people.asta.id}::uuid`.execute(admin)
    expect(rows).toHaveLength(1)
  })

  test('names no call, caller, requester or reason in any format', async () => {
    const { rows } = await sql<{ name: string; caller: string | null }>`
      select r.name, c.caller_raw as caller from subject_requester r, contact c where c.id = ${contactId}::uuid`.execute(
      admin,
    )
    const secrets = [contactId, 'Salainen peruste', 'M. Malli', ...rows.flatMap(({ name, caller }) => [name, caller])]
    for (const name of ['dora', 'riitta'] as const) {
      const texts = [await textOf(name), await textOf(name, { format: 'csv' })].join('\n')
      expect(texts).toContain(number)
      for (const secret of secrets.filter((one) => one !== null)) expect(texts).not.toContain(secret)
    }
  })

  test('starts no formula in a spreadsheet, whatever the name of an authority', async () => {
    const csv = await textOf('dora', { format: 'csv', kinds: 'AUTHORITY' })
    expect(csv).toContain('HYPERLINK')
    for (const line of csv.trim().split('\r\n').slice(1))
      for (const cell of line.split(';')) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@]/)
  })

  test('is logged with its period and kinds, and an export with orders is logged like one of all kinds', async () => {
    await textOf('dora', { kinds: 'REQUEST,VERSION' })
    const period = { from: today.subtract({ days: 400 }).toString(), to: today.add({ days: 1 }).toString() }
    expect(await logged('dora')).toEqual({
      result: 'ok',
      role: 'DATA_PROTECTION_OFFICER',
      detail: { ...period, kinds: ['REQUEST', 'VERSION'] },
    })
    for (const given of [{ kinds: 'ORDER' }, {}] as Record<string, string>[]) {
      await textOf('riitta', given)
      expect(await logged('riitta')).toMatchObject({ role: 'DECISION_MAKER', detail: period })
      expect((await logged('riitta'))?.detail).not.toHaveProperty('kinds')
    }
  })

  test('gives no later part of an export that is not in the log', async () => {
    const desk = database.as('seloste_desk').db
    const session = await people.dora.signIn()
    const laterPart = (days: number) =>
      inSession(desk, { 'seloste.session': session.token }, (tx) =>
        sql`select * from view_records(null, ${today.subtract({ days }).toString()}::date, ${today.toString()}::date, '-infinity', '')`.execute(
          tx,
        ),
      )
    await expect(laterPart(399)).rejects.toThrow('deny.role')
    await textOf('dora', { from: today.subtract({ days: 399 }).toString(), to: today.toString() })
    await expect(laterPart(399)).resolves.toBeDefined()
    await expect(laterPart(398)).rejects.toThrow('deny.role')
  })

  test('refuses invalid days, a period that ends before it begins, and unknown kinds', async () => {
    for (const given of [{ from: '2026-02-30' }, { from: '2027-01-02', to: '2027-01-01' }, { kinds: 'ORDER,' }]) {
      expect((await ask('riitta', given)).status).toBe(400)
    }
  })

  test('is a valid PDF/A-2a as a PDF', async () => {
    const answered = await ask('dora', { format: 'pdf' })
    expect(answered.headers.get('content-disposition')).toMatch(/^attachment; filename="asiarekisteri-/)
    expect(checkPdfA(Buffer.from(await answered.arrayBuffer()))).toEqual([])
  })

  test('of thousands of decisions is streamed without a gap, logged once, and is too long for a PDF', async () => {
    const before = (await entriesOf('dora')).length
    await admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`
        insert into right_request (batch_id, person_id, role, purposes, scope_kind, scope_units, scope_numbers, reason, valid_to,
          requested_by, requested_at)
        select gen_random_uuid(), ${people.bertil.id}::uuid, 'OFFICIAL', '{DEVELOPMENT}', 'own', '{}', '{}', 'x', now() + interval '1 day',
          ${people.asta.id}::uuid, now() from generate_series(1, 2100)`.execute(tx)
    })
    const reads = await countReads()
    const entries = await entriesOf('dora')
    expect(await countReads()).toBe(reads + 1)
    expect(entries).toHaveLength(before + 2100)
    expect(new Set(entries.map(({ identifier }) => identifier)).size).toBe(entries.length)
    const answered = await ask('dora', { format: 'pdf' })
    expect(answered.status).toBe(409)
    expect(await answered.text()).toContain('records.too-many')
  })
})
