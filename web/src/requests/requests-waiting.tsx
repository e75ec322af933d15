import { Link } from '@tanstack/react-router'
import type { Me } from '../api/shapes.ts'
import { Notice, type NoticeKind } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { QueueFilters } from './queue.ts'
import { isUndecided, usePendingRights } from './pending-rights.tsx'
import { useQueue } from './use-queue.ts'

interface Waits {
  kind: NoticeKind
  text: string
  to: QueueFilters
}

/** Returns what waits for this person in the queue, most urgent first; nothing for persons who serve no requests. */
export function useRequestsWaiting(me: Me | undefined): Waits[] {
  const { t } = useLanguage()
  const counts = useQueue({}, me).data?.counts
  const pending = usePendingRights(me).data?.items.filter(isUndecided).length ?? 0
  if (!counts) return []
  const waits = (kind: NoticeKind, word: Parameters<typeof t>[0], count: number, to: QueueFilters = {}) =>
    count > 0 ? [{ kind, text: t(word, { count }), to }] : []
  return [
    ...waits('warning', 'requests.rights.waiting', pending),
    ...waits('warning', 'requests.waiting.overdue', counts.overdue),
    ...waits('warning', 'requests.waiting.urgent', counts.urgent),
    ...waits('info', 'requests.waiting.mine', counts.mine, { whose: 'mine' }),
    ...waits('info', 'requests.waiting.nobodys', counts.nobodys, { whose: 'nobodys' }),
    ...waits('info', 'requests.waiting.letters', counts.letters),
  ]
}

export function RequestsWaiting({ waiting }: { waiting: readonly Waits[] }) {
  const { t } = useLanguage()
  return waiting.map(({ kind, text, to }) => (
    <Notice key={text} kind={kind}>
      <p>
        {text}{' '}
        <Link to="/requests" search={to}>
          {t('requests.title')}
        </Link>
      </p>
    </Notice>
  ))
}
