/**
 * Worker thread that decrypts whole bodies: takes a file key, a size, then the bytes in windows; returns the SHA-256, or that a
 * chunk does not decrypt. Drops the plaintext.
 */
import { createHash, type Hash, type KeyObject } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { openChunkBytes } from '#platform/age/open-stream.ts'
import { derivePayloadKey, payloadNonceBytes, sealedChunkBytes } from '#platform/age/seal-stream.ts'

/** The first window begins with the nonce; every window but the last ends at a chunk border. */
export type OpenRequest =
  { job: number; begin: { fileKey: Uint8Array; sizeBytes: number } } | { job: number; window: Uint8Array }
/** After each window: next, done, or failed. */
export type OpenResponse = { job: number } & ({ next: true } | { sha256: string } | { forged: true })

interface Opening {
  fileKey: Uint8Array
  hash: Hash
  chunks: number
  key?: KeyObject
  chunk: number
}

const port = parentPort!
const openings = new Map<number, Opening>()

port.on('message', (request: OpenRequest) => {
  const { job } = request
  if ('begin' in request) {
    const { fileKey, sizeBytes } = request.begin
    const chunks = Math.ceil((sizeBytes - payloadNonceBytes) / sealedChunkBytes)
    openings.set(job, { fileKey, hash: createHash('sha256'), chunks, chunk: 0 })
    return
  }
  const opening = openings.get(job)
  if (!opening) return
  const reported = openWindow(
    opening,
    Buffer.from(request.window.buffer, request.window.byteOffset, request.window.length),
  )
  if (!('next' in reported)) {
    opening.fileKey.fill(0)
    openings.delete(job)
  }
  port.postMessage({ job, ...reported } satisfies OpenResponse)
})

function openWindow(opening: Opening, window: Buffer): { next: true } | { sha256: string } | { forged: true } {
  let at = 0
  if (!opening.key) {
    opening.key = derivePayloadKey(opening.fileKey, window.subarray(0, payloadNonceBytes))
    at = payloadNonceBytes
    opening.hash.update(window.subarray(0, at))
  }
  try {
    for (; at < window.length; at += sealedChunkBytes) {
      const isLast = opening.chunk === opening.chunks - 1
      const sealed = window.subarray(at, at + sealedChunkBytes)
      opening.hash.update(sealed)
      const plaintext = openChunkBytes(opening.key, opening.chunk, isLast, sealed)
      if (isLast && plaintext.length === 0 && opening.chunk > 0) return { forged: true }
      opening.chunk++
    }
  } catch {
    // The only possible error is age-chunk-forged.
    return { forged: true }
  }
  return opening.chunk < opening.chunks ? { next: true } : { sha256: opening.hash.digest('hex') }
}
