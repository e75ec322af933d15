import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ClipboardCheck, Plus } from 'lucide-react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { Holders } from './holders.tsx'
import { RequestsToDecide, PendingRequests } from './open-requests.tsx'
import { PastRequest } from './request-card.tsx'
import { readHolderFilters, reviewsRights } from './rights-shapes.ts'

const maxDecided = 20

/** Access rights: requests to decide, decisions, and holders. */
export function RightsPage() {
  const { t } = useLanguage()
  const me = useMe()
  return (
    <Page
      title={t('rights.title')}
      lead={t('rights.lead')}
      aside={
        <div className="actions">
          <Link to="/rights/people/$id" params={{ id: me.personId }} className="button button-secondary">
            {t('rights.mine')}
          </Link>
          {reviewsRights(me) && (
            <Link to="/rights/review" className="button button-secondary">
              <ClipboardCheck aria-hidden="true" size={18} />
              {t('rights.review')}
            </Link>
          )}
          <Link to="/rights/new" className="button button-primary">
            <Plus aria-hidden="true" size={18} />
            {t('rights.request')}
          </Link>
        </div>
      }
    >
      <Requests />
      {seesHolders(me) && <FindHolders />}
    </Page>
  )
}

function Requests() {
  const { t } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery(
    'get',
    '/api/rights/requests',
    { params: { query: { state: 'all' } } },
    { staleTime: 0 },
  )
  if (isPending) return <Waiting lines={6} />
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  const open = data.items.filter(({ state }) => state === 'REQUESTED')
  const mine = open.filter(({ mayDecide }) => mayDecide)
  const others = open.filter(({ mayDecide }) => !mayDecide)
  const decided = data.items.filter(({ state }) => state !== 'REQUESTED').slice(0, maxDecided)
  return (
    <>
      <section aria-labelledby="rights-to-decide" className="stack">
        <h2 id="rights-to-decide" tabIndex={-1}>
          {t(mine.length > 0 ? 'rights.toDecide' : 'rights.open')}
        </h2>
        {open.length === 0 && <p className="muted">{t('rights.open.none')}</p>}
        <RequestsToDecide requests={mine} onDecided={() => focusHeading('rights-to-decide')} />
        {mine.length > 0 && others.length > 0 && <h3>{t('rights.open.others')}</h3>}
        {others.length > 0 && <PendingRequests requests={others} />}
      </section>
      {decided.length > 0 && (
        <details className="more-of">
          <summary>{t('rights.decided')}</summary>
          <ul className="panel past-list">
            {decided.map((request) => (
              <PastRequest key={request.id} request={request} withPerson />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function FindHolders() {
  const filters = useSearch({ from: '/rights', select: readHolderFilters, structuralSharing: true })
  const navigate = useNavigate()
  return <Holders filters={filters} onSearch={(search) => void navigate({ to: '/rights', search })} />
}

function seesHolders(me: Me): boolean {
  return hasRole(me, 'ACCESS_APPROVER', 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'SUPERVISOR')
}
