/**
 * The single sequencer of the log: puts waiting entries into the tree and signs checkpoints, which are stored outside the
 * database before anybody else sees them. It never signs over a log that was rolled back or altered.
 * The order of steps matters: leaves in the database (one transaction), leaves beside the keys, checkpoint beside the keys,
 * checkpoint in the database. If a process ends between two of them, the next process continues.
 */
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { checkLog } from './check-log.ts'
import { entryBytes, entryColumns } from './entry-bytes.ts'
import { recordBreak, openBreak, type Finding, type LogBreak } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import { makeLogKey, readLogKey } from './log-key.ts'
import { signCheckpoint, type Signer } from './note.ts'
import { readSignedFrom, signSignedFrom, storedSignedFrom } from './signed-entries.ts'
import { storedHashReader, storedSize, type StoredCheckpoint, appendWaiting, readWaiting } from './stored-tree.ts'
import type { RightEdge } from './tree.ts'

export interface Sequencer {
  /**
   * Sequences waiting entries and signs the tree. One at a time on any machine: the caller holds a lock.
   * @returns the new checkpoint if the tree grew, or the break that prevents signing
   */
  sequence: (signal: AbortSignal) => Promise<{ signed: StoredCheckpoint | undefined } | { broken: LogBreak }>
  /** Repeats the full check before the next run. */
  checkAgain: () => void
  /** Returns true if the log could be continued at the last run. */
  isWhole: () => boolean
  size: () => number
  signer: () => Signer | undefined
}

interface Opened {
  edge: RightEdge
  signer: Signer
  signedSize: number
}

const batchEntries = 1_000
/** With a backlog, the log is still signed about once a second. */
const turnMs = 1_000

/** Another process has continued the tree or rolled it back. */
class TreeChangedElsewhere extends Error {}

/** @param instance name of the installation: part of a new log's name */
export function createSequencer(options: {
  db: SafeguardsDatabase
  keys: KeyStore
  folder: LogFolder
  instance: () => string
}): Sequencer {
  const { keys, folder, instance } = options
  const db = safeguardsOf(options.db)
  let opened: Opened | undefined
  let whole = false
  let signer: Signer | undefined

  async function open(): Promise<Opened | { findings: Finding[] }> {
    signer = await readLogKey(keys)
    const checked = await checkLog(db, folder, signer)
    if ('findings' in checked) return checked
    signer ??= await makeLogKey(keys, instance())
    const { edge, signedSize, unstored } = checked
    if (unstored) await storeCheckpoint(unstored)
    await storeSignedFrom(signer, signedSize ?? 0)
    const found: Opened = { edge, signer, signedSize: signedSize ?? 0 }
    // The first checkpoint is of the empty tree: from then on there is one beside the keys.
    if (signedSize === undefined) await signNow(found)
    else await rememberLeaves(found, Math.min(await folder.leafCount(), found.signedSize))
    return found
  }

  /**
   * Unsigned entries are trusted below the size that was signed before the first start of a version that signs entries. That
   * size is stored once beside the keys, so rolling back the database does not move it.
   */
  async function storeSignedFrom(own: Signer, size: number): Promise<void> {
    const stored = await storedSignedFrom(db)
    const [inFolder, known] = [await folder.readSignedFrom(), stored].map((note) => note?.trim())
    const valid = [inFolder, known].find((note) => readSignedFrom(own, note) !== undefined)
    const note = valid ?? signSignedFrom(own, size)
    if (note !== inFolder) await folder.writeSignedFrom(note)
    if (note === stored) return
    await db
      .insertInto('audit_signed_from')
      .values({ note })
      .onConflict((conflict) => conflict.column('one').doUpdateSet({ note }))
      .execute()
  }

  async function sequence(signal: AbortSignal): ReturnType<Sequencer['sequence']> {
    const already = await openBreak(db)
    if (already) return stopAtBreak(already)
    try {
      const found = opened ?? (await open())
      if ('findings' in found) {
        await recordBreak(db, found.findings)
        const openFinding = await openBreak(db)
        return openFinding ? await stopAtBreak(openFinding) : { signed: undefined }
      }
      opened = found
      whole = true
      if (await sequenceAll(found, signal)) {
        opened = undefined
        return { signed: undefined }
      }
      // A process that lost the lock leaves signing to the new holder.
      if (signal.aborted || found.edge.size === found.signedSize) return { signed: undefined }
      await rememberLeaves(found, found.signedSize)
      return { signed: await signNow(found) }
    } catch (error) {
      // The outcome of the last step is unknown: the next run begins with the check.
      opened = undefined
      if (error instanceof TreeChangedElsewhere) return sequence(signal)
      throw error
    }
  }

  async function stopAtBreak(found: LogBreak): Promise<{ broken: LogBreak }> {
    opened = undefined
    whole = false
    return { broken: found }
  }

  /** Sequences waiting entries in batches. Returns true if waiting entries are missing: then the log is checked first. */
  async function sequenceAll(found: Opened, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + turnMs
    for (;;) {
      const { sequenced, missing } = await sequenceBatch(found)
      if (missing) return true
      if (sequenced < batchEntries || signal.aborted || performance.now() > until) return false
    }
  }

  async function sequenceBatch(found: Opened): Promise<{ sequenced: number; missing: boolean }> {
    // If the transaction fails its results are discarded.
    const { edge } = found
    const ahead = edge.copy()
    const done = await db.transaction().execute(async (tx) => {
      const rows = await readWaiting(tx, entryColumns, batchEntries)
      if (rows.some((row) => row.seq === null)) return { sequenced: 0, missing: true }
      if (rows.length === 0) return { sequenced: 0, missing: false }
      if ((await storedSize(tx)) !== edge.size) throw new TreeChangedElsewhere()
      await appendWaiting(tx, ahead, rows, entryBytes)
      return { sequenced: rows.length, missing: false }
    })
    found.edge = ahead
    return done
  }

  /** Copies the leaves from an index on from the database to the folder beside the keys. */
  async function rememberLeaves({ edge }: Opened, from: number): Promise<void> {
    const read = storedHashReader(db)
    const step = 65_536
    for (let at = from; at < edge.size; at += step) {
      await folder.writeLeaves(at, await read(0, at, Math.min(at + step, edge.size)))
    }
  }

  async function signNow(found: Opened): Promise<StoredCheckpoint> {
    const { edge } = found
    const [size, root] = [edge.size, edge.root()]
    const checkpoint = { size, root, note: signCheckpoint(found.signer, { origin: found.signer.name, size, root }) }
    await folder.writeCheckpoint(checkpoint.note)
    await storeCheckpoint(checkpoint)
    found.signedSize = size
    return checkpoint
  }

  async function storeCheckpoint(checkpoint: StoredCheckpoint): Promise<void> {
    await db
      .insertInto('audit_checkpoint')
      .values(checkpoint)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  return {
    sequence,
    checkAgain: () => (opened = undefined),
    isWhole: () => whole,
    size: () => opened?.edge.size ?? 0,
    signer: () => signer,
  }
}
