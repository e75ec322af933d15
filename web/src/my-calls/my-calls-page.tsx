import { parseDate, type CalendarDate } from '@internationalized/date'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { countedUpTo, useContacts } from '../contacts/use-contacts.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { FoundList } from '../controls/found-list.tsx'
import { queries } from '../api/client.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { ownChoices, readOwnFilters, type OwnFilters } from './filters.ts'
import { OwnActs } from './own-acts.tsx'
import { OwnCalls } from './own-calls.tsx'

/** Omat puheluni: an official's own calls by day, and their rights to them (R48, R49). */
export function MyCallsPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const filters = useSearch({ from: '/my-calls', select: readOwnFilters, structuralSharing: true })
  const { day, recorded } = filters
  const found = useContacts(
    { purpose: 'INSPECTION' },
    { ...(day && { from: day, to: day }), ...(recorded && { recorded }) },
  )
  const show = (next: OwnFilters) =>
    void navigate({ to: '/my-calls', search: readOwnFilters({ ...next }), replace: true })
  const count = found.approximateTotal
  return (
    <Page title={t('shell.nav.myCalls')} lead={t('my-calls.lead')}>
      <p className="own-forbidding">{t('my-calls.forbidding')}</p>
      <p>
        <Link to="/my-calls/looks">{t('shell.nav.myLooks')}</Link>
      </p>
      <div className="own-filters panel">
        <Day
          label={t('my-calls.day')}
          hint={t('my-calls.day.hint')}
          value={day === undefined ? null : parseDate(day)}
          onChange={(next: CalendarDate | null) => show({ ...filters, day: next?.toString() })}
        />
        <Choice
          label={t('contacts.field.recording')}
          options={ownChoices.map((value) => ({ value, label: t(`my-calls.recorded.${value}`) }))}
          value={recorded ?? 'any'}
          onChange={(value) => show({ ...filters, recorded: ownChoices.find((one) => one === value) })}
        />
      </div>
      <FoundList
        title={t('my-calls.calls')}
        found={found}
        shown={found.contacts.length}
        summary={t(count >= countedUpTo ? 'my-calls.atLeast' : 'my-calls.count', { count })}
        none={t('my-calls.none')}
        hint={t(day === undefined && recorded === undefined ? 'my-calls.none.ever' : 'my-calls.none.here')}
        end={t('my-calls.end')}
      >
        <OwnCalls
          contacts={found.contacts}
          isCut={found.hasNextPage}
          onChanged={() => {
            void found.refetch()
            void queries.invalidateQueries({ queryKey: ['get', '/api/my-calls/acts'] })
          }}
        />
      </FoundList>
      <OwnActs />
    </Page>
  )
}
