import { useLanguage } from '../language/use-words.ts'
import { TodayTable } from './today-table.tsx'
import type { Today } from './use-today.ts'

/** The day's counts by service number, and by unit if a unit is large enough to be shown. */
export function TodayTables({ today }: { today: Today }) {
  const { say, named } = useLanguage()
  if (today.byNumber.length === 0) return <p className="muted">{say('today.none')}</p>
  return (
    <div className="today-tables">
      <TodayTable
        id="today-numbers"
        title={say('today.byNumber')}
        first={say('today.number')}
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
      <div className="stack-small">
        {today.byUnit.length > 0 && (
          <TodayTable
            id="today-units"
            title={say('today.byUnit')}
            first={say('today.unit')}
            rows={today.byUnit.map(({ unit, ...counts }) => ({ key: unit, name: unit, counts }))}
          />
        )}
        <p className="muted">{say('today.byUnit.small')}</p>
      </div>
    </div>
  )
}
