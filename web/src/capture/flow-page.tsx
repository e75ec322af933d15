/** Signalling of one session: a ladder diagram, and a table of the same steps. */
import { Link, useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant, formatTime } from '../format/instant.ts'
import { locales } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import type { CallFlow } from './capture-shapes.ts'
import { ClientName } from './client-name.tsx'
import { detailsText, stepText, sinceFirst } from './flow-steps.ts'
import { Problems } from './flows-page.tsx'
import { Ladder } from './ladder.tsx'

export function FlowPage() {
  const { t, language } = useLanguage()
  const { id } = useParams({ from: '/capture/flows/$id' })
  const query = $api.useQuery('get', '/api/capture/flows/{id}', { params: { path: { id } } }, { staleTime: 0 })
  const { data } = query
  const crumbs = [{ label: t('capture.flows.title'), to: '/capture/flows' as const }]
  const title = data
    ? t('capture.flow.title.at', { time: formatInstant(data.startedAt, language, 'seconds') })
    : t('capture.flow.title')
  return (
    <Page title={title} lead={t('capture.flow.lead')} crumbs={crumbs}>
      <Loaded query={query} lines={8} />
      {data && <Flow flow={data} />}
    </Page>
  )
}

function Flow({ flow }: { flow: CallFlow }) {
  const { t, language } = useLanguage()
  const presence = usePresence()
  const opensCalls = presence.state === 'signed-in' && hasRole(presence.me, 'MAINTENANCE')
  const formatSeconds = (seconds: number) =>
    new Intl.NumberFormat(locales[language], { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(seconds)
  const contacts = [...new Set(flow.segments.map(({ contactId }) => contactId))]
  const [first] = flow.steps
  return (
    <>
      <section className="panel" aria-label={t('capture.flow.title')}>
        <dl className="facts">
          <Fact label={t('capture.client')}>
            <ClientName client={flow.client} />
          </Fact>
          <Fact label={t('capture.kind.transport')}>{flow.transport.toUpperCase()}</Fact>
          <Fact label={t('capture.flow.ended.at')}>
            {flow.endedAt ? formatTime(flow.endedAt, language, 'seconds') : t('capture.flow.going')}
          </Fact>
          <Fact label={t('capture.flow.state')}>
            <Problems flow={flow} />
          </Fact>
          {opensCalls && contacts.length > 0 && (
            <Fact label={t('capture.flow.contact')}>
              {contacts.map((id) => (
                <Link key={id} to="/contacts/$id" params={{ id }}>
                  {t('capture.flow.contact.open')}
                </Link>
              ))}
            </Fact>
          )}
        </dl>
      </section>
      <section className="flow panel" aria-labelledby="flow-steps">
        <h2 id="flow-steps">{t('capture.flow.steps')}</h2>
        <div className="flow-columns">
          <Ladder steps={flow.steps} formatSeconds={formatSeconds} />
          <div className="flow-table">
            <table className="table">
              <caption className="visually-hidden">{t('capture.flow.steps')}</caption>
              <thead>
                <tr>
                  <th scope="col" className="numeric">
                    {t('capture.flow.since')}
                  </th>
                  <th scope="col">{t('capture.flow.who')}</th>
                  <th scope="col">{t('capture.flow.what')}</th>
                </tr>
              </thead>
              <tbody>
                {first &&
                  flow.steps.map((step, index) => (
                    <tr key={index}>
                      <td className="numeric">{formatSeconds(sinceFirst(step, first))}</td>
                      <td>{t(`capture.by.${step.by}.short`)}</td>
                      <td>
                        {stepText(step, t)}
                        {step.with.length > 0 && <span className="second">{detailsText(step, t)}</span>}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </div>
        {flow.leftOut > 0 && (
          <Notice kind="info">
            {t('capture.flow.left-out', { count: flow.leftOut, number: String(flow.leftOut) })}
          </Notice>
        )}
      </section>
    </>
  )
}
