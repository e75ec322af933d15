/** What a program with nothing else to do makes of a call that begins: one line made durable, in a file whose place is reserved (ADR 0057). */
import { constants } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Of the facts of a call. */
const lineBytes = 1_500
const reservedLines = 4_000
/** Few enough to keep nobody else's waiting. */
const everyMs = 100

/** Goes on beside whatever is measured until it is stopped. @returns milliseconds of each line */
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
