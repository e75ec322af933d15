import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { RequestCard } from './request-card.tsx'
import type { RightRequest } from './rights-shapes.ts'
import { refusalIn, periodText, roleText } from './rights-words.ts'
import { invalidateRights } from './use-decide.ts'

/** Requests that the viewer decides on, grouped by submission; oldest first. */
export function RequestsToDecide({
  requests,
  onDecided,
}: {
  requests: readonly RightRequest[]
  onDecided: () => void
}) {
  const batches = new Map<string, RightRequest[]>()
  for (const request of requests) batches.set(request.batch, [...(batches.get(request.batch) ?? []), request])
  return [...batches].map(([batch, [first, ...others]]) =>
    first ? <RequestCard key={batch} requests={[first, ...others]} onDecided={onDecided} /> : null,
  )
}

/** Requests that wait for another person. */
export function PendingRequests({ requests }: { requests: readonly RightRequest[] }) {
  const { t, language } = useLanguage()
  return (
    <ul className="panel past-list">
      {requests.map((request) => (
        <li key={request.id} className="past">
          <p>
            <strong>
              <Link to="/rights/people/$id" params={{ id: request.person.id }}>
                {request.person.name}
              </Link>
              : {roleText(request, t)}
            </strong>
          </p>
          <p>{periodText(request, t, language)}</p>
          <p className="written">{request.reason}</p>
          <p className="muted">
            {t('rights.asked', {
              name: request.requestedBy.name,
              time: formatInstant(request.requestedAt, language),
            })}
          </p>
          {request.mayWithdraw && <Withdraw request={request} />}
        </li>
      ))}
    </ul>
  )
}

/** Withdraws a request. */
export function Withdraw({ request }: { request: RightRequest }) {
  const { t } = useLanguage()
  const client = useQueryClient()
  const withdraw = $api.useMutation('post', '/api/rights/requests/{id}/withdrawal')
  const submit = async () => {
    const done = await withdraw.mutateAsync({ params: { path: { id: request.id } } }).catch(() => undefined)
    if (done) announce(t('rights.withdrawn'))
    await invalidateRights(client)
  }
  return (
    <div className="actions">
      {withdraw.error && (
        <Notice kind="error" isUrgent>
          {refusalIn(withdraw.error, t).text}
        </Notice>
      )}
      <Button kind="secondary" className="small" isBusy={withdraw.isPending} onPress={() => void submit()}>
        {t('rights.withdraw')}
        <span className="visually-hidden">
          : {request.person.name}, {roleText(request, t)}
        </span>
      </Button>
    </div>
  )
}
