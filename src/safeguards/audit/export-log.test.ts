import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import type { SafeguardTables } from '../tables.ts'
import { exportLog } from './export-log.ts'
import { tilePath } from './tiles.ts'
import { readLogKey } from './log-key.ts'
import { readCheckpoint, type Signer } from './note.ts'
import { edgeAt } from './tree.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as()
const log = await openTestLog(database)
const folder = join(log.place, 'export')

async function grow(upto: number) {
  await admin.pool.query(
    `insert into audit_entry (at, action, result)
     select now() - interval '61 months', 'contact.read', 'ok'
     from generate_series((select count(*) from audit_entry) + (select coalesce(max(minimum_index), 0) from audit_pruning) + 1, $1)`,
    [upto],
  )
  await log.sequence()
}

const exported = async () => exportLog(admin.db, (await readLogKey(log.keys)) as Signer, folder)
const filesOf = async () => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Recomputes every leaf from its bundle, and the root of the checkpoint from the tiles. Returns the log's size. */
async function expectReadable(pruned = 0) {
  const checkpoint = readCheckpoint(await readFile(join(folder, 'checkpoint'), 'utf8'))
  const size = checkpoint?.size ?? 0
  const tile = async (level: number | 'entries', index: number, members: number) =>
    readFile(join(folder, tilePath(level, index, Math.min(256, members - index * 256))))
  const members = async (level: number, from: number, to: number) => {
    const all: Buffer[] = []
    for (let index = Math.floor(from / 256); index * 256 < to; index++) {
      const bytes = await tile(level, index, Math.floor(size / 256 ** level))
      for (let at = 0; at < bytes.length; at += 32) all.push(bytes.subarray(at, at + 32))
    }
    const first = Math.floor(from / 256) * 256
    return all.slice(from - first, to - first)
  }
  expect((await edgeAt(size, members)).root()).toEqual(checkpoint?.root)
  const leaves = await members(0, 0, size)
  for (let index = pruned / 256; index * 256 < size; index++) {
    const bytes = await tile('entries', index, size)
    let at = 0
    for (let n = index * 256; at < bytes.length; n++) {
      const length = bytes.readUInt16BE(at)
      const entry = bytes.subarray(at + 2, at + 2 + length)
      expect(
        createHash('sha256')
          .update(Buffer.from([0]))
          .update(entry)
          .digest(),
      ).toEqual(leaves[n])
      at += 2 + length
    }
  }
  return size
}

describe('an export', () => {
  test('names tiles as C2SP tlog-tiles does', () => {
    expect(tilePath(0, 0)).toBe('tile/0/000')
    expect(tilePath(1, 1_234_067)).toBe('tile/1/x001/x234/067')
    expect(tilePath('entries', 1_000, 17)).toBe('tile/entries/x001/000.p/17')
  })

  test('has every entry, tile and checkpoint, and grows by later ones', async () => {
    await admin.pool.query(`
      set session_replication_role = replica;
      update audit_entry set at = now() - interval '61 months';
      set session_replication_role = default`)
    await grow(300)
    await exported()
    expect(await filesOf()).toEqual(
      [
        'checkpoint',
        'checkpoints.jsonl',
        'key',
        'signed-from',
        'tile/0/000',
        'tile/0/001.p/44',
        'tile/1/000.p/1',
        'tile/entries/000',
        'tile/entries/001.p/44',
      ].sort(),
    )
    expect(await expectReadable()).toBe(300)
    await grow(1025)
    const { written } = await exported()
    // Four tiles and four bundles from entry 256 on (the last of each is partial), one tile of level 1, four other files.
    expect(written).toBe(4 * 2 + 1 + 4)
    expect(await expectReadable()).toBe(1025)
    expect((await filesOf()).filter((path) => path.includes('.p/'))).toEqual([
      'tile/0/004.p/1',
      'tile/1/000.p/4',
      'tile/entries/004.p/1',
    ])
    const earlier = (await readFile(join(folder, 'checkpoints.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(earlier.map((line) => readCheckpoint((JSON.parse(line) as { note: string }).note)?.size)).toEqual([0, 300])
    expect(
      (await admin.pool.query("select count(*)::int as n from audit_entry where action = 'log.exported'")).rows,
    ).toEqual([{ n: 2 }])
  })

  test('has only the hash of a pruned entry', async () => {
    await admin.pool.query("update audit_checkpoint set signed_at = now() - interval '2 days'")
    expect(await log.prune(60)).toBe(256)
    await grow(1500)
    expect(await log.sequence()).toEqual({ signed: undefined })
    await exported()
    expect((await filesOf()).filter((path) => path.startsWith('tile/entries'))).not.toContain('tile/entries/000')
    await expectReadable(256)
  })

  test('reports a lost entry as missing', async () => {
    await admin.pool.query(
      'set session_replication_role = replica; delete from audit_entry where seq = 1100; set session_replication_role = default',
    )
    const other = join(log.place, 'other')
    await exportLog(admin.db, (await readLogKey(log.keys)) as Signer, other)
    const bundle = await readFile(join(other, 'tile/entries/004'))
    const lengths: number[] = []
    for (let at = 0; at < bundle.length; at += 2 + (lengths.at(-1) ?? 0)) lengths.push(bundle.readUInt16BE(at))
    expect(lengths).toHaveLength(256)
    expect(lengths.filter((length) => length === 0)).toHaveLength(1)
  })

  test('is not overwritten by a log that does not continue it', async () => {
    const before = await readFile(join(folder, 'checkpoint'), 'utf8')
    await writeFile(join(folder, 'checkpoint'), before.replace(/\n\d+\n/, '\n1\n'))
    await expect(exported()).rejects.toThrow('is not an earlier part of this log')
    await writeFile(join(folder, 'checkpoint'), before)
    await exported()
  })
})
