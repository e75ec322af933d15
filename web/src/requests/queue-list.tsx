import { Link } from '@tanstack/react-router'
import type { RequestSummary } from '../api/shapes.ts'
import { TableOrCards } from '../controls/table.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Due } from './due.tsx'
import { inOrder } from './queue.ts'

/** Requests as a table; as cards on narrow screens. */
export function QueueList({ requests, isClosed }: { requests: readonly RequestSummary[]; isClosed: boolean }) {
  const { t } = useLanguage()
  const title = (request: RequestSummary) => (
    <>
      <RequestLink request={request} />
      <RequesterName request={request} />
    </>
  )
  return (
    <TableOrCards
      minPx={1100}
      caption={t('requests.found')}
      className="results"
      hasRowLinks
      rows={requests}
      keyOf={({ id }) => id}
      title={title}
      columns={[
        { head: t('requests.request'), cell: title },
        { head: t('requests.asked'), cell: (request) => <RequestedKinds request={request} /> },
        { head: t('requests.due'), cell: (request) => <Due request={request} /> },
        !isClosed && { head: t('requests.next'), cell: (request) => <Next request={request} /> },
        { head: t('requests.handler'), cell: (request) => <Handler request={request} /> },
      ]}
    />
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
