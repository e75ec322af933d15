import { Link, useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { knowsHolds } from '../retention/retention-shapes.ts'
import { usePresence } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { AuthorityDecision } from './authority-decision.tsx'
import { AuthorityItems } from './authority-items.tsx'
import { AuthorityState } from './authority-list.tsx'
import { Assessment, AuthorityRequest } from './authority-request.tsx'
import {
  authorityHeading,
  authorityStepState,
  authoritySteps,
  currentPackage,
  stepOfAuthorityLack,
  type AuthorityLack,
} from './authority-steps.ts'
import { CloseAuthority } from './close-authority.tsx'
import { seesAuthorityDisclosures, type AuthorityDetail } from './disclosure-shapes.ts'
import { Packages } from './packages.tsx'
import type { Done } from './done.ts'
import { MissingList, StepFrame, StepNav } from './step-frame.tsx'
import { invalidateLists } from './use-disclosures.ts'

const pollMs = 1_500
/** Missing items whose text differs from the refusal of the same name. */
const lacksWithOwnText = new Set<AuthorityLack>(['items', 'item-destroyed', 'decision', 'release'])

/** One disclosure to an authority, from request to closing: what is missing, and where to do it. */
export function AuthorityPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return seesAuthorityDisclosures(presence.me) ? <Authority me={presence.me} /> : <NotFound />
}

function Authority({ me }: { me: Me }) {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/disclosures/authority/$id' })
  const query = $api.useQuery(
    'get',
    '/api/authority-disclosures/{id}',
    { params: { path: { id } } },
    {
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data?.packages.some((one) => one.state === 'making') ? pollMs : false),
    },
  )
  const { data, refetch } = query
  const done: Done = async (text, heading) => {
    invalidateLists()
    await refetch()
    announce(text)
    focusHeading(heading ?? 'authority-missing')
  }
  return (
    <Page
      title={data ? t('disclosures.authority.title', { number: data.number }) : t('disclosures.authority')}
      {...(data && { lead: `${data.authority}, ${data.caseNumber}` })}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
      {...(data && { aside: <AuthorityState disclosure={data} /> })}
    >
      <Loaded query={query} lines={8} />
      {data && <Steps disclosure={data} me={me} onDone={done} onChanged={() => void refetch()} />}
    </Page>
  )
}

function Steps({
  disclosure,
  me,
  onDone,
  onChanged,
}: {
  disclosure: AuthorityDetail
  me: Me
  onDone: Done
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const { id, number, urgentAt, state, packages, may, decision } = disclosure
  const own = { disclosure, onDone }
  const stepLinks = authoritySteps.map((step) => ({
    heading: authorityHeading(step),
    title: t(`disclosures.step.authority.${step}`),
    state: authorityStepState(step, disclosure),
  }))
  return (
    <>
      {urgentAt && (
        <Notice kind="error" title={t('disclosures.authority.urgent', { time: formatInstant(urgentAt, language) })}>
          <p>{t('disclosures.authority.urgent.what')}</p>
          {knowsHolds(me) && (
            <p>
              <Link to="/retention/holds">{t('retention.holds.title')}</Link>
            </p>
          )}
        </Notice>
      )}
      <DisclosureState disclosure={disclosure} />
      {state !== 'CLOSED' && <StepNav steps={stepLinks} />}
      <AuthorityRequest {...own} me={me} />
      <AuthorityItems {...own} />
      <Assessment {...own} />
      <AuthorityDecision {...own} />
      {state !== 'REFUSED' && (decision?.outcome ?? 'GRANTED') !== 'REFUSED' && (
        <StepFrame
          heading={authorityHeading('release')}
          title={t('disclosures.step.authority.release')}
          state={authorityStepState('release', disclosure)}
        >
          {packages.length === 0 && !may.release && (
            <p className="request-note">{t(decision ? 'disclosures.release.others' : 'disclosures.release.after')}</p>
          )}
          {(packages.length > 0 || may.release) && (
            <Packages
              disclosureRef={{ kind: 'authority', id }}
              number={number}
              packages={packages}
              mayRelease={may.release}
              hasKey={false}
              me={me}
              onChanged={onChanged}
            />
          )}
        </StepFrame>
      )}
      <CloseAuthority {...own} />
    </>
  )
}

/** Returns the last part of the state's text key; after the release it depends on whether the package was fetched. */
function stateWord(disclosure: AuthorityDetail): string {
  const { state, packages } = disclosure
  if (state !== 'RELEASED') return state
  if (currentPackage(disclosure)) return 'out'
  return packages.some((one) => one.state === 'taken') ? state : 'unfetched'
}

function DisclosureState({ disclosure }: { disclosure: AuthorityDetail }) {
  const { t } = useLanguage()
  const { lacks, state } = disclosure
  if (lacks.length === 0) {
    return (
      <Notice kind={state === 'CLOSED' ? 'success' : 'info'}>
        <h2 id="authority-missing" tabIndex={-1} className="notice-title">
          {t(`disclosures.authority.stands.${stateWord(disclosure)}` as Word)}
        </h2>
      </Notice>
    )
  }
  return (
    <MissingList
      heading="authority-missing"
      missing={lacks.map(({ what, items }) => ({
        key: what,
        text: [
          t((lacksWithOwnText.has(what) ? `disclosures.authority.lack.${what}` : `error.authority.${what}`) as Word),
          items && t('disclosures.lack.items', { count: items.length, items: items.join(', ') }),
        ]
          .filter(Boolean)
          .join(' '),
        heading: authorityHeading(stepOfAuthorityLack(what)),
        step: t(`disclosures.step.authority.${stepOfAuthorityLack(what)}`),
      }))}
    />
  )
}
