import { lazy, Suspense, useState } from 'react'
import { $api } from '../api/client.ts'
import type { RequestCall, RequestDetail } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { callHeading, type Done } from './steps.ts'
import { verificationMethod } from './reported-call.ts'

const Listen = lazy(async () => ({ default: (await import('../listening/listen.tsx')).Listen }))

/**
 * Verifies the only matching call: the clerk listens to it, asks a control question that only its party can answer, and records
 * the result. Without a recording the claims decide.
 */
export function VerifyCall({
  request,
  call,
  onDone,
  onChanged,
}: {
  request: RequestDetail
  call: RequestCall
  onDone: Done
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const verify = $api.useMutation('post', '/api/requests/{id}/calls/{callId}/verification')
  const [isConfirming, setConfirming] = useState(false)
  const method = verificationMethod(call)
  if (!method) return null

  const answer = async (isParty: boolean) => {
    await finishRequest(
      verify.mutateAsync({ params: { path: { id: request.id, callId: call.id } }, body: { isParty } }),
      () => onDone(t(isParty ? 'requests.call.told.MATCHED' : 'requests.call.told.NOT_PARTY'), callHeading(call.id)),
    )
  }
  const recordings = call.verification?.recordings ?? []
  const mayConfirm = method === 'question' || method === 'details' || method === 'personnel'
  return (
    <div className="stack verify">
      {call.verifyAgain && <Notice kind="info">{t('requests.verify.again')}</Notice>}
      {call.numberUnverified && <Notice kind="warning">{t('requests.verify.unverified')}</Notice>}
      <p>{t(`requests.verify.${method}`)}</p>
      {(method === 'listen' || method === 'question') && (
        <>
          <p className="request-note">{t('requests.verify.silence')}</p>
          {recordings.map(({ id }, index) => (
            <div key={id} className="stack-small">
              {recordings.length > 1 && (
                <h4 className="small-heading">
                  {t('requests.verify.part', { position: index + 1, total: recordings.length })}
                </h4>
              )}
              <Suspense fallback={<Waiting lines={3} />}>
                <Listen
                  recordingId={id}
                  segmentId={id}
                  momentMs={undefined}
                  hasLink={false}
                  onChanged={onChanged}
                  onPlayed={onChanged}
                />
              </Suspense>
            </div>
          ))}
        </>
      )}
      {verify.error && <Failure error={verify.error} />}
      <fieldset className="verify-answer">
        <legend className="label">{t('requests.verify.question.label')}</legend>
        <div className="actions">
          <Button kind="primary" isDisabled={!mayConfirm} isBusy={verify.isPending} onPress={() => void answer(true)}>
            {t('requests.verify.yes')}
          </Button>
          <Button isBusy={verify.isPending} onPress={() => setConfirming(true)}>
            {t('requests.verify.no')}
          </Button>
        </div>
        {method === 'listen' && <p className="second">{t('requests.verify.notYet')}</p>}
        {method === 'details-missing' && <p className="second">{t('requests.verify.more')}</p>}
      </fieldset>
      <Confirm
        title={t('requests.verify.no.sure')}
        doLabel={t('requests.verify.no')}
        isOpen={isConfirming}
        onDo={() => void answer(false)}
        onClose={() => setConfirming(false)}
      >
        <p>{t('requests.verify.no.what')}</p>
      </Confirm>
    </div>
  )
}
