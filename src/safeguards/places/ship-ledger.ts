/**
 * Copies the destruction ledger to a place (R52): every entry up to the newest signed head, and the sealed contents that a
 * restore needs. A copy is never shortened.
 */
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { readCheckpoint, type Checkpoint } from '../audit/note.ts'
import { storedHashReader } from '../audit/stored-tree.ts'
import { edgeAt } from '../audit/tree.ts'
import { fileEntries, fileOfIndex, headFile, ledgerFilesSince, newestHead } from '../ledger/ledger-copy.ts'
import { contentFiles, contentFolder } from '../ledger/ledger-content.ts'
import { isIntactFile } from '../ledger/read-ledger-copy.ts'
import { ledgerTree } from '../ledger/ledger-tree.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { putAndReadBack } from './open-place.ts'
import { PlaceFault } from './place-faults.ts'

export const ledgerFolder = 'ledger/'

/**
 * Updates a copy. One that lacks a file, or whose head is unreadable, is rewritten.
 * @param recipient recovery key to which contents are sealed; without one no restore is possible, and none are copied
 * @returns the number of its last entry
 * @throws PlaceFault `place-foreign`, `place-ledger-ahead`, `place-ledger-other`, `place-differs`; ObjectFault
 */
export async function copyLedgerTo(
  db: SafeguardsDatabase,
  store: ObjectStore,
  recipient: string | undefined,
): Promise<number> {
  const found = await assertLedgerContinues(db, store)
  if (!found) return 0
  const { newest, note, copyHead } = found
  const from = copyHead && (await hasAllFiles(store, copyHead.size)) ? copyHead.size : 0
  if (recipient !== undefined) await copyContents(db, store, recipient, from)
  if (from > 0) await repairOneFile(db, store, from, newest)
  if (note === newest.note && from === newest.size) return newest.size
  // Copies nothing beyond this head: the content files written above lack later entries.
  for await (const file of ledgerFilesSince(db, from, newest)) {
    await putAndReadBack(store, `${ledgerFolder}${file.name}`, file.bytes)
  }
  return newest.size
}

/**
 * Refuses to mix the ledgers of two registers that were one, as when a backup is restored while the original runs.
 * @throws PlaceFault `place-foreign`, `place-ledger-ahead`, `place-ledger-other`
 */
export async function assertLedgerContinues(
  db: SafeguardsDatabase,
  store: ObjectStore,
): Promise<{ newest: { size: number; note: string }; note?: string; copyHead?: Checkpoint } | undefined> {
  // Reads the place before the database: another process may extend the copy meanwhile, up to the database's newest entry.
  const bytes = await readWholeIfExists(store, `${ledgerFolder}${headFile}`)
  const newest = await newestHead(db)
  if (!newest) return undefined
  const ours = readCheckpoint(newest.note)
  const copyHead = bytes && readCheckpoint(bytes.toString('utf8'))
  if (copyHead && copyHead.origin !== ours?.origin) {
    const message = `the ledger there belongs to another installation, ${copyHead.origin}: use another folder or bucket`
    throw new PlaceFault('place-foreign', message)
  }
  if (copyHead && copyHead.size > newest.size) {
    const message = `the ledger there has ${copyHead.size} entries but the database has ${newest.size}: the database is from an earlier time; restore with "seloste restore"`
    throw new PlaceFault('place-ledger-ahead', message)
  }
  if (copyHead && !(await edgeAt(copyHead.size, storedHashReader(db, ledgerTree))).root().equals(copyHead.root)) {
    const message = `the ledger there, of ${copyHead.size} entries, is not an earlier part of this one: a register restored from a backup has written there; stop that register, keep the files there, and use another folder or bucket`
    throw new PlaceFault('place-ledger-other', message)
  }
  return { newest, ...(bytes && { note: bytes.toString('utf8') }), ...(copyHead && { copyHead }) }
}

/** Copies contents, before the entries that need them; removes contents that no backup needs any more. */
async function copyContents(
  db: SafeguardsDatabase,
  store: ObjectStore,
  recipient: string,
  from: number,
): Promise<void> {
  const folder = ledgerFolder + contentFolder
  const existing = new Set<string>()
  for await (const key of store.list(folder)) existing.add(key.slice(ledgerFolder.length))
  const { written, isSuperseded } = await contentFiles(db, recipient, {
    ...{ from, existing },
    sizeOf: (name) => store.sizeBytes(ledgerFolder + name),
  })
  for await (const { name, bytes } of written) await putAndReadBack(store, ledgerFolder + name, bytes)
  for (const name of existing) if (isSuperseded(name)) await store.delete(ledgerFolder + name)
}

/** Verifies one file of entries per run, since none is read before a restore, and rewrites a damaged one. */
async function repairOneFile(
  db: SafeguardsDatabase,
  store: ObjectStore,
  size: number,
  newest: { size: number; note: string },
): Promise<void> {
  const from = randomInt(Math.ceil(size / fileEntries)) * fileEntries
  if (isIntactFile(await readWholeIfExists(store, ledgerFolder + fileOfIndex(from)), from, size)) return
  for await (const { name, bytes } of ledgerFilesSince(db, from, newest)) {
    // The database's entries are verified too.
    if (isIntactFile(bytes, from, size)) await putAndReadBack(store, ledgerFolder + name, bytes)
    return
  }
}

/** Returns true if every file of entries exists; their content is verified by readers of a copy. */
async function hasAllFiles(store: ObjectStore, size: number): Promise<boolean> {
  let files = 0
  for await (const _ of store.list(`${ledgerFolder}entries/`)) files += 1
  return files >= Math.ceil(size / fileEntries)
}

/** Returns true if a place in use has a shorter ledger. */
export async function isLedgerBehind(database: SafeguardsDatabase): Promise<boolean> {
  return selectValue(
    database,
    sql<boolean>`exists (
      select from place_of_data where kind in ('backup', 'ledger') and state = 'in-use' and first_used_at is not null
        and coalesce(ledger_to, 0) < (select max(size) from ledger_head)
    )`,
  )
}

/** Returns true if a package waits until the places have the entry of its release. */
export async function arePackagesWaiting(database: SafeguardsDatabase): Promise<boolean> {
  return selectValue(database, sql<boolean>`packages_await_replication()`)
}
