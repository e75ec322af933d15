import { useState } from 'react'
import { api } from '../api/client.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'
import { announce } from '../shell/announce.tsx'
import type { Retention } from './retention-shapes.ts'

/** Id of the clock in a confirmation: there is only one. */
const clockConfirmationId = '00000000-0000-0000-0000-000000000000'

/**
 * A clock that is not trusted, which stops destruction: since when, who has confirmed it, and a button to confirm. Renders
 * nothing while the clock is trusted.
 */
export function ClockState({ retention, onConfirmed }: { retention: Retention; onConfirmed: () => Promise<unknown> }) {
  const { t, language } = useLanguage()
  const { clock, may } = retention
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  if (clock.state === 'right') return null
  const at = (instant: string) => formatInstant(instant, language)
  const submit = async () => {
    setBusy(true)
    setFailed(undefined)
    // A person with a passkey confirms the clock with it.
    const { error } = await withPasskeyConfirmation(
      { act: 'clock.confirm', id: clockConfirmationId, revision: 0 },
      () => api.POST('/api/retention/clock', { body: { now: clock.now } }),
    ).catch((error: unknown) => ({ error: error ?? new Error('no answer') }))
    setBusy(false)
    if (error !== undefined) return setFailed(error)
    announce(t('retention.clock.confirmed'))
    // After two confirmations the clock is no longer shown.
    await onConfirmed()
    focusHeading('retention-clock')
  }
  const mayConfirm = clock.state === 'ahead' && may.confirmClock && !clock.isConfirmedByViewer
  return (
    <section aria-labelledby="retention-clock" className="plan-section">
      <h2 id="retention-clock" tabIndex={-1}>
        {t(`retention.clock.${clock.state}`)}
      </h2>
      <Notice kind={clock.stoppedSince ? 'error' : 'warning'}>
        <p>{t(`retention.clock.${clock.state}.why`, { now: at(clock.now), mark: at(clock.mark) })}</p>
        {clock.stoppedSince && <p>{t('retention.clock.stopped', { time: at(clock.stoppedSince) })}</p>}
        {clock.state === 'ahead' && <p>{t('retention.clock.two')}</p>}
        {clock.confirmedBy.map(({ name, at: when }) => (
          <p key={name}>{t('retention.clock.by', { name, time: at(when) })}</p>
        ))}
        {clock.isConfirmedByViewer && <p>{t('retention.clock.yours')}</p>}
        {failed !== undefined && <Failure error={failed} />}
        {mayConfirm && (
          <ConfirmButton
            label={t('retention.clock.confirm')}
            title={t('retention.clock.question', { now: at(clock.now) })}
            doLabel={t('retention.clock.yes')}
            isBusy={isBusy}
            onDo={() => void submit()}
          >
            <p>{t('retention.clock.question.why')}</p>
          </ConfirmButton>
        )}
      </Notice>
    </section>
  )
}
