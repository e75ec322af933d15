import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { $api } from '../api/client.ts'
import { tellTabs } from '../api/tabs.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useLeave } from '../session/leave.ts'

/** The host's way to end the listening mode; whichever way it ends, the host is signed out and nobody is left in. */
export function EndRoom({ host }: { host: string }) {
  const { say } = useLanguage()
  const leave = useLeave()
  const close = $api.useMutation('post', '/api/room/close')
  const [isAsked, setAsked] = useState(false)
  const end = async (body: { outcome?: 'HEARD' }) => {
    const done = await close.mutateAsync({ body }).catch(() => undefined)
    if (!done) return
    tellTabs('signed-out')
    if (done.url !== undefined) return window.location.assign(done.url)
    leave('signed-out', 'elsewhere')
  }
  return (
    <>
      <p className="muted">{say('room.host', { name: host })}</p>
      <Button kind="secondary" onPress={() => setAsked(true)}>
        {say('room.end')}
      </Button>
      <ModalOverlay className="modal-overlay" isOpen={isAsked} onOpenChange={setAsked} isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog-body stack">
            <Heading slot="title" className="dialog-title">
              {say('room.end.title')}
            </Heading>
            <p>{say('room.end.what')}</p>
            {close.error != null && <Failure error={close.error} />}
            <div className="room-ends">
              <Button kind="primary" isBusy={close.isPending} onPress={() => void end({ outcome: 'HEARD' })}>
                {say('room.end.heard')}
              </Button>
              <Button kind="secondary" isBusy={close.isPending} onPress={() => void end({})}>
                {say('room.end.pause')}
              </Button>
              <Button kind="secondary" autoFocus onPress={() => setAsked(false)}>
                {say('room.end.not')}
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  )
}
