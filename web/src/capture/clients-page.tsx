import { Link } from '@tanstack/react-router'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { Fact } from '../contact/facts.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { useClients, type SeenClient } from './capture-shapes.ts'
import { ClientName } from './client-name.tsx'

/** Tallennettavaa lähettävät järjestelmät (SBC): every recording client seen so far. */
export function ClientsPage() {
  const { t } = useLanguage()
  const query = useClients()
  const { data } = query
  return (
    <Page title={t('capture.clients.title')} lead={t('capture.clients.lead')}>
      <Loaded query={query} />
      {data?.items.length === 0 && <Notice kind="info">{t('capture.clients.none')}</Notice>}
      {data?.items.map((client) => (
        <section key={client.id} className="panel stack-small" aria-labelledby={`client-${client.id}`}>
          <h2 id={`client-${client.id}`}>
            <Link to="/capture/clients/$id" params={{ id: String(client.id) }} data-client={client.id}>
              <ClientName client={client.client} />
            </Link>
          </h2>
          <ClientFacts client={client} />
        </section>
      ))}
    </Page>
  )
}

/** First and last use, and counts. */
export function ClientFacts({ client }: { client: SeenClient }) {
  const { t, language } = useLanguage()
  const number = (count: number) => formatCount(count, language)
  return (
    <dl className="facts">
      <Fact label={t('capture.trunk')}>{client.trunk === '' ? t('capture.trunk.none') : client.trunk}</Fact>
      <Fact label={t('capture.seen.first')}>{formatInstant(client.firstAt, language)}</Fact>
      <Fact label={t('capture.seen.last')}>{formatInstant(client.lastAt, language)}</Fact>
      <Fact label={t('capture.sessions')}>{number(client.sessions)}</Fact>
      {client.refused > 0 && <Fact label={t('capture.refused')}>{number(client.refused)}</Fact>}
      <Fact label={t('capture.problems')}>
        {client.problems === 0 ? t('capture.problems.none') : number(client.problems)}
      </Fact>
    </dl>
  )
}
