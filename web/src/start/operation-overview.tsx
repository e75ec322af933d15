import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'

const checkMs = 30_000
const polled = { staleTime: 0, refetchInterval: checkMs } as const

/** Daily overview for operators: recorders, backlog, disk, backups. Faults are rows in the list above. */
export function OperationOverview() {
  const { t, language } = useLanguage()
  const { data: nodes } = $api.useQuery('get', '/api/capture/nodes', undefined, polled)
  const { data: health } = $api.useQuery('get', '/api/operation/blockers', undefined, polled)
  const { data: storage } = $api.useQuery('get', '/api/storage', undefined, { staleTime: 0 })
  const live = nodes?.items.filter(({ state }) => state !== 'ended') ?? []
  const sumOf = (name: 'sessions' | 'waiting') => live.reduce((sum, node) => sum + node[name], 0)
  const sessions = sumOf('sessions')
  const backlog = sumOf('waiting')
  const isDiskLow =
    live.some(({ pressures }) => pressures.includes('disk')) || health?.items.some(({ kind }) => kind === 'disk')
  const newest = (storage?.items ?? [])
    .flatMap(({ backup }) => backup?.lastAt ?? [])
    .reduce((one, other) => (one > other ? one : other), '')
  return (
    <section aria-labelledby="start-operation" className="panel stack-small">
      <h2 id="start-operation">{t('start.operation')}</h2>
      <dl className="facts">
        {nodes && (
          <>
            <Fact label={t('start.operation.recorders')}>
              {t('start.operation.recorders.of', {
                working: formatCount(live.filter(({ state }) => state === 'takes-calls').length, language),
                all: formatCount(live.length, language),
              })}
              <span className="second">{t('start.operation.sessions', { count: sessions })}</span>
            </Fact>
            <Fact label={t('start.operation.backlog')}>{t('start.operation.backlog.of', { count: backlog })}</Fact>
          </>
        )}
        {nodes && health && (
          <Fact label={t('start.operation.disk')}>
            {t(isDiskLow ? 'start.operation.disk.low' : 'start.operation.disk.enough')}
          </Fact>
        )}
        {storage && (
          <Fact label={t('start.operation.backups')}>
            {newest === ''
              ? t('start.operation.backups.none')
              : t('start.operation.backups.last', { time: formatInstant(newest, language) })}
          </Fact>
        )}
      </dl>
      <p>
        <Link to="/capture/nodes">{t('capture.nodes.title')}</Link>
      </p>
    </section>
  )
}
