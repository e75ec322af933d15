import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { seesRecalls, seesRetention } from './retention-shapes.ts'

/** On the start page: a clock that is stopped, what stands in the way of an end, urgent inspections, overdue recalls. */
export function EndsWaiting({ me }: { me: Me }) {
  const { say } = useLanguage()
  const isServiceUnit = hasRole(me, 'SERVICE_UNIT')
  // Asked only by those who may: a refusal is an entry in the log.
  const { data: retention } = $api.useQuery('get', '/api/retention', undefined, {
    enabled: seesRetention(me),
    staleTime: 0,
  })
  const { data: inspections } = $api.useQuery(
    'get',
    '/api/inspections',
    { params: { query: { state: 'open' } } },
    { enabled: isServiceUnit, staleTime: 0 },
  )
  const { data: recalls } = $api.useQuery('get', '/api/recalls', undefined, {
    enabled: seesRecalls(me),
    staleTime: 0,
  })
  const clock = retention?.clock.state
  // That there is no backup stands in no end's way: the page of retention says it.
  const obstacles =
    retention?.obstacles.filter(({ kind }) => !kind.startsWith('clock-') && kind !== 'backup-none').length ?? 0
  const urgent = inspections?.items.filter(({ isUrgent }) => isUrgent).length ?? 0
  const overdue = recalls?.items.filter(({ isOverdue, confirmedAt }) => isOverdue && !confirmedAt).length ?? 0
  const isStopped = clock !== undefined && clock !== 'right'
  if (!isStopped && obstacles + urgent + overdue === 0) return null
  return (
    <section aria-labelledby="start-ends" className="stack-small">
      <h2 id="start-ends">{say('nav.retention')}</h2>
      {isStopped && (
        <Notice kind="error">
          <p>{say(`start.clock.${clock}`)}</p>
          <Link to="/retention">{say('retention.title')}</Link>
        </Notice>
      )}
      {obstacles > 0 && (
        <Notice kind="warning">
          <p>{say('start.obstacles', { count: obstacles })}</p>
          <Link to="/retention">{say('retention.title')}</Link>
        </Notice>
      )}
      {urgent > 0 && (
        <Notice kind="warning">
          <p>{say('start.urgent', { count: urgent })}</p>
          <Link to="/inspections">{say('inspections.title')}</Link>
        </Notice>
      )}
      {overdue > 0 && (
        <Notice kind="warning">
          <p>{say('start.overdue', { count: overdue })}</p>
          <Link to="/retention/recalls">{say('recalls.title')}</Link>
        </Notice>
      )}
    </section>
  )
}
