import { randomUUID } from 'node:crypto'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { openTestLedger } from '#test/audit/open-ledger.ts'
import { checkPdfUa } from '#test/conformance/pdf/check-pdf-ua.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import { languages } from '#description/closed-lists.ts'
import type { Role } from '#description/roles.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { servedRequest } from '#test/requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const ledger = await openTestLedger(database)
const destroyer = makeDestroyer(database, register)
const { db: admin, pool } = database.as()

const none = { kind: 'none' as const, units: [], numbers: [] }
const person = (
  role: Role,
  purposes: ('INSPECTION' | 'DEVELOPMENT' | 'CRIME_OR_MISUSE' | 'MAINTENANCE')[],
  kind: 'own' | 'all' | 'none',
) =>
  enterTestPerson(admin, database.as('seloste_desk').db, {
    name: role.toLowerCase(),
    right: { role, purposes, scope: { ...none, kind } },
  })
const aino = await person('OFFICIAL', ['DEVELOPMENT', 'INSPECTION'], 'own')
const other = await person('OFFICIAL', ['DEVELOPMENT', 'INSPECTION'], 'own')
const clerk = await person('SERVICE_UNIT', ['INSPECTION'], 'all')
const security = await person('SECURITY', ['CRIME_OR_MISUSE'], 'all')
const officer = await person('DATA_PROTECTION_OFFICER', [], 'none')
const decider = await person('DECISION_MAKER', [], 'none')
const approver = await person('ACCESS_APPROVER', [], 'none')
const browsers = new Map<string, Awaited<ReturnType<typeof desk.signIn>>>()
const browserOf = async (person: typeof aino) => {
  const browser = browsers.get(person.id) ?? (await desk.signIn(person))
  browsers.set(person.id, browser)
  return browser
}
const get = async (person: typeof aino, path: string) => answer((await browserOf(person)).fetch(path))

let forbidden: RecordedSegment
/** Number of the request that the clerk serves. */
let served: string
let held: RecordedSegment
const hold = randomUUID()
beforeAll(async () => {
  const own = { official: { ...colleagueOf(aino), personId: aino.id } }
  forbidden = await register.record(own)
  held = await register.record(own)
  for (const { id } of [forbidden, held]) await ingestRecording(register.ingest, id, Temporal.Now.instant())
  await destroyer.destroy(forbidden.id)
  const contacts = [forbidden.contactId, held.contactId]
  served = (await servedRequest(admin, { clerkId: clerk.id, contacts })).number
  await pool.query(`select append_to_ledger('hold', $1, 'entered', '{}')`, [hold])
  await ledger.append({ kind: 'recording', id: randomUUID(), cause: 'hold-end', doneBy: 'sweep', detail: {} })
  await ledger.seal()
})

async function textOf(pdf: Buffer): Promise<string> {
  const doc = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise
  const texts: string[] = []
  for (let number = 1; number <= doc.numPages; number += 1) {
    const { items } = await (await doc.getPage(number)).getTextContent()
    texts.push(...items.map((item) => ('str' in item ? item.str : '')))
  }
  return texts.join(' ').replaceAll(/\s+/g, ' ')
}

describe('the end of a recording', () => {
  const path = (id: string, query = 'purpose=DEVELOPMENT') => `/api/recordings/${id}/destruction?${query}`

  test('is reported, with its ledger entry, to people who may see the call', async () => {
    const { status, body } = await get(aino, path(forbidden.id))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      state: 'destroyed',
      cause: 'caller',
      entry: { kind: 'recording', objectId: forbidden.id, cause: 'caller', doneBy: 'test', places: [] },
    })
    expect(await get(aino, path(held.id))).toMatchObject({ status: 200, body: { state: 'held' } })
  })

  test('is not revealed to people who may not see the call', async () => {
    expect(await get(other, path(forbidden.id))).toMatchObject({ status: 404 })
    expect(await get(aino, path(randomUUID()))).toMatchObject({ status: 404 })
  })

  test('by its term is reported with its day, and an order that kept it longer is not revealed', async () => {
    await pool.query(
      `begin; set local session_replication_role = replica;
       update recording set state = 'DESTROYED', cause = 'hold-end', destroyed_at = now(), destroy_at = '2026-11-01T10:00:00Z',
         reported_destroyed_at = '2026-11-01T10:00:41Z' where id = '${held.id}';
       commit`,
    )
    await ledger.append({ kind: 'recording', id: held.id, cause: 'hold-end', doneBy: 'sweep', detail: {} })
    await ledger.seal()
    const { body } = await get(aino, path(held.id))
    expect(body).toEqual({ state: 'destroyed', cause: 'retention', destroyedAt: '2026-10-31T22:00:00Z' })
    expect(await get(clerk, `/api/recordings/${held.id}/certificate?language=fi&reference=${served}`)).toMatchObject({
      status: 404,
    })
  })
})

