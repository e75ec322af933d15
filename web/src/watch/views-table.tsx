import { Table } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatLength } from '../format/duration.ts'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import type { ViewToReview } from './watch-shapes.ts'

/** Accesses to review: person, time, stated purpose, and amount. */
export function ViewsTable({ views }: { views: readonly ViewToReview[] }) {
  const { t, language } = useLanguage()
  return (
    <WideTable aria-labelledby="review-looks">
      <Table
        rows={views}
        keyOf={({ seq }) => seq}
        columns={[
          {
            head: t('contact.looks.at'),
            cell: ({ at }) => formatInstant(at, language, 'seconds'),
            className: 'nowrap',
          },
          {
            head: t('watch.review.who'),
            cell: ({ person, role }) => (
              <>
                {person?.name ?? t('watch.review.nobody')}
                <span className="second">{t(`rights.role.${role}` as Word)}</span>
              </>
            ),
          },
          { head: t('watch.review.action'), cell: ({ action }) => t(`watch.review.action.${action}` as Word) },
          { head: t('session.purpose.label'), cell: ({ purpose }) => t(`session.purpose.${purpose}` as Word) },
          { head: t('watch.review.reference'), cell: ({ reference }) => reference ?? '–', className: 'breaking' },
          { head: t('watch.review.how-much'), cell: extentOf },
        ]}
      />
    </WideTable>
  )

  function extentOf(view: ViewToReview): string {
    if (view.servedMs !== undefined) return t('watch.review.served', { length: formatLength(view.servedMs) })
    if (view.contacts !== undefined)
      return t('watch.review.contacts', { count: view.contacts, number: formatCount(view.contacts, language) })
    return '–'
  }
}
