import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeDestructionEntry, openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openLogFolder, type LogFolder } from '../audit/log-folder.ts'
import { readCheckpoint, signedBy } from '../audit/note.ts'
import type { SafeguardTables } from '../tables.ts'
import { appendToLedger } from './append-to-ledger.ts'

const database = await createTestDatabase<SafeguardTables>()
const { db: admin, pool } = database.as()
const custodian = database.as('seloste_custodian').db
const ledger = await openTestLedger(database)

const numbered = async () => {
  const { rows } = await pool.query<{ index: number; id: string }>(
    'select l.index, e.object_id as id from ledger_leaf l join destruction_entry e using (seq) order by l.index',
  )
  return rows
}

/** Makes a change as the database's owner, runs the check, and reverts the change. */
async function whileTampered(change: string, revert: string, check: () => Promise<void>) {
  const run = async (statement: string) => {
    await pool.query(`begin; set local session_replication_role = replica; ${statement}; commit`)
  }
  await run(change)
  await check()
  await run(revert)
}

describe('the sequencer of the ledger', () => {
  test('signs the head of an empty ledger first, with the audit log’s key under the ledger’s name', async () => {
    const head = await ledger.seal()
    expect(head?.size).toBe(0)
    const read = readCheckpoint(head?.note ?? '')
    expect(read?.origin).toMatch(/^seloste\/.+\/ledger$/)
    expect(signedBy(ledger.key, read!)).toMatchObject({ line: expect.any(String) as string })
    expect(await ledger.folder.readCheckpoint()).toBe(head?.note)
  })

  test('numbers committed entries in order and without gaps, even if others were rolled back', async () => {
    const [first, lost, second] = [makeDestructionEntry(), makeDestructionEntry(), makeDestructionEntry()]
    await ledger.append(first)
    await custodian
      .transaction()
      .execute(async (tx) => {
        await appendToLedger(tx, lost)
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    await ledger.append(second)
    expect((await ledger.seal())?.size).toBe(2)
    expect(await numbered()).toEqual([
      { index: 0, id: first.id },
      { index: 1, id: second.id },
    ])
    expect((await ledger.seal())?.size).toBe(2)
  })

  test('gives an entry one number, however many processes number at once', async () => {
    const entries = Array.from({ length: 40 }, () => makeDestructionEntry())
    await Promise.all([
      ...entries.map((entry) => ledger.append(entry)),
      ...Array.from({ length: 8 }, () => ledger.seal()),
    ])
    const head = await ledger.seal()
    const rows = await numbered()
    expect(rows.map(({ index }) => index)).toEqual([...rows.keys()])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    expect(head?.size).toBe(42)
    expect(await ledger.folder.readCheckpoint()).toBe(head?.note)
  })

  test('does not block destructions: entries commit during a run', async () => {
    const lockHolder = await pool.connect()
    await lockHolder.query(`begin; select pg_advisory_xact_lock(hashtextextended('seloste.ledger', 0))`)
    await ledger.append(makeDestructionEntry())
    await lockHolder.query('rollback')
    lockHolder.release()
    expect((await ledger.seal())?.size).toBe(43)
  })

  test.each(['before the head was written beside the keys', 'after the head was written beside the keys'])(
    'a run that ended %s is resumed',
    async (when) => {
      const dying: LogFolder = {
        ...ledger.folder,
        async writeCheckpoint(note) {
          if (when.startsWith('after')) await ledger.folder.writeCheckpoint(note)
          throw new Error('killed')
        },
      }
      await ledger.append(makeDestructionEntry())
      await expect(ledger.seal(dying)).rejects.toThrow('killed')
      await ledger.append(makeDestructionEntry())
      const head = await ledger.seal()
      expect(head?.size).toBe((await numbered()).length)
      const stored = await admin.selectFrom('ledger_head').select('size').orderBy('size', 'desc').executeTakeFirst()
      expect(stored?.size).toBe(head?.size)
    },
  )
})

describe('a ledger is not signed', () => {
  test.each([
    ['without its last entries', 'delete from ledger_leaf where index = 46', 'ledger-turned-back'],
    ['with an altered entry', `update destruction_entry set cause = 'official' where seq = 1`, 'ledger-altered'],
    ['with an altered hash', `update ledger_leaf set hash = sha256('') where index = 3`, 'ledger-altered'],
    ['without a numbered entry', 'delete from destruction_entry where seq = 1', 'ledger-altered'],
  ])('%s', async (_, change, code) => {
    await pool.query('create table kept_leaf as table ledger_leaf; create table kept_entry as table destruction_entry')
    const revert = `delete from ledger_leaf; insert into ledger_leaf table kept_leaf; delete from destruction_entry;
      insert into destruction_entry overriding system value table kept_entry; drop table kept_leaf, kept_entry`
    const entry = makeDestructionEntry()
    const before = await ledger.folder.readCheckpoint()
    await whileTampered(change, revert, async () => {
      await ledger.append(entry)
      await expect(ledger.seal()).rejects.toMatchObject({ code })
      expect(await ledger.folder.readCheckpoint()).toBe(before)
    })
    await pool.query(`begin; set local session_replication_role = replica; delete from ledger_pending; commit`)
  })

  test('if an entry was deleted before it was numbered', async () => {
    await ledger.append(makeDestructionEntry())
    await whileTampered(
      'create table kept_entry as select * from destruction_entry order by seq desc limit 1; delete from destruction_entry where seq in (select seq from kept_entry)',
      'insert into destruction_entry overriding system value table kept_entry; drop table kept_entry',
      async () => {
        await expect(ledger.seal()).rejects.toMatchObject({ code: 'ledger-altered' })
      },
    )
    expect((await ledger.seal())?.size).toBe(48)
  })

  test('if its head beside the keys is missing, or signed by another key', async () => {
    await ledger.append(makeDestructionEntry())
    const elsewhere = await openLogFolder(join(await mkdtemp(join(tmpdir(), 'seloste-ledger-')), 'ledger'))
    await expect(ledger.seal(elsewhere)).rejects.toMatchObject({ code: 'ledger-head-missing' })
    await elsewhere.writeCheckpoint(((await ledger.folder.readCheckpoint()) ?? '').replace('— seloste', '— seloste2'))
    await expect(ledger.seal(elsewhere)).rejects.toMatchObject({ code: 'ledger-head-altered' })
  })
})
