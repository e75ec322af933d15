import { Counter, Registry, type Metric } from 'prom-client'

type Collected = Metric & {
  name: string
  collect?: () => void | Promise<void>
  /** Emptying this map leaves the metric without a value; `reset()` would set 0, which would mean that all is well. */
  hashMap: Record<string, unknown>
}

/**
 * A registry in which a metric that cannot be read has no value in that scrape and is counted. Otherwise a database that is
 * down would hide every metric of the process.
 */
export class TolerantRegistry extends Registry {
  private readonly unread: Counter

  constructor() {
    super()
    this.unread = new Counter({
      name: 'seloste_metrics_unread_total',
      help: 'Metrics left out of a scrape because their value could not be read',
      labelNames: ['metric'],
      registers: [this],
    })
  }

  override registerMetric<T extends string>(metric: Metric<T>): void {
    const collected = metric as unknown as Collected
    const { collect } = collected
    if (collect) {
      collected.collect = async () => {
        try {
          await collect.call(collected)
        } catch {
          collected.hashMap = {}
          this.unread.inc({ metric: collected.name })
        }
      }
    }
    super.registerMetric(metric)
  }
}
