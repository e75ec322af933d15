/**
 * Opening many bodies at once, on every core. In: file keys and a way to read. Out: the SHA-256 of each sealed body that opens
 * whole. Never here: plaintext.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { payloadNonceBytes, sealedChunkBytes, tagBytes } from '#platform/age/seal-stream.ts'
import type { OpenAsked, OpenTold } from './open-worker.ts'

/** Chunks read at once: 1 MiB. */
const windowChunks = 16
const windowBytes = windowChunks * sealedChunkBytes

export interface OpeningThreads {
  /** How many bodies may be opened at once so that every thread has work. */
  lanes: number
  /** SHA-256 (hexadecimal) of a sealed body of so many bytes; `forged` where it does not open with this key. */
  open(
    fileKey: Uint8Array,
    sizeBytes: number,
    read: (start: number, end: number) => Promise<Buffer>,
  ): Promise<{ sha256: string } | 'forged'>
  stop(): Promise<void>
}

export function startOpeningThreads(threads = availableParallelism()): OpeningThreads {
  const waiting = new Map<number, PromiseWithResolvers<OpenTold>>()
  let broken: Error | undefined
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./open-worker.ts', import.meta.url), { name: 'verify-recordings' })
    worker.on('message', (told: OpenTold) => {
      waiting.get(told.job)?.resolve(told)
    })
    worker.on('error', (error: unknown) => {
      broken = error instanceof Error ? error : new Error(String(error))
      for (const { reject } of waiting.values()) reject(error)
    })
    return worker
  })
  let jobs = 0

  const open: OpeningThreads['open'] = async (fileKey, sizeBytes, read) => {
    if (sizeBytes < payloadNonceBytes + tagBytes) return 'forged'
    if (broken) throw broken
    const job = jobs++
    const worker = workers[job % workers.length]!
    // Theirs to wipe: a copy.
    const key = Uint8Array.from(fileKey)
    worker.postMessage({ job, begin: { fileKey: key, sizeBytes } } satisfies OpenAsked, [key.buffer])
    let end = Math.min(sizeBytes, payloadNonceBytes + windowBytes)
    let window = await read(0, end)
    try {
      for (;;) {
        const turn = Promise.withResolvers<OpenTold>()
        waiting.set(job, turn)
        const own =
          window.byteOffset === 0 && window.length === window.buffer.byteLength ? window : Uint8Array.from(window)
        worker.postMessage({ job, window: own } satisfies OpenAsked, [own.buffer as ArrayBuffer])
        const start = end
        end = Math.min(sizeBytes, start + windowBytes)
        // The next is read while this one is being opened.
        const [told, next] = await Promise.all([turn.promise, start < sizeBytes ? read(start, end) : undefined])
        if ('sha256' in told) return { sha256: told.sha256 }
        if ('forged' in told || next === undefined) return 'forged'
        window = next
      }
    } finally {
      waiting.delete(job)
    }
  }

  return {
    lanes: 2 * threads,
    open,
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
