import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import type { SafeguardTables } from '../tables.ts'
import { appendAudit } from './append.ts'
import type { LogFolder } from './log-folder.ts'
import { readCheckpoint, signedBy } from './note.ts'

const growing = await createTestDatabase<SafeguardTables>()
const busy = await createTestDatabase<SafeguardTables>()
const twice = await createTestDatabase<SafeguardTables>()
const ending = await createTestDatabase<SafeguardTables>()
const together = await createTestDatabase<SafeguardTables>()

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

function mth(leaves: Buffer[]): Buffer {
  if (leaves.length < 2) return leaves[0] ?? sha256()
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)))
}

const append = (database: TestDatabase<SafeguardTables>, action: 'key.destroyed' | 'history.ended' = 'key.destroyed') =>
  appendAudit(database.as('seloste_custodian').db, {
    action,
    result: 'ok',
    detail: { given: 'ä"\u2028', n: 1.5, a: [] },
  })

const leavesOf = async (database: TestDatabase<SafeguardTables>) =>
  database.as().db.selectFrom('audit_leaf').selectAll().orderBy('index').execute()

/**
 * Every committed entry is one leaf, and the newest checkpoint covers these leaves, in the database and beside the
 * keys.
 */
async function expectWhole(database: TestDatabase<SafeguardTables>, folder: LogFolder) {
  const leaves = await leavesOf(database)
  const entries = await database.as().db.selectFrom('audit_entry').select('seq').execute()
  expect(leaves.map(({ index }) => index)).toEqual([...leaves.keys()])
  expect(leaves.map(({ seq }) => seq).sort(byNumber)).toEqual(entries.map(({ seq }) => seq).sort(byNumber))
  const note = (await folder.readCheckpoint()) ?? ''
  expect(readCheckpoint(note)).toMatchObject({ size: leaves.length, root: mth(leaves.map(({ hash }) => hash)) })
  expect(await folder.readLeaves(0, leaves.length + 1)).toEqual(leaves.map(({ hash }) => hash))
  const stored = await database.as().db.selectFrom('audit_checkpoint').selectAll().orderBy('size').execute()
  expect(stored.at(-1)?.note).toBe(note)
  for (const { size, root } of stored) expect(root).toEqual(mth(leaves.slice(0, size).map(({ hash }) => hash)))
}

function byNumber(one: number | null, other: number | null) {
  return (one ?? 0) - (other ?? 0)
}

describe('an entry', () => {
  test('is in the tree after a run, hashed as in docs/formats/audit-log.md, and signed by the log’s key', async () => {
    const log = await openTestLog(growing)
    const sequencer = log.begin()
    await append(growing)
    expect(await log.sequence(sequencer)).toMatchObject({ signed: { size: 2 } })
    const { rows } = await growing.as().pool.query(`
      select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, encode(uuid_send(salt), 'hex') as salt
      from audit_entry order by seq desc limit 1`)
    const { seq, at, salt } = rows[0] as { seq: number; at: string; salt: string }
    const bytes =
      `{"action":"key.destroyed","at":"${at}","detail":{"a":[],"given":"ä\\"\u2028","n":1.5},"object_id":null,"object_kind":null,` +
      `"person_id":null,"purpose":null,"reference":null,"result":"ok","right_id":null,"role":null,"salt":"${salt}","seq":${seq},"v":1}`
    expect((await leavesOf(growing)).at(-1)).toEqual({
      index: 1,
      seq,
      hash: sha256(Buffer.from([0]), Buffer.from(bytes)),
    })
    const signer = sequencer.signer()
    const note = readCheckpoint((await log.folder.readCheckpoint()) ?? '')
    expect(note?.origin).toMatch(/^seloste\/lupavirasto-test\/[0-9a-f]{8}$/)
    expect(signer && note && signedBy(signer, note)).toHaveProperty('line')
    await expectWhole(growing, log.folder)
    expect(await log.sequence(sequencer)).toEqual({ signed: undefined })
  })

  test('among thousands is in the tree once, also at the ends of tiles and if each run is another process', async () => {
    const log = await openTestLog(together)
    for (const many of [1, 254, 1, 1, 2_500]) {
      await growMany(together, many)
      await log.sequence()
      await expectWhole(together, log.folder)
    }
    const { rows } = await together.as().pool.query('select level, index::int, hash from audit_subtree order by index')
    const leaves = (await leavesOf(together)).map(({ hash }) => hash)
    expect(rows).toEqual(
      Array.from({ length: Math.floor(leaves.length / 256) }, (_, index) => ({
        level: 1,
        index,
        hash: mth(leaves.slice(index * 256, (index + 1) * 256)),
      })),
    )
  })

  test('that is appended during sequencing is in the tree only if its transaction was committed', async () => {
    const log = await openTestLog(busy)
    const sequencer = log.begin()
    let appending = true
    const sequencing = (async () => {
      while (appending) await log.sequence(sequencer)
    })()
    const custodian = busy.as('seloste_custodian').db
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        custodian
          .transaction()
          .execute(async (tx) => {
            await appendAudit(tx, { action: 'key.destroyed', result: 'ok', detail: { n } })
            if (n % 7 === 0) throw new Error('changed my mind')
          })
          .catch(() => undefined),
      ),
    )
    appending = false
    await sequencing
    await log.sequence(sequencer)
    await expectWhole(busy, log.folder)
    const { rows } = await busy
      .as()
      .pool.query("select count(*)::int as n from audit_entry where action = 'key.destroyed'")
    expect(rows).toEqual([{ n: 300 - Math.ceil(300 / 7) }])
  })

  test('is in the tree once if two sequencers work at the same time, as when a lock is lost', async () => {
    const log = await openTestLog(twice)
    await log.sequence()
    const two = [log.begin(), log.begin()]
    for (let round = 0; round < 5; round++) {
      await growMany(twice, 40)
      await Promise.allSettled(two.map((sequencer) => log.sequence(sequencer)))
    }
    expect(await log.sequence()).not.toHaveProperty('broken')
    await expectWhole(twice, log.folder)
  })

  test('is in the tree even if the process was killed at any step, because the next one continues', async () => {
    const log = await openTestLog(ending)
    await log.sequence()
    const steps = ['writeLeaves', 'writeCheckpoint'] as const
    for (const step of steps) {
      for (const when of ['before', 'after'] as const) {
        await growMany(ending, 3)
        const dying: LogFolder = {
          ...log.folder,
          [step]: async (...args: [never, never]) => {
            if (when === 'after') await (log.folder[step] as (...all: unknown[]) => Promise<void>)(...args)
            throw new Error('killed')
          },
        }
        await expect(log.sequence(log.begin(dying))).rejects.toThrow('killed')
        expect(await log.sequence()).not.toHaveProperty('broken')
        await expectWhole(ending, log.folder)
      }
    }
  })
})

async function growMany(database: TestDatabase<SafeguardTables>, many: number) {
  await database
    .as('seloste_capture')
    .pool.query("insert into audit_entry (action, result) select 'call.admitted', 'ok' from generate_series(1, $1)", [
      many,
    ])
}
