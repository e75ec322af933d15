import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { Blockers } from './blockers.tsx'
import type { CaptureNode } from './capture-shapes.ts'

const checkMs = 5_000

/** Tallentimet: the capture nodes of this register and the state of each. */
export function NodesPage() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/capture/nodes', undefined, {
    staleTime: 0,
    refetchInterval: checkMs,
  })
  const { data } = query
  return (
    <Page title={t('capture.nodes.title')} lead={t('capture.nodes.lead')}>
      <Blockers />
      <Loaded query={query} />
      {data?.items.length === 0 && <Notice kind="info">{t('capture.nodes.none')}</Notice>}
      {data?.items.map((node) => (
        <section key={node.id} className="panel stack-small" aria-labelledby={`node-${node.id}`}>
          <h2 id={`node-${node.id}`}>{node.name}</h2>
          {node.state === 'silent' && <Notice kind="warning">{t('capture.nodes.silent', { name: node.name })}</Notice>}
          {node.sharesName && <Notice kind="warning">{t('capture.nodes.twice', { name: node.name })}</Notice>}
          <NodeFacts node={node} />
        </section>
      ))}
    </Page>
  )
}

function NodeFacts({ node }: { node: CaptureNode }) {
  const { t, language } = useLanguage()
  const number = (count: number) => formatCount(count, language)
  return (
    <dl className="facts">
      <Fact label={t('capture.nodes.state')}>{t(`capture.nodes.state.${node.state}`)}</Fact>
      <Fact label={t('capture.nodes.heard')}>{formatInstant(node.aliveAt, language, 'seconds')}</Fact>
      <Fact label={t('capture.sessions')}>{number(node.sessions)}</Fact>
      <Fact label={t('capture.nodes.recordings')}>{number(node.recordings)}</Fact>
      <Fact label={t('capture.nodes.waiting')}>{number(node.waiting)}</Fact>
      <Fact label={t('capture.nodes.open')}>{number(node.openCalls)}</Fact>
      <Fact label={t('capture.nodes.version')}>{node.version}</Fact>
    </dl>
  )
}
