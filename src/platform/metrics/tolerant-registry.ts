import { Counter, Registry, type Metric } from 'prom-client'

type Collected = Metric & {
  name: string
  collect?: () => void | Promise<void>
  /** What prom-client tells: emptied, a metric has no value; `reset()` would make it 0, which says that all is well. */
  hashMap: Record<string, unknown>
}

/**
 * A registry in which one number that cannot be read hides no other: it has no value in that scrape and is counted. A
 * database that is away would otherwise take every number of its process with it.
 */
export class TolerantRegistry extends Registry {
  private readonly unread: Counter

  constructor() {
    super()
    this.unread = new Counter({
      name: 'seloste_metrics_unread_total',
      help: 'Numbers that could not be read for a scrape and are left out of it',
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
