/**
 * Baseline for call setup: synchronous writes (O_DSYNC) of the size of a call's facts to a preallocated file (ADR 0057), without
 * Seloste.
 */
import { constants } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Size of a call's facts. */
const writeBytes = 1_500
const preallocatedWrites = 4_000
/** Rarely enough not to delay the writes of capture. */
const everyMs = 100

/**
 * Writes until stopped, beside the measurement.
 * @returns duration of each write in milliseconds
 */
export async function startSyncing(): Promise<{ stop(): Promise<number[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-bench-'))
  const file = await open(join(folder, 'writes'), constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC)
  await file.write(Buffer.alloc(writeBytes * preallocatedWrites))
  const times: number[] = []
  const stopping = new AbortController()

  async function writeAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const from = performance.now()
      await file.write(Buffer.alloc(writeBytes), 0, writeBytes, (times.length % preallocatedWrites) * writeBytes)
      times.push(performance.now() - from)
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const syncing = writeAll()

  return {
    async stop() {
      stopping.abort()
      await syncing
      await file.close()
      await rm(folder, { recursive: true })
      return times
    },
  }
}
