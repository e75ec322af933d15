import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'
import { Button } from './button.tsx'

/** The open dialog of confirm.tsx; cancel has the initial focus. */
export function ConfirmDialog({
  title,
  doLabel,
  onDo,
  onClose,
  children,
}: {
  title: string
  doLabel: string
  onDo: () => void
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useLanguage()
  return (
    <ModalOverlay className="modal-overlay" isOpen onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog-body stack">
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          {children}
          <div className="actions">
            <Button
              kind="primary"
              onPress={() => {
                onClose()
                onDo()
              }}
            >
              {doLabel}
            </Button>
            <Button kind="secondary" autoFocus onPress={onClose}>
              {t('shell.cancel')}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
