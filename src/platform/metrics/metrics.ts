// Prometheus metrics of this process. Labels never hold personal data or unbounded values.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, collectDefaultMetrics, type Registry } from 'prom-client'
import { measureJobs } from '../jobs/measure-jobs.ts'
import { TolerantRegistry } from './tolerant-registry.ts'

export type Metrics = {
  /** Register counters and gauges here: `new Counter({ ..., registers: [metrics.registry] })`. */
  registry: Registry
  /** 99th percentile of the event loop delay since the last `scrape()`, in milliseconds. */
  eventLoopLagMs: () => number
  /** Returns the exposition text and its media type, and resets the event loop delay. */
  scrape: () => Promise<{ text: string; contentType: string }>
  stop: () => void
}

const samplingMs = 10
const nanosecondsPerMs = 1_000_000

/**
 * Starts the process's own metrics (memory, CPU, garbage collection, event loop, jobs) under the label `process`, plus `labels`
 * if there are several processes of a kind.
 */
export function startMetrics(processName: string, labels: Readonly<Record<string, string>> = {}): Metrics {
  const registry = new TolerantRegistry()
  registry.setDefaultLabels({ process: processName, ...labels })
  collectDefaultMetrics({ register: registry })
  measureJobs(registry)
  const delay = monitorEventLoopDelay({ resolution: samplingMs })
  delay.enable()
  // The histogram measures the time between samples: subtract the interval.
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
