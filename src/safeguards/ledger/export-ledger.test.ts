import { randomUUID } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeDestructionEntry, openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { appendAudit } from '../audit/append.ts'
import { exportLog } from '../audit/export-log.ts'
import { readLogKey } from '../audit/log-key.ts'
import { writeVerifierKey } from '../audit/note.ts'
import { readVerifierKey } from '../audit/verify/signed-note.ts'
import { verifyExport } from '../audit/verify/verify-export.ts'
import type { SafeguardTables } from '../tables.ts'
import { exportLedger } from './export-ledger.ts'

const database = await createTestDatabase<SafeguardTables>()
const ledger = await openTestLedger(database)
const { db: admin, pool } = database.as()
const signer = (await readLogKey(ledger.keys))!
const folder = join(ledger.place, 'export')
const monthKey = 'month-2027-03.v1'

async function destroy(id: string = randomUUID(), cause: 'caller' | 'official' = 'caller'): Promise<string> {
  await ledger.append({ ...makeDestructionEntry(id), detail: { monthKey } })
  await appendAudit(admin, {
    action: 'recording.destroyed',
    result: 'ok',
    object: { kind: 'recording', id },
    detail: { cause },
  })
  return id
}
async function exportBoth(): Promise<number> {
  await ledger.sequence()
  await ledger.seal()
  await exportLog(admin, signer, folder)
  return exportLedger(admin, folder)
}
async function verify() {
  const keyLine = writeVerifierKey(signer)
  const key = readVerifierKey(keyLine)
  if (typeof key === 'string') throw new Error(key)
  const entries = async () => {
    const found = await readdir(folder, { recursive: true, withFileTypes: true })
    return found.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  }
  const read = (path: string) => readFile(join(folder, path)).catch(() => undefined)
  const report = await verifyExport({ read, list: entries }, { keys: { log: key, witnesses: [] }, keyLine })
  return { ...report, codes: report.problems.map(({ code }) => code) }
}

describe('an export of the log with the destruction ledger', () => {
  test('is verified without the database: log and ledger have the same destructions, with the same causes', async () => {
    await ledger.append({
      kind: 'month-key',
      name: monthKey,
      cause: 'renewed',
      doneBy: 'sweep',
      detail: {},
      targets: {},
    })
    for (let n = 0; n < 5; n++) await destroy()
    expect(await exportBoth()).toBe(6)
    expect(await verify()).toMatchObject({ found: 0, ledger: 6, destructions: 5 })
    // Grows, across the end of a file.
    const day = { kind: 'intake-key', cause: 'retention', doneBy: 'sweep', detail: {}, targets: {} } as const
    await ledger.append(
      ...Array.from({ length: 260 }, (_, n) => ({
        ...day,
        name: Temporal.PlainDate.from('2026-01-01').add({ days: n }).toString(),
      })),
    )
    await destroy()
    expect(await exportBoth()).toBe(267)
    expect(await verify()).toMatchObject({ found: 0, ledger: 267, destructions: 6 })
  })

  test('is readable by nobody else on the machine, because it names who viewed what, and preservation orders', async () => {
    const before = process.umask(0o022)
    try {
      await destroy()
      await exportBoth()
    } finally {
      process.umask(before)
    }
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const readableByOthers = []
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name))
      if ((mode & 0o077) !== 0) readableByOthers.push(entry.name)
    }
    expect(entries.length).toBeGreaterThan(0)
    expect(readableByOthers).toEqual([])
  })

  test('reports a destruction missing from the ledger, one with another cause, and an altered line', async () => {
    await appendAudit(admin, {
      action: 'recording.destroyed',
      result: 'ok',
      object: { kind: 'recording', id: randomUUID() },
      detail: { cause: 'caller' },
    })
    await destroy(randomUUID(), 'official')
    await exportBoth()
    expect((await verify()).codes.toSorted()).toEqual(['destruction-differs', 'destruction-unledgered'])
    const file = join(folder, 'ledger/entries/0000000001')
    const whole = await readFile(file, 'utf8')
    await writeFile(file, whole.replace('"cause":"caller"', '"cause":"trimming"'))
    expect((await verify()).codes).toContain('ledger-altered')
    await writeFile(file, whole.slice(0, whole.lastIndexOf('\n', whole.length - 2) + 1))
    expect((await verify()).codes).toContain('ledger-altered')
    await writeFile(file, whole)
  })

  test('is not overwritten by an export that does not continue it', async () => {
    const head = join(folder, 'ledger/head')
    const note = await readFile(head, 'utf8')
    await writeFile(head, note.replace(/^(\d+)$/m, '9999'))
    await expect(exportLedger(admin, folder)).rejects.toThrow(/not an earlier part/)
    await writeFile(head, note)
  })

  test('reports a destruction missing from the log, up to the end of the exported log', async () => {
    await pool.query(
      `insert into destruction_entry (object_kind, object_id, cause, done_by, targets, at)
       values ('recording', gen_random_uuid(), 'caller', 'sweep', '{}', now() - interval '2 hours')`,
    )
    await exportBoth()
    expect((await verify()).codes).toContain('destruction-unlogged')
  })
})
