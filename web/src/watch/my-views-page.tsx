import { useNavigate, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { Extract } from './extract.tsx'
import { formatMonth, instantsOf, selectableMonths, readMonth } from './months.ts'

/** Accesses to the calls that this person answered: time, role, unit and purpose; never the name (L11, L17). */
export function MyViewsPage() {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const months = selectableMonths()
  const { month = months[0]! } = useSearch({ from: '/my-calls/looks', select: readMonth, structuralSharing: true })
  const query = $api.useQuery('get', '/api/my-calls/looks', {
    params: { query: instantsOf(month) },
  })
  return (
    <Page title={t('shell.nav.myLooks')} lead={t('watch.mine.lead')}>
      <div className="no-print month-choice">
        <Choice
          label={t('watch.mine.month')}
          options={months.map((value) => ({ value, label: formatMonth(value, language) }))}
          value={month}
          onChange={(next) => void navigate({ to: '/my-calls/looks', search: { month: next }, replace: true })}
        />
      </div>
      <Loaded query={query}>
        {(data) => (
          <Extract
            title={t('watch.mine.title', { month: formatMonth(month, language) })}
            views={data.items}
            isCut={data.isCut}
            withCall
          />
        )}
      </Loaded>
      <p className="muted">{t('watch.extract.hidden')}</p>
    </Page>
  )
}
