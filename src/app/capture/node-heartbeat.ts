/**
 * Sends this capture's heartbeat every two seconds, answers requests from desks on other machines, and ends the calls of nodes
 * that stopped sending heartbeats.
 */
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { answerOnChannel } from '#platform/database/channel-request.ts'
import {
  answerKey,
  channelNameOf,
  endCallsOfSilentNodes,
  recordNodeEnd,
  recordHeartbeat,
  type CaptureNode,
  type NodeState,
} from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'

const heartbeatMs = 2_000
const silentNodesCheckMs = 60_000

/** Returns the node id stored in the spool folder; creates it at the first start. */
export async function readNodeId(folder: string): Promise<string> {
  const path = join(folder, 'node-id')
  const known = await readFile(path, 'utf8').catch(() => '')
  if (known.trim() !== '') return known.trim()
  const id = randomUUID()
  await writeFile(path, `${id}\n`, { mode: 0o600 })
  return id
}

export function startNodeHeartbeat(options: {
  db: Kysely<RegisterTables>
  databaseUrl: string
  node: CaptureNode
  state: () => NodeState
  /** Answers requests from desks on other machines. */
  answer: (request: string) => Promise<unknown>
  /** Called after calls of silent nodes were ended, with their number. */
  onEnded: (calls: number) => void
  onFault: (error: unknown) => void
}): { stop: () => Promise<void> } {
  const { db, node, state, onFault } = options
  let sending: Promise<void> | undefined
  let silentNodesCheckedMs = performance.now()
  let wasReceived = true

  async function sendHeartbeat(): Promise<void> {
    await recordHeartbeat(db, node, state())
    wasReceived = true
    if (performance.now() - silentNodesCheckedMs < silentNodesCheckMs) return
    silentNodesCheckedMs = performance.now()
    const calls = await endCallsOfSilentNodes(db, node.id)
    if (calls > 0) options.onEnded(calls)
  }
  /** Sends a heartbeat unless the previous one is still pending. */
  function sendAgain(): void {
    sending ??= sendHeartbeat()
      .catch((error: unknown) => {
        // Reported to `onFault` once per outage.
        if (wasReceived) onFault(error)
        wasReceived = false
      })
      .finally(() => (sending = undefined))
  }
  sendAgain()
  const timer = setInterval(sendAgain, heartbeatMs)
  const answering = answerOnChannel({
    ...{ db, url: options.databaseUrl, name: channelNameOf(node.id), key: answerKey(node.id), onFault },
    answer: options.answer,
  })
  return {
    async stop() {
      clearInterval(timer)
      await answering.stop()
      await sending
      await recordNodeEnd(db, node.id, state().waiting).catch(onFault)
    },
  }
}
