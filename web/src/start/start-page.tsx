/**
 * Where everybody begins: what waits for this person, whether the description holds, and what they can do.
 * In: drafts, versions and proofs of the contract, and who is signed in. Out: a page. Never here: contacts; those are
 * looked at under a purpose.
 */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { runsCapture } from '../capture/capture-shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { BrokenPromises } from '../description/broken-promises.tsx'
import { DraftCards } from '../description/draft-list.tsx'
import { readsLog, seesDisclosures } from '../disclosures/disclosure-shapes.ts'
import { DisclosuresWaiting, useDisclosuresWaiting } from '../disclosures/disclosures-waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { FactorRemovals } from '../people/factor-removals.tsx'
import { EndsWaiting, useEndsWaiting } from '../retention/ends-waiting.tsx'
import { evaluates } from '../quality/quality-shapes.ts'
import { seesReconciliation } from '../reconciliation/reconciliation-shapes.ts'
import { knowsHolds, seesPlaces, seesRecalls, seesRetention } from '../retention/retention-shapes.ts'
import { RightsToDecide, RightsWaiting, useRightsToDecide } from '../rights/rights-waiting.tsx'
import { RequestsWaiting, useRequestsWaiting } from '../requests/requests-waiting.tsx'
import { servesRequests } from '../requests/use-queue.ts'
import { hasRole, purposesOf, servesOnly } from '../session/rights.ts'
import { usePresence } from '../session/use-me.ts'
import { Page } from '../shell/page.tsx'
import { publicPages } from '../shell/public-pages.ts'
import { makesStudies } from '../studies/question.ts'
import { trains } from '../training/training-shapes.ts'
import { OpenAlarms } from '../watch/open-alarms.tsx'

export function StartPage() {
  const { say } = useLanguage()
  const presence = usePresence()
  const me = presence.state === 'signed-in' ? presence.me : undefined
  const rights = useRightsToDecide(me)
  const ends = useEndsWaiting(me)
  const requests = useRequestsWaiting(me)
  const disclosures = useDisclosuresWaiting(me)
  return (
    <Page title={say('nav.start')} lead={say('start.lead')}>
      {/* Who watches is told below whether anything waits. */}
      <WhatWaits
        saysNone={ends !== undefined && (!me || !watches(me))}
        hasMore={rights > 0 || (ends ?? []).length + requests.length + disclosures.length > 0}
      >
        <RequestsWaiting waiting={requests} />
        <DisclosuresWaiting waiting={disclosures} />
        <EndsWaiting ends={ends ?? []} />
        {rights > 0 && <RightsToDecide count={rights} />}
      </WhatWaits>
      {me && <RightsWaiting me={me} />}
      {me && watches(me) && <OpenAlarms />}
      {me && decidesRemovals(me) && <FactorRemovals />}
      <WhatHolds />
      {me && <WhatToDo me={me} />}
    </Page>
  )
}

/** Drafts that this person decides on, and then their own that are not yet submitted. */
function WhatWaits({
  saysNone,
  hasMore: more,
  children,
}: {
  saysNone: boolean
  hasMore: boolean
  children: ReactNode
}) {
  const { say } = useLanguage()
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
      <h2 id="start-waiting">{say('start.waiting')}</h2>
      {isPending && <Waiting lines={2} />}
      {isError && <Failure error={error} onAgain={() => void refetch()} />}
      {children}
      {data && waiting.length === 0 && !more && <p className="muted">{say('start.waiting.none')}</p>}
      {waiting.length > 0 && <DraftCards drafts={waiting} />}
    </section>
  )
}

function WhatHolds() {
  const { say, language } = useLanguage()
  const { data } = $api.useQuery('get', '/api/description/versions', undefined, { staleTime: 0 })
  const now = data?.items.find(({ state }) => state === 'in-force')
  const coming = data?.items.filter(({ state }) => state === 'coming') ?? []
  const sentence = (key: 'start.inForce' | 'versions.next', version: number, from: string) =>
    say(key, { version, time: formatInstant(from, language) })
  return (
    <section aria-labelledby="start-state" className="stack-small">
      <h2 id="start-state">{say('start.state')}</h2>
      <BrokenPromises />
      {now && <p>{sentence('start.inForce', now.version, now.effectiveFrom)}</p>}
      {coming.map(({ version, effectiveFrom }) => (
        <p key={version}>{sentence('versions.next', version, effectiveFrom)}</p>
      ))}
    </section>
  )
}

