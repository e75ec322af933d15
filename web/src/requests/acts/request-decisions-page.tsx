import { useId, useState } from 'react'
import { $api } from '../../api/client.ts'
import type { Correction, RequestDecisions } from '../../api/shapes.ts'
import { Choice } from '../../controls/choice.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Field } from '../../controls/field.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { Notice } from '../../controls/notice.tsx'
import { ActStep } from '../../controls/step.tsx'
import { Waiting } from '../../controls/waiting.tsx'
import { Fact } from '../../contact/facts.tsx'
import { formatDate, formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { Page } from '../../shell/page.tsx'
import { CorrectionLines } from './corrections.tsx'

type OpennessRequest = RequestDecisions['openness'][number]

/** Pyyntöjen ratkaisut: decisions on requests that wait for the decision maker, and recent ones. */
export function RequestDecisionsPage() {
  const { t } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/request-decisions', undefined, {
    staleTime: 0,
  })
  const refresh = () => void refetch()
  const isEmpty = data && data.corrections.length + data.openness.length === 0
  return (
    <Page title={t('acts.decisions.title')} lead={t('acts.decisions.lead')}>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={refresh} />}
      {isEmpty && <Notice kind="info">{t('acts.decisions.none')}</Notice>}
      {data?.openness.map((request) => (
        <OpennessCard key={request.requestId} request={request} onDecided={refresh} />
      ))}
      {data?.corrections.map((correction) => (
        <CorrectionCard key={correction.id} correction={correction} onDecided={refresh} />
      ))}
    </Page>
  )
}

function CorrectionCard({ correction, onDecided }: { correction: Correction; onDecided: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  const decide = $api.useMutation('post', '/api/corrections/{id}/decision')
  const [outcome, setOutcome] = useState<'APPROVED' | 'REJECTED'>('APPROVED')
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <h2 id={title} tabIndex={-1}>
        {t('acts.decisions.correction', { number: correction.requestNumber })}
      </h2>
      <CorrectionLines correction={correction} />
      {!correction.decided && (
        <dl className="facts">
          <Fact label={t('acts.decisions.due')}>{formatDate(correction.requestDueAt, language)}</Fact>
        </dl>
      )}
      {!correction.decided && (
        <ActStep
          open={t('acts.decisions.decide')}
          submit={t('acts.decisions.decide.do')}
          act={decide}
          request={() => ({ params: { path: { id: correction.id } }, body: { outcome } })}
          onDone={() => {
            onDecided()
            announce(t('acts.decisions.decided.now'))
            focusHeading(title)
          }}
        >
          <p>{t('acts.decisions.correction.what')}</p>
          <Choice
            label={t('acts.decisions.outcome')}
            options={(['APPROVED', 'REJECTED'] as const).map((value) => ({
              value,
              label: t(`acts.corrections.outcome.${value}`),
            }))}
            value={outcome}
            onChange={(value) => setOutcome(value as 'APPROVED' | 'REJECTED')}
          />
        </ActStep>
      )}
    </section>
  )
}

function OpennessCard({ request, onDecided }: { request: OpennessRequest; onDecided: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  const decide = $api.useMutation('post', '/api/requests/{id}/openness-decision')
  const [outcome, setOutcome] = useState<'SECRET' | 'REFERRED'>('SECRET')
  const [leadsTo, setLeadsTo] = useState<'RESEARCH' | 'AUTHORITY'>('AUTHORITY')
  const [provision, setProvision] = useState('')
  const { decision } = request
  const submitted = () => {
    if (provision.trim() === '') return undefined
    const body = { outcome, provision: provision.trim(), ...(outcome === 'REFERRED' && { leadsTo }) }
    return { params: { path: { id: request.requestId } }, body }
  }
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <h2 id={title} tabIndex={-1}>
        {t('acts.decisions.openness', { number: request.number })}
      </h2>
      <dl className="facts">
        <Fact label={t('acts.decisions.received')}>{formatDate(request.receivedAt, language)}</Fact>
        <Fact label={t('acts.decisions.due')}>{formatDate(request.dueAt, language)}</Fact>
        {decision && (
          <>
            <Fact label={t('acts.decisions.outcome')}>{t(`acts.openness.${decision.outcome}`)}</Fact>
            <Fact label={t('acts.openness.provision')}>{decision.provision}</Fact>
            {decision.leadsTo && (
              <Fact label={t('acts.openness.leadsTo')}>{t(`acts.openness.leadsTo.${decision.leadsTo}`)}</Fact>
            )}
            {decision.outcome === 'REFERRED' && (
              <Fact label={t('requests.referrals.takenUp')}>
                {decision.disclosure ?? t('requests.referrals.waits')}
                {decision.takenUpAt && <span className="second">{formatInstant(decision.takenUpAt, language)}</span>}
              </Fact>
            )}
          </>
        )}
      </dl>
      {decision && <p>{t('acts.decided', { who: decision.by.name, time: formatInstant(decision.at, language) })}</p>}
      {!decision && (
        <ActStep
          open={t('acts.decisions.decide')}
          submit={t('acts.decisions.decide.do')}
          act={decide}
          request={submitted}
          onDone={() => {
            onDecided()
            announce(t('acts.decisions.decided.now'))
            focusHeading(title)
          }}
        >
          {(isTried) => (
            <>
              <p>{t('acts.decisions.openness.what')}</p>
              <Choice
                label={t('acts.decisions.outcome')}
                options={(['SECRET', 'REFERRED'] as const).map((value) => ({
                  value,
                  label: t(`acts.openness.${value}`),
                  detail: t(`acts.openness.${value}.what`),
                }))}
                value={outcome}
                onChange={(value) => setOutcome(value as 'SECRET' | 'REFERRED')}
              />
              {outcome === 'REFERRED' && (
                <Choice
                  label={t('acts.openness.leadsTo')}
                  options={(['AUTHORITY', 'RESEARCH'] as const).map((value) => ({
                    value,
                    label: t(`acts.openness.leadsTo.${value}`),
                    detail: t(`acts.openness.leadsTo.${value}.what`),
                  }))}
                  value={leadsTo}
                  onChange={(value) => setLeadsTo(value as 'RESEARCH' | 'AUTHORITY')}
                />
              )}
              <Field
                label={t('acts.openness.provision')}
                hint={t('acts.openness.provision.hint')}
                error={isTried && provision.trim() === '' ? t('acts.openness.provision.missing') : undefined}
                value={provision}
                onChange={setProvision}
                maxLength={200}
              />
            </>
          )}
        </ActStep>
      )}
    </section>
  )
}
