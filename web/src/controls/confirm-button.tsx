import { useState, type ReactNode } from 'react'
import { Button, type ButtonKind } from './button.tsx'
import { Confirm } from './confirm.tsx'

/** Button of an act that is done once it is confirmed in a dialog. */
export function ConfirmButton({
  label,
  named,
  title,
  children,
  onDo,
  doLabel = label,
  kind = 'secondary',
  className,
  isBusy = false,
}: {
  label: string
  /** Accessible name, where a page has several; begins with the label. */
  named?: string
  /** Question of the dialog. */
  title: string
  /** What the act does. */
  children: ReactNode
  onDo: () => void
  /** Label of the dialog's button. */
  doLabel?: string
  kind?: ButtonKind
  className?: string
  isBusy?: boolean
}) {
  const [isConfirming, setConfirming] = useState(false)
  return (
    <>
      <Button
        kind={kind}
        isBusy={isBusy}
        {...(className && { className })}
        {...(named && { 'aria-label': named })}
        onPress={() => setConfirming(true)}
      >
        {label}
      </Button>
      <Confirm title={title} doLabel={doLabel} isOpen={isConfirming} onDo={onDo} onClose={() => setConfirming(false)}>
        {children}
      </Confirm>
    </>
  )
}
