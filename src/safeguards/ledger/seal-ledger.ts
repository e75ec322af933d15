/**
 * The single sequencer of the ledger: numbers waiting entries and signs a head, which is stored beside the keys before anybody
 * else sees it. Never signs over a ledger that was rolled back or altered; destructions do not wait for numbers.
 * Every step is idempotent: leaves (one transaction), head beside the keys, head in the database. The caller holds the ledger's
 * lock.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { readOwnCheckpoint } from '../audit/check-log.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { signCheckpoint, type Signer } from '../audit/note.ts'
import {
  MissingTreeHashes,
  newestCheckpoint,
  storedHashReader,
  storedSize,
  type StoredCheckpoint,
  appendWaiting,
  readWaiting,
} from '../audit/stored-tree.ts'
import { edgeAt, hashLeaf, type RightEdge } from '../audit/tree.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { ledgerBytes, ledgerColumns, type LedgerRow } from './ledger-bytes.ts'
import { ledgerTree, readLedgerSigner } from './ledger-tree.ts'

export interface LedgerSealing {
  db: SafeguardsDatabase
  keys: KeyStore
  /** The ledger's state beside the keys; not shared. */
  folder: LogFolder
}

const batchEntries = 1_000
/** Last entries verified before the ledger continues; the verifier checks all. */
const entriesPerCheck = 256

/**
 * Numbers every entry committed before this call, and signs the head.
 * @returns the head; undefined if the audit log has no key yet (the log's sequencer creates it)
 * @throws Fault `ledger-head-missing`, `ledger-head-altered`, `ledger-turned-back`, `ledger-altered`: nothing was signed
 */
export async function sealLedger({ db: database, keys, folder }: LedgerSealing): Promise<StoredCheckpoint | undefined> {
  const db = safeguardsOf(database)
  const signer = await readLedgerSigner(keys)
  if (!signer) return undefined
  // The first head is of the empty ledger: from then on there is one beside the keys.
  if ((await folder.readCheckpoint()) === undefined) await withLock(db, (tx) => signHead(tx, folder, signer))
  while (await withLock(db, (tx) => numberBatch(tx, folder, signer)));
  return withLock(db, (tx) => signHead(tx, folder, signer))
}

async function withLock<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('seloste.ledger', 0))`.execute(tx)
    return work(tx)
  })
}

/** @returns true if more may be waiting */
async function numberBatch(tx: Tx, folder: LogFolder, signer: Signer): Promise<boolean> {
  const rows = await readWaiting(tx, ledgerColumns, batchEntries, ledgerTree)
  if (rows.length === 0) return false
  const deleted = rows.find(({ seq }) => seq === null)
  if (deleted) throw alteredFault(`entry ${deleted.waiting} was deleted before it had its number`)
  const { edge } = await openTree(tx, folder, signer)
  await appendWaiting(tx, edge, rows, ledgerBytes, ledgerTree)
  return rows.length === batchEntries
}

async function signHead(tx: Tx, folder: LogFolder, signer: Signer): Promise<StoredCheckpoint> {
  const stored = await newestCheckpoint(tx, ledgerTree)
  const size = await storedSize(tx, ledgerTree)
  const remembered = await headBesideKeys(folder, signer)
  if (stored?.size === size && remembered?.size === size && remembered.root.equals(stored.root)) return stored
  const { edge } = await openTree(tx, folder, signer)
  const root = edge.root()
  const head = { size, root, note: signCheckpoint(signer, { origin: signer.name, size, root }) }
  await folder.writeCheckpoint(head.note)
  await tx
    .insertInto('ledger_head')
    .values(head)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return head
}

async function headBesideKeys(folder: LogFolder, signer: Signer): Promise<{ size: number; root: Buffer } | undefined> {
  const note = await folder.readCheckpoint()
  if (note === undefined) return undefined
  const read = readOwnCheckpoint(signer, note)
  if (!read) {
    throw new Fault(
      'ledger-head-altered',
      'the head of the destruction ledger beside the keys is not signed by the log’s key: restore the file from a copy of the data folder; destruction continues, and entries wait for their numbers',
    )
  }
  return read
}

/** Returns the tree to continue, after checking the last head and the last entries. */
async function openTree(tx: Tx, folder: LogFolder, signer: Signer): Promise<{ edge: RightEdge }> {
  const [remembered, size] = [await headBesideKeys(folder, signer), await storedSize(tx, ledgerTree)]
  const stored = await newestCheckpoint(tx, ledgerTree)
  if (!remembered && (size > 0 || stored)) {
    throw new Fault(
      'ledger-head-missing',
      'the head of the destruction ledger beside the keys is missing although the ledger was signed: restore the file from a copy of the data folder; destruction continues, and entries wait for their numbers',
    )
  }
  if (remembered && size < remembered.size) throw rolledBackFault(size, remembered.size)
  if (stored && size < stored.size) throw rolledBackFault(size, stored.size)
  const edge = await edgeOf(tx, size)
  if (remembered) {
    const root = (remembered.size === size ? edge : await edgeOf(tx, remembered.size)).root()
    if (!root.equals(remembered.root)) throw alteredFault('its hashes do not match the signed head')
  }
  await checkLast(tx, size)
  return { edge }
}

async function edgeOf(tx: Tx, size: number): Promise<RightEdge> {
  return edgeAt(size, storedHashReader(tx, ledgerTree)).catch((error: unknown) => {
    if (error instanceof MissingTreeHashes) throw alteredFault(error.message)
    throw error
  })
}

async function checkLast(tx: Tx, size: number): Promise<void> {
  const { rows } = await sql<LedgerRow & { index: number; hash: Buffer }>`
    select l.index, l.hash, ${ledgerColumns}
    from ledger_leaf l left join destruction_entry e on e.seq = l.seq
    where l.index >= ${size - entriesPerCheck} order by l.index`.execute(tx)
  const wrong = rows.find((row) => row.seq === null || !hashLeaf(ledgerBytes(row)).equals(row.hash))
  if (wrong) throw alteredFault(`entry ${wrong.index + 1} is ${wrong.seq === null ? 'missing' : 'altered'}`)
}

function rolledBackFault(found: number, signed: number): Fault {
  return new Fault(
    'ledger-turned-back',
    `the destruction ledger in the database has ${found} entries but ${signed} were signed: the database is from an earlier time. Restore with "seloste restore", which replays the ledger from its copies; destruction continues, and entries wait for their numbers`,
  )
}

function alteredFault(problem: string): Fault {
  return new Fault(
    'ledger-altered',
    `the destruction ledger in the database was altered (${problem}): keep a copy of the database, find out what happened (docs/operate/audit-log.md), and restore with "seloste restore"; destruction continues, and entries wait for their numbers`,
  )
}
