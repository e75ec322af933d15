import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import '../styles/contact.css'
import '../styles/description.css'
import '../styles/retention.css'
import '../styles/watch.css'
import { InspectionCard } from './inspection-card.tsx'
import { readInspectionState } from './inspection-shapes.ts'

/** Inspections that wait for their listening, the most urgent first, for the Service Unit (R45–R47). */
export function InspectionsPage() {
  const { say } = useLanguage()
  const { state = 'open' } = useSearch({ from: '/inspections', select: readInspectionState, structuralSharing: true })
  const { data, error, isPending, refetch } = $api.useQuery(
    'get',
    '/api/inspections',
    { params: { query: { state } } },
    { staleTime: 0 },
  )
  const shown = data?.items.length
  const tell = useEffectEvent((count: number) => announce(say(`inspections.told.${state}`, { count })))
  useEffect(() => {
    if (shown !== undefined) tell(shown)
  }, [shown, state])
  return (
    <Page title={say('inspections.title')} lead={say('inspections.lead')}>
      <nav aria-label={say('inspections.which')} className="switcher">
        <ul>
          {(['open', 'closed'] as const).map((one) => (
            <li key={one}>
              <Link
                to="/inspections"
                search={one === 'closed' ? { state: one } : {}}
                aria-current={one === state ? 'true' : undefined}
              >
                {say(`inspections.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data?.items.length === 0 && <Notice kind="info">{say(`inspections.none.${state}`)}</Notice>}
      {data?.items.map((inspection) => (
        <InspectionCard key={inspection.id} inspection={inspection} withLink onChanged={() => void refetch()} />
      ))}
    </Page>
  )
}
