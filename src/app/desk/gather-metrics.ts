import type { Registry } from 'prom-client'
import { readMetrics, readServedMetrics, writeMetrics, type SharedMetrics } from '#platform/metrics/share-metrics.ts'
import { listNodeStatuses, type NodeStatus } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Kysely } from 'kysely'
import type { Captures } from './captures.ts'

/** Receives who answered each scrape. */
export interface ScrapeResults {
  process(name: string, answers: boolean): void
  /** Receives the capture nodes that have not reported a planned end. */
  nodes(nodes: readonly { name: string; answers: boolean }[]): void
}

/**
 * Returns the metrics of the desk, of its machine's processes (over sockets, independent of the database), and of captures
 * elsewhere (over the database), as one exposition text.
 */
export async function gatherMetrics(
  registry: Registry,
  {
    sockets,
    db,
    captures,
  }: { sockets: Readonly<Record<string, string>>; db: Kysely<RegisterTables>; captures: Captures },
  results: ScrapeResults,
): Promise<string> {
  const localMetrics = await readServedMetrics(sockets)
  const localNodeName = nodeOf(localMetrics.get('capture'))
  const nodes = await listNodeStatuses(db).catch((): NodeStatus[] => [])
  // A node whose disk was lost may have had the same name; the node with the latest heartbeat is the one on this machine.
  const localNodeId = nodes
    .filter(({ name, state }) => name === localNodeName && state !== 'ended')
    .reduce<NodeStatus | undefined>(
      (last, node) => (last && last.aliveAt.epochMilliseconds > node.aliveAt.epochMilliseconds ? last : node),
      undefined,
    )?.id
  const remoteAnswers = await captures.request('metrics', localNodeId).catch(() => undefined)
  for (const process of Object.keys(sockets)) {
    results.process(
      process,
      localMetrics.has(process) || (process === 'capture' && (remoteAnswers?.answers.size ?? 0) > 0),
    )
  }
  const expected = nodes.filter(({ state }) => state !== 'ended')
  results.nodes(
    expected.map(({ id, name }) => ({ name, answers: id === localNodeId || remoteAnswers?.answers.has(id) === true })),
  )
  const remoteMetrics = (remoteAnswers?.expected ?? []).map(({ id, name }) =>
    readMetrics(remoteAnswers?.answers.get(id), { process: 'capture', node: name }),
  )
  return writeMetrics(registry, [...localMetrics.values(), ...remoteMetrics])
}

/** Returns the node of a capture's metrics. */
function nodeOf(metrics: SharedMetrics | undefined): string | undefined {
  const label = metrics?.flatMap(({ values }) => values ?? []).find(({ labels }) => labels?.['node'] !== undefined)
  return label?.labels?.['node']?.toString()
}
