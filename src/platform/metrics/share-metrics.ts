// Combines the metrics of all processes, over unix sockets or from other machines, into one exposition text. A process that
// does not answer, or answers endlessly or with something else, does not fail the scrape.
import { createServer } from 'node:http'
import { AggregatorRegistry, type Registry } from 'prom-client'
import { readBlockers, type Blocker, type Blockers } from '../blockers/blockers.ts'
import { closeServer } from '../connections/small-server.ts'
import { listenAtSocket } from '../processes/listen-at-socket.ts'
import { requestJson } from '../processes/request-json.ts'

const answerMs = 1_000

const blockersPath = '/blockers'

/** Serves this process's metrics and blockers to the process that is scraped. */
export async function serveMetrics(
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
  return { stop: () => closeServer(server) }
}

interface SharedValue {
  /** Of a histogram or summary. */
  metricName?: string
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
export async function readServedMetrics(
  sockets: Readonly<Record<string, string>>,
): Promise<Map<string, SharedMetrics>> {
  return requestEach(sockets, '/', (answer, process) => readMetrics(answer, { process }))
}

/**
 * Reads the blockers of the processes that answer, by name.
 * @param sockets by process name
 */
export async function readServedBlockers(sockets: Readonly<Record<string, string>>): Promise<Map<string, Blocker[]>> {
  return requestEach(sockets, blockersPath, readBlockers)
}

async function requestEach<Read>(
  sockets: Readonly<Record<string, string>>,
  request: string,
  read: (answer: unknown, process: string) => Read,
): Promise<Map<string, Read>> {
  const answers = await Promise.all(
    Object.entries(sockets).map(async ([process, path]) => {
      const answer = await requestJson({ socketPath: path, path: request }, answerMs).catch(() => undefined)
      return answer === undefined ? [] : [[process, read(answer, process)] as const]
    }),
  )
  // In the order of the sockets: the first to name a metric defines it.
  return new Map(answers.flat())
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const metricTypes = new Set(['counter', 'gauge', 'histogram', 'summary'])
const aggregators = new Set(['sum', 'first', 'min', 'max', 'average', 'omit'])

/**
 * Reads metrics that another process reports. It may be a capture that was taken over: anything else than a metric is left out.
 * @param labels set on each value, so that no process can report numbers under another's name
 */
export function readMetrics(reported: unknown, labels: Readonly<Record<string, string>>): SharedMetrics {
  if (!Array.isArray(reported)) return []
  return reported.flatMap((one: unknown) => {
    const { name, help, type, aggregator = 'sum', values } = asRecord(one)
    if (typeof name !== 'string' || !metricName.test(name) || typeof help !== 'string' || !Array.isArray(values))
      return []
    if (!metricTypes.has(String(type)) || !aggregators.has(String(aggregator))) return []
    return [{ name, help, type, aggregator, values: values.flatMap((value) => readValue(name, value, labels)) }]
  })
}

function readValue(name: string, reported: unknown, labels: Readonly<Record<string, string>>): SharedValue[] {
  const { value, metricName: own, labels: given } = asRecord(reported)
  if (typeof value !== 'number' && typeof value !== 'string') return []
  if (own !== undefined && !['', '_bucket', '_sum', '_count'].some((end) => own === name + end)) return []
  const theirs = Object.entries(asRecord(given)).filter(
    ([label, text]) => metricName.test(label) && (typeof text === 'string' || typeof text === 'number'),
  )
  return [
    {
      value,
      ...(typeof own === 'string' && { metricName: own }),
      labels: { ...(Object.fromEntries(theirs) as Record<string, string | number>), ...labels },
    },
  ]
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Returns this process's metrics and those of others as one exposition text. */
export async function writeMetrics(registry: Registry, others: readonly SharedMetrics[]): Promise<string> {
  const shared = others.map((metrics) => withValues(metrics, Number))
  return AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...shared]).metrics()
}
