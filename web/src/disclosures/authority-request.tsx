import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { authorityBody, authorityFormOf, type AuthorityField } from './authority-form.ts'
import { AuthorityFields } from './authority-fields.tsx'
import { authorityHeading, authorityStepState } from './authority-steps.ts'
import type { AuthorityDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { StepFrame } from './step-frame.tsx'
import { useAuthorityList } from './use-disclosures.ts'

interface Props {
  disclosure: AuthorityDetail
  onDone: Done
}

/** Request: authority, content, case and ground. */
export function AuthorityRequest({ disclosure, me, onDone }: Props & { me: Me }) {
  const { t, language, named } = useLanguage()
  const { origin, authority, officer, caseNumber, aim, provision, receivedAt, enteredBy, may } = disclosure
  return (
    <StepFrame
      heading={authorityHeading('request')}
      title={t('disclosures.step.authority.request')}
      state={authorityStepState('request', disclosure)}
    >
      <dl className="facts">
        <Fact label={t('disclosures.authority.authority')}>
          {authority}
          <span className="second">{t(`disclosures.authority.origin.${origin}`)}</span>
        </Fact>
        <Fact label={t('disclosures.authority.officer')}>{officer}</Fact>
        <Fact label={t('disclosures.authority.caseNumber')}>{caseNumber}</Fact>
        <Fact label={t('disclosures.authority.aim')}>{t(`disclosures.authority.aim.${aim}`)}</Fact>
        <Fact label={t('disclosures.authority.provision')}>
          {provision ? (
            named(provision.names).replaceAll(' §', '\u00a0§')
          ) : (
            <span className="muted">{t('disclosures.authority.provision.none')}</span>
          )}
        </Fact>
        <Fact label={t('disclosures.authority.receivedAt')}>
          {formatInstant(receivedAt, language)}
          <span className="second">{t('retention.holds.enteredBy', { name: enteredBy.name })}</span>
        </Fact>
      </dl>
      {provision && !provision.isInForce && <Notice kind="warning">{t('error.authority.provision-expired')}</Notice>}
      {may.prepare && <ChangeRequest disclosure={disclosure} me={me} onDone={onDone} />}
    </StepFrame>
  )
}

function ChangeRequest({ disclosure, me, onDone }: Props & { me: Me }) {
  const { t } = useLanguage()
  const { id } = disclosure
  const change = $api.useMutation('put', '/api/authority-disclosures/{id}')
  const list = useAuthorityList(me)
  const form = useStoredForm(`authority ${id}`, authorityFormOf(disclosure))
  const [wrong, setWrong] = useState<AuthorityField[]>([])
  const isTimeRefused = refusalKey(change.error) === 'authority.received-wrong'
  const request = () => {
    const judged = authorityBody(form.typed, serverNowMs())
    setWrong('wrong' in judged ? judged.wrong : [])
    return 'wrong' in judged ? undefined : { params: { path: { id } }, body: judged.body }
  }
  return (
    <ActStep
      open={t('disclosures.change')}
      submit={t('disclosures.change.do')}
      act={change}
      error={isTimeRefused ? undefined : change.error}
      request={request}
      isOpenAtFirst={form.isTyped}
      onOpen={() => setWrong([])}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.changed'))
      }}
    >
      <AuthorityFields
        typed={form.typed}
        provisions={list.data?.provisions ?? []}
        wrong={isTimeRefused ? [...wrong, 'receivedAt'] : wrong}
        onChange={(edited) => {
          change.reset()
          form.edit(edited)
        }}
      />
    </ActStep>
  )
}

/** Assessment by the security unit: whether the ground covers the request. */
export function Assessment({ disclosure, onDone }: Props) {
  const { t, language } = useLanguage()
  const { assessment, may } = disclosure
  return (
    <StepFrame
      heading={authorityHeading('assessment')}
      title={t('disclosures.step.authority.assessment')}
      state={authorityStepState('assessment', disclosure)}
    >
      {assessment ? (
        <>
          <p className="note">{assessment.text}</p>
          <p className="muted">
            {assessment.by.name}, {formatInstant(assessment.at, language)}
          </p>
        </>
      ) : (
        <p className="request-note">{t('disclosures.assessment.what')}</p>
      )}
      {may.prepare && <Assess disclosure={disclosure} onDone={onDone} />}
    </StepFrame>
  )
}

function Assess({ disclosure: { id, assessment }, onDone }: Props) {
  const { t } = useLanguage()
  const assess = $api.useMutation('put', '/api/authority-disclosures/{id}/assessment')
  const form = useStoredForm(`assessment ${id}`, { text: assessment?.text ?? '' })
  const { text } = form.typed
  return (
    <ActStep
      open={t(assessment ? 'disclosures.assessment.change' : 'disclosures.assessment.write')}
      submit={t('disclosures.assessment.do')}
      act={assess}
      request={() => (text.trim() === '' ? undefined : { params: { path: { id } }, body: { text: text.trim() } })}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.assessment.saved'))
      }}
    >
      {(isTried) => (
        <Field
          label={t('disclosures.step.authority.assessment')}
          hint={t('disclosures.assessment.hint')}
          error={isTried && text.trim() === '' ? t('disclosures.assessment.missing') : undefined}
          rows={6}
          value={text}
          onChange={(value) => form.edit({ text: value })}
          maxLength={4000}
        />
      )}
    </ActStep>
  )
}
