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
  const { t } = useLanguage()
  const { data: plan, error, isPending, refetch } = $api.useQuery('get', '/api/recording-plan')
  const { isPending: isProving } = $api.useQuery('get', '/api/evidence')
  return (
    <Page title={t('shell.nav.plan')} lead={t('plan.lead')}>
      {isPending && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {plan && (
        <>
          <PlanFacts plan={plan} />
          <section aria-labelledby="plan-rules" className="plan-section">
            <h2 id="plan-rules">{t('plan.rules')}</h2>
            {plan.rules.length === 0 && <p>{t('plan.rules.none')}</p>}
            {plan.rules.map((rule) => (
              <RulePanel key={`${rule.id} ${rule.from}`} rule={rule} />
            ))}
          </section>
          <DrawProof />
          {/* Rendered after the proof has loaded: otherwise the purpose buttons would move under the pointer. */}
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
  const { t, language } = useLanguage()
  const { cooperation, descriptionVersion } = plan
  return (
    <section className="panel stack" aria-labelledby="plan-facts">
      <h2 id="plan-facts" className="visually-hidden">
        {t('plan.facts')}
      </h2>
      <dl className="facts plan-facts">
        <Fact label={t('plan.version')}>
          <a href={`${publicPages.description[language]}/${descriptionVersion}`}>
            {t('plan.version.number', { version: descriptionVersion })}
          </a>
          <span className="second">
            {t('plan.since', { date: formatDate(plan.effectiveFrom, language) })} ·{' '}
            <Link to="/description">{t('shell.nav.versions')}</Link>
          </span>
        </Fact>
        <Fact label={t('plan.cooperation')}>
          {cooperation ? (
            <>
              {cooperation.document}
              <span className="second">
                {t('plan.cooperation.decided', { date: formatDate(cooperation.decidedOn, language) })}
              </span>
            </>
          ) : (
            <span className="muted">{t('plan.cooperation.none')}</span>
          )}
        </Fact>
        <Fact label={t('plan.forwarded')}>{t(plan.recordForwarded ? 'plan.forwarded.yes' : 'plan.forwarded.no')}</Fact>
        <Fact label={t('plan.never')}>{t('plan.never.what')}</Fact>
      </dl>
    </section>
  )
}
