// Numbers about this process for Prometheus.
// In: a process name. Out: a registry with the process's own numbers in it. Never: a label that holds personal data, or
// one without a bound on its values.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, collectDefaultMetrics, type Registry } from 'prom-client'
import { measureJobs } from '../jobs/measure-jobs.ts'
import { TolerantRegistry } from './tolerant-registry.ts'

export type Metrics = {
  /** Register counters and gauges here: `new Counter({ ..., registers: [metrics.registry] })`. */
  registry: Registry
  /** The 99th percentile of the event loop's delay since the last reading by `scrape()`, in milliseconds. */
  eventLoopLagMs: () => number
  /** The exposition text and its media type; begins a new reading of the event loop's delay. */
  scrape: () => Promise<{ text: string; contentType: string }>
  stop: () => void
}

const samplingMs = 10
const nanosecondsPerMs = 1_000_000

/**
 * Measures this process (memory, CPU, garbage collection, event loop, work that comes round) under the label `process`, and others
 * where there are several of its kind.
 */
export function startMetrics(processName: string, labels: Readonly<Record<string, string>> = {}): Metrics {
  const registry = new TolerantRegistry()
  registry.setDefaultLabels({ process: processName, ...labels })
  collectDefaultMetrics({ register: registry })
  measureJobs(registry)
  const delay = monitorEventLoopDelay({ resolution: samplingMs })
  delay.enable()
  // The histogram holds the time between samples: their own interval is no lag.
  const eventLoopLagMs = () =>
    delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / nanosecondsPerMs - samplingMs)
  new Gauge({
    name: 'seloste_event_loop_lag_p99_seconds',
    help: "99th percentile of the event loop's delay since the last scrape",
    registers: [registry],
    collect() {
      this.set(eventLoopLagMs() / 1000)
      delay.reset()
    },
  })
  return {
    registry,
    eventLoopLagMs,
    scrape: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    stop: () => {
      delay.disable()
      registry.clear()
    },
  }
}
