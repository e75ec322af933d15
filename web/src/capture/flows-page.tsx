import { Link, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { wholeAddress } from '../controls/whole-address.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { useWide } from '../shell/use-wide.ts'
import { readFlowFilters, type FlowHead } from './capture-shapes.ts'
import { ClientName } from './client-name.tsx'

const shows = ['all', 'troubled'] as const

/** Puhelujen merkinanto: the sessions whose signalling capture still holds. */
export function FlowsPage() {
  const { say } = useLanguage()
  const { show = 'all', segment } = useSearch({ from: '/capture/flows', select: readFlowFilters })
  const { data, error, isPending, refetch } = $api.useQuery(
    'get',
    '/api/capture/flows',
    { params: { query: segment === undefined ? {} : { segment } } },
    { staleTime: 0 },
  )
  const items = data?.items.filter(({ problems }) => show === 'all' || problems.length > 0) ?? []
  return (
    <Page title={say('capture.flows.title')} lead={say('capture.flows.lead')}>
      {segment === undefined ? (
        <nav aria-label={say('capture.flows.show')} className="switcher">
          <ul>
            {shows.map((one) => (
              <li key={one}>
                <Link
                  to="/capture/flows"
                  search={one === 'all' ? {} : { show: one }}
                  resetScroll={false}
                  activeOptions={wholeAddress}
                >
                  {say(`capture.flows.show.${one}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : (
        <p>
          {say('capture.flows.of-segment')}{' '}
          <Link to="/capture/flows" search={{}}>
            {say('capture.flows.show.all')}
          </Link>
        </p>
      )}
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && data.unanswered.length > 0 && (
        <Notice kind="warning">{say('capture.flows.unanswered', { names: data.unanswered.join(', ') })}</Notice>
      )}
      {data && items.length === 0 && (
        <Notice kind="info">{say(segment === undefined ? 'capture.flows.none' : 'capture.flows.none.segment')}</Notice>
      )}
      {items.length > 0 && <List items={items} />}
    </Page>
  )
}

function List({ items }: { items: readonly FlowHead[] }) {
  const { say } = useLanguage()
  const isWide = useWide(900)
  if (!isWide) {
    return (
      <ul className="cards">
        {items.map((flow) => (
          <li key={flow.id} className="card">
            <p className="card-title">
              <Began flow={flow} />
            </p>
            <p>
              <ClientName client={flow.client} />
            </p>
            <p>{flow.node}</p>
            <Problems flow={flow} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <table className="results shares-table">
      <caption className="visually-hidden">{say('capture.flows.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('capture.flow.began')}</th>
          <th scope="col">{say('capture.client')}</th>
          <th scope="col">{say('capture.kind.transport')}</th>
          <th scope="col">{say('capture.node')}</th>
          <th scope="col">{say('capture.flow.state')}</th>
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
  const { say } = useLanguage()
  if (flow.problems.length === 0) return <>{say(flow.endedAt ? 'capture.flow.ended' : 'capture.flow.going')}</>
  return (
    <ul className="flow-problems">
      {flow.problems.map((problem) => (
        <li key={problem}>{say(`capture.flow.problem.${problem}`)}</li>
      ))}
    </ul>
  )
}
