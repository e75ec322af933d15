import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Notice } from '../controls/notice.tsx'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { endsSoon, roleText } from './rights-words.ts'

/** Returns the number of requests that wait for this person's decision. */
export function useRightsToDecide(me: Me | undefined): number {
  const enabled = me !== undefined && hasRole(me, 'ACCESS_APPROVER')
  const { data } = $api.useQuery(
    'get',
    '/api/rights/requests',
    { params: { query: { state: 'open' } } },
    { staleTime: 0, enabled },
  )
  return enabled ? (data?.items ?? []).filter(({ mayDecide }) => mayDecide).length : 0
}

/** Start page section: requests to decide. */
export function RightsToDecide({ count }: { count: number }) {
  const { t } = useLanguage()
  return (
    <Notice kind="info">
      <p>
        <Link to="/rights">{t('rights.waiting', { count })}</Link>
      </p>
    </Notice>
  )
}

/** Start page section: an overdue review, and one's own rights that end soon. */
export function RightsWaiting({ me }: { me: Me }) {
  return (
    <>
      {hasRole(me, 'ACCESS_APPROVER', 'SUPERVISOR') && <Overdue />}
      <EndingSoon me={me} />
    </>
  )
}

function Overdue() {
  const { t } = useLanguage()
  const { data } = $api.useQuery('get', '/api/rights/review', undefined, { staleTime: 0 })
  const count = data?.overdue ?? 0
  if (count === 0) return null
  return (
    <Notice kind="warning">
      <p>
        <Link to="/rights/review">{t('rights.review.overdue', { count })}</Link>
      </p>
    </Notice>
  )
}

const soonMs = 30 * 24 * 3_600_000

function EndingSoon({ me }: { me: Me }) {
  const { t, language } = useLanguage()
  const nowMs = serverNowMs()
  // Following rights are read only if one ends soon.
  const isNear = me.rights.some(({ until }) => until !== undefined && Date.parse(until) - nowMs < soonMs)
  const { data } = $api.useQuery(
    'get',
    '/api/rights/people/{id}',
    { params: { path: { id: me.personId } } },
    { enabled: isNear, staleTime: 0 },
  )
  const ending = (data?.rights ?? []).filter((right) => endsSoon(right, data?.rights ?? [], nowMs))
  return ending.map((right) => (
    <Notice key={right.id} kind="warning" title={roleText(right, t)}>
      <p>{t('rights.endsSoon', { date: formatDate(right.until ?? '', language) })}</p>
      <p>
        <Link to="/rights/new" search={{ person: me.personId, renew: right.id }}>
          {t('rights.renew')}
        </Link>
      </p>
    </Notice>
  ))
}
