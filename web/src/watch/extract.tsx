import { Printer } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatLength } from '../format/duration.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import type { ViewOfCall } from './watch-shapes.ts'

/** Log extract without names, which the data subject is entitled to (C-579/21); printable. */
export function Extract({
  title,
  views,
  isCut,
  withCall,
}: {
  title: string
  views: readonly ViewOfCall[]
  isCut: boolean
  /** Shows the call of each view; false if all views are of one call. */
  withCall: boolean
}) {
  const { t, language } = useLanguage()
  return (
    <div className="results-section extract">
      <div className="results-head">
        <h2 id="extract-looks">{title}</h2>
        {views.length > 0 && (
          <Button kind="secondary" className="no-print" onPress={() => window.print()}>
            <Printer aria-hidden="true" size={18} />
            {t('watch.extract.print')}
          </Button>
        )}
      </div>
      {isCut && (
        <Notice kind="warning">{t('watch.extract.cut', { number: formatCount(views.length, language) })}</Notice>
      )}
      {views.length === 0 ? (
        <Notice kind="info">{t('watch.extract.none')}</Notice>
      ) : (
        <WideTable aria-labelledby="extract-looks">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('contact.looks.at')}</th>
                <th scope="col">{t('watch.extract.kind')}</th>
                <th scope="col">{t('contact.looks.role')}</th>
                <th scope="col">{t('people.person.unit')}</th>
                <th scope="col">{t('session.purpose.label')}</th>
                {withCall && <th scope="col">{t('watch.extract.call')}</th>}
              </tr>
            </thead>
            <tbody>
              {views.map((look, row) => (
                <tr key={row}>
                  <td className="nowrap">
                    {isDaily(look) ? formatDate(look.at, language) : formatInstant(look.at, language)}
                  </td>
                  <td>
                    {t(`watch.extract.kind.${look.kind}`)}
                    {look.servedMs != null && <span className="second">{formatLength(look.servedMs)}</span>}
                  </td>
                  <td>{t(`rights.role.${look.role}` as Word)}</td>
                  <td>{look.unit ?? '–'}</td>
                  <td>{t(`session.purpose.${look.purpose}` as Word)}</td>
                  {withCall && (
                    <td className="nowrap">
                      {look.contact?.startedAt
                        ? formatInstant(look.contact.startedAt, language)
                        : t('watch.extract.calls', { count: look.calls, number: formatCount(look.calls, language) })}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </div>
  )
}

/** Returns true for pages of searches and calls in progress, which are listed once a day. */
function isDaily({ kind }: ViewOfCall): boolean {
  return kind === 'shown' || kind === 'watched'
}
