/**
 * Exports the log as files (docs/formats/audit-log.md) for verification elsewhere, up to the newest checkpoint. Never
 * overwrites an export that it does not continue: that one is evidence.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db } from '../tables.ts'
import { appendAudit } from './append.ts'
import { readOwnCheckpoint } from './check-log.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { writeVerifierKey, type Signer } from './note.ts'
import { minimumIndex, storedSignedFrom } from './signed-entries.ts'
import { MissingTreeHashes, newestCheckpoint, storedHashReader } from './stored-tree.ts'
import { edgeAt, tileWidth, type ReadTreeHashes } from './tree.ts'
import { withCosignatures } from './witness/cosignatures.ts'

export interface Exported {
  size: number
  /** Files written now; unchanged files of an earlier export are not rewritten. */
  written: number
}

const maxEntryLength = 0xffff

/** Returns the path of a tile or bundle: `tile/0/x001/234`, `tile/entries/005.p/17`. */
export function tilePath(level: number | 'entries', index: number, width = tileWidth): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/.{3}/g) ?? []
  const parts = groups.map((group, n) => (n === groups.length - 1 ? group : `x${group}`))
  return ['tile', level, ...parts].join('/') + (width === tileWidth ? '' : `.p/${width}`)
}

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
  const { size, note } = checkpoint
  const read = storedHashReader(tx)
  const before = await earlierSize(folder, signer, size, read)
  const minimum = await minimumIndex(tx, signer)
  let written = 0
  const write = async (path: string, bytes: Buffer | string) => {
    await writeAtomically(join(folder, path), bytes)
    written += 1
  }
  for (let level = 0; tileWidth ** level <= size; level++) {
    const members = Math.floor(size / tileWidth ** level)
    const done = Math.floor(before / tileWidth ** (level + 1))
    for (let index = done; index * tileWidth < members; index++) {
      const end = Math.min(members, (index + 1) * tileWidth)
      const hashes = await read(level, index * tileWidth, end)
      await write(tilePath(level, index, hashes.length), Buffer.concat(hashes))
    }
  }
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
  await removePartial(folder, before, size)
  await removePruned(folder, minimum)
  return { size: readOwnCheckpoint(signer, note)?.size ?? size, written }
}

/** Returns the size of the export in the folder, 0 if there is none. Throws if it is of another log or tree. */
async function earlierSize(folder: string, signer: Signer, size: number, read: ReadTreeHashes): Promise<number> {
  const note = await readFile(join(folder, 'checkpoint'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
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

async function writeAtomically(path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** Removes partial tiles and bundles of the previous size. */
async function removePartial(folder: string, before: number, size: number): Promise<void> {
  if (before === size) return
  for (let level = 0; tileWidth ** level <= before; level++) {
    const members = Math.floor(before / tileWidth ** level)
    const width = members % tileWidth
    if (width === 0 || Math.floor(size / tileWidth ** level) === members) continue
    const index = Math.floor(members / tileWidth)
    await rm(join(folder, tilePath(level, index, width)), { force: true })
    if (level === 0) await rm(join(folder, tilePath('entries', index, width)), { force: true })
  }
}

/** Removes what the log itself has pruned. */
async function removePruned(folder: string, minimum: number): Promise<void> {
  for (let index = minimum / tileWidth - 1; index >= 0; index--) {
    const isGone = await rm(join(folder, tilePath('entries', index))).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return true
        throw error
      },
    )
    if (isGone) return
  }
}
