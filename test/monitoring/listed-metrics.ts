// Reads the operators' list of metrics, docs/operate/metrics.md, for tests that compare it with the exposed ones.
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
