import { CircleCheck, CircleHelp, CircleX, Ear, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { RequestCall, RequestDetail, ReportedCall } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { finishRequest } from '../controls/finish-request.ts'
import { formatClock } from '../format/clock.ts'
import { formatDate } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { MatchedCall } from './matched-call.tsx'
import { callHeading, type Done } from './steps.ts'
import { ReportedCallForm } from './reported-call-form.tsx'
import { VerifyCall } from './verify-call.tsx'

const marks: Record<RequestCall['state'], { Icon: LucideIcon; badge: string }> = {
  SEVERAL: { Icon: CircleHelp, badge: 'restricted' },
  FOUND: { Icon: Ear, badge: 'capturing' },
  MATCHED: { Icon: CircleCheck, badge: 'available' },
  NOT_FOUND: { Icon: CircleX, badge: 'none' },
  NOT_PARTY: { Icon: CircleX, badge: 'none' },
  NOT_IDENTIFIABLE: { Icon: CircleX, badge: 'none' },
}

/**
 * One call claimed by the requester: search result and possible acts. Shows nothing of a call that is not the requester's.
 */
export function CallCard({
  request,
  call,
  isServed,
  onDone,
  onChanged,
}: {
  request: RequestDetail
  call: RequestCall
  isServed: boolean
  onDone: Done
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const { Icon, badge } = marks[call.state]
  const isOpen = !request.closed
  return (
    <section className="stack request-call" aria-labelledby={callHeading(call.id)}>
      <div className="alarm-head">
        <h3 id={callHeading(call.id)} tabIndex={-1}>
          <CallTitle call={call} />
        </h3>
        <span className={`badge badge-${badge}`}>
          <Icon aria-hidden="true" size={14} />
          {t(`requests.call.${call.state}`)}
        </span>
      </div>
      {call.told && <ReportedDetails reported={call.told} isOfficials={request.party === 'OFFICIAL'} />}
      {call.state === 'MATCHED' && <MatchedCall request={request} call={call} />}
      {call.state === 'FOUND' && isOpen && isServed && (
        <VerifyCall request={request} call={call} onDone={onDone} onChanged={onChanged} />
      )}
      {call.state !== 'MATCHED' && call.state !== 'FOUND' && <p>{t(`requests.call.what.${call.state}`)}</p>}
      {call.askFor && isOpen && call.askFor.length === 0 && <p>{t('requests.call.askFor.nothing')}</p>}
      {call.askFor && isOpen && call.askFor.length > 0 && (
        <div className="stack-small">
          <p>{t('requests.call.askFor')}</p>
          <ul>
            {call.askFor.map((one) => (
              <li key={one}>{t(`requests.call.askFor.${one}`)}</li>
            ))}
          </ul>
        </div>
      )}
      {isOpen && call.state !== 'MATCHED' && <CallActs request={request} call={call} onDone={onDone} />}
    </section>
  )
}

/** `Puhelu 1: 3.11.2026 noin klo 13.04` */
export function CallTitle({ call }: { call: RequestCall }) {
  const { t, language } = useLanguage()
  const position = call.ordinal
  if (!call.told) return t('requests.call.title', { position })
  const date = formatDate(`${call.told.day}T12:00:00Z`, language)
  return t('requests.call.title.told', { position, date, time: formatClock(call.told.time) })
}

/** The requester's claims, in one line. */
function ReportedDetails({ reported, isOfficials }: { reported: ReportedCall; isOfficials: boolean }) {
  const { t } = useLanguage()
  const text = [
    reported.callerNumber !== undefined
      ? t('requests.call.told.from', { number: reported.callerNumber })
      : !isOfficials && t('requests.call.told.withheld'),
    reported.serviceNumber !== undefined && t('requests.call.told.to', { number: formatPhone(reported.serviceNumber) }),
    reported.minutes !== undefined && t('requests.call.told.minutes', { count: reported.minutes }),
    reported.official !== undefined && t('requests.call.told.official', { name: reported.official }),
    t(`requests.told.accuracy.${reported.accuracy}`),
  ].filter((one) => one !== false)
  return <p className="muted breaking">{t('requests.call.told.line', { told: text.join(', ') })}</p>
}

/** Acts: search again with more details, give up, withdraw. */
function CallActs({ request, call, onDone }: { request: RequestDetail; call: RequestCall; onDone: Done }) {
  const { t } = useLanguage()
  const path = { params: { path: { id: request.id, callId: call.id } } }
  const narrow = $api.useMutation('put', '/api/requests/{id}/calls/{callId}')
  const giveUp = $api.useMutation('post', '/api/requests/{id}/calls/{callId}/unidentifiable')
  const withdraw = $api.useMutation('delete', '/api/requests/{id}/calls/{callId}')
  const [isNarrowing, setNarrowing] = useState(false)
  const [confirming, setConfirming] = useState<'give-up' | 'withdraw'>()
  const isSearched = call.state === 'SEVERAL' || call.state === 'NOT_FOUND' || call.state === 'FOUND'
  const mayGiveUp = call.state === 'SEVERAL' || call.state === 'FOUND'

  const search = async (reported: ReportedCall) => {
    const found = await narrow.mutateAsync({ ...path, body: reported })
    setNarrowing(false)
    await onDone(t(`requests.call.told.${found.state}`), callHeading(call.id))
  }
  const submit = async () => {
    const act = confirming === 'withdraw' ? withdraw : giveUp
    await finishRequest(act.mutateAsync(path), () =>
      confirming === 'withdraw'
        ? onDone(t('requests.call.withdrawn'), 'request-calls')
        : onDone(t('requests.call.told.NOT_IDENTIFIABLE'), callHeading(call.id)),
    )
  }
  if (isNarrowing) {
    return (
      <ReportedCallForm
        prefix={callHeading(call.id)}
        isOfficials={request.party === 'OFFICIAL'}
        reported={call.told}
        submit={t('requests.told.again')}
        isBusy={narrow.isPending}
        onSearch={search}
        onCancel={() => {
          setNarrowing(false)
          focusHeading(callHeading(call.id))
        }}
      />
    )
  }
  const failed = giveUp.error ?? withdraw.error
  return (
    <>
      {failed && <Failure error={failed} />}
      <div className="actions">
        {isSearched && call.told && (
          <Button kind={call.state === 'SEVERAL' ? 'primary' : 'secondary'} onPress={() => setNarrowing(true)}>
            {t(call.state === 'SEVERAL' ? 'requests.call.narrow' : 'requests.call.correct')}
          </Button>
        )}
        {mayGiveUp && (
          <Button isBusy={giveUp.isPending} onPress={() => setConfirming('give-up')}>
            {t('requests.call.giveUp')}
          </Button>
        )}
        {!call.verifyAgain && (
          <Button kind="link" isBusy={withdraw.isPending} onPress={() => setConfirming('withdraw')}>
            {t('requests.call.withdraw')}
          </Button>
        )}
      </div>
      <Confirm
        title={t(confirming === 'withdraw' ? 'requests.call.withdraw.sure' : 'requests.call.giveUp.sure')}
        doLabel={t(confirming === 'withdraw' ? 'requests.call.withdraw' : 'requests.call.giveUp')}
        isOpen={confirming !== undefined}
        onDo={() => void submit()}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t(confirming === 'withdraw' ? 'requests.call.withdraw.what' : 'requests.call.giveUp.what')}</p>
      </Confirm>
    </>
  )
}
