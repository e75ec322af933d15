/**
 * Exports the log as files (docs/formats/audit-log.md) for verification elsewhere, up to the newest checkpoint. Never
 * overwrites an export that it does not continue: that one is evidence.
 */
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { undefinedIfMissing } from '#platform/files/missing-file.ts'
import { replaceFile } from '#platform/files/durable-files.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db } from '../tables.ts'
import { appendAudit } from './append.ts'
import { readOwnCheckpoint } from './check-log.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { writeVerifierKey, type Signer } from './note.ts'
import { minimumIndex, storedSignedFrom } from './signed-entries.ts'
import { MissingTreeHashes, newestCheckpoint, storedHashReader } from './stored-tree.ts'
import { edgeAt, tileWidth, type ReadTreeHashes } from './tree.ts'
import { withCosignatures } from './witness/cosignatures.ts'
import { supersededTiles, tilePath, tilesSince } from './tiles.ts'

export interface Exported {
  size: number
  /** Files written now; unchanged files of an earlier export are not rewritten. */
  written: number
}

const maxEntryLength = 0xffff

/**
 * Exports the log to a folder, or extends the export in it.
 * @throws Fault `audit-export-other`, `audit-log-unsigned`, `audit-log-broken`, `audit-entry-too-long`
 */
export async function exportLog(database: SafeguardsDatabase, signer: Signer, folder: string): Promise<Exported> {
  const db = safeguardsOf(database)
  const exported = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const checkpoint = await newestCheckpoint(tx)
      if (!checkpoint)
        throw new Fault('audit-log-unsigned', 'the audit log has not been signed yet; start Seloste first')
      try {
        return await writeExport(tx, signer, folder, checkpoint)
      } catch (error) {
        if (!(error instanceof MissingTreeHashes)) throw error
        throw new Fault(
          'audit-log-broken',
          `${error.message}, although they were signed; see docs/operate/audit-log.md`,
          error,
        )
      }
    })
  await appendAudit(db, {
    action: 'log.exported',
    result: 'ok',
    object: { kind: 'log' },
    detail: { size: exported.size },
  })
  return exported
}

async function writeExport(
  tx: Db,
  signer: Signer,
  folder: string,
  checkpoint: { size: number; note: string },
): Promise<Exported> {
  const { size } = checkpoint
  const read = storedHashReader(tx)
  const before = await earlierSize(folder, signer, size, read)
  const minimum = await minimumIndex(tx, signer)
  let written = 0
  const write = async (path: string, bytes: Buffer | string) => {
    await replaceFile(join(folder, path), bytes)
    written += 1
  }
  for await (const { path, bytes } of tilesSince(before, size, read)) await write(path, bytes)
  const firstBundle = Math.max(minimum / tileWidth, Math.floor(before / tileWidth))
  for (let index = firstBundle; index * tileWidth < size; index++) {
    const end = Math.min(size, (index + 1) * tileWidth)
    const entries = await readEntries(tx, index * tileWidth, end)
    await write(tilePath('entries', index, entries.length), bundle(entries))
  }
  await write('key', `${writeVerifierKey(signer)}\n`)
  const signedFrom = await storedSignedFrom(tx)
  if (signedFrom !== undefined) await write('signed-from', `${signedFrom}\n`)
  await write('checkpoints.jsonl', await earlierCheckpoints(tx, size))
  await write('checkpoint', await withCosignatures(tx, checkpoint))
  for (const path of supersededTiles(before, size)) await rm(join(folder, path), { force: true })
  await removePruned(folder, minimum)
  return { size, written }
}

/** Returns the size of the export in the folder, 0 if there is none. Throws if it is of another log or tree. */
async function earlierSize(folder: string, signer: Signer, size: number, read: ReadTreeHashes): Promise<number> {
  const note = await readFile(join(folder, 'checkpoint'), 'utf8').catch(undefinedIfMissing)
  if (note === undefined) return 0
  const earlier = readOwnCheckpoint(signer, note)
  const isBeginning =
    earlier !== undefined && earlier.size <= size && (await edgeAt(earlier.size, read)).root().equals(earlier.root)
  if (isBeginning) return earlier.size
  throw new Fault(
    'audit-export-other',
    `the export in ${folder} is not an earlier part of this log: keep it unchanged, because it may show what was altered; verify it (seloste audit verify --export ${folder}) and export to another folder`,
  )
}

async function readEntries(tx: Db, from: number, to: number): Promise<(Buffer | undefined)[]> {
  const { rows } = await sql<EntryRow & { is_there: boolean }>`
    select e.seq is not null as is_there, ${entryColumns}
    from audit_leaf l left join audit_entry e on e.seq = l.seq
    where l.index >= ${from} and l.index < ${to} order by l.index`.execute(tx)
  return rows.map((row) => (row.is_there ? entryBytes(row) : undefined))
}

/** Writes lengths and entries; a lost entry has length 0. */
function bundle(entries: readonly (Buffer | undefined)[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      if (entry && entry.length > maxEntryLength) {
        throw new Fault(
          'audit-entry-too-long',
          `an entry has ${entry.length} bytes, and a bundle holds none above ${maxEntryLength}`,
        )
      }
      length.writeUInt16BE(entry?.length ?? 0)
      return entry ? [length, entry] : [length]
    }),
  )
}

async function earlierCheckpoints(tx: Db, size: number): Promise<string> {
  const { rows } = await sql<{ size: number; note: string; signedAt: string }>`
    select c.size, c.note || coalesce((select string_agg(s.line || chr(10), '' order by s.witness) from audit_cosignature s
        where s.size = c.size), '') as note,
      to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "signedAt"
    from audit_checkpoint c where c.size < ${size} order by c.size`.execute(tx)
  return rows.map(({ note, signedAt }) => `${JSON.stringify({ note, signedAt })}\n`).join('')
}

/** Removes what the log itself has pruned. */
async function removePruned(folder: string, minimum: number): Promise<void> {
  for (let index = minimum / tileWidth - 1; index >= 0; index--) {
    const path = join(folder, tilePath('entries', index))
    if (!(await stat(path).catch(undefinedIfMissing))) return
    await rm(path)
  }
}
