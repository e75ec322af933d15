import { Link, useParams } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatLastDay } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { Withdraw } from './open-requests.tsx'
import { PastRequest, RequestFacts } from './request-card.tsx'
import { PastRight, RightCard } from './right-card.tsx'
import type { PersonsRights } from './rights-shapes.ts'
import { mayRequestAgain, roleText } from './rights-words.ts'

/** A person's rights and their decisions: current, future, requested and past. */
export function PersonsRightsPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/rights/people/$id' })
  const isOwn = useMe().personId === id
  const query = $api.useQuery('get', '/api/rights/people/{id}', { params: { path: { id } } }, { staleTime: 0 })
  const { data } = query
  const title = isOwn ? t('rights.mine') : data ? t('rights.of', { name: data.person.name }) : t('rights.title')
  return (
    <Page
      // A new title for another person remounts the page.
      key={title}
      title={title}
      crumbs={[{ label: t('rights.title'), to: '/rights' }]}
      aside={
        data?.mayRequest && (
          <Link to="/rights/new" search={{ person: id }} className="button button-primary">
            <Plus aria-hidden="true" size={18} />
            {t('rights.request')}
          </Link>
        )
      }
    >
      <Loaded query={query} lines={8} />
      {data && <Rights data={data} isOwn={isOwn} />}
    </Page>
  )
}

function Rights({ data, isOwn }: { data: PersonsRights; isOwn: boolean }) {
  const { t, language } = useLanguage()
  const { person, rights, requests, mayRequest } = data
  const held = rights.filter(({ state }) => state === 'active' || state === 'upcoming')
  const past = rights.filter(({ state }) => state === 'expired' || state === 'revoked')
  const open = requests.filter(({ state }) => state === 'REQUESTED')
  const closed = requests.filter(({ state }) => state !== 'REQUESTED')
  return (
    <>
      <p className="lead">
        {[isOwn && person.name, person.userId, person.unit].filter(Boolean).join(' · ')}
        {person.employedTo && ` · ${t('rights.employedTo', { date: formatLastDay(person.employedTo, language) })}`}
      </p>
      <section aria-labelledby="rights-held" className="stack">
        <h2 id="rights-held">{t('rights.held')}</h2>
        {held.length === 0 && <Notice kind="info">{t('rights.held.none')}</Notice>}
        {held.map((right) => (
          <RightCard key={right.id} right={right} all={rights} mayRequest={mayRequest} />
        ))}
      </section>
      {open.length > 0 && (
        <section aria-labelledby="rights-open" className="stack">
          <h2 id="rights-open">{t('rights.open')}</h2>
          {open.map((request) => (
            <div key={request.id} className="panel stack-small">
              <h3>{roleText(request, t)}</h3>
              <RequestFacts request={request} />
              {request.mayWithdraw && <Withdraw request={request} />}
              {request.mayDecide && <Link to="/rights">{t('rights.decide.there')}</Link>}
            </div>
          ))}
        </section>
      )}
      {past.length + closed.length > 0 && (
        <section aria-labelledby="rights-past" className="stack">
          <h2 id="rights-past">{t('rights.past')}</h2>
          <ul className="panel past-list">
            {past.map((right) => (
              <PastRight
                key={right.id}
                right={right}
                mayRequest={mayRequest && mayRequestAgain(right, past, [...held, ...open])}
              />
            ))}
            {closed.map((request) => (
              <PastRequest key={request.id} request={request} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
