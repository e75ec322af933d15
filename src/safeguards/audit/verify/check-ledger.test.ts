import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { makeDestructionEntry, openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { SafeguardTables } from '../../tables.ts'
import { readLogKey } from '../log-key.ts'
import { writeVerifierKey } from '../note.ts'
import { checkLedger } from './check-ledger.ts'
import { Findings } from './report.ts'
import { readVerifierKey, type VerifierKey } from './signed-note.ts'

const database = await createTestDatabase<SafeguardTables>()
const { db } = database.as()
const ledger = await openTestLedger(database)
const log = readVerifierKey(writeVerifierKey((await readLogKey(ledger.keys))!)) as VerifierKey

const withKey = { ...makeDestructionEntry(), detail: { monthKey: 'month-2027-03.v1' } }
await ledger.append({ kind: 'month-key', name: 'month-2027-03.v1', cause: 'renewed', doneBy: 'destroyer', detail: {} })
await ledger.append(withKey, ...Array.from({ length: 300 }, () => makeDestructionEntry()))
const head = await ledger.seal()
await ledger.append(makeDestructionEntry())

class RollBack extends Error {}

async function verifyChanged(change?: string, heads: { source: string; note: string }[] = []) {
  const findings = new Findings()
  let checked = 0
  await db
    .transaction()
    .execute(async (tx) => {
      if (change !== undefined) {
        for (const statement of ['set local session_replication_role = replica', ...change.split(';')])
          await sql.raw(statement).execute(tx)
      }
      checked = await checkLedger(tx, { log, witnesses: [] }, heads, findings)
      throw new RollBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof RollBack)) throw error
    })
  return {
    checked,
    codes: [...new Set(findings.inOrder().map(({ code }) => code))].sort(),
    first: findings.inOrder()[0]?.message,
  }
}

describe('the verifier of the ledger, which shares no code with its writer,', () => {
  test('finds nothing wrong with an unchanged ledger', async () => {
    expect(await verifyChanged()).toEqual({ checked: 303, codes: [], first: undefined })
    expect(await verifyChanged(undefined, [{ source: 'the head beside the keys', note: head!.note }])).toMatchObject({
      codes: [],
    })
  })

  test.each([
    ['an altered entry', `update destruction_entry set cause = 'official' where seq = 7`, 'ledger-altered'],
    [
      'altered locations of a destruction',
      `update destruction_entry set targets = '{}' where seq = 7`,
      'ledger-altered',
    ],
    ['a deleted entry', 'delete from destruction_entry where seq = 7', 'ledger-altered'],
    [
      'an inserted entry',
      `insert into destruction_entry (object_kind, object_id, cause, done_by, targets) values ('right', gen_random_uuid(), 'revoked', 'x', '{}')`,
      'ledger-altered',
    ],
    [
      'an entry and its hash, altered consistently',
      `update ledger_leaf set hash = sha256('') where index = 9`,
      'ledger-altered',
    ],
    [
      'a truncated end',
      `delete from ledger_leaf where index > 290; delete from destruction_entry where seq > 291; delete from ledger_pending`,
      'ledger-altered',
    ],
    ['a hash inside the tree', `update ledger_subtree set hash = sha256('')`, 'ledger-altered'],
    ['a head with another size', 'update ledger_head set size = 299 where size = 302', 'ledger-head-wrong'],
    [
      'a head whose text was changed',
      `update ledger_head set note = replace(note, '302', '301') where size = 302`,
      'ledger-head-wrong',
    ],
    ['a missing head', 'delete from ledger_head', 'ledger-head-wrong'],
    [
      'a missing entry that waited for its number',
      'delete from destruction_entry where seq in (select seq from ledger_pending)',
      'ledger-altered',
    ],
    [
      'a destroyed recording without a receipt for its key',
      `delete from destruction_entry where object_kind = 'month-key'`,
      'ledger-receipt-missing',
    ],
  ])('finds %s', async (_, change, code) => {
    expect((await verifyChanged(change)).codes).toContain(code)
  })

  test('finds that the ledger was rolled back to before a head that is kept elsewhere', async () => {
    const change =
      'delete from ledger_leaf where index > 299; delete from destruction_entry where seq > 300; delete from ledger_pending; delete from ledger_head where size > 300'
    const { codes } = await verifyChanged(change, [{ source: 'the head beside the keys', note: head!.note }])
    expect(codes).toEqual(['ledger-altered'])
  })
})
