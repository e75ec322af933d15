import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { SafeguardTables } from '../tables.ts'
import { appendAudit } from './append.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db

const count = async () =>
  Number((await database.as().pool.query<{ n: string }>('select count(*) as n from audit_entry')).rows[0]?.n)

describe('an entry', () => {
  test('exists only if its transaction has committed', async () => {
    const before = await count()
    await desk.transaction().execute((tx) => appendAudit(tx, { action: 'sign-in.delayed', result: 'ok' }))
    expect(await count()).toBe(before + 1)
    await desk
      .transaction()
      .execute(async (tx) => {
        await appendAudit(tx, { action: 'sign-in.delayed', result: 'ok' })
        throw new Error('changed my mind')
      })
      .catch(() => undefined)
    expect(await count()).toBe(before + 1)
  })

  test.each([undefined, 'seloste_desk', 'seloste_capture', 'seloste_custodian'])(
    'cannot be changed or removed (%s)',
    async (role) => {
      await appendAudit(admin, { action: 'contact.read', result: 'ok' })
      for (const statement of [
        "update audit_entry set result = 'ok'",
        'update audit_entry set at = now() where seq = 1',
        'delete from audit_entry',
        'truncate audit_entry',
        'truncate audit_entry cascade',
      ]) {
        await expect(database.as(role).pool.query(statement)).rejects.toThrow(/append-only|permission denied/)
      }
    },
  )

  test('that is too large for a bundle of the export is refused', async () => {
    const large = { contacts: Array.from({ length: 1_200 }, () => '0198c7a2-0000-7000-8000-000000000003') }
    await appendAudit(custodian, { action: 'history.ended', result: 'ok', detail: large })
    for (const entry of [
      { detail: { contacts: [...large.contacts, ...large.contacts] } },
      { reference: 'x'.repeat(1_001) },
      { result: `refused:${'x'.repeat(1_000)}` as const },
    ]) {
      await expect(appendAudit(desk, { action: 'sign-in.delayed', result: 'ok', ...entry })).rejects.toThrow(
        'too large',
      )
    }
  })

  test('can be appended by each role of the program, which chooses neither its number nor its instant', async () => {
    await appendAudit(desk, { action: 'sign-in.delayed', result: 'ok' })
    await appendAudit(capture, { action: 'call.admitted', result: 'ok' })
    await appendAudit(custodian, { action: 'key.destroyed', result: 'ok' })
    await expect(
      database.as('seloste_desk').pool.query("insert into audit_entry (seq, action, result) values (1, 'x', 'ok')"),
    ).rejects.toThrow(/seq/)
    await expect(
      database.as('seloste_desk').pool.query("insert into audit_entry (at, action, result) values (now(), 'x', 'ok')"),
    ).rejects.toThrow('permission denied')
  })
})
