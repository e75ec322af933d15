// Combines the metrics of all processes, over unix sockets or from other machines, into one exposition text. A process that
// does not answer does not fail the scrape.
import { createServer, request } from 'node:http'
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { Blocker, Blockers } from '../blockers/blockers.ts'
import { closeSocket, listenAtSocket } from '../processes/listen-at-socket.ts'

const answerMs = 1_000

const blockersPath = '/blockers'

/** Serves this process's metrics and blockers to the process that is scraped. */
export async function offerMetrics(
  registry: Registry,
  socketPath: string,
  blockers: Blockers,
): Promise<{ stop: () => Promise<void> }> {
  const server = createServer((request, answer) => {
    // Answered without waiting: metrics may wait for a hanging database.
    if (request.url === blockersPath) {
      answer.end(JSON.stringify(blockers.list()))
      return
    }
    shareMetrics(registry).then(
      (metrics) => answer.end(JSON.stringify(metrics)),
      () => answer.writeHead(500).end(),
    )
  })
  await listenAtSocket(server, socketPath)
  return { stop: () => closeSocket(server) }
}

interface SharedValue {
  /** A string if the number is not finite: JSON has no such numbers. */
  value: number | string
  labels?: Readonly<Partial<Record<string, string | number>>>
}

/** Metrics of one process, as JSON. */
export type SharedMetrics = readonly { values?: readonly SharedValue[] }[]

/** Returns this process's metrics as JSON. */
export async function shareMetrics(registry: Registry): Promise<SharedMetrics> {
  return withValues(await registry.getMetricsAsJSON(), (value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}

function withValues(
  metrics: SharedMetrics,
  change: (value: SharedValue['value']) => SharedValue['value'],
): SharedMetrics {
  return metrics.map((metric) => ({
    ...metric,
    ...(metric.values && { values: metric.values.map((one) => ({ ...one, value: change(one.value) })) }),
  }))
}

/**
 * Reads the metrics at the sockets that answer, by process name.
 * @param sockets by process name
 */
export async function readOffered(sockets: Readonly<Record<string, string>>): Promise<Map<string, SharedMetrics>> {
  return requestEach<SharedMetrics>(sockets, '/')
}

/**
 * Reads the blockers of the processes that answer, by name.
 * @param sockets by process name
 */
export async function readOfferedBlockers(sockets: Readonly<Record<string, string>>): Promise<Map<string, Blocker[]>> {
  return requestEach<Blocker[]>(sockets, blockersPath)
}

async function requestEach<Told>(
  sockets: Readonly<Record<string, string>>,
  request: string,
): Promise<Map<string, Told>> {
  const read = new Map<string, Told>()
  const reading = Object.entries(sockets).map(async ([process, path]) => {
    const metrics = await requestMetrics<Told>(path, request).catch(() => undefined)
    if (metrics) read.set(process, metrics)
  })
  await Promise.all(reading)
  return read
}

/** Returns this process's metrics and those of others as one exposition text. */
export async function writeMetrics(registry: Registry, others: readonly SharedMetrics[]): Promise<string> {
  const shared = others.map((metrics) => withValues(metrics, Number))
  return AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...shared]).metrics()
}

function requestMetrics<Told>(socketPath: string, path: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const pending = request({ socketPath, path, timeout: answerMs }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as Told)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    pending.on('timeout', () => pending.destroy(new Error('no answer')))
    pending.on('error', reject)
    pending.end()
  })
}
