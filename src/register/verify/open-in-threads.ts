/**
 * Decrypts many bodies in parallel, on every core, and returns the SHA-256 of each encrypted body that decrypts completely. No
 * plaintext leaves the threads.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { payloadNonceBytes, sealedChunkBytes, tagBytes } from '#platform/age/seal-stream.ts'
import type { OpenRequest, OpenResponse } from './open-worker.ts'

/** Chunks read at once: 1 MiB. */
const windowChunks = 16
const windowBytes = windowChunks * sealedChunkBytes

export interface OpeningThreads {
  /** Number of bodies to open concurrently so that every thread has work. */
  concurrency: number
  /** Returns the SHA-256 (hexadecimal) of an encrypted body of this size; `forged` if it does not decrypt with this key. */
  open(
    fileKey: Uint8Array,
    sizeBytes: number,
    read: (start: number, end: number) => Promise<Buffer>,
  ): Promise<{ sha256: string } | 'forged'>
  stop(): Promise<void>
}

export function startOpeningThreads(threads = availableParallelism()): OpeningThreads {
  const waiting = new Map<number, PromiseWithResolvers<OpenResponse>>()
  let broken: Error | undefined
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./open-worker.ts', import.meta.url), { name: 'verify-recordings' })
    worker.on('message', (reported: OpenResponse) => {
      waiting.get(reported.job)?.resolve(reported)
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
    // A copy, which the thread wipes.
    const key = Uint8Array.from(fileKey)
    worker.postMessage({ job, begin: { fileKey: key, sizeBytes } } satisfies OpenRequest, [key.buffer])
    let end = Math.min(sizeBytes, payloadNonceBytes + windowBytes)
    let window = await read(0, end)
    try {
      for (;;) {
        const response = Promise.withResolvers<OpenResponse>()
        waiting.set(job, response)
        const own =
          window.byteOffset === 0 && window.length === window.buffer.byteLength ? window : Uint8Array.from(window)
        worker.postMessage({ job, window: own } satisfies OpenRequest, [own.buffer as ArrayBuffer])
        const start = end
        end = Math.min(sizeBytes, start + windowBytes)
        // Reads the next window while this one is decrypted.
        const [reported, next] = await Promise.all([response.promise, start < sizeBytes ? read(start, end) : undefined])
        if ('sha256' in reported) return { sha256: reported.sha256 }
        if ('forged' in reported || next === undefined) return 'forged'
        window = next
      }
    } finally {
      waiting.delete(job)
    }
  }

  return {
    concurrency: 2 * threads,
    open,
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
