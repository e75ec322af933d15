import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { ClockState } from './clock-state.tsx'
import { DueSection } from './due-section.tsx'
import { Ledger } from './ledger.tsx'
import { Obstacles } from './obstacles.tsx'
import { seesLedger, seesPlaces, type Retention } from './retention-shapes.ts'
import { Runs } from './runs.tsx'
import { openObstacles } from './open-obstacles.ts'

/** Säilytys: what is held and until when, obstacles to destruction, and proofs of destruction. */
export function RetentionPage() {
  const { t } = useLanguage()
  const me = useMe()
  const query = $api.useQuery('get', '/api/retention', undefined, { staleTime: 0 })
  const { refetch } = query
  return (
    <Page title={t('retention.title')} lead={t('retention.lead')}>
      <Loaded query={query} lines={8}>
        {(data) => (
          <>
            <ClockState retention={data} onConfirmed={() => refetch()} />
            {/* Without the clock, which ClockState shows above with what to do. */}
            <Obstacles
              obstacles={openObstacles(data.obstacles)}
              overdue={data.recordings.overdue + data.history.overdue}
              isStopped={data.clock.state === 'ahead'}
              withPlaces={seesPlaces(me)}
            />
            <Held retention={data} />
            <Terms terms={data.terms} />
            <DueSection nowMs={Date.parse(data.asOf)} />
            <Runs runs={data.runs} />
            {seesLedger(me) && <Ledger />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Counts of what is held now. */
function Held({ retention: { asOf, recordings, history } }: { retention: Retention }) {
  const { t, language } = useLanguage()
  const number = (count: number) => formatCount(count, language)
  const late = (count: number) => (
    <span className={count > 0 ? 'retention-late' : undefined}>
      {number(count)}
      <span className="second">{t(count > 0 ? 'retention.overdue.some' : 'retention.overdue.none')}</span>
    </span>
  )
  return (
    <section aria-labelledby="retention-held" className="plan-section">
      <h2 id="retention-held">{t('retention.held')}</h2>
      <div className="retention-held">
        <div className="panel stack-small">
          <h3>{t('retention.recordings')}</h3>
          <dl className="facts">
            <Fact label={t('retention.count')}>
              <span className="retention-count">{number(recordings.held)}</span>
              {recordings.restricted > 0 && (
                <span className="second">
                  {t('retention.restricted', {
                    count: recordings.restricted,
                    number: number(recordings.restricted),
                  })}
                </span>
              )}
            </Fact>
            <Fact label={t('retention.dueToday')}>{number(recordings.dueToday)}</Fact>
            <Fact label={t('retention.overdue')}>{late(recordings.overdue)}</Fact>
            <Fact label={t('retention.next')}>
              {recordings.oldestDestroyAt ? formatInstant(recordings.oldestDestroyAt, language) : '–'}
            </Fact>
          </dl>
        </div>
        <div className="panel stack-small">
          <h3>{t('retention.history')}</h3>
          <dl className="facts">
            <Fact label={t('retention.count')}>
              <span className="retention-count">{number(history.contacts)}</span>
            </Fact>
            <Fact label={t('retention.overdue')}>{late(history.overdue)}</Fact>
            <Fact label={t('retention.next')}>
              {history.oldestEndsAt ? formatInstant(history.oldestEndsAt, language) : '–'}
            </Fact>
          </dl>
        </div>
      </div>
      <p className="muted">{t('retention.asOf', { time: formatInstant(asOf, language) })}</p>
    </section>
  )
}

/** Retention terms in words, and a link to try others before a decision. */
function Terms({ terms: { historyMonths, floorMonths, ceilingMonths } }: { terms: Retention['terms'] }) {
  const { t } = useLanguage()
  return (
    <section aria-labelledby="retention-terms" className="plan-section">
      <h2 id="retention-terms">{t('retention.terms')}</h2>
      <p className="plan-explained">
        {t('retention.terms.recordings', { floor: floorMonths, ceiling: ceilingMonths })}{' '}
        {t('retention.terms.history', { months: historyMonths })}
      </p>
      <p className="plan-explained">
        {t('retention.terms.change')} <Link to="/description">{t('shell.nav.versions')}</Link>
      </p>
    </section>
  )
}
