import { useEffect, useEffectEvent, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { queries } from '../api/client.ts'
import { lastUseMs, serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'

const warningMs = 2 * 60_000

/**
 * Warns two minutes before an unused session ends, and lets it be extended (WCAG 2.2.1). A session that was used since
 * its end was last heard of is asked about again instead: the end has moved.
 */
export function SessionTimeout({ me, onEnded, onSignOut }: { me: Me; onEnded: () => void; onSignOut: () => void }) {
  const { say } = useLanguage()
  const [heard, setHeard] = useState({ endsAt: me.sessionEndsAt, atMs: Date.now() })
  const [leftMs, setLeftMs] = useState<number>()
  if (heard.endsAt !== me.sessionEndsAt) setHeard({ endsAt: me.sessionEndsAt, atMs: Date.now() })

  const extend = () => {
    setLeftMs(undefined)
    void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
  }
  const look = useEffectEvent(() => {
    const left = Date.parse(me.sessionEndsAt) - serverNowMs()
    if (left > warningMs) return setLeftMs(undefined)
    if (lastUseMs() > heard.atMs + 5000 && left > 0) {
      setHeard({ ...heard, atMs: Date.now() })
      return extend()
    }
    if (left <= 0) return onEnded()
    setLeftMs(left)
  })
  useEffect(() => {
    const timer = window.setInterval(look, 1000)
    return () => window.clearInterval(timer)
  }, [])

  return (
    <ModalOverlay className="modal-overlay" isOpen={leftMs != null}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog-body">
          <Heading slot="title" className="dialog-title">
            {say('timeout.title')}
          </Heading>
          <p>{say('timeout.text')}</p>
          <p className="timeout-clock" role="timer" aria-live="off">
            {formatPosition(leftMs ?? 0)}
          </p>
          <div className="actions">
            <Button kind="primary" autoFocus onPress={extend}>
              {say('timeout.continue')}
            </Button>
            <Button kind="secondary" onPress={onSignOut}>
              {say('session.signOut')}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
