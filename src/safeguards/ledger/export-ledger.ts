/**
 * Exports the ledger beside the log's export, for verification elsewhere: `ledger/`, in the format of a copy
 * (docs/formats/ledger.md), up to the newest signed head. Never overwrites an export that it does not continue: that one is
 * evidence.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { undefinedIfMissing } from '#platform/files/missing-file.ts'
import { replaceFile } from '#platform/files/durable-files.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { readCheckpoint } from '../audit/note.ts'
import { storedHashReader } from '../audit/stored-tree.ts'
import { edgeAt } from '../audit/tree.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { headFile, ledgerFilesSince, newestHead } from './ledger-copy.ts'
import { ledgerTree } from './ledger-tree.ts'

const waitMs = 10_000
const checkMs = 200

/**
 * Exports the ledger, or extends the export. Waits until what the exported log reports has its number.
 * @returns how many entries it has; 0 if no head was signed yet
 * @throws Fault `audit-export-other`, `ledger-altered`
 */
export async function exportLedger(database: SafeguardsDatabase, folder: string): Promise<number> {
  await waitUntilNumbered(database)
  const to = join(folder, 'ledger')
  const head = await newestHead(database)
  if (!head) return 0
  for await (const { name, bytes } of ledgerFilesSince(database, await earlierSize(database, to, head.size))) {
    await replaceFile(join(to, name), bytes)
  }
  return head.size
}

/** A destruction is entered in log and ledger at once, and numbered within a second or two. */
async function waitUntilNumbered(db: SafeguardsDatabase): Promise<void> {
  const newest = await selectValue(db, sql<number | null>`(select max(seq) from ledger_pending)`)
  if (newest === null) return
  for (const deadline = performance.now() + waitMs; performance.now() < deadline; await sleep(checkMs)) {
    if (!(await selectValue(db, sql<boolean>`exists (select from ledger_pending where seq <= ${newest})`))) return
  }
}

/** Returns the size of the existing export; 0 if there is none. */
async function earlierSize(database: SafeguardsDatabase, folder: string, size: number): Promise<number> {
  const note = await readFile(join(folder, headFile), 'utf8').catch(undefinedIfMissing)
  if (note === undefined) return 0
  const earlier = readCheckpoint(note)
  if (earlier && earlier.size <= size) {
    const edge = await edgeAt(earlier.size, storedHashReader(database, ledgerTree))
    if (edge.root().equals(earlier.root)) return earlier.size
  }
  throw new Fault(
    'audit-export-other',
    `the ledger in ${folder} is not an earlier part of this one: keep it unchanged, because it may show what was altered; export to another folder`,
  )
}
