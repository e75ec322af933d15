import { Link, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Notice } from '../controls/notice.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { useWide } from '../shell/use-wide.ts'
import { readFlowFilters, type FlowHead } from './capture-shapes.ts'
import { ClientName } from './client-name.tsx'

const shows = ['all', 'troubled'] as const

/** Puhelujen merkinanto: the sessions whose signalling capture still holds. */
export function FlowsPage() {
  const { t } = useLanguage()
  const { show = 'all', segment } = useSearch({ from: '/capture/flows', select: readFlowFilters })
  const query = $api.useQuery(
    'get',
    '/api/capture/flows',
    { params: { query: segment === undefined ? {} : { segment } } },
    { staleTime: 0 },
  )
  const { data } = query
  const items = data?.items.filter(({ problems }) => show === 'all' || problems.length > 0) ?? []
  return (
    <Page title={t('capture.flows.title')} lead={t('capture.flows.lead')}>
      {segment === undefined ? (
        <nav aria-label={t('capture.flows.show')} className="switcher">
          <ul>
            {shows.map((one) => (
              <li key={one}>
                <Link
                  to="/capture/flows"
                  search={one === 'all' ? {} : { show: one }}
                  resetScroll={false}
                  activeOptions={exactUrlMatch}
                >
                  {t(`capture.flows.show.${one}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : (
        <p>
          {t('capture.flows.of-segment')}{' '}
          <Link to="/capture/flows" search={{}}>
            {t('capture.flows.show.all')}
          </Link>
        </p>
      )}
      <Loaded query={query} />
      {data && data.unanswered.length > 0 && (
        <Notice kind="warning">{t('capture.flows.unanswered', { names: data.unanswered.join(', ') })}</Notice>
      )}
      {data && items.length === 0 && (
        <Notice kind="info">{t(segment === undefined ? 'capture.flows.none' : 'capture.flows.none.segment')}</Notice>
      )}
      {items.length > 0 && <List items={items} />}
    </Page>
  )
}

function List({ items }: { items: readonly FlowHead[] }) {
  const { t } = useLanguage()
  const isWide = useWide(900)
  if (!isWide) {
    return (
      <ul className="cards">
        {items.map((flow) => (
          <li key={flow.id} className="card">
            <p className="card-title">
              <Began flow={flow} />
            </p>
            <dl className="card-facts">
              <Fact label={t('capture.client')}>
                <ClientName client={flow.client} />
              </Fact>
              <Fact label={t('capture.kind.transport')}>{flow.transport.toUpperCase()}</Fact>
              <Fact label={t('capture.node')}>{flow.node}</Fact>
              <Fact label={t('capture.flow.state')}>
                <Problems flow={flow} />
              </Fact>
            </dl>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <table className="results shares-table">
      <caption className="visually-hidden">{t('capture.flows.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('capture.flow.began')}</th>
          <th scope="col">{t('capture.client')}</th>
          <th scope="col">{t('capture.kind.transport')}</th>
          <th scope="col">{t('capture.node')}</th>
          <th scope="col">{t('capture.flow.state')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((flow) => (
          <tr key={flow.id}>
            <th scope="row">
              <Began flow={flow} />
            </th>
            <td>
              <ClientName client={flow.client} />
            </td>
            <td>{flow.transport.toUpperCase()}</td>
            <td>{flow.node}</td>
            <td>
              <Problems flow={flow} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Began({ flow }: { flow: FlowHead }) {
  const { language } = useLanguage()
  return (
    <Link to="/capture/flows/$id" params={{ id: flow.id }} data-flow={flow.id}>
      {formatInstant(flow.startedAt, language, 'seconds')}
    </Link>
  )
}

/** Badges with the problems of a session, or that it has none. */
export function Problems({ flow }: { flow: FlowHead }) {
  const { t } = useLanguage()
  if (flow.problems.length === 0) return <>{t(flow.endedAt ? 'capture.flow.ended' : 'capture.flow.going')}</>
  return (
    <ul className="flow-problems">
      {flow.problems.map((problem) => (
        <li key={problem}>{t(`capture.flow.problem.${problem}`)}</li>
      ))}
    </ul>
  )
}
