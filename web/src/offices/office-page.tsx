import { useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { ChangeOffice } from './office-steps.tsx'
import { OfficeTimes } from './office-times.tsx'
import { Workstations } from './workstations.tsx'

/** One office: address, times and listening workstations. */
export function OfficePage() {
  const { t, named } = useLanguage()
  const { id } = useParams({ from: '/offices/$id' })
  const query = $api.useQuery('get', '/api/offices', undefined, { staleTime: 0 })
  const { data, refetch } = query
  const office = data?.items.find((one) => one.id === id)
  if (data && !office) return <NotFound />
  return (
    <Page
      key={id}
      title={office ? named(office.names) : t('offices.office.title')}
      {...(office && { lead: named(office.address) })}
      crumbs={[{ label: t('offices.title'), to: '/offices' }]}
    >
      <Loaded query={query} />
      {data && office && (
        <>
          {office.isClosed && <Notice kind="info">{t('offices.office.closed.what')}</Notice>}
          <div className="actions actions-forms">
            <ChangeOffice
              office={office}
              onChanged={() => {
                void refetch()
                announce(t('offices.office.changed'))
              }}
            />
          </div>
          <OfficeTimes office={office} hosts={data.hosts} onChanged={() => void refetch()} />
          <Workstations office={office} onChanged={() => void refetch()} />
        </>
      )}
    </Page>
  )
}
