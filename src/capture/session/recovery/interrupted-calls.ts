import { readFile, rm, writeFile } from 'node:fs/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { readFacts, writeFacts } from './facts-file.ts'

/**
 * Saves calls that a planned stop interrupts. Their segments end in the register, but the calls continue at the client. The next
 * process needs this file to assign an incomplete re-INVITE to the same call.
 */
export async function saveInterruptedCalls(path: string, inProgress: readonly SegmentFacts[]): Promise<void> {
  await writeFile(path, JSON.stringify(inProgress.map(writeFacts)), { mode: 0o600 })
}

/** Returns the calls that the last planned stop interrupted, and deletes them. */
export async function loadInterruptedCalls(path: string): Promise<SegmentFacts[]> {
  try {
    const written = JSON.parse(await readFile(path, 'utf8')) as string[]
    return written.map(readFacts)
  } catch {
    return []
  } finally {
    await rm(path, { force: true })
  }
}
