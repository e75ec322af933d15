import { setTimeout as wait } from 'node:timers/promises'
import type { SafeguardsDatabase } from '../tables.ts'
import { claimIntakeBatches } from './intake-keys.ts'

const retryMs = 200
const maxWaitMs = 60_000

/**
 * Supplies public intake keys, each once, to writers of recordings that are not capture nodes (the demo's past calls).
 * @param taker id of the writer, under which batches of keys are claimed
 * @returns a function for the next key; throws if the custodian makes none for a minute
 */
export function intakeKeySource(database: SafeguardsDatabase, taker: string): () => Promise<string> {
  const keys: string[] = []
  let taking: Promise<void> | undefined

  async function take(): Promise<void> {
    for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs += retryMs) {
      const [batch] = await claimIntakeBatches(database, taker, 1)
      if (batch) {
        keys.push(...batch.publicKeys)
        return
      }
      await wait(retryMs)
    }
    throw new Error('no intake key is available: the custodian has created none for a minute')
  }

  return async () => {
    for (;;) {
      const key = keys.pop()
      if (key !== undefined) return key
      await (taking ??= take().finally(() => (taking = undefined)))
    }
  }
}