describe('the certificate', () => {
  const path = (id: string, query: string) => `/api/recordings/${id}/certificate?${query}`

  test.each(languages)(
    'in %s is a tagged PDF (PDF/UA) that says what was destroyed, why, and how to check it',
    async (language) => {
      const response = await (
        await browserOf(clerk)
      ).fetch(path(forbidden.id, `language=${language}&reference=${served}`))
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      const pdf = Buffer.from(await response.arrayBuffer())
      expect(checkPdfUa(pdf)).toEqual([])
      const text = await textOf(pdf)
      const { rows } = await pool.query<{ hash: string; number: string }>(
        `select encode(l.hash, 'hex') as hash, l.index + 1 as number from ledger_leaf l join destruction_entry e using (seq) where e.object_id = $1`,
        [forbidden.id],
      )
      expect(text.replaceAll(' ', '')).toContain(rows[0]!.hash)
      expect(text).toContain(forbidden.id)
      expect(text.replaceAll(' ', '')).toContain(ledger.key.name.replaceAll(' ', ''))
      expect(text).toMatch({ fi: /Soittaja kielsi/, sv: /Uppringaren förbjöd/, en: /The caller forbade/ }[language])
      expect(text).toMatch({ fi: /tuhosi avaimen/, sv: /förstörde nyckeln/, en: /destroyed the key on/ }[language])
    },
  )

  test('is given to the call’s official without a reference, and to the Service Unit only with one', async () => {
    expect((await (await browserOf(aino)).fetch(path(forbidden.id, 'language=fi'))).status).toBe(200)
    expect(await get(clerk, path(forbidden.id, 'language=fi'))).toMatchObject({ status: 403, code: 'deny.reference' })
    expect(await get(clerk, path(forbidden.id, 'language=fi&reference=T-1'))).toMatchObject({ status: 404 })
    expect(await get(other, path(forbidden.id, 'language=fi'))).toMatchObject({ status: 404 })
    expect(await get(security, path(forbidden.id, 'language=fi&reference=R-1'))).toMatchObject({ status: 403 })
  })

  test('is logged, and names neither the caller nor the official', async () => {
    const { rows } = await pool.query(
      `select person_id, reference, detail ->> 'language' as language from audit_entry where action = 'certificate.made' and result = 'ok' and object_id = $1 order by seq limit 1`,
      [forbidden.id],
    )
    expect(rows).toEqual([{ person_id: clerk.id, reference: served, language: 'fi' }])
    const response = await (await browserOf(aino)).fetch(path(forbidden.id, 'language=fi'))
    const text = (await textOf(Buffer.from(await response.arrayBuffer()))).replaceAll(' ', '')
    expect(text).toContain(forbidden.id)
    for (const detail of [forbidden.contactId, 'Kollega', aino.userId, '1234567']) expect(text).not.toContain(detail)
  })
})

describe('the ledger', () => {
  const entriesFor = async (person: typeof aino) => {
    const { body } = await get(person, '/api/retention/ledger?limit=200')
    return (
      body as unknown as { items: { kind: string; cause: string; seq: number; objectId: string; doneBy: string }[] }
    ).items
  }

  test('is shown newest first, page by page, to people responsible for it', async () => {
    const items = await entriesFor(officer)
    expect(items.map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq).toSorted((one, two) => two - one))
    const { body } = await get(officer, '/api/retention/ledger?limit=1')
    const first = body as unknown as { items: { seq: number }[]; next: number }
    expect(first.next).toBe(first.items[0]?.seq)
    const { body: second } = await get(officer, `/api/retention/ledger?limit=1&before=${first.next}`)
    expect((second as unknown as typeof first).items[0]?.seq).toBe(items[1]?.seq)
    for (const person of [aino, clerk, approver]) {
      expect(await get(person, '/api/retention/ledger')).toMatchObject({ status: 403, code: 'deny.role' })
    }
  })

  test('shows preservation orders to the security unit and the decision maker, and to nobody else', async () => {
    for (const person of [security, decider]) {
      const items = await entriesFor(person)
      expect(items.filter(({ kind }) => kind === 'hold')).toHaveLength(1)
      expect(items.filter(({ cause }) => cause === 'hold-end')).toHaveLength(2)
    }
    const items = await entriesFor(officer)
    expect(items.filter(({ kind, cause }) => kind === 'hold' || cause === 'hold-end')).toEqual([])
    // A gap in the numbers does not reveal the orders either, because other entries are numbered as well.
    const numbers = items.map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! - index))
    const others = items.filter(({ kind }) => kind === 'other')
    expect(others.length).toBeGreaterThan(0)
    expect(new Set(others.map(({ cause, objectId, doneBy }) => `${cause} ${objectId} ${doneBy}`))).toEqual(
      new Set(['other  ']),
    )
  })

  test('no search of the log reveals preservation orders to the data protection officer', async () => {
    await pool.query(
      `insert into audit_entry (action, result, object_kind, object_id) values ('hold.entered', 'ok', 'hold', $1), ('request.refused', 'refused:deny.role', 'hold', null), ('holds.read', 'ok', null, null)`,
      [hold],
    )
    await pool.query(
      `insert into audit_entry (action, result, object_kind, object_id, detail) values ('recording.destroyed', 'ok', 'recording', $1, '{"cause": "hold-end"}')`,
      [held.id],
    )
    for (const query of ['', '?action=hold.entered', `?object=${hold}`, `?object=${held.id}`]) {
      const { status, body } = await get(officer, `/api/log${query}`)
      expect(status).toBe(200)
      const { items } = body as unknown as { items: { action: string; object?: { kind: string } }[] }
      expect(items.filter(({ action, object }) => action.startsWith('hold') || object?.kind === 'hold')).toEqual([])
      expect(JSON.stringify(items)).not.toContain('hold-end')
    }
    const { rows } = await pool.query<{ seq: string }>(`select seq from audit_entry where action = 'hold.entered'`)
    expect(await get(officer, `/api/log/entries/${rows[0]?.seq}`)).toMatchObject({ status: 404 })
  })
})
