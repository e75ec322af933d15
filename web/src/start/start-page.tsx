/**
 * Start page: what waits for this person, whether the description's promises hold, and what they can do. Without contacts,
 * which require a purpose.
 */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { BrokenPromises } from '../description/broken-promises.tsx'
import { DraftCards } from '../description/draft-list.tsx'
import { DisclosuresWaiting, useDisclosuresWaiting } from '../disclosures/disclosures-waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { DirectoryChanges } from '../people/directory-changes.tsx'
import { FactorRemovals } from '../people/factor-removals.tsx'
import { EndsWaiting, useEndsWaiting } from '../retention/ends-waiting.tsx'
import { RightsToDecide, RightsWaiting, useRightsToDecide } from '../rights/rights-waiting.tsx'
import { RequestsWaiting, useRequestsWaiting } from '../requests/requests-waiting.tsx'
import { hasRole } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { publicPages } from '../shell/public-pages.ts'
import { administers, screensOf, watches } from '../shell/screens.ts'
import { Standstill } from '../capture/standstill.tsx'
import { runsCapture } from '../capture/capture-shapes.ts'
import { OpenAlarms } from '../watch/open-alarms.tsx'

export function StartPage() {
  const { t } = useLanguage()
  const presence = usePresence()
  const me = presence.state === 'signed-in' ? presence.me : undefined
  const rights = useRightsToDecide(me)
  const ends = useEndsWaiting(me)
  const requests = useRequestsWaiting(me)
  const disclosures = useDisclosuresWaiting(me)
  return (
    <Page title={t('shell.nav.start')} lead={t('start.lead')}>
      {/* Who watches is told below whether anything waits. */}
      <WaitingTasks
        saysNone={ends !== undefined && (!me || !watches(me))}
        hasMore={rights > 0 || (ends ?? []).length + requests.length + disclosures.length > 0}
      >
        <RequestsWaiting waiting={requests} />
        <DisclosuresWaiting waiting={disclosures} />
        <EndsWaiting ends={ends ?? []} />
        {rights > 0 && <RightsToDecide count={rights} />}
      </WaitingTasks>
      {me && <RightsWaiting me={me} />}
      {me && watches(me) && <OpenAlarms />}
      {me && runsCapture(me) && !watches(me) && <Standstill />}
      {me && decidesRemovals(me) && <DirectoryChanges />}
      {me && decidesRemovals(me) && <FactorRemovals />}
      <VersionInForce />
      {me && <Tasks me={me} />}
    </Page>
  )
}

/** Drafts that this person decides on, followed by their own unsubmitted ones. */
function WaitingTasks({
  saysNone,
  hasMore: more,
  children,
}: {
  saysNone: boolean
  hasMore: boolean
  children: ReactNode
}) {
  const { t } = useLanguage()
  const { data, isPending, isError, error, refetch } = $api.useQuery('get', '/api/description/drafts', undefined, {
    staleTime: 0,
  })
  const open = data?.items ?? []
  const waiting = [
    ...open.filter(({ mayDecide }) => mayDecide),
    ...open.filter(({ mayEdit, state }) => mayEdit && state === 'DRAFT'),
  ]
  if (!saysNone && waiting.length === 0 && !more) return null
  return (
    <section aria-labelledby="start-waiting" className="stack-small">
      <h2 id="start-waiting">{t('start.waiting')}</h2>
      {isPending && <Waiting lines={2} />}
      {isError && <Failure error={error} onAgain={() => void refetch()} />}
      {children}
      {data && waiting.length === 0 && !more && <p className="muted">{t('start.waiting.none')}</p>}
      {waiting.length > 0 && <DraftCards drafts={waiting} />}
    </section>
  )
}

function VersionInForce() {
  const { t, language } = useLanguage()
  const { data } = $api.useQuery('get', '/api/description/versions', undefined, { staleTime: 0 })
  const now = data?.items.find(({ state }) => state === 'in-force')
  const coming = data?.items.filter(({ state }) => state === 'coming') ?? []
  const sentence = (key: 'start.inForce' | 'description.versions.next', version: number, from: string) =>
    t(key, { version, time: formatInstant(from, language) })
  return (
    <section aria-labelledby="start-state" className="stack-small">
      <h2 id="start-state">{t('start.state')}</h2>
      <BrokenPromises />
      {now && <p>{sentence('start.inForce', now.version, now.effectiveFrom)}</p>}
      {coming.map(({ version, effectiveFrom }) => (
        <p key={version}>{sentence('description.versions.next', version, effectiveFrom)}</p>
      ))}
    </section>
  )
}

function Tasks({ me }: { me: Me }) {
  const { t, language } = useLanguage()
  return (
    <section aria-labelledby="start-do" className="stack-small">
      <h2 id="start-do">{t('start.do')}</h2>
      <ul className="start-screens">
        {screensOf(me)
          .flatMap(({ screens }) => screens)
          .map((screen) =>
            'what' in screen ? (
              <Described key={screen.to} what={typeof screen.what === 'string' ? screen.what : screen.what(me)}>
                <Link to={screen.to}>{t(screen.word)}</Link>
              </Described>
            ) : null,
          )}
        <Described what="start.public">
          <a href={publicPages.description[language]}>{t('shell.nav.public')}</a>
        </Described>
        {administers(me) && (
          <Described what="start.feedback">
            <a href={publicPages.feedback[language]}>{t('shell.nav.feedback')}</a>
          </Described>
        )}
      </ul>
    </section>
  )
}

function Described({ what, children }: { what: Word; children: ReactNode }) {
  const { t } = useLanguage()
  return (
    <li>
      {children}
      <p className="muted">{t(what)}</p>
    </li>
  )
}

function decidesRemovals(me: Me): boolean {
  return hasRole(me, 'ACCESS_APPROVER', 'ADMINISTRATOR')
}
