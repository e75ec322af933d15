import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeSigner, sealLog } from '#test/audit/seal-log.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { endVerification, recordProgress, claimVerification } from '#safeguards/audit/log-verifications.ts'
import type { LogEntry, LogProof, LogVerification } from '../contract/log.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const { pool, db: admin } = database.as()
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const enterTester = (name: string, right?: Parameters<typeof enterTestPerson>[2]['right']) =>
  enterTestPerson(admin, database.as('seloste_desk').db, { name, unit: 'Testaajat', ...(right && { right }) })
const outi = await enterTester('Outi', { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: nothing })
const anssi = await enterTester('Anssi', { role: 'ADMINISTRATOR', purposes: [], scope: nothing })

let officer: Browser
let administrator: Browser
beforeAll(async () => {
  officer = await desk.signIn(outi)
  administrator = await desk.signIn(anssi)
})

interface Page {
  items: LogEntry[]
  anchor?: string
  next?: string
  approximateTotal: number
}
const read = async (query: Record<string, string> = {}, by = officer) =>
  (await answer(by.fetch(`/api/log?${new URLSearchParams(query).toString()}`))).body as unknown as Page

/** Entries as written by a process, under a reference of their own. */
async function enterEntries(count: number, fields: Record<string, string> = {}): Promise<string> {
  const reference = fields['reference'] ?? `VIKA-${randomUUID().slice(0, 8)}`
  await pool.query(
    `insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result)
     select $2, coalesce($3, 'MAINTENANCE'), coalesce($4, 'contact.read'), 'MAINTENANCE', $5, 'contact', $6, coalesce($7, 'ok')
     from generate_series(1, $1)`,
    [
      count,
      fields['person'] ?? anssi.id,
      fields['role'] ?? null,
      fields['action'] ?? null,
      reference,
      fields['object'] ?? randomUUID(),
      fields['result'] ?? null,
    ],
  )
  return reference
}

describe('reading the log', () => {
  test.each([
    ['GET', '/api/log'],
    ['GET', '/api/log/entries/1'],
    ['GET', '/api/log/state'],
    ['GET', '/api/log/verifications'],
    ['POST', '/api/log/verifications'],
    ['DELETE', `/api/log/verifications/${randomUUID()}`],
  ])('is for the data protection officer only: %s %s', async (method, path) => {
    expect((await answer(desk.visitor.fetch(path, { method }))).code).toBe('session.none')
    expect((await answer(administrator.fetch(path, { method }))).code).toBe('deny.role')
  })

  test('is not possible without the functions that log the view: the desk’s process cannot select entries', async () => {
    const process = database.as('seloste_desk').pool
    await expect(process.query('select * from audit_entry')).rejects.toThrow('permission denied')
    await expect(process.query(`select * from read_log('{}', null, null, 0, 10)`)).rejects.toThrow('deny.role')
    await expect(process.query(`select count_log('{}', 10)`)).rejects.toThrow('deny.role')
    await expect(process.query('select * from read_log_entry(1)')).rejects.toThrow('deny.role')
    await expect(process.query('select request_log_verification()')).rejects.toThrow('deny.role')
    expect((await process.query('select * from log_verification')).rows).toEqual([])
  })

  test('logs every view, with the search', async () => {
    const reference = await enterEntries(2)
    await read({ reference, role: 'MAINTENANCE' })
    const page = await read({ action: 'log.read' })
    const { body } = await answer(officer.fetch(`/api/log/entries/${page.items[0]!.seq}`))
    expect(body).toMatchObject({
      action: 'log.read',
      person: { id: outi.id, name: 'Outi' },
      role: 'DATA_PROTECTION_OFFICER',
      result: 'ok',
      detail: { reference, role: 'MAINTENANCE', entries: 2 },
    })
  })
})

