/** A ledger on a test's database, signed by a log's key of its own. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { writeVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import { ledgerFilesSince } from '#safeguards/ledger/ledger-copy.ts'
import type { NewLedgerEntry } from '#safeguards/ledger/ledger-entry.ts'
import { readLedgerSigner } from '#safeguards/ledger/ledger-tree.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import type { TestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from './open-log.ts'

export async function openTestLedger<Tables extends SafeguardTables>(database: TestDatabase<Tables>) {
  const log = await openTestLog(database)
  await log.turn()
  const folder = await openLogFolder(join(log.place, 'ledger'))
  const custodian = database.as('seloste_custodian').db
  const signer = await readLedgerSigner(log.keys)
  if (!signer) throw new Error('the log has no key')
  const key: VerifierKey = signer
  const seal = (beside = folder) => sealLedger({ db: custodian, keys: log.keys, folder: beside })
  return {
    ...log,
    folder,
    key,
    keyLine: writeVerifierKey(key),
    seal,
    append: (...entries: NewLedgerEntry[]) => appendToLedger(custodian, entries),
    /** Brings a copy that has so many entries up to date. */
    async copyInto(files: Map<string, Buffer>, size = 0) {
      for await (const { name, bytes } of ledgerFilesSince(custodian, size)) files.set(name, bytes)
      return files
    },
  }
}

export function aDestruction(id: string = randomUUID()): NewLedgerEntry & { kind: 'recording'; id: string } {
  return {
    kind: 'recording',
    id,
    cause: 'caller',
    doneBy: 'sweep',
    detail: {},
    targets: {
      places: [{ place: 'primary', reached: true }],
      receipts: [
        { store: 'file', key: 'month-2027-03.v1', at: '2026-11-26T00:00:00Z', proof: 'overwritten and removed' },
      ],
      objects: 4,
    },
  }
}
