import { useId } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'

/** Warning before a session ends: the time left, and what can be done about it. */
export function TimeoutDialog({
  leftMs,
  isLast,
  spoken,
  onContinue,
  onSignOut,
}: {
  leftMs: number
  /** Use does not move this end. */
  isLast: boolean
  /** Announced to screen readers; empty between announcements. */
  spoken: string
  onContinue: () => void
  onSignOut: () => void
}) {
  const { t } = useLanguage()
  const text = useId()
  return (
    <ModalOverlay className="modal-overlay" isOpen>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog-body" aria-describedby={text}>
          <Heading slot="title" className="dialog-title">
            {t('session.timeout.title')}
          </Heading>
          <p id={text}>{t(isLast ? 'session.timeout.last' : 'session.timeout.text')}</p>
          <p className="timeout-clock" aria-hidden="true">
            {formatPosition(leftMs)}
          </p>
          <p className="visually-hidden" aria-live="polite">
            {spoken && t('session.timeout.left', { time: spoken })}
          </p>
          <div className="actions">
            <Button kind="primary" autoFocus onPress={onContinue}>
              {t(isLast ? 'session.timeout.understood' : 'session.timeout.continue')}
            </Button>
            <Button kind="secondary" onPress={onSignOut}>
              {t('session.signOut')}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