describe('a page of the log', () => {
  test('has every field of an entry, and the person’s present name', async () => {
    const object = randomUUID()
    const reference = await enterEntries(1, { object, result: 'refused:deny.own' })
    const page = await read({ reference })
    expect(page.items).toEqual([
      {
        seq: expect.any(Number),
        at: expect.stringMatching(/^20.*Z$/),
        person: { id: anssi.id, name: 'Anssi' },
        role: 'MAINTENANCE',
        action: 'contact.read',
        purpose: 'MAINTENANCE',
        reference,
        object: { kind: 'contact', id: object },
        result: 'refused:deny.own',
      },
    ])
    expect(page).toMatchObject({ approximateTotal: 1 })
    await pool.query(`update person_name set name = 'Anssi Uusi' where person_id = $1`, [anssi.id])
    expect((await read({ reference })).items[0]?.person?.name).toBe('Anssi Uusi')
    await pool.query(`update person_name set name = 'Anssi' where person_id = $1`, [anssi.id])
  })

  test('follows the one before it without a gap, newest first, whatever is added meanwhile', async () => {
    const reference = await enterEntries(25)
    const seqs: number[] = []
    let page = await read({ reference, limit: '10' })
    const { anchor } = page
    expect(page.approximateTotal).toBe(25)
    for (;;) {
      seqs.push(...page.items.map(({ seq }) => seq))
      await enterEntries(3, { reference })
      if (page.next === undefined) break
      page = await read({ reference, limit: '10', cursor: page.next })
      expect(page.approximateTotal).toBe(25)
    }
    expect(seqs).toHaveLength(25)
    expect(seqs).toEqual(seqs.toSorted((one, other) => other - one))
    const middle = await read({ reference, limit: '5', skip: '7', cursor: anchor! })
    expect(middle.items.map(({ seq }) => seq)).toEqual(seqs.slice(7, 12))
    const whole = await read({ reference, limit: '100', cursor: anchor! })
    expect(whole.items.map(({ seq }) => seq)).toEqual(seqs)
  })

  test.each([
    ['person', { person: outi.id }, { person: outi.id }],
    ['person', { person: outi.userId }, { person: outi.id }],
    ['person', { person: 'uti' }, { person: outi.id }],
    ['role', { role: 'SECURITY' }, { role: 'SECURITY' }],
    ['action', { action: 'caller.revealed' }, { action: 'caller.revealed' }],
    ['result', { result: 'refused' }, { result: 'refused:deny.own' }],
    ['result', { result: 'failed' }, { result: 'failed:x' }],
  ])('is filtered by %s: %j', async (_, query, fields) => {
    const reference = await enterEntries(1)
    await enterEntries(2, { reference, ...(fields as Record<string, string>) })
    const page = await read({ reference, ...(query as Record<string, string>) })
    expect(page.items).toHaveLength(2)
    expect(page.approximateTotal).toBe(2)
  })

  test('is filtered by object and time, and is empty if nobody matches', async () => {
    const object = randomUUID()
    const reference = await enterEntries(1, { object })
    await enterEntries(1, { reference })
    expect((await read({ object })).items).toHaveLength(1)
    const [newest, oldest] = (await read({ reference })).items
    expect((await read({ reference, from: newest!.at })).items.map(({ seq }) => seq)).toEqual([newest!.seq])
    expect((await read({ reference, to: newest!.at })).items.map(({ seq }) => seq)).toEqual([oldest!.seq])
    expect((await read({ reference, person: 'ei kukaan % _' })).items).toEqual([])
  })

  test.each([
    ['cursor', 'x'],
    ['cursor', Buffer.from('["2026-01-01T00:00:00Z",-1,0]').toString('base64url')],
    ['from', '0000-01-01T00:00:00Z'],
    ['object', 'x'],
    ['role', 'ROOT'],
    ['limit', '501'],
    ['skip', '-1'],
    ['column', 'salt'],
  ])('is refused for %s=%s, and nothing is injected', async (name, value) => {
    expect((await answer(officer.fetch(`/api/log?${name}=${encodeURIComponent(value)}`))).code).toBe('input.invalid')
  })

  test('takes quotes and backslashes literally', async () => {
    const reference = await enterEntries(1, { reference: `O'\\"; drop table x --${randomUUID().slice(0, 8)}` })
    expect((await read({ reference })).items).toHaveLength(1)
    expect((await read({ reference: `' or true --` })).items).toEqual([])
    expect((await read({ action: `x' or '1'='1` })).items).toEqual([])
  })
})

