/**
 * A witness's decision about a checkpoint (C2SP tlog-witness, add-checkpoint): the response, and the state to store before it
 * is sent.
 */
import { readCheckpoint, signedBy, type SignedCheckpoint, type VerifierKey } from '../note.ts'
import { emptyRoot, isConsistent } from '../tree.ts'

export type AddCheckpointResult =
  | { status: 200; checkpoint: SignedCheckpoint }
  /** `size` of the last cosigned checkpoint. */
  | { status: 409; size: number }
  | { status: 400 | 403 | 404 | 422; why: string }

const maxProofLines = 63

/** @param latest last checkpoint cosigned for this log */
export function addCheckpoint(
  body: string,
  log: VerifierKey,
  latest: { size: number; root: Buffer } | undefined,
): AddCheckpointResult {
  const request = parseAddCheckpoint(body)
  if (!request) {
    return { status: 400, why: 'the body must be "old <size>", proof lines, an empty line and a checkpoint' }
  }
  const { old, proof, checkpoint } = request
  if (checkpoint.origin !== log.name) return { status: 404, why: `this witness does not know ${checkpoint.origin}` }
  if (typeof signedBy(log, checkpoint) === 'string')
    return { status: 403, why: 'the log’s key did not sign this checkpoint' }
  if (old > checkpoint.size) return { status: 400, why: 'the old size is above the checkpoint’s' }
  const known = latest ?? { size: 0, root: emptyRoot }
  if (old !== known.size) return { status: 409, size: known.size }
  if (checkpoint.size === 0 && !checkpoint.root.equals(emptyRoot)) {
    return { status: 422, why: 'the empty tree has another root' }
  }
  if (!isConsistent(known, checkpoint, proof)) {
    return { status: 422, why: 'the proof does not show that the tree cosigned before is an earlier part of this one' }
  }
  return { status: 200, checkpoint }
}

/** Returns the log of a request; undefined if it has no checkpoint. */
export function originOf(body: string): string | undefined {
  return readCheckpoint(body.slice(body.indexOf('\n\n') + 2))?.origin
}

function parseAddCheckpoint(body: string): { old: number; proof: Buffer[]; checkpoint: SignedCheckpoint } | undefined {
  const end = body.indexOf('\n\n')
  const [first, ...lines] = body.slice(0, Math.max(0, end)).split('\n')
  const digits = /^old (0|[1-9]\d{0,15})$/.exec(first ?? '')?.[1]
  const checkpoint = readCheckpoint(body.slice(end + 2))
  const proof = lines.map((line) => Buffer.from(line, 'base64'))
  const areHashes = proof.every((hash, n) => hash.length === 32 && hash.toString('base64') === lines[n])
  if (end < 0 || digits === undefined || !checkpoint || !areHashes || lines.length > maxProofLines) return undefined
  return { old: Number(digits), proof, checkpoint }
}
