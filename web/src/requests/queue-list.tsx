import { Link } from '@tanstack/react-router'
import type { RequestSummary } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import { Due } from './due.tsx'
import { inOrder } from './queue.ts'

/** Requests as a table; as cards on narrow screens. */
export function QueueList({ requests, isClosed }: { requests: readonly RequestSummary[]; isClosed: boolean }) {
  return useWide(1100) ? (
    <QueueTable requests={requests} isClosed={isClosed} />
  ) : (
    <QueueCards requests={requests} isClosed={isClosed} />
  )
}

function QueueTable({ requests, isClosed }: { requests: readonly RequestSummary[]; isClosed: boolean }) {
  const { t } = useLanguage()
  return (
    <table className="results">
      <caption className="visually-hidden">{t('requests.found')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('requests.request')}</th>
          <th scope="col">{t('requests.asked')}</th>
          <th scope="col">{t('requests.due')}</th>
          {!isClosed && <th scope="col">{t('requests.next')}</th>}
          <th scope="col">{t('requests.handler')}</th>
        </tr>
      </thead>
      {requests.map((request) => (
        <tbody key={request.id}>
          <tr>
            <td>
              <RequestLink request={request} />
              <RequesterName request={request} />
            </td>
            <td>
              <RequestedKinds request={request} />
            </td>
            <td>
              <Due request={request} />
            </td>
            {!isClosed && (
              <td>
                <Next request={request} />
              </td>
            )}
            <td>
              <Handler request={request} />
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  )
}

function QueueCards({ requests, isClosed }: { requests: readonly RequestSummary[]; isClosed: boolean }) {
  const { t } = useLanguage()
  return (
    <ul className="cards">
      {requests.map((request) => (
        <li key={request.id} className="card">
          <p className="card-title">
            <RequestLink request={request} />
            <RequesterName request={request} />
          </p>
          <dl className="card-facts">
            <div>
              <dt>{t('requests.asked')}</dt>
              <dd>
                <RequestedKinds request={request} />
              </dd>
            </div>
            <div>
              <dt>{t('requests.due')}</dt>
              <dd>
                <Due request={request} />
              </dd>
            </div>
            {!isClosed && (
              <div>
                <dt>{t('requests.next')}</dt>
                <dd>
                  <Next request={request} />
                </dd>
              </div>
            )}
            <div>
              <dt>{t('requests.handler')}</dt>
              <dd>
                <Handler request={request} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}

function RequestLink({ request }: { request: RequestSummary }) {
  return (
    <Link to="/requests/$id" params={{ id: request.id }} className="row-link">
      {request.number}
    </Link>
  )
}

function RequesterName({ request }: { request: RequestSummary }) {
  const { t } = useLanguage()
  return (
    <span className="second breaking">
      {request.requester?.name ?? t('requests.erased')}, {t(`requests.party.${request.party}`)}
    </span>
  )
}

function RequestedKinds({ request }: { request: RequestSummary }) {
  const { t } = useLanguage()
  return (
    <ul className="plain-list">
      {inOrder(request.kinds).map((kind) => (
        <li key={kind}>{t(`requests.request.kind.${kind}`)}</li>
      ))}
    </ul>
  )
}

function Next({ request }: { request: RequestSummary }) {
  const { t } = useLanguage()
  const [next] = request.next
  return next ? t(`requests.request.next.${next}`) : <span className="muted">{t('requests.request.next.none')}</span>
}

function Handler({ request }: { request: RequestSummary }) {
  const { t } = useLanguage()
  return request.assignedTo?.name ?? <span className="muted">{t('requests.handler.none')}</span>
}
