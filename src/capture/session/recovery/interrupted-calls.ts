import { readFile, rm, writeFile } from 'node:fs/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { readFacts, writeFacts } from './facts-file.ts'

/**
 * Calls that a planned stop interrupts. Their segments end in the register, but the calls go on at the client's: the next
 * process must know them, so that a re-INVITE which does not tell everything again is still a segment of the same call.
 */
export async function saveInterruptedCalls(path: string, going: readonly SegmentFacts[]): Promise<void> {
  await writeFile(path, JSON.stringify(going.map(writeFacts)), { mode: 0o600 })
}

/** What the last planned stop interrupted; read once. */
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
