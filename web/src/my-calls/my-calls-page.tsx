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

/** Omat puheluni: an official's own calls by day, and what they may ask of them (R48, R49). */
export function MyCallsPage() {
  const { say } = useLanguage()
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
    <Page title={say('nav.myCalls')} lead={say('myCalls.lead')}>
      <p className="own-forbidding">{say('myCalls.forbidding')}</p>
      <p>
        <Link to="/my-calls/looks">{say('nav.myLooks')}</Link>
      </p>
      <div className="own-filters panel">
        <Day
          label={say('myCalls.day')}
          hint={say('myCalls.day.hint')}
          value={day === undefined ? null : parseDate(day)}
          onChange={(next: CalendarDate | null) => show({ ...filters, day: next?.toString() })}
        />
        <Choice
          label={say('field.recording')}
          options={ownChoices.map((value) => ({ value, label: say(`myCalls.recorded.${value}`) }))}
          value={recorded ?? 'any'}
          onChange={(value) => show({ ...filters, recorded: ownChoices.find((one) => one === value) })}
        />
      </div>
      <FoundList
        title={say('myCalls.calls')}
        found={found}
        shown={found.contacts.length}
        summary={say(count >= countedUpTo ? 'myCalls.atLeast' : 'myCalls.count', { count })}
        none={say('myCalls.none')}
        hint={say(day === undefined && recorded === undefined ? 'myCalls.none.ever' : 'myCalls.none.here')}
        end={say('myCalls.end')}
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
