import { useParams } from '@tanstack/react-router'
import { Suspense, type ReactNode } from 'react'
import { $api } from '../api/client.ts'
import type { Me, RequestDetail } from '../api/shapes.ts'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Letters } from '../letters/request-letters.tsx'
import { Appointments } from '../offices/request-appointments.tsx'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { Acts } from './acts/request-acts.tsx'
import { Calls } from './calls.tsx'
import { CloseRequest } from './close-request.tsx'
import { FoldingProvider } from './folding.tsx'
import { Identification } from './identify.tsx'
import { NextPanel, StepList } from './next-panel.tsx'
import { Prohibitions } from './prohibitions.tsx'
import { RequestFacts } from './request-facts.tsx'
import { useServing } from './served-request.ts'
import { stepElementId, stepsOf, type Done, type Step } from './steps.ts'
import { invalidateQueue } from './use-queue.ts'

/** One request, from intake to outcome. */
export function RequestPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/requests/$id' })
  const me = useMe()
  const query = $api.useQuery('get', '/api/requests/{id}', { params: { path: { id } } }, { staleTime: 0 })
  const { data, refetch } = query
  const refresh = async () => {
    invalidateQueue()
    await refetch()
  }
  const done: Done = async (text, heading) => {
    await refresh()
    announce(text)
    focusHeading(heading ?? 'request-next')
  }
  return (
    <Page
      title={data ? t('requests.request.title', { number: data.number }) : t('requests.request')}
      {...(data && {
        lead: `${data.requester?.name ?? t('requests.erased')}, ${t(`requests.party.${data.party}`)}`,
      })}
      crumbs={[{ label: t('requests.title'), to: '/requests' }]}
    >
      <Loaded query={query} lines={8} />
      {data && <Serving request={data} me={me} onDone={done} onChanged={() => void refresh()} />}
    </Page>
  )
}

function Serving({
  request,
  me,
  onDone,
  onChanged,
}: {
  request: RequestDetail
  me: Me
  onDone: Done
  onChanged: () => void
}) {
  const under = useServing(request)
  const steps = stepsOf(request)
  const own = { request, onDone }
  const panel = { request, onChanged }
  const parts: Record<Step, ReactNode> = {
    who: <Identification {...own} />,
    calls: <Calls {...own} onChanged={onChanged} isServed={under !== undefined} />,
    letters: <Letters {...panel} />,
    appointments: <Appointments {...panel} />,
    prohibition: under && <Prohibitions {...own} under={under} />,
    acts: <Acts {...panel} />,
    close: <CloseRequest {...own} />,
  }
  return (
    <FoldingProvider request={request}>
      <NextPanel request={request} />
      {!request.closed && <StepList request={request} />}
      <RequestFacts request={request} me={me} onDone={onDone} onChanged={onChanged} />
      {steps.map((step) => (
        <div key={step} id={stepElementId(step)} className="request-part">
          <Suspense fallback={<Waiting lines={3} />}>{parts[step]}</Suspense>
        </div>
      ))}
    </FoldingProvider>
  )
}
