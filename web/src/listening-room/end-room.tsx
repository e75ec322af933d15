import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { describeRefusal } from '../account/describe-refusal.ts'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { notifyTabs } from '../api/tabs.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage } from '../language/use-words.ts'
import { useLeave } from '../session/leave.ts'

/**
 * Ends the listening mode; the host is signed out in every case. The listener can end it at any time. Only the host, with their
 * password, can confirm that the recording was listened to: forbidden ones are destroyed then.
 */
export function EndRoom({
  host,
  confirms,
}: {
  host: string
  /** True if the host can confirm here that the recording was listened to. */
  confirms: boolean
}) {
  const { t } = useLanguage()
  const leave = useLeave()
  const close = $api.useMutation('post', '/api/room/close')
  const [isConfirming, setConfirming] = useState(false)
  const end = async (body: { outcome?: 'HEARD'; password?: string }) => {
    const done = await close.mutateAsync({ body }).catch(() => undefined)
    if (!done) return false
    notifyTabs('signed-out')
    if (done.url !== undefined) window.location.assign(done.url)
    else leave(body.outcome === 'HEARD' ? 'room-heard' : 'room-ended', 'elsewhere')
    return true
  }
  const isConfirmation = close.variables?.body.outcome === 'HEARD'
  return (
    <>
      <p className="muted">{t('listening-room.host', { name: host })}</p>
      <Button
        kind="secondary"
        className="room-button"
        onPress={() => {
          close.reset()
          setConfirming(true)
        }}
      >
        {t('listening-room.end')}
      </Button>
      <ModalOverlay className="modal-overlay" isOpen={isConfirming} onOpenChange={setConfirming} isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog-body stack room-dialog">
            <Heading slot="title" className="dialog-title">
              {t('listening-room.end.title')}
            </Heading>
            <p>{t('listening-room.end.what')}</p>
            {close.error != null && !isConfirmation && <Failure error={close.error} />}
            <div className="room-ends">
              <Button kind="primary" isBusy={close.isPending && !isConfirmation} onPress={() => void end({})}>
                {t('listening-room.end.pause')}
              </Button>
              <Button kind="secondary" autoFocus onPress={() => setConfirming(false)}>
                {t('listening-room.end.not')}
              </Button>
            </div>
            {confirms ? (
              <ConfirmPlayed
                host={host}
                error={isConfirmation ? close.error : undefined}
                isBusy={close.isPending && isConfirmation}
                onPlayed={(password) => end({ outcome: 'HEARD', password })}
              />
            ) : (
              <p className="muted">{t('listening-room.end.desk', { name: host })}</p>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  )
}

/** The host's part: password and confirmation. */
function ConfirmPlayed({
  host,
  error,
  isBusy,
  onPlayed,
}: {
  host: string
  error: unknown
  isBusy: boolean
  onPlayed: (password: string) => Promise<boolean>
}) {
  const { t } = useLanguage()
  const [password, setPassword] = useState('')
  const { form, isTried, tried } = useTries()
  const isMissing = isTried && password === ''
  const refused = error == null ? undefined : refusalText()
  function refusalText() {
    return refusalKey(error) === 'session.credentials'
      ? t('listening-room.end.password.wrong')
      : describeRefusal(error, t)
  }
  return (
    <SubmitForm
      ref={form}
      className="room-heard stack-small"
      aria-label={t('listening-room.end.heard')}
      isBusy={isBusy}
      onSubmit={() => {
        if (password === '') return tried()
        void onPlayed(password).then((isDone) => {
          if (isDone) return
          setPassword('')
          tried()
        })
      }}
    >
      <p>{t('listening-room.end.heard.what', { name: host })}</p>
      <PasswordField
        label={t('listening-room.end.password', { name: host })}
        value={password}
        onChange={setPassword}
        error={refused ?? (isMissing ? t('listening-room.end.password.missing') : undefined)}
        // Prevents the browser from filling in a stored password, which the listener could then submit.
        autoComplete="new-password"
      />
      <Button type="submit" kind="secondary" isBusy={isBusy}>
        {t('listening-room.end.heard')}
      </Button>
    </SubmitForm>
  )
}
