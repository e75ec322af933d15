/**
 * Memory of open chunks, used again. In: a chunk that a recording has done with. Out: one without a byte of it. Never here: a chunk
 * that two recordings have.
 *
 * A chunk lives as long as its call: it outlives V8's young generation, and what is freed of it after every call is what old
 * memory is collected for, while answers wait.
 */
import { chunkBytes } from '#platform/age/seal-stream.ts'

/** As many as calls end in a second; more are left to the collector. */
const mostSpare = 64
const spare: Buffer[] = []

/** Zeros, 64 KiB. */
export function takeChunk(): Buffer {
  return spare.pop() ?? Buffer.alloc(chunkBytes)
}

/** What it held is wiped. Whoever gives it back must not hold on to it. */
export function giveChunkBack(chunk: Buffer): void {
  chunk.fill(0)
  if (spare.length < mostSpare) spare.push(chunk)
}
