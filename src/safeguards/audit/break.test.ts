import { describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import type { SafeguardTables } from '../tables.ts'
import { appendAudit } from './append.ts'
import type { Finding } from './findings.ts'
import { readCheckpoint } from './note.ts'
import { resumeLog } from './resume.ts'
import { storedHashReader } from './stored-tree.ts'
import { edgeAt } from './tree.ts'

type Tampering = [what: string, sql: string, kind: Finding['kind'], lost: string[]]

const unprotected = (statement: string) => `
  set session_replication_role = replica; ${statement}; set session_replication_role = default`

const tamperings: Tampering[] = [
  ['an entry is edited', "update audit_entry set result = 'refused:not-found' where seq = 1290", 'entry-altered', []],
  [
    'the instant of an entry is edited',
    "update audit_entry set at = at - interval '1 microsecond' where seq = 1290",
    'entry-altered',
    [],
  ],
  [
    'the salt of an entry is edited',
    'update audit_entry set salt = gen_random_uuid() where seq = 1290',
    'entry-altered',
    [],
  ],
  ['an entry is deleted', 'delete from audit_entry where seq = 1290', 'entry-missing', ['1289']],
  [
    'an entry is deleted with its leaf',
    'delete from audit_entry where seq = 1300; delete from audit_leaf where seq = 1300',
    'leaves-missing',
    ['1299'],
  ],
  [
    'an entry and its leaf are edited',
    `
    update audit_entry set result = 'refused:x' where seq = 1290;
    update audit_leaf set hash = sha256('made to fit') where seq = 1290`,
    'leaves-altered',
    [],
  ],
  [
    'an old leaf and the nodes above it are edited',
    `
    update audit_leaf set hash = sha256('x') where index = 3;
    update audit_subtree set hash = sha256('y') where level = 1 and index = 0`,
    'leaves-altered',
    [],
  ],
  [
    'the database is rolled back',
    `
    delete from audit_entry where seq > 600; delete from audit_leaf where index >= 600;
    delete from audit_subtree where index >= 2; delete from audit_checkpoint where size > 600;
    alter sequence audit_entry_seq_seq restart with 601`,
    'leaves-missing',
    ['600-1299'],
  ],
  [
    'everything is deleted',
    `
    delete from audit_entry; delete from audit_leaf; delete from audit_subtree; delete from audit_checkpoint;
    alter sequence audit_entry_seq_seq restart with 1`,
    'leaves-missing',
    ['0-1299'],
  ],
  [
    'the newest checkpoint is edited',
    "update audit_checkpoint set root = sha256('x') where size = 1300",
    'stored-checkpoint-altered',
    [],
  ],
  ['an entry is deleted before it was sequenced', 'insert into audit_pending values (1301)', 'pending-missing', []],
]

const databases: TestDatabase<SafeguardTables>[] = []
for (const _ of tamperings) databases.push(await createTestDatabase<SafeguardTables>())
const folders = await createTestDatabase<SafeguardTables>()

async function signedLog(database: TestDatabase<SafeguardTables>) {
  const log = await openTestLog(database)
  for (const upto of [600, 1300]) {
    await database.as().pool.query(
      `insert into audit_entry (action, result, detail)
       select 'contact.read', 'ok', jsonb_build_object('n', n) from generate_series((select count(*) from audit_entry) + 1, $1) n`,
      [upto],
    )
    await log.sequence()
  }
  const note = readCheckpoint((await log.folder.readCheckpoint()) ?? '')
  expect(note?.size).toBe(1300)
  return { ...log, signed: note?.root }
}

describe('an altered log', () => {
  test.each(tamperings.map((tampering, index) => [index, ...tampering] as const))(
    '%i: %s: signing stops, views are refused and calls continue, and once the break is accepted, the log continues from its last checkpoint',
    async (index, _what, statement, kind, lost) => {
      const database = databases[index] as TestDatabase<SafeguardTables>
      const { folder, keys, sequence, begin, signed } = await signedLog(database)
      const admin = database.as()
      const client = await admin.pool.connect()
      await client.query(unprotected(statement))
      client.release(true)

      const lastNote = await folder.readCheckpoint()
      const found = await sequence()
      expect(found).toMatchObject({ broken: { findings: expect.arrayContaining([expect.objectContaining({ kind })]) } })
      expect(await folder.readCheckpoint()).toBe(lastNote)

      const desk = database.as('seloste_desk').db
      const view = { action: 'contact.read', result: 'refused:not-found' } as const
      await expect(appendAudit(desk, view)).rejects.toMatchObject({ code: 'SL001' })
      await appendAudit(desk, { action: 'sign-in.delayed', result: 'ok' })
      await appendAudit(database.as('seloste_capture').db, { action: 'call.admitted', result: 'ok' })
      expect(await sequence()).toHaveProperty('broken')

      const resumed = await resumeLog(admin.db, keys, folder, { reason: 'Restored on 1 March', by: 'operator' })
      expect(resumed.lost).toEqual(lost)
      await appendAudit(desk, view)
      const sequencer = begin()
      const first = await sequence(sequencer)
      // An altered row is detected only once the leaves are restored, and is then accepted too.
      if ('broken' in first) {
        expect(first.broken.findings.map((finding) => finding.kind)).toEqual(['entry-altered'])
        await resumeLog(admin.db, keys, folder, { reason: 'and the entry itself', by: 'operator' })
      }
      const next = await sequence()
      expect(next).not.toHaveProperty('broken')
      const read = storedHashReader(admin.db)
      expect((await edgeAt(1300, read)).root()).toEqual(signed)
      const note = readCheckpoint((await folder.readCheckpoint()) ?? '')
      expect(note?.size).toBeGreaterThan(1300)
      expect((await edgeAt(note?.size ?? 0, read)).root()).toEqual(note?.root)
      const accepted = await admin.pool.query<{ detail: { indexes: string[]; kinds: string[]; reason: string } }>(
        "select detail from audit_entry where action = 'log.break-accepted' order by seq",
      )
      expect(accepted.rows[0]?.detail.kinds).toContain(kind)
      expect(accepted.rows[0]?.detail.reason).toBe('Restored on 1 March')
      for (const range of lost) expect(accepted.rows[0]?.detail.indexes).toContain(range)
      expect(await sequence()).toEqual({ signed: undefined })
    },
  )

  test('is not signed either if the folder beside the keys was altered, or if the log’s key is missing', async () => {
    const { folder, keys, sequence } = await signedLog(folders)
    const note = (await folder.readCheckpoint()) ?? ''
    await folder.writeCheckpoint(note.replace('1300', '1299'))
    expect(await sequence()).toMatchObject({ broken: { findings: [{ kind: 'checkpoint-altered' }] } })
    // The database still has all signed entries: the folder is written again from them.
    await resumeLog(folders.as().db, keys, folder, { reason: 'restored', by: 'operator' })
    expect(await folder.readCheckpoint()).toBe(note)
    expect(await sequence()).toMatchObject({ signed: { size: 1301 } })
    expect((await folder.readLeaves(0, 2000)).length).toBe(1301)

    const logKey = await keys.read('audit-log')
    await keys.destroy('audit-log')
    expect(await sequence()).toMatchObject({ broken: { findings: [{ kind: 'key-missing' }] } })
    await expect(resumeLog(folders.as().db, keys, folder, { reason: 'x', by: 'y' })).rejects.toThrow(/restore keys/)
    await keys.write('audit-log', logKey as Buffer)
    await resumeLog(folders.as().db, keys, folder, { reason: 'key is back', by: 'operator' })
    expect(await sequence()).toMatchObject({ signed: { size: 1302 } })
    await expect(resumeLog(folders.as().db, keys, folder, { reason: 'x', by: 'y' })).rejects.toThrow(/no break/)
  })
})
