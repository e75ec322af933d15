import { useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { usePresence } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { writeDay } from './days.ts'
import type { Done } from './done.ts'
import { isDecisionMaker, opensResearch, preparesResearch, type ResearchDetail } from './disclosure-shapes.ts'
import { OverdueBadge, ResearchState } from './research-list.tsx'
import { Decision } from './research-decision.tsx'
import { Items } from './research-items.tsx'
import { Release } from './research-release.tsx'
import { Returns } from './research-returns.tsx'
import {
  endedUnreleased,
  researchHeading,
  researchStepState,
  researchSteps,
  stepOfResearchLack,
} from './research-steps.ts'
import { Study } from './research-study.tsx'
import { Undertaking } from './research-undertaking.tsx'
import { MissingList, StepNav, JumpLink } from './step-frame.tsx'
import { invalidateLists } from './use-disclosures.ts'
import { Withdraw } from './withdraw-research.tsx'

/** Poll interval while a package is being made. */
const pollMs = 1_500
/** Poll interval while a copy is being rendered. */
const copiesPollMs = 10_000

/** One disclosure to a research institute, from study to closing: what is missing, and where to do it. */
export function ResearchPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return opensResearch(presence.me) ? <Research me={presence.me} /> : <NotFound />
}

function Research({ me }: { me: Me }) {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/disclosures/research/$id' })
  const query = $api.useQuery(
    'get',
    '/api/research-disclosures/{id}',
    { params: { path: { id } } },
    { staleTime: 0, refetchInterval: ({ state }) => (state.data ? pollIntervalOf(state.data) : false) },
  )
  const { data, refetch } = query
  const done: Done = async (text, heading) => {
    invalidateLists()
    await refetch()
    announce(text)
    focusHeading(heading ?? 'research-missing')
  }
  return (
    <Page
      title={data ? t('disclosures.research.title', { number: data.number }) : t('disclosures.research')}
      {...(data && { lead: `${data.institute.name}: ${data.study}` })}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
      {...(data && {
        aside: (
          <p className="disclosure-title">
            <ResearchState disclosure={data} />
            {data.isOverdue && <OverdueBadge />}
          </p>
        ),
      })}
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
  disclosure: ResearchDetail
  me: Me
  onDone: Done
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const own = { disclosure, onDone }
  const hasEnded = endedUnreleased(disclosure)
  const stepLinks = researchSteps.map((step) => ({
    heading: researchHeading(step),
    title: t(`disclosures.step.research.${step}`),
    state: researchStepState(step, disclosure),
  }))
  return (
    <>
      <DisclosureState disclosure={disclosure} />
      {!hasEnded && <StepNav steps={stepLinks} />}
      <Study {...own} />
      <Items {...own} />
      <Undertaking {...own} />
      <Decision {...own} />
      {!hasEnded && <Release disclosure={disclosure} me={me} onChanged={onChanged} />}
      {disclosure.itemList.some(({ outcome }) => outcome !== 'none') && <Returns {...own} me={me} />}
      {(preparesResearch(me) || isDecisionMaker(me)) && <Withdraw {...own} />}
    </>
  )
}

/** Shows what is missing for the release; after the release its state, or, if copies are overdue, that alone (AC19). */
function DisclosureState({ disclosure }: { disclosure: ResearchDetail }) {
  const { t, language } = useLanguage()
  const { state, lacks, isOverdue, open, dueOn } = disclosure
  const day = writeDay(dueOn, language)
  const toReturns = (
    <JumpLink heading={researchHeading('returns')} className="nowrap">
      {t('disclosures.step.research.returns')}
    </JumpLink>
  )
  if (isOverdue) {
    return (
      <Notice kind="error">
        <h2 id="research-missing" tabIndex={-1} className="notice-title">
          <Overdue disclosure={disclosure} />
        </h2>
        <p>
          {t(open === 0 ? 'disclosures.research.allBack' : 'disclosures.overdue.what')} {toReturns}
        </p>
      </Notice>
    )
  }
  if (lacks.length > 0) {
    return (
      <MissingList
        heading="research-missing"
        missing={lacks.map(({ what, items, until }) => ({
          key: what,
          text: [
            what === 'release' ? t('disclosures.lack.release') : t(`error.research.${what}` as Word),
            items && t('disclosures.lack.items', { count: items.length, items: items.join(', ') }),
            until && t('disclosures.lack.until', { time: formatInstant(until, language) }),
          ]
            .filter(Boolean)
            .join(' '),
          heading: researchHeading(stepOfResearchLack(what)),
          step: t(`disclosures.step.research.${stepOfResearchLack(what)}`),
        }))}
      />
    )
  }
  const outWord = state === 'RELEASED' ? 'disclosures.research.outUntil' : 'disclosures.research.outNow'
  const isOut = state === 'RELEASED' || state === 'STUDY_ENDED'
  return (
    <Notice kind={state === 'CLOSED' ? 'success' : 'info'}>
      <h2 id="research-missing" tabIndex={-1} className="notice-title">
        {t(`disclosures.research.stands.${state}` as Word)}
      </h2>
      {isOut && (
        <p>
          {t(open === 0 ? 'disclosures.research.allBack' : outWord, { day })} {toReturns}
        </p>
      )}
    </Notice>
  )
}

/** Reason why copies are overdue: the due day, a recall past its deadline, or a study that ended early. */
function Overdue({ disclosure: { dueOn, itemList, studyEndedOn } }: { disclosure: ResearchDetail }) {
  const { t, language } = useLanguage()
  const nowMs = serverNowMs()
  const late = itemList.filter(({ recallDueAt }) => recallDueAt !== undefined && Date.parse(recallDueAt) <= nowMs)
  if (dueOn < todayAt(nowMs).toString()) return t('disclosures.overdue.this', { day: writeDay(dueOn, language) })
  if (studyEndedOn !== undefined && late.length === 0) {
    return t('disclosures.overdue.studyEnded', { day: writeDay(studyEndedOn, language) })
  }
  return t('disclosures.overdue.recalled', { count: late.length, items: late.map(({ item }) => item).join(', ') })
}

function pollIntervalOf({ packages, itemList }: ResearchDetail): number | false {
  if (packages.some(({ state }) => state === 'making')) return pollMs
  return itemList.some(({ copy }) => copy.state === 'RENDERING') ? copiesPollMs : false
}
