import type { RefObject } from 'react'
import { Dialog, Heading, Popover } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'
import { PurposeForm } from './purpose-form.tsx'

/** Changes the purpose, below its button. */
export function PurposePopover({
  button,
  onClose,
}: {
  button: RefObject<HTMLButtonElement | null>
  onClose: () => void
}) {
  const { t } = useLanguage()
  return (
    <Popover
      className="popover purpose-popover"
      placement="bottom start"
      triggerRef={button}
      isOpen
      onOpenChange={(open) => !open && onClose()}
    >
      <Dialog className="dialog-body">
        <Heading slot="title" className="dialog-title">
          {t('session.purpose.choose')}
        </Heading>
        <PurposeForm onChosen={onClose} autoFocus />
      </Dialog>
    </Popover>
  )
}
