/**
 * Baseline for call setup: one line written synchronously to a preallocated file (ADR 0057) by a program that does nothing else.
 */
import { constants } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Size of a call's facts. */
const lineBytes = 1_500
const reservedLines = 4_000
/** Seldom enough not to delay the syncs of others. */
const everyMs = 100

/**
 * Runs beside the measurement until stopped.
 * @returns milliseconds of each line
 */
export async function startSyncing(): Promise<{ stop(): Promise<number[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-bench-'))
  const file = await open(join(folder, 'lines'), constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC)
  await file.write(Buffer.alloc(lineBytes * reservedLines))
  const times: number[] = []
  const stopping = new AbortController()

  async function syncAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const from = performance.now()
      await file.write(Buffer.alloc(lineBytes), 0, lineBytes, (times.length % reservedLines) * lineBytes)
      times.push(performance.now() - from)
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const syncing = syncAll()

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
