/** What the disk alone makes of a recorded call: as many small files and names made durable, one after the other. */
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Header and body side by side, then their folder, then the facts and theirs: two pairs of a file and a folder in a row. */
const pairs = 2

/** Milliseconds of each, at `perSecond`, in order. */
export async function syncAlone(perSecond: number, seconds: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'seloste-bench-'))
  const times: number[] = []
  const began = performance.now()
  const all: Promise<void>[] = []
  for (let n = 0; n < perSecond * seconds; n++) {
    await wait(Math.max(0, began + (n * 1000) / perSecond - performance.now()))
    const from = performance.now()
    all.push(makeDurable(folder, n).then(() => void times.push(performance.now() - from)))
  }
  await Promise.all(all)
  rmSync(folder, { recursive: true })
  return times.sort((one, other) => one - other)
}

async function makeDurable(folder: string, n: number): Promise<void> {
  for (let pair = 0; pair < pairs; pair++) {
    const file = await open(join(folder, `${n}-${pair}`), 'wx')
    await file.write(Buffer.alloc(300))
    await file.datasync()
    await file.close()
    const names = await open(folder)
    await names.sync()
    await names.close()
  }
}
