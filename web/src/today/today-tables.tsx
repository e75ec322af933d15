import { useLanguage } from '../language/use-words.ts'
import { TodayTable } from './today-table.tsx'
import { totalOf, type Today } from './day-counts.ts'

/** The day's counts by service number, and by unit if a unit is large enough to be shown. */
export function TodayTables({ today }: { today: Today }) {
  const { t, named } = useLanguage()
  const { calls, talking, waiting } = totalOf(today)
  return (
    <div className="today-tables">
      {today.byNumber.length > 0 && (
        <TodayTable
          id="today-numbers"
          title={t('today.byNumber')}
          first={t('today.number')}
          rows={today.byNumber.map(({ number, display, name, ...counts }) => ({
            key: number,
            name: (
              <>
                <span className="number">{display}</span>
                {name && <span className="second">{named(name)}</span>}
              </>
            ),
            counts,
          }))}
        />
      )}
      <div className="stack-small">
        {calls + talking + waiting === 0 && <p className="muted">{t('today.none')}</p>}
        {today.byUnit.length > 0 && (
          <TodayTable
            id="today-units"
            title={t('today.byUnit')}
            first={t('today.unit')}
            rows={today.byUnit.map(({ unit, ...counts }) => ({ key: unit, name: unit, counts }))}
          />
        )}
        <p className="muted">{t('today.byUnit.small')}</p>
      </div>
    </div>
  )
}
