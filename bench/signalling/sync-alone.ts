/** What the disk alone makes of a call that begins: one line made durable, in a file whose place is reserved (ADR 0057). */
import { constants, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Of the facts of a call. */
const lineBytes = 1_500

/** Milliseconds of each, at `perSecond`, in order. */
export async function syncAlone(perSecond: number, seconds: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'seloste-bench-'))
  const file = await open(join(folder, 'lines'), constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC)
  await file.write(Buffer.alloc(lineBytes * perSecond * seconds))
  const times: number[] = []
  const began = performance.now()
  const all: Promise<void>[] = []
  for (let n = 0; n < perSecond * seconds; n++) {
    await wait(Math.max(0, began + (n * 1000) / perSecond - performance.now()))
    const from = performance.now()
    const written = file.write(Buffer.alloc(lineBytes), 0, lineBytes, n * lineBytes)
    all.push(written.then(() => void times.push(performance.now() - from)))
  }
  await Promise.all(all)
  await file.close()
  rmSync(folder, { recursive: true })
  return times.sort((one, other) => one - other)
}
