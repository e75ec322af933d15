import { useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Page } from '../shell/page.tsx'
import { Extract } from './extract.tsx'

/** Accesses to one call, for a person who inspects it; printable (L11, R44). */
export function ContactViewsPage() {
  const { t } = useLanguage()
  const { purpose } = usePurpose()
  return (
    <Page title={t('contact.access.title')} lead={t('contact.access.lead')}>
      {purpose === 'INSPECTION' ? <ContactViews /> : <Notice kind="info">{t('contact.access.purpose')}</Notice>}
    </Page>
  )
}

function ContactViews() {
  const { t, language } = useLanguage()
  const { id } = useParams({ from: '/contacts/$id/looks' })
  const { reference } = usePurpose()
  const query = reference === undefined ? {} : { reference }
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/contacts/{id}/looks', {
    params: { path: { id }, query },
  })
  const instant = (at: string) => formatInstant(at, language)
  if (isPending) return <Waiting lines={6} />
  if (!data) return <Failure error={error} onAgain={() => void refetch()} />
  return (
    <>
      <p>
        {t('contact.access.made', { call: instant(data.contact.startedAt), time: instant(data.madeAt) })}
        {reference !== undefined && ` ${t('contact.access.reference', { reference })}`}
      </p>
      <Extract title={t('contact.access.looks')} views={data.items} isCut={data.isCut} withCall={false} />
      <p>{t('contact.access.names')}</p>
    </>
  )
}
