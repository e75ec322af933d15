/** Opens a ledger on a test's database, signed by its own log key. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { writeVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import { contentFiles, openContents } from '#safeguards/ledger/ledger-content.ts'
import { ledgerFilesSince } from '#safeguards/ledger/ledger-copy.ts'
import type { NewLedgerEntry } from '#safeguards/ledger/ledger-entry.ts'
import { readLedgerCopy } from '#safeguards/ledger/read-ledger-copy.ts'
import { readLedgerSigner } from '#safeguards/ledger/ledger-tree.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import type { TestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from './open-log.ts'

const recovery = generateKeyPair()

export async function openTestLedger<Tables extends SafeguardTables>(database: TestDatabase<Tables>) {
  const log = await openTestLog(database)
  await log.sequence()
  const folder = await openLogFolder(join(log.place, 'ledger'))
  const custodian = database.as('seloste_custodian').db
  const signer = await readLedgerSigner(log.keys)
  if (!signer) throw new Error('the log has no key')
  const key: VerifierKey = signer
  const seal = (otherFolder = folder) => sealLedger({ db: custodian, keys: log.keys, folder: otherFolder })
  return {
    ...log,
    folder,
    key,
    keyLine: writeVerifierKey(key),
    seal,
    append: (...entries: NewLedgerEntry[]) => appendToLedger(custodian, entries),
    /** Updates a copy of the ledger that has the first `size` entries. */
    async copyInto(files: Map<string, Buffer>, size = 0) {
      for await (const { name, bytes } of ledgerFilesSince(custodian, size)) files.set(name, bytes)
      return files
    },
    /** Reads the copy as a restore does, with its entries' contents. */
    async readCopy() {
      const files = await this.copyInto(new Map<string, Buffer>())
      const { written } = await contentFiles(custodian, recovery.recipient, {
        ...{ from: 0, existing: new Set<string>(), sizeOf: () => Promise.resolve(0) },
      })
      for await (const { name, bytes } of written) files.set(name, bytes)
      const read = (name: string) => Promise.resolve(files.get(name))
      const copy = await readLedgerCopy(read, { key })
      const { contents, missing } = await openContents([read], recovery.identity, copy.entries)
      if (missing.length > 0) throw new Error(`the copy lacks the contents of the entries ${missing.join()}`)
      return { files, copy, contents }
    },
  }
}

export function makeDestructionEntry(id: string = randomUUID()): NewLedgerEntry & { kind: 'recording'; id: string } {
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
