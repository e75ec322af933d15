// The list of metrics that operators read, for tests that hold it against what is exposed and what is asked for.
// In: docs/operate/metrics.md. Out: its rows. Never here: a metric of the program's.
import { readFileSync } from 'node:fs'

export interface ListedMetric {
  name: string
  type: string
  labels: string[]
  help: string
}

export function listedMetrics(): ListedMetric[] {
  const text = readFileSync(new URL('../../docs/operate/metrics.md', import.meta.url), 'utf8')
  return [...text.matchAll(/^\| `(seloste_\w+)` \| (\w+) \| ([\w, ]*) \| [\w, ]+ \| (.*) \|$/gm)].map(
    ([, name = '', type = '', labels = '', help = '']) => ({
      name,
      type,
      labels: labels.split(', ').filter(Boolean),
      help,
    }),
  )
}
