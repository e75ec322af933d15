import { CalendarClock, TriangleAlert } from 'lucide-react'
import type { RequestSummary } from '../api/shapes.ts'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

/** Deadline of the answer; overdue and urgent are stated in words. */
export function Due({ request }: { request: Pick<RequestSummary, 'dueAt' | 'isOverdue' | 'isUrgent' | 'firstEnd'> }) {
  const { t, language } = useLanguage()
  const { dueAt, isOverdue, isUrgent, firstEnd } = request
  return (
    <>
      <span className="nowrap">{formatDate(dueAt, language)}</span>
      {isOverdue && (
        <span className="request-mark">
          <span className="badge badge-live-failing">
            <TriangleAlert aria-hidden="true" size={14} />
            {t('requests.overdue')}
          </span>
        </span>
      )}
      {isUrgent && !isOverdue && (
        <span className="request-mark">
          <span className="badge badge-restricted">
            <CalendarClock aria-hidden="true" size={14} />
            {t('requests.urgent')}
          </span>
        </span>
      )}
      {firstEnd && <span className="second">{t('requests.firstEnd', { date: formatDate(firstEnd, language) })}</span>}
    </>
  )
}
