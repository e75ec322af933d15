import { useState } from 'react'
import type { Account } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { RemoveTotp } from './remove-totp.tsx'
import { RenewCodes } from './renew-codes.tsx'
import { BeginTotp, ConfirmTotp, type Enrolment } from './totp-enrolment.tsx'
import { refreshAccount } from './refresh-account.ts'

type Doing =
  | { what: 'nothing'; done?: 'removed' | 'enrolled' }
  | { what: 'begin' }
  | { what: 'confirm'; enrolment: Enrolment }
  | { what: 'codes'; codes: string[]; after: 'enrolled' | undefined }
  | { what: 'renew' }
  | { what: 'remove' }

/** Enrols, renews and removes the authenticator and its recovery codes. */
export function SecondFactorSection({ account }: { account: Account }) {
  const { t } = useLanguage()
  const [doing, setDoing] = useState<Doing>({ what: 'nothing' })
  const { secondFactor } = account
  const begin = (what: 'begin' | 'renew' | 'remove') => () => setDoing({ what })
  const stop = () => {
    setDoing({ what: 'nothing' })
    focusHeading('account-second')
  }
  const finish = (done?: 'removed' | 'enrolled') => {
    void refreshAccount()
    setDoing({ what: 'nothing', ...(done && { done }) })
    focusHeading('account-second')
  }
  return (
    <section className="panel panel-narrow stack" aria-labelledby="account-second">
      <h2 id="account-second" tabIndex={-1}>
        {t('account.second')}
      </h2>
      <State account={account} />
      {doing.what === 'nothing' && doing.done && (
        <Notice kind="success" isUrgent>
          {t(`account.second.${doing.done}`)}
        </Notice>
      )}
      {doing.what === 'nothing' && (
        <div className="actions">
          {secondFactor.mayEnrol && (
            <Button kind="secondary" onPress={begin('begin')}>
              {t('account.second.enrol')}
            </Button>
          )}
          {secondFactor.totp && (
            <Button kind="secondary" onPress={begin('renew')}>
              {t('account.second.renew')}
            </Button>
          )}
          {secondFactor.totp && secondFactor.mayRemove && (
            <Button kind="secondary" onPress={begin('remove')}>
              {t('account.second.remove')}
            </Button>
          )}
        </div>
      )}
      {doing.what === 'begin' && (
        <BeginTotp
          needsPassword
          personId={account.personId}
          onBegun={(enrolment) => setDoing({ what: 'confirm', enrolment })}
          onCancel={stop}
        />
      )}
      {doing.what === 'confirm' && (
        <ConfirmTotp
          enrolment={doing.enrolment}
          heading="h3"
          onConfirmed={(codes) => {
            void refreshAccount()
            setDoing({ what: 'codes', codes, after: 'enrolled' })
          }}
          onCancel={stop}
        />
      )}
      {doing.what === 'codes' && (
        <RecoveryCodes
          codes={doing.codes}
          userId={account.userId}
          heading="h3"
          doneLabel={t('account.recovery.done')}
          onDone={() => finish(doing.after)}
        />
      )}
      {doing.what === 'renew' && (
        <RenewCodes
          onRenewed={(codes) => {
            void refreshAccount()
            setDoing({ what: 'codes', codes, after: undefined })
          }}
          onCancel={stop}
        />
      )}
      {doing.what === 'remove' && (
        <RemoveTotp userId={account.userId} onRemoved={() => finish('removed')} onCancel={stop} />
      )}
    </section>
  )
}

function State({ account }: { account: Account }) {
  const { t, language } = useLanguage()
  const { totp, demand, mayEnrol, mayRemove, recoveryCodesLeft } = account.secondFactor
  if (!totp) {
    return (
      <>
        <p>{t('account.second.none')}</p>
        {mayEnrol && <p className="muted">{t('account.second.why')}</p>}
      </>
    )
  }
  return (
    <>
      <p>
        {t('account.second.since', { date: formatDate(totp.addedAt, language) })}
        {totp.usedAt && ` ${t('account.second.used', { time: formatInstant(totp.usedAt, language) })}`}
      </p>
      {recoveryCodesLeft <= 2 ? (
        <Notice kind="warning">{t('account.second.codes', { count: recoveryCodesLeft })}</Notice>
      ) : (
        <p>{t('account.second.codes', { count: recoveryCodesLeft })}</p>
      )}
      {!mayRemove && (
        <p className="muted">{t(demand === 'required' ? 'account.second.required' : 'account.second.stays')}</p>
      )}
    </>
  )
}
