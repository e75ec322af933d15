import { Printer } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { Table } from '../controls/table.tsx'
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
          <Table
            rows={views}
            keyOf={(_, index) => index}
            columns={[
              {
                head: t('contact.looks.at'),
                cell: (view) => (isDaily(view) ? formatDate : formatInstant)(view.at, language),
                className: 'nowrap',
              },
              {
                head: t('watch.extract.kind'),
                cell: ({ kind, servedMs }) => (
                  <>
                    {t(`watch.extract.kind.${kind}`)}
                    {servedMs != null && <span className="second">{formatLength(servedMs)}</span>}
                  </>
                ),
              },
              { head: t('contact.looks.role'), cell: ({ role }) => t(`rights.role.${role}` as Word) },
              { head: t('people.person.unit'), cell: ({ unit }) => unit ?? '–' },
              { head: t('session.purpose.label'), cell: ({ purpose }) => t(`session.purpose.${purpose}` as Word) },
              withCall && {
                head: t('watch.extract.call'),
                cell: ({ contact, calls }) =>
                  contact?.startedAt
                    ? formatInstant(contact.startedAt, language)
                    : t('watch.extract.calls', { count: calls, number: formatCount(calls, language) }),
                className: 'nowrap',
              },
            ]}
          />
        </WideTable>
      )}
    </div>
  )
}

/** Returns true for pages of searches and calls in progress, which are listed once a day. */
function isDaily({ kind }: ViewOfCall): boolean {
  return kind === 'shown' || kind === 'watched'
}
