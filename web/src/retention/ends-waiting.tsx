import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Notice } from '../controls/notice.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { agendaOf } from '../offices/office-shapes.ts'
import { hasRole } from '../session/rights.ts'
import { endsSoon, knowsHolds, seesPlaces, seesRecalls, seesRetention } from './retention-shapes.ts'
import { todayAt } from './until.ts'
import { openObstacles, type OpenObstacle } from './open-obstacles.ts'

const pages = {
  '/retention': 'retention.title',
  '/retention/holds': 'retention.holds.title',
  '/retention/recalls': 'retention.recalls.title',
  '/appointments': 'offices.appointments.title',
} as const satisfies Record<string, Word>

/** Item that waits: urgency, text and page. */
export interface EndWaiting {
  kind: 'error' | 'warning' | 'info'
  text: string
  to: keyof typeof pages
}

/**
 * Returns what waits for this person: a stopped clock, obstacles to a destruction, appointments, recalled copies, orders that
 * end. Each is read only for persons who may: a refusal would be logged. Undefined until all are read.
 */
export function useEndsWaiting(me: Me | undefined): EndWaiting[] | undefined {
  const { t } = useLanguage()
  const requests = (may: (me: Me) => boolean) => ({ enabled: me !== undefined && may(me), staleTime: 0 })
  const retention = $api.useQuery('get', '/api/retention', undefined, requests(seesRetention))
  const day = todayAt(serverNowMs()).toString()
  const appointments = $api.useQuery(
    'get',
    '/api/appointments',
    { params: { query: { from: day, to: day, whose: 'mine' } } },
    requests(inspects),
  )
  const recalls = $api.useQuery('get', '/api/recalls', undefined, requests(seesRecalls))
  const holds = $api.useQuery('get', '/api/holds', { params: { query: { state: 'in-force' } } }, requests(knowsHolds))
  // Disabled queries never load.
  if (!me || [retention, appointments, recalls, holds].some(({ isLoading }) => isLoading)) return undefined

  const clock = retention.data?.clock.state
  const agenda = agendaOf(appointments.data?.items ?? [], serverNowMs())
  const out = recalls.data?.items.filter(({ confirmedAt }) => !confirmedAt) ?? []
  const counted = (kind: EndWaiting['kind'], word: Parameters<typeof t>[0], count: number, to: EndWaiting['to']) =>
    count > 0 ? [{ kind, text: t(word, { count }), to }] : []
  const state = retention.data ? openObstacles(retention.data).filter(({ kind }) => isTheirs(me, kind)) : []
  return [
    ...(clock !== undefined && clock !== 'right' && seesPlaces(me)
      ? [{ kind: 'error' as const, text: t(`start.clock.${clock}`), to: '/retention' as const }]
      : []),
    ...counted('warning', 'start.obstacles', state.length, '/retention'),
    ...counted('warning', 'start.unsaid', agenda.unsaid.length, '/appointments'),
    ...counted('info', 'start.appointments', agenda.today.length, '/appointments'),
    ...counted('warning', 'start.overdue', out.filter(({ isOverdue }) => isOverdue).length, '/retention/recalls'),
    ...counted('info', 'start.recalled', out.filter(({ isOverdue }) => !isOverdue).length, '/retention/recalls'),
    ...counted(
      'warning',
      'start.holdsSoon',
      (holds.data?.items ?? []).filter((hold) => endsSoon(hold, serverNowMs())).length,
      '/retention/holds',
    ),
  ]
}

export function EndsWaiting({ ends }: { ends: readonly EndWaiting[] }) {
  const { t } = useLanguage()
  return ends.map(({ kind, text, to }) => (
    <Notice key={text} kind={kind}>
      <p>
        {text} <Link to={to}>{t(pages[to])}</Link>
      </p>
    </Notice>
  ))
}

function inspects(me: Me): boolean {
  return hasRole(me, 'SERVICE_UNIT')
}

/**
 * Administrators and overseers of the register get all of them; others their own. A missing backup is no obstacle to a
 * destruction: the retention page shows it.
 */
function isTheirs(me: Me, kind: OpenObstacle['kind']): boolean {
  if (kind === 'backup-none') return false
  if (seesPlaces(me)) return true
  return kind === 'attestation-over' && hasRole(me, 'SECURITY')
}
