/**
 * Client of C2SP tlog-witness: returns the witness's cosignature, or what it has seen that the log lacks. Trusts only what is
 * signed.
 */
import { createHash } from 'node:crypto'
import {
  readCheckpoint,
  readSignatureLines,
  signedBy,
  type SignedCheckpoint,
  type Signer,
  type VerifierKey,
} from '../note.ts'
import { consistencyProof, isConsistent, type ReadTreeHashes } from '../tree.ts'

export interface Witness {
  /** Submission prefix. */
  url: string
  key: VerifierKey
}

export type WitnessAnswer =
  | { line: string }
  /** The witness holds a larger checkpoint of ours than we have. */
  | { ahead: number }
  /** The witness holds a checkpoint signed by our key whose leaves are not those of our log. */
  | { differs: number }
  | { failed: string }

const answerMs = 10_000
const maxAnswerLength = 64 * 1024

/**
 * Requests a cosignature.
 * @param known size of the last checkpoint known to be cosigned; 0 if none
 * @throws if the witness does not answer
 */
export async function requestCosignature(
  witness: Witness,
  log: Signer,
  note: string,
  read: ReadTreeHashes,
  known: number,
): Promise<WitnessAnswer> {
  const checkpoint = readCheckpoint(note)
  if (!checkpoint) throw new TypeError('a note without a checkpoint')
  let old = known
  for (let attempt = 0; attempt < 2; attempt++) {
    const proof = await consistencyProof(old, checkpoint.size, read)
    const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('')
    const { status, text } = await request(`${witness.url}/add-checkpoint`, `old ${old}\n${lines}\n${note}`)
    if (status === 200) {
      const signed = signedBy(witness.key, { text: checkpoint.text, signatures: readSignatureLines(text) ?? [] })
      return typeof signed === 'object' ? { line: signed.line } : { failed: 'its answer is not signed by its key' }
    }
    if (status !== 409 || !/^(0|[1-9]\d{0,15})\n$/.test(text))
      return (await detectFork(witness, log, checkpoint, read)) ?? { failed: `${status} ${text.trim().slice(0, 200)}` }
    old = Number(text)
    if (old > checkpoint.size) return checkAhead(witness, log, checkpoint.size)
  }
  return { failed: 'it cosigned another checkpoint meanwhile' }
}

/**
 * Returns the last cosigned checkpoint of a log, signed by both.
 * @returns undefined if the witness holds no valid one
 * @throws if it does not answer
 */
export async function fetchCosigned({ url, key }: Witness, log: VerifierKey): Promise<SignedCheckpoint | undefined> {
  const checkpoint = await fetchWitnessCheckpoint(url, log)
  return checkpoint && typeof signedBy(key, checkpoint) === 'object' ? checkpoint : undefined
}

async function fetchWitnessCheckpoint(url: string, log: VerifierKey): Promise<SignedCheckpoint | undefined> {
  const origin = createHash('sha256').update(log.name).digest('hex')
  const { status, text } = await request(`${url}/${origin}/checkpoint`)
  const checkpoint = status === 200 ? readCheckpoint(text) : undefined
  return checkpoint && checkpoint.origin === log.name && typeof signedBy(log, checkpoint) === 'object'
    ? checkpoint
    : undefined
}

/** A claimed size is not trusted: only a larger checkpoint with our own signature. */
async function checkAhead(witness: Witness, log: Signer, size: number): Promise<WitnessAnswer> {
  const theirs = await fetchWitnessCheckpoint(witness.url, log)
  if (theirs && theirs.size > size) return { ahead: theirs.size }
  return { failed: 'it says that it has seen a larger tree and shows no checkpoint of it' }
}

/** Detects another log signed with our key: the witness's checkpoint is not a prefix of ours. */
async function detectFork(
  witness: Witness,
  log: Signer,
  ours: SignedCheckpoint,
  read: ReadTreeHashes,
): Promise<WitnessAnswer | undefined> {
  const theirs = await fetchWitnessCheckpoint(witness.url, log)
  if (!theirs || theirs.size > ours.size) return undefined
  return isConsistent(theirs, ours, await consistencyProof(theirs.size, ours.size, read))
    ? undefined
    : { differs: theirs.size }
}

async function request(url: string, body?: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body }),
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true })
    if (text.length > maxAnswerLength) throw new Error(`the response of ${url} is too long for a witness`)
  }
  return { status: answer.status, text }
}
