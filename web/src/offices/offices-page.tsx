import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import type { Office } from './office-shapes.ts'
import { EnterOffice } from './office-steps.tsx'

/** Offices for listening to recordings (R47). */
export function OfficesPage() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/offices', undefined, { staleTime: 0 })
  const { refetch } = query
  return (
    <Page title={t('offices.title')} lead={t('offices.lead')}>
      <Loaded query={query}>
        {(data) => (
          <>
            {data.items.length === 0 && <Notice kind="info">{t('offices.none')}</Notice>}
            <ul className="plain-list office-cards">
              {data.items.map((office) => (
                <OfficeCard key={office.id} office={office} />
              ))}
            </ul>
            <div className="actions actions-forms">
              <EnterOffice
                onEntered={() => {
                  void refetch()
                  announce(t('offices.entered'))
                }}
              />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function OfficeCard({ office }: { office: Office }) {
  const { t, language, named } = useLanguage()
  const title = useId()
  return (
    <li className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h2 id={title}>
          <Link to="/offices/$id" params={{ id: office.id }}>
            {named(office.names)}
          </Link>
        </h2>
        {office.isClosed && <span className="badge badge-none">{t('offices.office.closed')}</span>}
      </div>
      <p>{named(office.address)}</p>
      <dl className="facts">
        <Fact label={t('offices.office.freeSlots')}>{formatCount(office.freeSlots, language)}</Fact>
        <Fact label={t('offices.office.workstations')}>{formatCount(office.workstations.length, language)}</Fact>
      </dl>
      {!office.isClosed && office.freeSlots === 0 && <p className="muted">{t('offices.office.freeSlots.none')}</p>}
      {!office.isClosed && office.workstations.length === 0 && (
        <p className="muted">{t('offices.office.workstations.none')}</p>
      )}
    </li>
  )
}
