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
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('contact.looks.at')}</th>
            <th scope="col">{t('watch.review.who')}</th>
            <th scope="col">{t('watch.review.action')}</th>
            <th scope="col">{t('session.purpose.label')}</th>
            <th scope="col">{t('watch.review.reference')}</th>
            <th scope="col">{t('watch.review.how-much')}</th>
          </tr>
        </thead>
        <tbody>
          {views.map((look) => (
            <tr key={look.seq}>
              <td className="nowrap">{formatInstant(look.at, language, 'seconds')}</td>
              <td>
                {look.person?.name ?? t('watch.review.nobody')}
                <span className="second">{t(`rights.role.${look.role}` as Word)}</span>
              </td>
              <td>{t(`watch.review.action.${look.action}` as Word)}</td>
              <td>{t(`session.purpose.${look.purpose}` as Word)}</td>
              <td className="breaking">{look.reference ?? '–'}</td>
              <td>
                <ViewExtent view={look} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  )

  function ViewExtent({ view }: { view: ViewToReview }) {
    if (view.servedMs !== undefined) return t('watch.review.served', { length: formatLength(view.servedMs) })
    if (view.contacts !== undefined)
      return t('watch.review.contacts', { count: view.contacts, number: formatCount(view.contacts, language) })
    return '–'
  }
}
