import { useNavigate } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { CalibrationResult } from './calibration-result.tsx'
import { FormAgreement } from './form-agreement.tsx'
import { evaluates, plansQuality, type Calibration } from './quality-shapes.ts'

/** Kalibroinnit: one recording, several blind evaluators, and their agreement. */
export function CalibrationsPage() {
  return (
    <Only who={evaluates}>
      <Calibrations />
    </Only>
  )
}

function Calibrations() {
  const isExpert = plansQuality(useMe())
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/quality/calibrations', undefined, {
    staleTime: 0,
  })
  const { refetch } = query
  return (
    <Page
      title={t('quality.calibrations')}
      lead={t('quality.calibrations.lead')}
      crumbs={[{ label: t('quality.title'), to: '/quality' }]}
    >
      <Loaded query={query}>
        {(data) => (
          <>
            {data.items.length === 0 && <p className="muted">{t('quality.calibrations.none')}</p>}
            {data.items.length > 0 && (
              <ul className="cards quality-wide" aria-label={t('quality.calibrations')}>
                {data.items.map((one) => (
                  <Row key={one.id} calibration={one} isExpert={isExpert} onDone={refetch} />
                ))}
              </ul>
            )}
            {data.agreement.length > 0 && (
              <section className="stack-small quality-wide" aria-labelledby="agreement-by-question">
                <h2 id="agreement-by-question">{t('quality.agreement.byQuestion')}</h2>
                <p className="hint">{t('quality.agreement.what')}</p>
                {data.agreement.map((one) => (
                  <FormAgreement key={`${one.formId} ${one.formVersion}`} agreement={one} />
                ))}
              </section>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Row({
  calibration: one,
  isExpert,
  onDone,
}: {
  calibration: Calibration
  isExpert: boolean
  onDone: () => Promise<unknown>
}) {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const join = $api.useMutation('post', '/api/quality/calibrations/{id}/evaluations')
  const close = $api.useMutation('post', '/api/quality/calibrations/{id}/closing')
  const target = { params: { path: { id: one.id } } }
  const isOpen = !one.closedAt && !one.endedAt
  const joinOrContinue = async () => {
    const joined = await join.mutateAsync(target).catch(() => undefined)
    if (joined) await navigate({ to: '/quality/evaluations/$id', params: { id: joined.id } })
  }
  const closeCalibration = async () => {
    await finishRequest(close.mutateAsync(target), onDone)
  }
  return (
    <li className="card stack-small">
      <h2 className="card-title disclosure-title">
        {one.name || <span lang={one.formLanguage}>{one.formName}</span>}
        <span className={`badge ${isOpen ? 'badge-capturing' : 'badge-none'}`}>
          {t(isOpen ? 'quality.calibration.open' : one.closedAt ? 'quality.calibration.closed' : 'quality.ended.term')}
        </span>
        {one.isFinished && isOpen && <span className="badge badge-available">{t('quality.calibration.mine')}</span>}
      </h2>
      <dl className="facts facts-small">
        <Fact label={t('quality.form')}>
          <span lang={one.formLanguage}>{one.formName}</span>
          <span className="second">{t('quality.version', { version: one.formVersion })}</span>
        </Fact>
        <Fact label={t('quality.calibration.begunOn')}>{formatDate(one.begunAt, language)}</Fact>
        {isOpen && (
          <Fact label={t('quality.calibration.finishedBy')}>
            {t('quality.calibration.count', { finished: one.finished, begun: one.begun })}
          </Fact>
        )}
        {one.destroyAt && <Fact label={t('quality.destroyAt')}>{formatDate(one.destroyAt, language)}</Fact>}
      </dl>
      {join.error && <Failure error={join.error} />}
      {close.error && <Failure error={close.error} />}
      {isOpen && (
        <div className="actions">
          {!one.isFinished && (
            <Button
              kind="primary"
              isBusy={join.isPending}
              aria-label={`${t(one.myEvaluation ? 'quality.goOn' : 'quality.calibration.join')}: ${one.name}`}
              onPress={() => void joinOrContinue()}
            >
              {t(one.myEvaluation ? 'quality.goOn' : 'quality.calibration.join')}
            </Button>
          )}
          {isExpert && (
            <Button
              isBusy={close.isPending}
              aria-label={`${t('quality.calibration.close')}: ${one.name}`}
              onPress={() => void closeCalibration()}
            >
              {t('quality.calibration.close')}
            </Button>
          )}
        </div>
      )}
      {one.summary && <CalibrationResult summary={one.summary} language={one.formLanguage} />}
    </li>
  )
}