const screens = [
  { to: '/requests', word: 'requests.title', what: 'start.requests', isFor: servesRequests },
  { to: '/contacts', word: 'nav.search', what: 'start.search', isFor: looks },
  { to: '/calls', word: 'nav.live', what: 'start.live', isFor: looks },
  { to: '/my-calls', word: 'nav.myCalls', what: 'start.myCalls', isFor: answers },
  {
    to: '/my-calls/looks',
    word: 'nav.myLooks',
    what: 'start.myLooks',
    isFor: answers,
  },
  { to: '/my-calls/evaluations', word: 'quality.own', what: 'start.ownEvaluations', isFor: answers },
  { to: '/my-calls/trainings', word: 'training.own', what: 'start.ownTrainings', isFor: answers },
  { to: '/quality', word: 'quality.title', what: 'start.quality', isFor: evaluates },
  { to: '/training', word: 'training.title', what: 'start.training', isFor: trains },
  { to: '/service-level', word: 'study.title', what: 'start.study', isFor: makesStudies },
  { to: '/alarms', word: 'nav.alarms', what: 'start.alarms', isFor: watches },
  { to: '/reviews', word: 'nav.reviews', what: 'start.reviews', isFor: watches },
  { to: '/log', word: 'nav.log', what: 'start.log', isFor: watches },
  { to: '/reconciliation', word: 'reconciliation.title', what: 'start.reconciliation', isFor: seesReconciliation },
  { to: '/appointments', word: 'appointments.title', what: 'start.appointments.what', isFor: receives },
  { to: '/offices', word: 'offices.title', what: 'start.offices', isFor: receives },
  {
    to: '/letter-templates',
    word: 'templates.title',
    what: 'start.templates',
    isFor: (me: Me) => hasRole(me, 'SERVICE_UNIT', 'ADMINISTRATOR'),
  },
  {
    to: '/request-decisions',
    word: 'requestDecisions.title',
    what: 'start.requestDecisions',
    isFor: (me: Me) => hasRole(me, 'DECISION_MAKER'),
  },
  { to: '/disclosures', word: 'disclosures.title', what: 'start.disclosures', isFor: seesDisclosures },
  { to: '/disclosures/log', word: 'disclosureLog.title', what: 'start.disclosureLog', isFor: readsLog },
  { to: '/retention', word: 'retention.title', what: 'start.retention', isFor: seesRetention },
  { to: '/retention/places', word: 'places.title', what: 'start.places', isFor: seesPlaces },
  { to: '/retention/holds', word: 'holds.title', what: 'start.holds', isFor: knowsHolds },
  { to: '/retention/recalls', word: 'recalls.title', what: 'start.recalls', isFor: seesRecalls },
  { to: '/capture', word: 'capture.title', what: 'start.capture', isFor: runsCapture },
  { to: '/description', word: 'nav.versions', what: 'start.versions.draft', isFor: drafts },
  { to: '/description', word: 'nav.versions', what: 'start.versions', isFor: (me: Me) => !drafts(me) },
  { to: '/plan', word: 'nav.plan', what: 'start.plan', isFor: () => true },
  { to: '/numbers', word: 'nav.numbers', what: 'start.numbers', isFor: () => true },
  { to: '/people', word: 'nav.people', what: 'start.people.change', isFor: administers },
  {
    to: '/people',
    word: 'nav.people',
    what: 'start.people',
    isFor: (me: Me) => hasRole(me, 'SUPERVISOR') && !administers(me),
  },
  { to: '/rights', word: 'rights.title', what: 'start.rights', isFor: () => true },
] as const

function WhatToDo({ me }: { me: Me }) {
  const { say, language } = useLanguage()
  return (
    <section aria-labelledby="start-do" className="stack-small">
      <h2 id="start-do">{say('start.do')}</h2>
      <ul className="start-screens">
        {screens
          .filter(({ isFor }) => isFor(me))
          .map(({ to, word, what }) => (
            <Screen key={to} what={what}>
              <Link to={to}>{say(word)}</Link>
            </Screen>
          ))}
        <Screen what="start.public">
          <a href={publicPages.description[language]}>{say('nav.public')}</a>
        </Screen>
        {administers(me) && (
          <Screen what="start.feedback">
            <a href={publicPages.feedback[language]}>{say('nav.feedback')}</a>
          </Screen>
        )}
      </ul>
    </section>
  )
}

function Screen({ what, children }: { what: Word; children: ReactNode }) {
  const { say } = useLanguage()
  return (
    <li>
      {children}
      <p className="muted">{say(what)}</p>
    </li>
  )
}

function decidesRemovals(me: Me): boolean {
  return hasRole(me, 'ACCESS_APPROVER', 'ADMINISTRATOR')
}

function looks(me: Me): boolean {
  return purposesOf(me).length > 0 && !servesOnly(me)
}

function answers(me: Me): boolean {
  return hasRole(me, 'OFFICIAL')
}

function receives(me: Me): boolean {
  return hasRole(me, 'SERVICE_UNIT')
}

function watches(me: Me): boolean {
  return hasRole(me, 'DATA_PROTECTION_OFFICER')
}

function drafts(me: Me): boolean {
  return administers(me) || me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
}

function administers(me: Me): boolean {
  return hasRole(me, 'ADMINISTRATOR')
}
