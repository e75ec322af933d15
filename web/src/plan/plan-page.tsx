import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { publicPages } from '../shell/public-pages.ts'
import { Announcements } from './announcements.tsx'
import { DrawProof } from './draw-proof.tsx'
import type { RecordingPlan } from './filters.ts'
import { RulePanel } from './rule-panel.tsx'
import { SharesSection } from './shares-section.tsx'

/** The recording plan in force, its results, and the proof that exactly the drawn calls were recorded (R13-R15). */
export function PlanPage() {
  const { say } = useLanguage()
  const { data: plan, error, isPending, refetch } = $api.useQuery('get', '/api/recording-plan')
  const { isPending: isProving } = $api.useQuery('get', '/api/evidence')
  return (
    <Page title={say('shell.nav.plan')} lead={say('plan.lead')}>
      {isPending && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {plan && (
        <>
          <PlanFacts plan={plan} />
          <section aria-labelledby="plan-rules" className="plan-section">
            <h2 id="plan-rules">{say('plan.rules')}</h2>
            {plan.rules.length === 0 && <p>{say('plan.rules.none')}</p>}
            {plan.rules.map((rule) => (
              <RulePanel key={`${rule.id} ${rule.from}`} rule={rule} />
            ))}
          </section>
          <DrawProof />
          {/* What is pressed does not move: a purpose is asked for below, and a press that slips chooses none. */}
          {!isProving && (
            <>
              <SharesSection rules={plan.rules} />
              <Announcements announcements={plan.announcements} rules={plan.rules} />
            </>
          )}
        </>
      )}
    </Page>
  )
}

/** Version of the plan, and what applies to all rules. */
function PlanFacts({ plan }: { plan: RecordingPlan }) {
  const { say, language } = useLanguage()
  const { cooperation, descriptionVersion } = plan
  return (
    <section className="panel stack" aria-labelledby="plan-facts">
      <h2 id="plan-facts" className="visually-hidden">
        {say('plan.facts')}
      </h2>
      <dl className="facts plan-facts">
        <Fact label={say('plan.version')}>
          <a href={`${publicPages.description[language]}/${descriptionVersion}`}>
            {say('plan.version.number', { version: descriptionVersion })}
          </a>
          <span className="second">
            {say('plan.since', { date: formatDate(plan.effectiveFrom, language) })} ·{' '}
            <Link to="/description">{say('shell.nav.versions')}</Link>
          </span>
        </Fact>
        <Fact label={say('plan.cooperation')}>
          {cooperation ? (
            <>
              {cooperation.document}
              <span className="second">
                {say('plan.cooperation.decided', { date: formatDate(cooperation.decidedOn, language) })}
              </span>
            </>
          ) : (
            <span className="muted">{say('plan.cooperation.none')}</span>
          )}
        </Fact>
        <Fact label={say('plan.forwarded')}>
          {say(plan.recordForwarded ? 'plan.forwarded.yes' : 'plan.forwarded.no')}
        </Fact>
        <Fact label={say('plan.never')}>{say('plan.never.what')}</Fact>
      </dl>
    </section>
  )
}
