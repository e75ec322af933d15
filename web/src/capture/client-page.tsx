import { useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import type { ClientSends } from './capture-shapes.ts'
import { ClientFacts } from './clients-page.tsx'
import { meaningOf } from './meanings.ts'

type Kind = ClientSends['kind']
/** In order: problems, the source of each value, everything that the client sends. */
const groups: readonly { title: 'wrong' | 'made' | 'sent'; kinds: readonly Kind[] }[] = [
  { title: 'wrong', kinds: ['refusal', 'problem', 'review'] },
  { title: 'made', kinds: ['mapping', 'caller', 'number', 'official'] },
  { title: 'sent', kinds: ['transport', 'suite', 'codec', 'label', 'body', 'header', 'element'] },
]

/** One recording client: what it sends, and which values are derived from it. */
export function ClientPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/capture/clients/$id' })
  const { data, error, isPending, refetch } = $api.useQuery(
    'get',
    '/api/capture/clients/{id}',
    { params: { path: { id: Number(id) } } },
    { staleTime: 0 },
  )
  const crumbs = [{ label: t('capture.clients.title'), to: '/capture/clients' as const }]
  const title = data?.client.client || t('capture.client.unnamed')
  return (
    <Page title={data || error ? title : t('capture.clients.title')} lead={t('capture.client.lead')} crumbs={crumbs}>
      {isPending && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && (
        <>
          <section className="panel" aria-label={title}>
            <ClientFacts client={data.client} />
          </section>
          {groups.map(({ title: group, kinds }) => {
            const tables = kinds.map((kind) => [kind, data.sends.filter((one) => one.kind === kind)] as const)
            const filled = tables.filter(([, sends]) => sends.length > 0)
            return (
              <section key={group} className="stack-small" aria-labelledby={`sends-${group}`}>
                <h2 id={`sends-${group}`}>{t(`capture.sends.${group}`)}</h2>
                {filled.length === 0 && <p className="muted">{t('capture.sends.none')}</p>}
                {filled.length > 0 && (
                  <div className="sends-tables">
                    {filled.map(([kind, sends]) => (
                      <Sends key={kind} kind={kind} sends={sends} sessions={data.client.sessions} />
                    ))}
                  </div>
                )}
              </section>
            )
          })}
        </>
      )}
    </Page>
  )
}

function Sends({ kind, sends, sessions }: { kind: Kind; sends: readonly ClientSends[]; sessions: number }) {
  const { t, language } = useLanguage()
  return (
    <div className="panel">
      <table className="table sends-table">
        <caption>{t(`capture.kind.${kind}`)}</caption>
        <thead>
          <tr>
            <th scope="col">{t('capture.name')}</th>
            <th scope="col" className="numeric">
              {t('capture.times')}
            </th>
          </tr>
        </thead>
        <tbody>
          {sends.map(({ name, times, lastAt }) => (
            <tr key={name}>
              <th scope="row">
                {meaningOf({ kind, name }, t)} <code>{name}</code>
                <span className="second">{t('capture.seen.at', { time: formatInstant(lastAt, language) })}</span>
              </th>
              <td className="numeric">
                {kind === 'refusal'
                  ? formatCount(times, language)
                  : t('capture.times.of', { times: formatCount(times, language), of: formatCount(sessions, language) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
