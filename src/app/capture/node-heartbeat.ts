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
  calledOnChannels,
  endCallsOfSilentNodes,
  nodeEnds,
  nodeLives,
  type CaptureNode,
  type NodeState,
} from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'

const livesMs = 2_000
const endsSilentMs = 60_000

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
  onEnded: (calls: number) => void
  onFault: (error: unknown) => void
}): { stop: () => Promise<void> } {
  const { db, node, state, onFault } = options
  let sending: Promise<void> | undefined
  let sweptMs = performance.now()
  let wasReceived = true

  async function sendHeartbeat(): Promise<void> {
    await nodeLives(db, node, state())
    wasReceived = true
    if (performance.now() - sweptMs < endsSilentMs) return
    sweptMs = performance.now()
    const calls = await endCallsOfSilentNodes(db, node.id)
    if (calls > 0) options.onEnded(calls)
  }
  /** Sends a heartbeat unless the previous one is still pending. */
  function sendAgain(): void {
    sending ??= sendHeartbeat()
      .catch((error: unknown) => {
        // Reported once per outage.
        if (wasReceived) onFault(error)
        wasReceived = false
      })
      .finally(() => (sending = undefined))
  }
  sendAgain()
  const timer = setInterval(sendAgain, livesMs)
  const answering = answerOnChannel({
    ...{ db, url: options.databaseUrl, name: calledOnChannels(node.id), key: answerKey(node.id), onFault },
    answer: options.answer,
  })
  return {
    async stop() {
      clearInterval(timer)
      await answering.stop()
      await sending
      await nodeEnds(db, node.id, state().waiting).catch(onFault)
    },
  }
}