describe('one entry', () => {
  const log = makeSigner('seloste/koe/2', 1)
  const proofOf = async (seq: number) =>
    (await answer(officer.fetch(`/api/log/entries/${seq}`))).body['proof'] as LogProof

  test('waits for the log’s tree, is then proved to be in the tree, and an alteration is detected', async () => {
    const reference = await enterEntries(300)
    const { items } = await read({ reference, limit: '300' })
    expect(await proofOf(items[0]!.seq)).toMatchObject({ state: 'pending', path: [] })
    const { size } = await sealLog(pool, log)
    for (const { seq } of [items[0]!, items[150]!, items.at(-1)!]) {
      const proof = await proofOf(seq)
      expect(proof).toMatchObject({ state: 'proved', checkpoint: { origin: 'seloste/koe/2', size, witnesses: [] } })
      expect(proof.path.length).toBeGreaterThan(4)
    }
    await pool.query(
      `begin; set local session_replication_role = replica; update audit_entry set role = 'OFFICIAL' where seq = ${items[0]!.seq}; commit`,
    )
    expect((await proofOf(items[0]!.seq)).state).toBe('broken')
    expect((await proofOf(items[1]!.seq)).state).toBe('proved')
    expect((await answer(officer.fetch('/api/log/state'))).body).toMatchObject({
      checkpoint: { size },
      pending: expect.any(Number),
    })
  })

  test('that is missing gets 404', async () => {
    expect((await answer(officer.fetch('/api/log/entries/999999999'))).code).toBe('not-found')
  })
})

describe('a verification', () => {
  const custodian = database.as('seloste_custodian').db
  const request = async () =>
    (await answer(officer.fetch('/api/log/verifications', { method: 'POST' }))).body as unknown as LogVerification
  const newest = async () =>
    ((await answer(officer.fetch('/api/log/verifications'))).body as unknown as { items: LogVerification[] }).items[0]!

  test('runs one at a time, reports its progress, and logs its result', async () => {
    const requested = await request()
    expect(requested).toMatchObject({ state: 'WAITING', askedBy: { name: 'Outi' }, checked: 0 })
    expect((await request()).id).toBe(requested.id)
    expect(await claimVerification(custodian)).toBe(requested.id)
    expect(await recordProgress(custodian, requested.id, { step: 'tree', checked: 70, entries: 100 })).toBe(true)
    expect(await newest()).toMatchObject({ state: 'RUNNING', step: 'tree', checked: 70, entries: 100 })
    const problems = [{ code: 'entry-missing' as const, leaf: 3, seq: 4, message: 'gone' }]
    const report = { entries: 100, pruned: 0, pending: 0, checkpoints: 1, witnesses: 0, recordings: 0, destructions: 0 }
    await endVerification(custodian, requested.id, { report: { ...report, accepted: 0, found: 1, problems } })
    expect(await newest()).toMatchObject({ state: 'BROKEN', report: { found: 1, problems } })
    expect((await read({ action: 'log.verified' })).items[0]).toMatchObject({
      person: { id: outi.id },
      result: 'failed:broken',
      object: { kind: 'log', id: requested.id },
    })
  })

  test('that is cancelled stops, and cannot be cancelled after it has ended', async () => {
    const { id } = await request()
    await claimVerification(custodian)
    expect((await officer.fetch(`/api/log/verifications/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect(await recordProgress(custodian, id, { step: 'tree', checked: 1, entries: 2 })).toBe(false)
    await endVerification(custodian, id, 'cancelled')
    expect((await newest()).state).toBe('CANCELLED')
    expect((await answer(officer.fetch(`/api/log/verifications/${id}`, { method: 'DELETE' }))).code).toBe('not-found')
  })
})

describe('an action that only another process may append', () => {
  test.each([
    ['seloste_desk', 'log.pruned'],
    ['seloste_desk', 'log.read'],
    ['seloste_desk', 'recording.kept'],
    ['seloste_capture', 'recording.destroyed'],
    ['seloste_capture', 'log.break-accepted'],
    ['seloste_custodian', 'log.pruned'],
    ['seloste_custodian', 'log.break-accepted'],
  ])('is refused to %s: %s', async (role, action) => {
    const insert = database.as(role).pool.query(`insert into audit_entry (action, result) values ($1, 'ok')`, [action])
    await expect(insert).rejects.toThrow('row-level security')
  })
})
