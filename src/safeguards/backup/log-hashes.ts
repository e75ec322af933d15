/**
 * Copies the audit log's hashes beside the backups: C2SP tlog-tiles without entries, so that a log restored from an earlier
 * backup continues the signed tree.
 */
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { readOwnCheckpoint } from '../audit/check-log.ts'
import { supersededTiles, tilePath, tilesSince } from '../audit/tiles.ts'
import { writeVerifierKey, type Signer, type VerifierKey, readCheckpoint, signedBy } from '../audit/note.ts'
import { newestCheckpoint, storedHashReader } from '../audit/stored-tree.ts'
import { edgeAt, RightEdge, tileWidth } from '../audit/tree.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { readWhole, readWholeIfExists } from '#platform/objects/whole-objects.ts'

export const logFolder = 'audit/'
const hashBytes = 32

/**
 * Refuses a place of another Seloste.
 * @throws Fault `backup-other-log`
 */
export async function refuseOtherLog(store: ObjectStore, signer: Signer): Promise<void> {
  const key = (await readWholeIfExists(store, `${logFolder}key`))?.toString('utf8').trim()
  if (key !== undefined && key !== writeVerifierKey(signer)) throw otherLogFault()
}

function otherLogFault(): Fault {
  return new Fault(
    'backup-other-log',
    'the place has the audit log of another Seloste, or one that this log does not continue: keep it, and back up to another folder',
  )
}

/**
 * Extends a place's tiles up to the newest checkpoint.
 * @throws Fault `backup-other-log`, `audit-log-unsigned`
 */
export async function copyLogHashes(db: SafeguardsDatabase, signer: Signer, store: ObjectStore): Promise<void> {
  const checkpoint = await newestCheckpoint(db)
  if (!checkpoint) throw new Fault('audit-log-unsigned', 'the audit log has not been signed yet; start Seloste first')
  const read = storedHashReader(db)
  const before = await readWholeIfExists(store, `${logFolder}checkpoint`)
  const earlier = before && readOwnCheckpoint(signer, before.toString('utf8'))
  const known = earlier && (await edgeAt(Math.min(earlier.size, checkpoint.size), read)).root()
  if (before && !(earlier && earlier.size <= checkpoint.size && known?.equals(earlier.root))) {
    throw otherLogFault()
  }
  const copied = earlier?.size ?? 0
  for await (const { path, bytes } of tilesSince(copied, checkpoint.size, read))
    await store.put(logFolder + path, bytes)
  await store.put(`${logFolder}key`, Buffer.from(`${writeVerifierKey(signer)}\n`))
  await store.put(`${logFolder}checkpoint`, Buffer.from(checkpoint.note))
  for (const path of supersededTiles(copied, checkpoint.size)) await store.delete(logFolder + path)
}

/** The log in a place: its last checkpoint and leaves with that root. */
export interface CopiedLog {
  size: number
  note: string
  leaves: Buffer[]
}

/** @throws Fault `backup-log-altered` */
export async function readLogHashes(store: ObjectStore, key: VerifierKey): Promise<CopiedLog> {
  const altered = (problem: string) =>
    new Fault('backup-log-altered', `the audit log’s hashes in the place are not whole (${problem}); use another place`)
  const note = (await readWholeIfExists(store, `${logFolder}checkpoint`))?.toString('utf8')
  const checkpoint = note === undefined ? undefined : readCheckpoint(note)
  if (note === undefined || !checkpoint || typeof signedBy(key, checkpoint) !== 'object')
    throw altered('its checkpoint')
  const leaves: Buffer[] = []
  const edge = new RightEdge()
  for (let index = 0; index * tileWidth < checkpoint.size; index++) {
    const width = Math.min(tileWidth, checkpoint.size - index * tileWidth)
    const tile = await readWhole(store, logFolder + tilePath(0, index, width)).catch((cause: unknown) => {
      throw new Fault('backup-log-altered', altered(`tile ${index}`).message, cause)
    })
    if (tile.length !== width * hashBytes) throw altered(`tile ${index}`)
    for (let n = 0; n < width; n++) {
      const leaf = tile.subarray(n * hashBytes, (n + 1) * hashBytes)
      leaves.push(leaf)
      edge.append(leaf)
    }
  }
  if (!edge.root().equals(checkpoint.root)) throw altered('its root')
  return { size: checkpoint.size, note, leaves }
}
